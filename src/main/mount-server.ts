/**
 * The server of a mount: a process of its own, so that one that dies takes neither the mount nor its supervisor along. Its
 * threads answer the kernel; it itself keeps house. It ends with its mount, or with its supervisor.
 */
import { Worker } from 'node:worker_threads';
import { fromSent, type SentError, toSent } from '#kernel';
import { keepHouse, type TreeEvent } from '#store';
import { type ServerMessage, type ServerStart, unmount } from '../adapters/fuse/index.ts';
import { openAnchorFile, openStoreLock, serveStore, useStore } from '../adapters/store/index.ts';
import {
  freeLeft,
  makeSharedMemory,
  nowNs,
  openThreadParts,
  type SharedMemory,
  type ThreadStart,
  tellRoom,
} from './mount-parts.ts';
import { programBeside } from './programs.ts';

/** What a thread tells. */
export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'event'; readonly event: TreeEvent }
  | { readonly kind: 'make-room' }
  | { readonly kind: 'bug'; readonly error: SentError };

/** How long a repair, or the server before, is waited for. */
const ALONE_WAIT_MS = 5000;
const WAIT_MS = 60_000;

const start = JSON.parse(process.argv[2] ?? '') as ServerStart;
const tell = (message: ServerMessage): void => void process.send?.(message);
/** Threads that wait for the kernel cannot be told to end, so nothing but this ends them. */
const endAtOnce = (): void => void process.kill(process.pid, 'SIGKILL');
/** Without a supervisor nobody would take the mount away. */
const giveUp = (): void => void unmount(start.mounted, { isLazy: true }).finally(endAtOnce);

process.on('disconnect', giveUp);
try {
  await serve();
  process.off('disconnect', giveUp);
  process.disconnect?.();
} catch (error) {
  process.off('disconnect', giveUp);
  const failed: ServerMessage = { kind: 'failed', error: toSent(error) };
  if (process.send === undefined) endAtOnce();
  else process.send(failed, endAtOnce);
}

async function serve(): Promise<void> {
  const { store, threads, descriptor, before, dedupOn, quietMs } = start;
  const memory = makeSharedMemory(threads);
  using stack = new DisposableStack();
  stack.use(useStore(store, ALONE_WAIT_MS));
  stack.use(serveStore(store, ALONE_WAIT_MS));
  const parts = stack.use(openThreadParts(store, memory, true));
  const anchors = stack.use(openAnchorFile(store, WAIT_MS));
  const lock = stack.use(openStoreLock(store, WAIT_MS));
  if (before === 0) {
    parts.database.transact(() => parts.database.clearMarks());
    freeLeft(parts);
  }
  const house = keepHouse(
    { ...parts, anchors, lock, nowNs },
    {
      ...{ dedupOn, quietMs, isNext: before > 0 },
      clock: () => performance.now(),
      onTrouble: (node, error) => tell({ kind: 'trouble', message: `File ${node} stays raw: ${error.message}` }),
    },
  );
  const ending = new AbortController();
  const keeping = house.run(ending.signal);
  const running = Array.from({ length: threads }, (_, thread) =>
    runThread({ store, descriptor, thread, server: before * threads + thread, memory }, (message) =>
      hear(message, house, memory),
    ),
  );
  await Promise.all(running.map(({ ready }) => ready));
  tell({ kind: 'ready' });
  await Promise.all(running.map(({ ended }) => ended));
  ending.abort();
  await keeping;
}

function hear(message: ThreadMessage, house: ReturnType<typeof keepHouse>, memory: SharedMemory): void {
  if (message.kind === 'event') house.take(message.event);
  else if (message.kind === 'make-room') {
    try {
      house.makeRoom();
    } finally {
      tellRoom(memory);
    }
  } else if (message.kind === 'bug') {
    const { stack, message: words } = fromSent(message.error);
    tell({ kind: 'trouble', message: `A request was answered with an error by mistake: ${stack ?? words}` });
  }
}

interface RunningThread {
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
}

/** A thread that ends by an error takes the process with it: the next one begins anew. */
function runThread(given: ThreadStart, onMessage: (message: ThreadMessage) => void): RunningThread {
  const entry = programBeside('mount-thread');
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const worker = new Worker(entry, {
    workerData: given,
    execArgv: entry.endsWith('.ts') ? ['--conditions=source', '--disable-warning=ExperimentalWarning'] : [],
  });
  worker.on('message', (message: ThreadMessage) => {
    if (message.kind === 'ready') ready.resolve();
    else onMessage(message);
  });
  worker.once('error', (error) => {
    tell({ kind: 'trouble', message: `A thread of the server ended: ${error instanceof Error ? error.stack : error}` });
    // Once it has been told.
    setImmediate(endAtOnce);
  });
  worker.once('exit', () => ended.resolve());
  return { ready: ready.promise, ended: ended.promise };
}
