// How the benchmarks start Reprise: the built product, under the Node that runs this, in a data folder of its own.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { measure } from './measure.mjs';

const root = path.resolve(import.meta.dirname, '../..');
export const CLI = path.join(root, 'dist/main/cli.js');
export const LAUNCHER = path.join(root, 'bin/reprise.js');

/** 3: partly done, which a messy folder is. */
const accept = [0, 3];

/** Runs one command on a data folder; `workers` as the person would set them. */
export const reprise = (argv, data, { workers = 1, ...options } = {}) =>
  measure(process.execPath, [CLI, ...argv, '--data', data, '--no-progress'], {
    accept,
    env: { REPRISE_WORKERS: String(workers) },
    ...options,
  });

/** A data folder that is gone afterwards. */
export async function withData(work) {
  const data = fs.mkdtempSync(path.join(tmpdir(), 'reprise-bench-'));
  try {
    return await work(data);
  } finally {
    fs.rmSync(data, { recursive: true, force: true });
  }
}

/** A scan from nothing. */
export const freshScan = (folder, options) => withData((data) => reprise(['scan', folder, '--json'], data, options));
