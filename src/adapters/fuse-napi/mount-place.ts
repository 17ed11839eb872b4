/** Where a file system comes to be seen. */
import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '#kernel';
import { loadLibrary } from './load-library.ts';

export interface MountPlace {
  /** Both without symbolic links. */
  readonly store: string;
  readonly folder: string;
}

/** What a mount answers whose server is gone: on Linux, on macOS. */
const DEAD: ReadonlySet<string> = new Set(['ENOTCONN', 'ENXIO']);

/**
 * Makes sure that a store can be mounted on a folder. A mount there whose server is gone is taken away.
 * @throws AppError `store/mount-point`, `store/no-fuse`
 */
export async function placeToMount(store: string, point: string): Promise<MountPlace> {
  const shown = path.resolve(point);
  await takeDeadAway(shown);
  const stats = statSync(shown, { throwIfNoEntry: false });
  if (stats === undefined) {
    const hint = `Make it: mkdir -p ${shown}`;
    throw new AppError('store/mount-point', `${shown} is not there.`, { kind: 'missing', hint });
  }
  if (!stats.isDirectory()) throw badPoint(`${shown} is no folder.`, 'Name an empty folder.');
  if (stats.dev !== statSync(path.dirname(shown)).dev)
    throw badPoint(`Something is mounted on ${shown} already.`, `Unmount it first: umount ${shown}`);
  const place = { store: realpathSync(store), folder: realpathSync(shown) };
  if (isWithin(place.store, place.folder) || isWithin(place.folder, place.store))
    throw badPoint(`${shown} and the store ${store} lie in each other.`, 'Name a folder apart from the store.');
  return place;
}

async function takeDeadAway(folder: string): Promise<void> {
  try {
    statSync(folder);
  } catch (error) {
    if (!DEAD.has((error as NodeJS.ErrnoException).code ?? '')) return;
    const library = loadLibrary();
    await new Promise((resolve) => library.unmount(folder, resolve));
  }
}

function isWithin(place: string, folder: string): boolean {
  return place === folder || place.startsWith(folder === '/' ? folder : `${folder}/`);
}

function badPoint(message: string, hint: string): AppError {
  return new AppError('store/mount-point', message, { kind: 'conflict', hint });
}
