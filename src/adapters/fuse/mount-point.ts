/** Where a file system comes to be seen. */
import { accessSync, constants, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
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
  const shown = withoutLinks(path.resolve(point));
  const mounted = mountAt(shown);
  if (mounted?.type === MOUNT_TYPE) {
    if (!isDead(shown)) throw badPoint(`A store is mounted on ${shown} already.`, `Unmount it first: umount ${shown}`);
    await unmount({ folder: shown, device: mounted.device }, { isLazy: true });
  }
  const stats = lookedAt(shown);
  if (stats === undefined) throw missing(shown);
  if (!stats.isDirectory()) throw badPoint(`${shown} is no folder.`, 'Name an empty folder.');
  const place = { store: realpathSync(store), folder: realpathSync(shown) };
  if (isWithin(place.store, place.folder) || isWithin(place.folder, place.store))
    throw badPoint(`${shown} and the store ${store} lie in each other.`, 'Name a folder apart from the store.');
  return place;
}

/** As many as Linux follows. */
const MOST_LINKS = 40;

/** As the table of mounts has it. A folder whose server is gone cannot be looked at itself. */
function withoutLinks(folder: string, most = MOST_LINKS): string {
  try {
    const place = path.join(realpathSync(path.dirname(folder)), path.basename(folder));
    const target = most > 0 ? targetOf(place) : undefined;
    return target === undefined ? place : withoutLinks(path.resolve(path.dirname(place), target), most - 1);
  } catch {
    // What is wrong above is told of the folder itself.
    return folder;
  }
}

/** Undefined where it is no link. */
function targetOf(place: string): string | undefined {
  try {
    return readlinkSync(place);
  } catch {
    return undefined;
  }
}

function isDead(folder: string): boolean {
  try {
    accessSync(folder, constants.F_OK);
    return false;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return ['ENOTCONN', 'ECONNABORTED', 'EIO'].includes(code);
  }
}

/** @returns undefined where there is nothing */
function lookedAt(folder: string): Stats | undefined {
  try {
    return statSync(folder, { throwIfNoEntry: false });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw badPoint(
      `${folder} cannot be looked at (${code}).`,
      'Unmount what lies there, or name another folder.',
      cause,
    );
  }
}

function isWithin(place: string, folder: string): boolean {
  return place === folder || place.startsWith(folder === '/' ? folder : `${folder}/`);
}

function missing(folder: string): AppError {
  const hint = `Make it: mkdir -p ${folder}`;
  return new AppError('store/mount-point', `${folder} is not there.`, { kind: 'missing', hint });
}

function badPoint(message: string, hint: string, cause?: unknown): AppError {
  return new AppError('store/mount-point', message, { kind: 'conflict', hint, cause });
}
