/** Stores mounted: by this process, which then supervises the mount, or by one that it starts and leaves alone. */
import type { StoreMountOptions } from '#cli';
import { freeMountPoint, runApart, superviseMount, tellStarter } from '../adapters/fuse/index.ts';
import { serveStore, storeTablesIn, useStore } from '../adapters/store/index.ts';
import { programBeside } from './programs.ts';

/** Threads that answer the kernel: one may wait for a disk, another reads on. Chosen: more gain nothing on four cores. */
const THREADS = 3;
const SECOND_MS = 1000;
/** What another that just ends may take. */
const ALONE_WAIT_MS = 5000;

/** Mounts, and ends when the file system is unmounted. */
export async function mountHere(store: string, point: string, options: StoreMountOptions): Promise<void> {
  const onReady = (): void => {
    tellStarter();
    options.onReady();
  };
  try {
    await mountIn(store, point, { ...options, onReady });
  } catch (error) {
    tellStarter(error);
    throw error;
  }
}

/** We speak with the kernel of Linux ourselves. */
async function mountIn(store: string, point: string, options: StoreMountOptions): Promise<void> {
  if (process.platform === 'linux') await mountAndSupervise(store, point, options);
  else await (await import('./mount-by-napi.ts')).mountByNapiHere(store, point, options);
}

/** Has the same command done by a process that goes on when this one ends. */
export async function mountApart({ signal }: Pick<StoreMountOptions, 'signal'>): Promise<void> {
  await runApart('--foreground', signal);
}

async function mountAndSupervise(given: string, point: string, options: StoreMountOptions): Promise<void> {
  storeTablesIn(given, given).check();
  const { store, folder } = await freeMountPoint(given, point);
  // So that nobody exchanges its tables between two servers.
  using _users = useStore(store, ALONE_WAIT_MS);
  // So that it is told before anything is mounted; its server takes it for good.
  serveStore(store, ALONE_WAIT_MS)[Symbol.dispose]();
  // A folder that is stood in cannot be unmounted.
  process.chdir('/');
  const { isWriteback, kernelOptions, dedupOn, quietSeconds, signal, onReady, onTrouble } = options;
  await superviseMount({
    mount: { source: store, folder, options: kernelOptions, isWriteback },
    server: { store, threads: THREADS, dedupOn, quietMs: quietSeconds * SECOND_MS },
    entry: programBeside('mount-server'),
    ...{ onReady, onTrouble, signal },
  });
}
