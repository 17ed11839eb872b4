/** Stores mounted: by this process, which then supervises the mount, or by one that it starts and leaves alone. */
import { spawn } from 'node:child_process';
import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { StoreMountOptions } from '#cli';
import { AppError, fromSent, type SentError, toSent } from '#kernel';
import { examineMountPoint, superviseMount, unmount } from '../adapters/fuse/index.ts';
import { serveStore, storeTablesIn } from '../adapters/store/index.ts';
import { programBeside } from './programs.ts';

/** Threads that answer the kernel: one may wait for a disk, another reads on. Chosen: more gain nothing on four cores. */
const THREADS = 3;
const SECOND_MS = 1000;
/** What another that just ends may take. */
const ALONE_WAIT_MS = 5000;

/** Mounts, and ends when the file system is unmounted. */
export async function mountHere(given: string, point: string, options: StoreMountOptions): Promise<void> {
  try {
    await mountAndSupervise(given, point, options);
  } catch (error) {
    tellStarter({ kind: 'failed', error: toSent(error) });
    throw error;
  }
}

async function mountAndSupervise(given: string, point: string, options: StoreMountOptions): Promise<void> {
  storeTablesIn(given, given).check();
  await freePoint(point);
  const [store, folder] = [realpathSync(given), realpathSync(point)];
  if (isWithin(store, folder) || isWithin(folder, store))
    throw badPoint(`${folder} and the store ${store} lie in each other.`, 'Name a folder apart from the store.');
  // So that it is told before anything is mounted; its server takes it for good.
  serveStore(store, ALONE_WAIT_MS)[Symbol.dispose]();
  // A folder that is stood in cannot be unmounted.
  process.chdir('/');
  const { isWriteback, kernelOptions, dedupOn, quietSeconds, signal, onTrouble } = options;
  // Who is not root may let others in only where the system says so.
  const allowed = process.geteuid?.() === 0 ? ['allow_other'] : [];
  await superviseMount({
    mount: { source: store, folder, options: [...allowed, ...kernelOptions], isWriteback },
    server: { store, folder, threads: THREADS, dedupOn, quietMs: quietSeconds * SECOND_MS },
    entry: programBeside('mount-server'),
    onReady: () => {
      tellStarter({ kind: 'ready' });
      options.onReady();
    },
    ...{ onTrouble, signal },
  });
}

/** Has the command of this process done by another, which goes on when this one ends. */
export async function mountApart({ signal }: Pick<StoreMountOptions, 'signal'>): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1), '--foreground'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // It is to outlive who started this one.
    env: { ...process.env, REPRISE_LAUNCHER: '' },
  });
  const { promise, resolve } = Promise.withResolvers<Outset>();
  child.once('message', (message) => resolve(message as Outset));
  child.once('exit', (code) => resolve({ kind: 'failed', error: { message: `The mount ended with ${code}.` } }));
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  const outset = await promise;
  signal.removeEventListener('abort', stop);
  if (outset.kind === 'failed') throw fromSent(outset.error);
  child.disconnect();
  child.unref();
}

/** What a process that mounts tells the one that has started it. */
type Outset = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly error: SentError };

function tellStarter(outset: Outset): void {
  // It may have been stopped meanwhile.
  if (process.connected) process.send?.(outset);
}

/** @throws AppError `store/mount-point` */
async function freePoint(point: string): Promise<void> {
  const folder = path.resolve(point);
  const state = examineMountPoint(folder);
  // Nothing but its kernel knows of it any more.
  if (state === 'dead') await unmount(folder, { isLazy: true });
  if (state === 'mounted') throw badPoint(`Something is mounted on ${folder} already.`, 'Unmount it first.');
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) throw badPoint(`${folder} is not there.`, `Make it: mkdir -p ${folder}`);
  if (!stats.isDirectory()) throw badPoint(`${folder} is no folder.`, 'Name an empty folder.');
}

function isWithin(place: string, folder: string): boolean {
  return place === folder || place.startsWith(folder === '/' ? folder : `${folder}/`);
}

function badPoint(message: string, hint: string): AppError {
  return new AppError('store/mount-point', message, { kind: 'conflict', hint });
}
