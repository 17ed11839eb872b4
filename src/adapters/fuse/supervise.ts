/**
 * Sees to it that a mount is served: starts the server, another one when it dies, and ends with the mount. The supervisor holds
 * the descriptor, so the mount outlives its server, and whoever uses it waits meanwhile. Where a kernel cannot send again
 * what a dead server had in hand, it mounts anew: who waits gets an error, and nobody waits for ever.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, fromSent, type SentError } from '#kernel';
import { type MountedDevice, type MountedPlace, type MountOptions, mountDevice, unmount } from './device.ts';
import type { ServerMessage, ServerStart } from './protocol.ts';
import { notification } from './reply.ts';
import { NOTIFY_RESEND } from './words.ts';

export interface SuperviseOptions {
  readonly mount: MountOptions;
  readonly server: Omit<ServerStart, 'descriptor' | 'before' | 'mounted'>;
  /** The program of a server: `mount-server.js`, or `mount-server.ts` in development. */
  readonly entry: string;
  /** The file system can be used. Once. */
  readonly onReady: () => void;
  /** What a person should know of. */
  readonly onTrouble: (message: string) => void;
  /** Fires when the mount is to be taken away. */
  readonly signal: AbortSignal;
  /** For tests: as if the kernel could not send requests again. */
  readonly neverResends?: boolean;
}

/** So many servers may die in a row before they are so old, then there is no use in another. Chosen. */
const MOST_DEATHS = 20;
const OLD_MS = 2000;
/** Before another one, times how many died young in a row before the last. Chosen. */
const PAUSE_MS = 50;
/** Where a server has a descriptor for us: the fifth of its files. */
const SERVER_DESCRIPTOR = 4;

/** Ends when the file system is unmounted. @throws AppError `store/no-fuse`, `store/mount-failed`, `store/mount-lost` */
export async function superviseMount(options: SuperviseOptions): Promise<void> {
  const { folder } = options.mount;
  const onReady = once(options.onReady);
  let device = mountDevice(options.mount);
  let child = start(options, device, 0);
  const stop = (): void => void takeAway(device, options.onTrouble);
  options.signal.addEventListener('abort', stop);
  if (options.signal.aborted) stop();
  let deaths = 0;
  try {
    for (let before = 1; ; before++) {
      const begun = performance.now();
      const end = await ended(child, { ...options, onReady });
      if (end.isUnmounted) return;
      if (end.error !== undefined) throw end.error;
      deaths = performance.now() - begun > OLD_MS ? 1 : deaths + 1;
      if (deaths > MOST_DEATHS) throw lost(folder);
      options.onTrouble(`The server of ${folder} ended (${end.how}); another takes over.`);
      if (!device.agreed.canResend || options.neverResends) device = await mountAnew(options, device);
      // What kills one at once may take a while to pass, as when there is no memory.
      await sleep(PAUSE_MS * (deaths - 1), undefined, { signal: options.signal }).catch(() => undefined);
      child = start(options, device, before);
    }
  } catch (error) {
    await unmount(device, { isLazy: true });
    throw error;
  } finally {
    options.signal.removeEventListener('abort', stop);
    closeSync(device.descriptor);
  }
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

/** Who waits for the old mount gets an error. */
async function mountAnew({ mount, signal }: SuperviseOptions, old: MountedDevice): Promise<MountedDevice> {
  await unmount(old, { isLazy: true });
  signal.throwIfAborted();
  const device = mountDevice(mount);
  // Who waits is told by this. Were there no new one, the caller would let go of it.
  closeSync(old.descriptor);
  return device;
}

async function takeAway(mounted: MountedPlace, onTrouble: SuperviseOptions['onTrouble']): Promise<void> {
  if (await unmount(mounted)) return;
  onTrouble(`${mounted.folder} is in use. It is taken away as soon as nobody uses it any more.`);
  await unmount(mounted, { isLazy: true });
}

function start({ server, entry }: SuperviseOptions, mounted: MountedDevice, before: number): ChildProcess {
  const { descriptor, folder, device } = mounted;
  const given: ServerStart = { ...server, descriptor: SERVER_DESCRIPTOR, before, mounted: { folder, device } };
  const source = entry.endsWith('.ts') ? ['--conditions=source', '--disable-warning=ExperimentalWarning'] : [];
  const child = spawn(process.execPath, [...source, entry, JSON.stringify(given)], {
    // A group of its own: Ctrl-C does not reach it. Not in the mount, and not in the way of other mounts.
    ...{ detached: true, cwd: '/' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc', descriptor],
  });
  // It has a copy of its own; what the dead one had in hand is for it.
  if (before > 0) resend(descriptor);
  return child;
}

function resend(descriptor: number): void {
  try {
    writeSync(descriptor, notification(NOTIFY_RESEND));
  } catch {
    // Unmounted meanwhile.
  }
}

interface End {
  readonly isUnmounted: boolean;
  /** It could not even begin. */
  readonly error?: AppError;
  readonly how: string;
}

async function ended(child: ChildProcess, { onReady, onTrouble }: SuperviseOptions): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End>();
  let failure: SentError | undefined;
  child.on('message', (message: ServerMessage) => {
    if (message.kind === 'ready') onReady();
    else if (message.kind === 'trouble') onTrouble(message.message);
    else failure = message.error;
  });
  child.once('error', (error) => resolve({ isUnmounted: false, how: error.message }));
  child.once('exit', (code, signal) => {
    const error = failure === undefined ? undefined : fromSent(failure);
    resolve({
      isUnmounted: code === 0,
      how: signal ?? `with ${code}`,
      ...(error instanceof AppError && { error }),
    });
  });
  return promise;
}

function lost(folder: string): AppError {
  return new AppError('store/mount-lost', `The server of ${folder} ended again and again, so it is mounted no more.`, {
    kind: 'unavailable',
    hint: 'Run "reprise store verify" to see whether the store is whole, then mount it again.',
  });
}
