/**
 * Small file systems of their own for fault tests: a disk to fill, one with reflinks, another device to move to. They are
 * mounted in a temporary folder, which needs root; `describe-mounted.ts` skips tests where that cannot be.
 * Each is unmounted when it is disposed of, at the latest when the process exits; what a killed process left behind is
 * cleaned up by the next one.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** `ext4`: 16 MiB, none kept back for root; `xfs`: 320 MiB with reflinks, for less mkfs.xfs does not make; `tmpfs`: 16 MiB. */
export type SmallFileSystem = 'ext4' | 'xfs' | 'tmpfs';

export interface SmallMount extends Disposable {
  /** Real path of its top folder. */
  readonly folder: string;
  /** Takes the disk away, as when a cable is pulled, and brings it back when disposed of. Not for what is in memory. */
  away(): Disposable;
}

const MIB = 1024 * 1024;
const IMAGES = {
  ext4: { bytes: 16 * MIB, make: ['mkfs.ext4', '-q', '-F', '-m', '0'] },
  xfs: { bytes: 320 * MIB, make: ['mkfs.xfs', '-q', '-f', '-m', 'reflink=1'] },
} as const;
const PREFIX = 'reprise-mount-';

const mounted = new Set<string>();
let isWatchingExit = false;

/** Makes and mounts one. @throws Error with what the system said */
export function mountSmall(kind: SmallFileSystem): SmallMount {
  return mountBy((home) => {
    if (kind === 'tmpfs') run('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', folderIn(home)]);
    else {
      makeImage(IMAGES[kind], imageIn(home));
      mountImage(home);
    }
  });
}

/** The same folder under a second path, which no symbolic link gives away. @throws Error with what the system said */
export function mountAgain(folder: string): SmallMount {
  return mountBy((home) => run('mount', ['--bind', folder, folderIn(home)]));
}

function mountBy(mount: (home: string) => void): SmallMount {
  watchExit();
  removeLeftovers();
  const home = mkdtempSync(path.join(tmpdir(), `${PREFIX}${process.pid}-`));
  mounted.add(home);
  try {
    mkdirSync(folderIn(home));
    mount(home);
  } catch (error) {
    remove(home);
    throw error;
  }
  return {
    folder: folderIn(home),
    away() {
      run('umount', ['--lazy', folderIn(home)]);
      return { [Symbol.dispose]: () => mountImage(home) };
    },
    [Symbol.dispose]: () => remove(home),
  };
}

/** Writes a file `filler` until no room is left. */
export function fillUp(folder: string): void {
  const file = openSync(path.join(folder, 'filler'), 'w');
  try {
    // Ever smaller blocks, so that the last byte is taken too.
    for (let size = MIB; size >= 1; size = Math.floor(size / 16)) writeUntilFull(file, Buffer.alloc(size));
  } finally {
    closeSync(file);
  }
}

const answers = new Map<SmallFileSystem, string | undefined>();

/** Why there can be none of this kind here, in a sentence; `undefined` where there can. Tried once a process. */
export function whyNot(kind: SmallFileSystem): string | undefined {
  if (!answers.has(kind)) answers.set(kind, findObstacle(kind));
  return answers.get(kind);
}

function findObstacle(kind: SmallFileSystem): string | undefined {
  if (process.platform !== 'linux') return `mounting ${kind} needs Linux`;
  if (process.getuid?.() !== 0) return `mounting ${kind} needs root`;
  try {
    mountSmall(kind)[Symbol.dispose]();
    return undefined;
  } catch (error) {
    return `${kind} cannot be mounted here: ${String(error).split('\n').slice(0, 2).join(' ')}`;
  }
}

function makeImage({ bytes, make: [program, ...options] }: (typeof IMAGES)[keyof typeof IMAGES], image: string): void {
  run('truncate', ['-s', `${bytes}`, image]);
  run(program, [...options, image]);
}

function mountImage(home: string): void {
  // The loop device is freed by the system with the last use.
  run('mount', ['-o', 'loop', imageIn(home), folderIn(home)]);
}

function writeUntilFull(file: number, block: Buffer): void {
  try {
    for (;;) writeSync(file, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

function remove(home: string): void {
  if (isMounted(folderIn(home))) unmount(folderIn(home));
  rmSync(home, { recursive: true, force: true });
  mounted.delete(home);
}

function unmount(folder: string): void {
  try {
    run('umount', [folder]);
  } catch {
    // Somebody still has a file open, as after a failed test: it is out of sight now, and gone when they close it.
    run('umount', ['--lazy', folder]);
  }
}

/** What processes that are no more have mounted. */
function removeLeftovers(): void {
  for (const point of mountPoints()) {
    const [, home = '', pid] = new RegExp(`^(.*/${PREFIX}(\\d+)-[^/]+)/disk$`).exec(point) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) remove(home);
  }
}

function isMounted(folder: string): boolean {
  return mountPoints().includes(folder);
}

function mountPoints(): string[] {
  const lines = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return lines.map((line) => line.split(' ')[1] ?? '');
}

function imageIn(home: string): string {
  return path.join(home, 'image');
}

function folderIn(home: string): string {
  return path.join(home, 'disk');
}

function watchExit(): void {
  if (isWatchingExit) return;
  isWatchingExit = true;
  process.on('exit', () => [...mounted].forEach(remove));
}

/** The programs that make file systems lie where only root looks. */
function run(program: string, args: readonly string[]): void {
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  execFileSync(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
}
