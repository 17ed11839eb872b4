/**
 * Listens to folders by Node's `fs.watch`, one watch for each, on Linux by inotify. Names come as bytes. What the system's
 * queue cannot hold it drops without a word, so when as much came at once as the queue could hold, that is said.
 */
import { type FSWatcher, watch as openWatch, readFileSync } from 'node:fs';
import type { ChangeListener, FolderWatch, FolderWatcher } from '#gate';
import { AppError, type BytePath, bytesOfPath, displayPath, isUnder, joinPath, pathFromBytes } from '#kernel';

/** A folder that is not there, or that may not be listed either. */
const NOTHING_TO_HEAR = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM']);

/** What the system says where it has no room for more watches. */
const NO_ROOM = new Set(['ENOSPC', 'EMFILE']);

/** Where Linux says how many changes may wait to be told. */
const QUEUE_LENGTH = '/proc/sys/fs/inotify/max_queued_events';

/** How many may where the system does not say it: Linux's own choice. */
const USUAL_QUEUE_LENGTH = 16_384;

/** All that listen share the system's queue. */
interface Queue {
  readonly listeners: Set<ChangeListener>;
  /** So many changes at once may have been too many. Half of what waits may be of watches that have ended, and is not told. */
  readonly many: number;
  /** How many were told since the loop last turned; all that wait are told in one turn. */
  toldAtOnce: number;
}

interface Listening {
  readonly queue: Queue;
  readonly listener: ChangeListener;
  readonly watches: Map<BytePath, FSWatcher>;
}

/** One for the process, for there is one queue. */
export function createFolderWatcher(): FolderWatcher {
  const queue: Queue = { listeners: new Set(), many: queueLength() / 2, toldAtOnce: 0 };
  return {
    watch: (listener) => {
      queue.listeners.add(listener);
      return watchOf({ queue, listener, watches: new Map() });
    },
  };
}

function queueLength(): number {
  try {
    return Number(readFileSync(QUEUE_LENGTH, 'utf8'));
  } catch {
    return USUAL_QUEUE_LENGTH;
  }
}

function watchOf(listening: Listening): FolderWatch {
  const { queue, listener, watches } = listening;
  return {
    listen: (folder) => listen(listening, folder),
    leave: (gone) => {
      for (const folder of watches.keys()) if (isUnder(folder, gone)) end(watches, folder);
    },
    [Symbol.dispose]: () => {
      queue.listeners.delete(listener);
      for (const folder of watches.keys()) end(watches, folder);
    },
  };
}

/** The new watch comes before the old one ends, so that nothing is missed between. */
function listen(listening: Listening, folder: BytePath): void {
  const { watches } = listening;
  const before = watches.get(folder);
  const watch = open(listening, folder);
  before?.close();
  if (watch) watches.set(folder, watch);
  else watches.delete(folder);
}

function open(listening: Listening, folder: BytePath): FSWatcher | undefined {
  try {
    const hearName = (_: string, name: Buffer | null): void => hear(listening, folder, name);
    const watch = openWatch(Buffer.from(bytesOfPath(folder)), { encoding: 'buffer' }, hearName);
    return watch.on('error', (error) => listening.listener.onTrouble(unwatchable(folder, error)));
  } catch (error) {
    if (NOTHING_TO_HEAR.has(codeOf(error) ?? '')) return undefined;
    throw unwatchable(folder, error);
  }
}

function end(watches: Map<BytePath, FSWatcher>, folder: BytePath): void {
  watches.get(folder)?.close();
  watches.delete(folder);
}

function hear({ queue, listener }: Listening, folder: BytePath, name: Buffer | null): void {
  if (queue.toldAtOnce === 0) setImmediate(() => startCount(queue));
  queue.toldAtOnce++;
  listener.onChange(name ? joinPath(folder, pathFromBytes(name)) : folder);
}

function startCount(queue: Queue): void {
  const isTooMuch = queue.toldAtOnce >= queue.many;
  queue.toldAtOnce = 0;
  if (isTooMuch) for (const { onOverflow } of queue.listeners) onOverflow();
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function unwatchable(folder: BytePath, cause: unknown): AppError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = `The system does not tell of changes in ${displayPath(folder)}: ${why}. It is looked through every few seconds instead.`;
  const hint = NO_ROOM.has(codeOf(cause) ?? '')
    ? 'Allow more watches, one for each folder: sysctl fs.inotify.max_user_watches=524288, and see fs.inotify.max_user_instances.'
    : 'Set watch = "poll" for this inbox, so that it is not tried again.';
  return new AppError('inbox/unwatchable', message, { kind: 'unavailable', hint, cause });
}
