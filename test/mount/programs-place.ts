/** Where programs that people use are tried: each in a folder of its own of a mounted store. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeMounted, type MountedStore, mountStore, reprise } from '../support/mounted-store.ts';
import { MOUNT_MODES } from './mount-modes.ts';

const run = promisify(execFile);
export const IS_LONG: boolean = process.env['REPRISE_LONG'] !== undefined;
/** For a test that takes long. */
export const LIMIT: { readonly timeout: number } = { timeout: 1_800_000 };
/** The others, where the kernel does more by itself, when there is time. */
const MODES = IS_LONG ? MOUNT_MODES : MOUNT_MODES.slice(0, 1);

/** Programs, and the Debian package of each. */
export type Needs = Readonly<Record<string, string>>;

export interface ProgramPlace {
  readonly mounted: () => MountedStore;
  /** A new folder of the store, and one of the disk. */
  folders(name: string): { readonly here: string; readonly out: string };
  /** Runs it by bash in a new folder, which is `$HERE` to it; `$OUT` is one of the disk. Fails with what it has printed. */
  perform(script: string, name: string, environment?: Readonly<Record<string, string>>): Promise<void>;
}

/** `it`, skipped with the reason in its title where something is missing. */
export function itNeeds(
  { needs = {}, lack = [] }: { readonly needs?: Needs | undefined; readonly lack?: readonly string[] },
  title: string,
  test: () => Promise<void>,
): void {
  const missing = Object.entries(needs).filter(([program]) => !isThere(program));
  const all = [...missing.map(([program, of]) => `${program} of the package ${of}`), ...lack];
  if (all.length > 0) it.skip(`${title} [SKIPPED: there is no ${all.join(', no ')}]`, test);
  else it(title, LIMIT, test);
}

function isThere(program: string): boolean {
  return spawnSync('bash', ['-c', `command -v "${program}"`]).status === 0;
}

/** Files are shared while they are worked on. In the end everything is whole. */
export function describePrograms(title: string, tests: (place: ProgramPlace) => void): void {
  describe.each(MODES)('a mounted store $title', ({ options }) => {
    describeMounted(title, () => {
      let mounted: MountedStore;
      let disk = '';
      beforeAll(async () => {
        mounted = await mountStore({ options: ['quiet=0.5', ...options] });
        disk = mkdtempSync(path.join(tmpdir(), 'reprise-programs-'));
      }, 60_000);
      afterAll(async () => {
        await mounted[Symbol.asyncDispose]();
        rmSync(disk, { recursive: true, force: true });
      });

      function folders(name: string): { here: string; out: string } {
        const [here, out] = [mounted.folder, disk].map((parent) => path.join(parent, name)) as [string, string];
        mkdirSync(here);
        mkdirSync(out);
        return { here, out };
      }

      async function perform(script: string, name: string, environment = {}): Promise<void> {
        const { here, out } = folders(name);
        const env = { ...process.env, ...environment, HERE: here, OUT: out };
        try {
          await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: here, env, maxBuffer: 1 << 26 });
        } catch (error) {
          const { stdout, stderr, code } = error as { stdout?: string; stderr?: string; code?: number | string };
          expect.fail(`it ended with ${code}: ${stdout}${stderr}${mounted.told()}`);
        }
      }

      tests({ mounted: () => mounted, folders, perform });

      it('leaves everything whole', LIMIT, async () => {
        await mounted.unmount();
        const { status, stdout, stderr } = reprise('store', 'verify', '--read-data', mounted.store);
        expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
        expect(mounted.told().replace(/^To unmount it: .*\n/, '')).toBe('');
      });
    });
  });
}
