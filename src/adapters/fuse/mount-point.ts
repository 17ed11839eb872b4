/** Where a file system comes to be seen. */
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '#kernel';
import { MOUNT_TYPE, mountAt, unmount } from './device.ts';

export interface MountPlace {
  /** Both without symbolic links. */
  readonly store: string;
  readonly folder: string;
}

/**
 * Makes sure that a store can be mounted on a folder. A mount of ours whose server is gone is taken away; one that lives is
 * not touched.
 * @throws AppError `store/mount-point`
 */
export async function freeMountPoint(store: string, point: string): Promise<MountPlace> {
  const shown = withoutLinksAbove(path.resolve(point));
  const state = stateOf(shown);
  if (state === 'dead') await unmount(shown, { isLazy: true });
  if (state === 'mounted')
    throw badPoint(`A store is mounted on ${shown} already.`, `Unmount it first: umount ${shown}`);
  const stats = statSync(shown, { throwIfNoEntry: false });
  if (stats === undefined) throw missing(shown);
  if (!stats.isDirectory()) throw badPoint(`${shown} is no folder.`, 'Name an empty folder.');
  const place = { store: realpathSync(store), folder: realpathSync(shown) };
  if (isWithin(place.store, place.folder) || isWithin(place.folder, place.store))
    throw badPoint(`${shown} and the store ${store} lie in each other.`, 'Name a folder apart from the store.');
  return place;
}

/** As the table of mounts has it. A folder whose server is gone cannot be looked at itself. */
function withoutLinksAbove(folder: string): string {
  try {
    return path.join(realpathSync(path.dirname(folder)), path.basename(folder));
  } catch {
    // What is wrong above is told of the folder itself.
    return folder;
  }
}

function stateOf(folder: string): 'free' | 'mounted' | 'dead' {
  if (mountAt(folder)?.type !== MOUNT_TYPE) return 'free';
  try {
    accessSync(folder, constants.F_OK);
    return 'mounted';
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return ['ENOTCONN', 'ECONNABORTED', 'EIO'].includes(code) ? 'dead' : 'mounted';
  }
}

function isWithin(place: string, folder: string): boolean {
  return place === folder || place.startsWith(folder === '/' ? folder : `${folder}/`);
}

function missing(folder: string): AppError {
  const hint = `Make it: mkdir -p ${folder}`;
  return new AppError('store/mount-point', `${folder} is not there.`, { kind: 'missing', hint });
}

function badPoint(message: string, hint: string): AppError {
  return new AppError('store/mount-point', message, { kind: 'conflict', hint });
}
