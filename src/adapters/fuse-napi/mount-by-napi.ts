/**
 * A tree mounted through libfuse 3: macFUSE, elsewhere the library of the system. This process serves it, one call after the
 * other, and so long it lives.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#kernel';
import type { MountedTree } from '#store';
import { createCallbacks } from './callbacks.ts';
import type * as Fuse from './library-types.ts';
import { loadLibrary, noFuse } from './load-library.ts';
import { createPutAway } from './put-away.ts';

export interface NapiMountOptions {
  readonly tree: MountedTree;
  /** Has anybody this node open? */
  readonly isOpen: (node: number) => boolean;
  /** Nanoseconds since 1970. */
  readonly nowNs: () => bigint;
  /** What is mounted, as people will read it. */
  readonly source: string;
  /** Without symbolic links. */
  readonly folder: string;
  /** As for `mount`: `ro`, `allow_other`, … */
  readonly options: readonly string[];
  /** The file system can be used. */
  readonly onReady: () => void;
  /** What a person should know of. */
  readonly onTrouble: (message: string) => void;
  /** Fires when the mount is to be taken away. */
  readonly signal: AbortSignal;
}

const START_MS = 30_000;
/** How long the kernel believes that a name stands for what it did: only the kernel changes that. */
const NAME_VALID_SECONDS = 60;
/** Each name of a file is a file of its own to the kernel, so what it was told of one changes by what is done to another. */
const ATTRIBUTES_VALID_SECONDS = 0;
/** Between two tries to take away what is in use. Chosen. */
const AGAIN_MS = 1000;
/** As it is anyway: times of access stand still, devices and set bits of a mount do nothing. */
const GRANTED = new Set([
  'rw',
  'nosuid',
  'nodev',
  'exec',
  'async',
  'atime',
  'noatime',
  'relatime',
  'diratime',
  'nodiratime',
]);
/** What cannot stand in a list of options. */
const NO_OPTION = /[\0,\\\r\n]/g;

/** Ends when the file system is unmounted. @throws AppError `store/no-fuse`, `store/mount-failed`, `usage/bad-value` */
export async function mountByNapi(given: NapiMountOptions): Promise<void> {
  const { folder, signal, onReady, onTrouble } = given;
  const library = loadLibrary();
  const fuse = createFuse(library, given);
  // The library does not keep the process alive.
  const alive = setInterval(() => undefined, START_MS);
  try {
    await fuse.mounted;
    onReady();
    const stop = (): void => void takeAway(folder, fuse.isEnded, onTrouble);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    await fuse.ended;
    signal.removeEventListener('abort', stop);
  } finally {
    clearInterval(alive);
  }
}

interface RunningFuse {
  readonly mounted: Promise<void>;
  readonly ended: Promise<void>;
  isEnded(): boolean;
}

function createFuse(library: ReturnType<typeof loadLibrary>, given: NapiMountOptions): RunningFuse {
  const { folder, onTrouble } = given;
  const chosen = libraryOptions(given);
  const mounted = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let isEnded = false;
  const onBug = (error: unknown): void =>
    onTrouble(`A call was answered with an error by mistake: ${error instanceof Error ? error.stack : String(error)}`);
  const putAway = createPutAway(onTrouble);
  const callbacks = createCallbacks({
    ...given,
    ...{ putAway, onBug },
    isReadOnly: given.options.includes('ro'),
    asker: () => fuse.context() ?? undefined,
  });
  const fuse = new library(folder, callbacks, {
    ...chosen,
    onError(error, operation) {
      if (operation !== 'lifecycle') onBug(error);
      // Unmounted by others. Closing waits for what is under way.
      else
        fuse.unmount(() => {
          putAway.settle();
          isEnded = true;
          ended.resolve();
        });
    },
  });
  fuse.mount((error) => {
    if (error == null) mounted.resolve();
    else mounted.reject(failed(folder, error));
  });
  return { mounted: mounted.promise, ended: ended.promise, isEnded: () => isEnded };
}

/** @throws AppError `usage/bad-value` for what this way of mounting cannot do */
function libraryOptions({ source, folder, options }: NapiMountOptions): Fuse.Options {
  const others = options.filter((option) => !GRANTED.has(option) && option !== 'ro' && option !== 'allow_other');
  if (others.length > 0)
    throw new AppError('usage/bad-value', `A mount on this system knows no "${others.join(',')}".`, {
      kind: 'usage',
      hint: 'Leave it out.',
    });
  return {
    fsname: source.replaceAll(NO_OPTION, '_'),
    subtype: 'reprise',
    defaultPermissions: true,
    allowOther: options.includes('allow_other'),
    entryTimeout: NAME_VALID_SECONDS,
    attrTimeout: ATTRIBUTES_VALID_SECONDS,
    // What follows one call of libfuse must be the next.
    maxConcurrency: 1,
    nullPathOk: true,
    timeout: { default: false, init: START_MS },
    ...(process.platform === 'darwin' && {
      displayFolder: true,
      name: path.basename(folder).replaceAll(NO_OPTION, '_'),
    }),
  };
}

function failed(folder: string, error: Error): AppError {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'EFUSEALLOWOTHER')
    return new AppError('store/mount-failed', `Nothing could be mounted for others: ${error.message}`, {
      kind: 'denied',
      hint: 'Write "user_allow_other" into /etc/fuse.conf, or leave allow_other out.',
      cause: error,
    });
  const isMissing = /^(EMACFUSE(?!MOUNT)|EFUSE(DEPENDENCY|DEVICE|HELPER|PLATFORM|VERSION))/.test(code);
  if (isMissing) return noFuse(error);
  return new AppError('store/mount-failed', `Nothing could be mounted on ${folder}: ${error.message}`, {
    kind: 'denied',
    hint: 'On macOS, allow the extension of macFUSE in the system settings.',
    cause: error,
  });
}

/** As soon as nobody uses it. */
async function takeAway(folder: string, isEnded: () => boolean, onTrouble: (message: string) => void): Promise<void> {
  for (let tries = 0; !isEnded() && !(await unmount(folder)); tries++) {
    if (tries === 0) onTrouble(`${folder} is in use. It is taken away as soon as nobody uses it any more.`);
    await sleep(AGAIN_MS);
  }
}

/** @returns whether it is gone; false where it is in use */
function unmount(folder: string): Promise<boolean> {
  const child = spawn('umount', [folder], { stdio: 'ignore', cwd: '/' });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  child.once('error', () => resolve(false));
  child.once('exit', (status) => resolve(status === 0));
  return promise;
}
