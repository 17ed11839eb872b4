/** A store mounted through libfuse by a process of its own, as on systems that are not Linux. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe } from 'vitest';
import { describeMounted, reprise } from './mounted-store.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** The process, run from its source. */
export const NAPI_MOUNT: string = path.join(import.meta.dirname, 'napi-mount-process.ts');
const READY = /is mounted on/;

export interface NapiMount {
  readonly folder: string;
  readonly process: ChildProcess;
  /** What it has printed on standard error. */
  readonly told: () => string;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
  /** As `umount` does; ends when the process does. */
  unmount(): Promise<void>;
}

/** @param options of `-o`, separated by commas */
export async function mountByLibrary(
  { store, folder }: { readonly store: string; readonly folder: string },
  options = '',
): Promise<NapiMount> {
  if (!existsSync(store)) {
    const { status, stderr } = reprise('store', 'init', store);
    if (status !== 0) throw new Error(stderr);
  }
  const child = spawn(process.execPath, ['--conditions=source', NAPI_MOUNT, store, folder, options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => void child.once('exit', resolve));
  let [printed, told] = ['', ''];
  child.stderr.on('data', (text: Buffer) => {
    told += text.toString();
  });
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      printed += text.toString();
      if (READY.test(printed)) resolve();
    });
  });
  const end = await Promise.race([ready, ended]);
  if (typeof end === 'number' || end === null) throw new Error(`The mount ended with ${end}: ${told}`);
  return {
    ...{ folder, process: child, ended },
    told: () => told,
    async unmount() {
      const { status, stderr } = spawnSync('umount', [folder], { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      await ended;
    },
  };
}

/** `describe` for tests of such mounts; skipped with the reason in its title where nothing can be mounted so. */
export function describeMountedByLibrary(title: string, tests: () => void): void {
  const obstacle = whyNot();
  if (obstacle === undefined) describeMounted(title, tests);
  else describe.skip(`${title} [SKIPPED: ${obstacle}]`, tests);
}

/** In a sentence; `undefined` where they can be, as far as the library goes. */
function whyNot(): string | undefined {
  const loaded = spawnSync(process.execPath, ['-e', 'require("fuse-napi")'], { cwd: root, encoding: 'utf8' });
  if (loaded.status !== 0) return 'fuse-napi or libfuse 3 is missing';
  return spawnSync('fusermount3', ['--version']).status === 0 ? undefined : 'fusermount3 is missing';
}
