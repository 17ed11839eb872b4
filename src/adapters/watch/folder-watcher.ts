/**
 * Listens to folders by `@parcel/watcher`. On Linux that is inotify, with a watch on each folder: it tells nothing of what
 * lies in folders that came with folders in them (they are added one by one), is silent about folders for which the system
 * has no room (they are checked) and about what its queue cannot hold, and shows names that are not UTF-8 with U+FFFD for what it cannot spell. Loaded when the first folder is watched.
 *
 * When the system has taken watches away, with a volume for example, the watcher fails to end them and remembers the
 * folders below by the path for the rest of the process. Such a path is spelled another way when it is watched again.
 */
import { watch as watchFolder } from 'node:fs';
import type { AsyncSubscription, Event } from '@parcel/watcher';
import type { ChangeListener, FolderChange, FolderWatch, FolderWatcher } from '#gate';
import { AppError, type BytePath, bytesOfPath, displayPath, folderOf, isDisplayable, isUnder } from '#kernel';

const UNSPELLABLE = '\ufffd';

/** What the system says where it has no room for more watches. */
const NO_ROOM = /No space left on device|Too many open files|ENOSPC|EMFILE/;

/** Leads to where it starts from, so that a path with it before is the same path. */
const DETOUR = '/proc/self/root';

interface Listener extends ChangeListener {
  readonly root: BytePath;
  readonly subscriptions: Map<BytePath, AsyncSubscription>;
  /** How often listening to a folder could not be ended. */
  readonly stuck: Map<BytePath, number>;
  isOver: boolean;
}

export function createFolderWatcher(): FolderWatcher {
  const stuck = new Map<BytePath, number>();
  return {
    watch: async (root, { onChange, onTrouble }) => {
      const listener: Listener = { onChange, onTrouble, root, stuck, subscriptions: new Map(), isOver: false };
      await listen(listener, root);
      return watchOf(listener);
    },
  };
}

function watchOf(listener: Listener): FolderWatch {
  return {
    add: async (folder) => {
      await end(listener, folder);
      await listen(listener, folder);
    },
    check: (folder) => {
      try {
        watchFolder(systemPathOf(folder)).close();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unwatchable(folder, wordsOf(error), error);
      }
    },
    [Symbol.asyncDispose]: async () => {
      listener.isOver = true;
      for (const folder of [...listener.subscriptions.keys()].reverse()) await end(listener, folder);
    },
  };
}

async function listen(listener: Listener, folder: BytePath): Promise<void> {
  if (!isDisplayable(folder)) throw unwatchable(folder, 'its name is not UTF-8');
  const detour = DETOUR.repeat(listener.stuck.get(folder) ?? 0);
  try {
    const { subscribe } = (await import('@parcel/watcher')).default;
    const subscription = await subscribe(detour + folder, (error, events) => {
      if (listener.isOver) return;
      if (error) listener.onTrouble(unwatchable(folder, error.message, error));
      else if (events.length > 0) hear(listener, events, detour);
    });
    listener.subscriptions.set(folder, subscription);
  } catch (error) {
    throw unwatchable(folder, wordsOf(error), error);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function systemPathOf(folder: BytePath): Buffer {
  return Buffer.from(bytesOfPath(folder));
}

function hear(listener: Listener, events: readonly Event[], detour: string): void {
  const paths = events.map(({ path }) => path.slice(detour.length));
  listener.onChange(paths.map(changeOf));
  events.forEach(({ type }, n) => {
    if (type === 'delete') drop(listener, paths[n] as BytePath);
  });
}

function changeOf(path: string): FolderChange {
  const end = path.indexOf(UNSPELLABLE);
  if (end < 0) return { path: path as BytePath, isExact: true };
  return { path: folderOf(path.slice(0, end) as BytePath), isExact: false };
}

function unwatchable(folder: BytePath, why: string, cause?: unknown): AppError {
  const message = `The system does not tell of changes in ${displayPath(folder)}: ${why}. It is looked through every few seconds instead.`;
  const hint = NO_ROOM.test(why)
    ? 'Allow more watches, one for each folder: sysctl fs.inotify.max_user_watches=524288, and see fs.inotify.max_user_instances.'
    : 'Set watch = "poll" for this inbox, so that it is not tried again.';
  return new AppError('inbox/unwatchable', message, { kind: 'unavailable', hint, cause });
}

/** A folder that has gone needs no listener of its own. */
function drop(listener: Listener, gone: BytePath): void {
  for (const folder of listener.subscriptions.keys()) {
    if (folder !== listener.root && isUnder(folder, gone)) void end(listener, folder);
  }
}

async function end({ subscriptions, stuck }: Listener, folder: BytePath): Promise<void> {
  const subscription = subscriptions.get(folder);
  subscriptions.delete(folder);
  try {
    await subscription?.unsubscribe();
  } catch {
    // The system has taken some of its watches away already, with their folders.
    stuck.set(folder, (stuck.get(folder) ?? 0) + 1);
  }
}
