/** Random operations on a file of a mounted store, each compared with what the file must hold. See `fsx.c`. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeMounted, mountStore } from '../support/mounted-store.ts';
import { type CProgram, compile, describeCompiled } from './c-programs.ts';
import { MOUNT_MODES } from './mount-modes.ts';

const run = promisify(execFile);

const OPERATIONS = process.env['REPRISE_LONG'] === undefined ? 3000 : 100_000;
const SEED = Number(process.env['REPRISE_SEED'] ?? Date.now() % 1_000_000);
const TIMEOUT_MS = 7_200_000;
/** Files are shared as soon as they are left alone, so that there is something shared to be written to. */
const AT_ONCE = 'quiet=0';
console.log(`REPRISE_SEED=${SEED}`);

describeCompiled('fsx', () => {
  let fsx: CProgram;
  let liar: CProgram;
  let plain: string;

  beforeAll(() => {
    plain = mkdtempSync(path.join(tmpdir(), 'reprise-fsx-'));
    fsx = compile(['fsx.c']);
    liar = compile(['fsx-liar.c'], ['-shared', '-fPIC']);
  });
  afterAll(() => {
    fsx[Symbol.dispose]();
    liar[Symbol.dispose]();
    rmSync(plain, { recursive: true });
  });

  const exercise = (folder: string, operations: number, env: NodeJS.ProcessEnv = {}) =>
    run(fsx.path, [path.join(folder, 'exercised'), String(SEED), String(operations)], { env });

  it('finds nothing wrong with a plain file', { timeout: TIMEOUT_MS }, async () => {
    const { stdout } = await exercise(plain, OPERATIONS);
    expect(stdout).toMatch(/^read: \d{3}/);
  });

  it('finds a byte that was written wrongly, and tells how it came to it', async () => {
    const failure = await exercise(plain, 5000, { LD_PRELOAD: liar.path }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 1 });
    const told = (failure as { stderr: string }).stderr.split('\n');
    expect(told[0]).toMatch(/gave \d+ wrong bytes from \d+ to \d+; the first is|The file has \d+ bytes, not \d+/);
    expect(told[1]).toBe(`seed ${SEED}, the last operations:`);
    expect(told.slice(2).filter((line) => /^ {2}\d+ \w+/.test(line))).toHaveLength(30);
  });

  describeMounted('on mounted stores', () => {
    it.each(MOUNT_MODES)('finds nothing wrong with one $title', { timeout: TIMEOUT_MS }, async ({ options }) => {
      await using mount = await mountStore({ options: [...options, AT_ONCE] });
      const { stdout } = await exercise(mount.folder, OPERATIONS);
      expect(stdout).toMatch(/^read: \d{3}/);
      expect(stdout).not.toContain('not offered');
    });
  });
});
