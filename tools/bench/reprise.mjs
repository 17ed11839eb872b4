// How the benchmarks start Reprise: the built product, under the Node that runs this, with a fresh data folder.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { measure } from './measure.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const product = frozenProduct();
export const DIST = path.join(product, 'dist');
export const CLI = path.join(DIST, 'program/cli.js');
export const LAUNCHER = path.join(product, 'bin/reprise.js');

/** The product as it is now, in a folder of its own: a build in the checkout cannot change what is being measured. */
function frozenProduct() {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'reprise-product-'));
  for (const part of ['package.json', 'dist', 'bin']) {
    fs.cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  }
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

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
