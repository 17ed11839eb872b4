/** The packed product, installed as people install it, under the Node that this machine has. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, fillWithMusic, type Workplace } from '../support/product.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** Without the Node that npm scripts are given: a person's shell does not have it. */
const hostPath = (process.env['PATH'] ?? '')
  .split(path.delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .join(path.delimiter);

describe('the packed product', () => {
  let place: Workplace;
  let prefix: string;
  const run = (program: string, args: readonly string[]): string =>
    execFileSync(program, args, { cwd: root, encoding: 'utf8', env: { ...process.env, PATH: hostPath } });

  beforeAll(() => {
    place = createWorkplace();
    fillWithMusic(place.music);
    prefix = mkdtempSync(path.join(tmpdir(), 'reprise-packed-'));
    // Built before the tests begin; building again would be a second way to the same files.
    run('npm', ['pack', '--ignore-scripts', '--pack-destination', prefix]);
    const archive = readdirSync(prefix).find((name) => name.endsWith('.tgz')) as string;
    run('npm', ['install', '--global', '--prefix', prefix, '--prefer-offline', path.join(prefix, archive)]);
  }, 300_000);
  afterAll(() => {
    place[Symbol.dispose]();
    rmSync(prefix, { recursive: true, force: true });
  });

  const installed = (...args: string[]): ReturnType<typeof spawnSync> =>
    spawnSync(path.join(prefix, 'bin/reprise'), [...args, '--data', place.data], {
      encoding: 'utf8',
      env: { ...place.environment, PATH: hostPath },
    });

  it('finds duplicates, whatever Node started it', () => {
    const { stdout, stderr, status } = installed('find', place.music);
    expect(status, String(stderr)).toBe(3);
    expect(stdout).toContain('song later.wav');
    expect(stdout).toContain('1 duplicate group');
  });

  it('runs under Node 24', () => {
    const report = JSON.parse(String(installed('doctor', '--json').stdout)) as {
      checks: { id: string; finding: string }[];
    };
    const node = report.checks.find(({ id }) => id === 'node');
    expect(Number.parseInt(node?.finding ?? '', 10)).toBeGreaterThanOrEqual(24);
  });

  it('brings no tests and no sources', () => {
    const shipped = readdirSync(path.join(prefix, 'lib/node_modules/reprise'), { recursive: true, encoding: 'utf8' });
    const own = shipped.filter((name) => !name.startsWith('node_modules'));
    expect(own).toContain(path.join('dist', 'program', 'worker.js'));
    expect(own.filter((name) => /\.(test|contract)\.|\.as\.ts$|^src\b/.test(name))).toEqual([]);
  });
});
