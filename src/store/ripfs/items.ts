/**
 * The files of a store of ripfs, to be taken into one of ours. The old store is only read: its folder `files` is walked
 * like any other, and each recipe in it stands for the file that it rebuilds. The index `chunks` is of no use here.
 */
import { AppError, type BytePath, displayPath, joinPath } from '#kernel';
import type { RefusedItem, SkippedItem, SourceItem, SourceItems, Sources } from '../sources.ts';
import { createRipfsBlobs, type RipfsBlobs } from './blobs.ts';
import type { Damaged, RandomReader } from './ports.ts';
import { rebuild, rebuiltSize } from './rebuild.ts';

const FILES = 'files' as BytePath;
const BLOBS = 'blobs' as BytePath;
/** How ripfs names a recipe that it has not finished. */
const LEFTOVER = '.ripfs-tmp';

/**
 * What the folder `files` of an old store holds, by the names that it has there, with the sizes of the files themselves. A
 * blob is hashed when it is needed first, at once, however long it is; a file that cannot be rebuilt costs no other.
 * Opening an item, and reading it, may throw `store/ripfs-damaged`.
 * @throws AppError `store/not-ripfs`, `files/missing`, when the first item is asked for
 */
export function* ripfsItems(sources: Sources, old: BytePath, reader: RandomReader): SourceItems {
  const blobs = createRipfsBlobs(reader, joinPath(old, BLOBS));
  for (const item of itemsInFiles(sources, old)) {
    yield item.kind === 'file' ? fileOf(item, blobs) : item;
  }
}

/** Without the folder itself. */
function* itemsInFiles(sources: Sources, old: BytePath): SourceItems {
  let isFirst = true;
  try {
    for (const item of sources.itemsBelow(joinPath(old, FILES))) {
      if (isFirst && (item.kind === 'file' || item.kind === 'symlink')) throw notRipfs(old);
      const isFolderItself = isFirst && item.kind === 'folder';
      isFirst = false;
      if (item.kind === 'refused' || item.kind === 'skipped') yield item;
      else if (!isFolderItself) yield { ...item, path: item.path.slice(`${FILES}/`.length) as BytePath };
    }
  } catch (error) {
    if (!isFirst || !(error instanceof AppError) || error.code !== 'files/missing') throw error;
    requirePresence(sources, old);
    throw notRipfs(old, error);
  }
}

/** @throws AppError `files/missing` */
function requirePresence(sources: Sources, path: BytePath): void {
  for (const _ of sources.itemsBelow(path)) return;
}

function fileOf(item: SourceItem, blobs: RipfsBlobs): SourceItem | RefusedItem | SkippedItem {
  const { source, sizeBytes } = item;
  if (source.endsWith(LEFTOVER)) return { source, kind: 'skipped', reason: 'left unfinished by ripfs' };
  const damaged: Damaged = (why, cause) => damagedFile(source, why, cause);
  try {
    using recipe = item.open();
    return {
      ...item,
      sizeBytes: rebuiltSize(recipe, sizeBytes, blobs, damaged),
      open: () => rebuild(item.open(), sizeBytes, blobs, damaged),
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message } = error;
    return { source, kind: 'refused', failure: { code, message } };
  }
}

function damagedFile(source: BytePath, why: string, cause: unknown): AppError {
  return new AppError('store/ripfs-damaged', `${displayPath(source)} cannot be rebuilt: ${why}.`, {
    kind: 'corrupt',
    hint: 'All other files are taken. A backup of the old store may still have what this one needs.',
    cause,
  });
}

function notRipfs(old: BytePath, cause?: unknown): AppError {
  return new AppError('store/not-ripfs', `${displayPath(old)} is no store of ripfs: it has no folder "${FILES}".`, {
    kind: 'usage',
    hint: 'Name the folder in which ripfs keeps its store, not the one where it is mounted.',
    cause,
  });
}
