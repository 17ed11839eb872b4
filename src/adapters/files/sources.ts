/** What is to come into a store, as it lies on a disk: by byte names, without following links. */
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import { AppError, type BytePath, baseName, joinPath, pathFromBytes } from '#kernel';
import type { OpenSource, SourceItem, SourceItems, Sources } from '#store';
import { failureOf, fileError } from './errors.ts';
import { forbiddenMounts } from './mounts.ts';
import { rawOf } from './names.ts';
import { systemPath } from './system-path.ts';

/** Never waits for a pipe to be written to, and follows no link at its end. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
/** What Reprise itself leaves behind begins so: its trash, its temporary names. */
const OWN_TRACE = '.reprise-';
const ALL_RIGHTS = 0o7777;

/** @param avoided a folder that is never entered: the store itself */
export function createSources(avoided: BytePath): Sources {
  const own = lstatSync(systemPath(avoided), { bigint: true, throwIfNoEntry: false });
  const isOwn = ({ dev, ino }: BigIntStats): boolean => dev === own?.dev && ino === own.ino;
  return {
    *itemsBelow(path) {
      const stats = statsOf(path);
      if (isOwn(stats)) throw insideItself();
      yield* below(path, baseName(path), stats, isOwn, forbiddenMounts());
    },
  };
}

function insideItself(): AppError {
  return new AppError('store/inside-itself', 'A store cannot be taken into itself.', {
    kind: 'usage',
    hint: 'Name the folder of recordings, not the store.',
  });
}

function statsOf(path: BytePath): BigIntStats {
  try {
    return lstatSync(systemPath(path), { bigint: true });
  } catch (error) {
    throw fileError(error, path);
  }
}

function* below(
  source: BytePath,
  path: BytePath,
  stats: BigIntStats,
  isOwn: (stats: BigIntStats) => boolean,
  forbidden: ReadonlySet<string>,
): SourceItems {
  if (stats.isFile()) yield itemOf(source, path, stats, 'file');
  else if (stats.isSymbolicLink()) yield* linkItem(source, path, stats);
  else if (!stats.isDirectory())
    yield { source, kind: 'skipped', reason: 'neither a file, a folder nor a symbolic link' };
  else if (isOwn(stats)) yield { source, kind: 'skipped', reason: 'the store itself' };
  else if (forbidden.has(rawOf(source)))
    yield { source, kind: 'skipped', reason: 'a file system that holds no recordings' };
  else {
    yield itemOf(source, path, stats, 'folder');
    for (const child of childrenOf(source)) {
      if (typeof child !== 'string') {
        yield child;
        continue;
      }
      if (child.startsWith(OWN_TRACE)) continue;
      const inside = joinPath(source, child);
      let its: BigIntStats;
      try {
        its = lstatSync(systemPath(inside), { bigint: true });
      } catch (error) {
        yield { source: inside, kind: 'refused', failure: failureOf(error, inside) };
        continue;
      }
      yield* below(inside, joinPath(path, child), its, isOwn, forbidden);
    }
  }
}

function childrenOf(
  folder: BytePath,
): Iterable<BytePath | { source: BytePath; kind: 'refused'; failure: ReturnType<typeof failureOf> }> {
  try {
    const names = readdirSync(systemPath(folder), { encoding: 'buffer' });
    return names.sort(Buffer.compare).map((name) => pathFromBytes(name));
  } catch (error) {
    return [{ source: folder, kind: 'refused', failure: failureOf(error, folder) }];
  }
}

function* linkItem(source: BytePath, path: BytePath, stats: BigIntStats): SourceItems {
  try {
    const target = readlinkSync(systemPath(source), { encoding: 'buffer' });
    yield { ...itemOf(source, path, stats, 'symlink'), target: Uint8Array.from(target) };
  } catch (error) {
    yield { source, kind: 'refused', failure: failureOf(error, source) };
  }
}

function itemOf(source: BytePath, path: BytePath, stats: BigIntStats, kind: SourceItem['kind']): SourceItem {
  return {
    ...{ source, path, kind },
    mode: Number(stats.mode) & ALL_RIGHTS,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    sizeBytes: kind === 'file' ? Number(stats.size) : 0,
    atimeNs: stats.atimeNs,
    mtimeNs: stats.mtimeNs,
    device: stats.dev,
    inode: stats.ino,
    links: Number(stats.nlink),
    target: null,
    open: () => openSource(source, stats),
  };
}

function openSource(path: BytePath, seen: BigIntStats): OpenSource {
  const descriptor = named(path, () => openSync(systemPath(path), FLAGS));
  let at = 0;
  return {
    read: (into) =>
      named(path, () => {
        const bytes = readSync(descriptor, into, 0, into.length, at);
        at += bytes;
        return bytes;
      }),
    rewind: () => {
      at = 0;
    },
    hasChanged: () =>
      named(path, () => {
        const now = fstatSync(descriptor, { bigint: true });
        return (
          now.ino !== seen.ino || now.size !== seen.size || now.mtimeNs !== seen.mtimeNs || BigInt(at) !== now.size
        );
      }),
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

function named<T>(path: BytePath, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw fileError(error, path);
  }
}
