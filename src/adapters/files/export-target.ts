/** Writes what a store gives back: new files and folders, never in the place of others. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { AppError, type BytePath, folderOf, joinPath, pathFromBytes } from '#kernel';
import type { Dress, ExportTarget } from '#store';
import { actError } from './act-errors.ts';
import { dressIn } from './dress.ts';
import { systemCode } from './errors.ts';
import { systemPath } from './system-path.ts';

/** @param avoided a folder into which nothing is written: the store itself */
export function createExportTarget(avoided: BytePath): ExportTarget {
  const own = named(avoided, () => realOf(avoided));
  return {
    look: (path) => {
      const stats = named(path, () => lstatSync(systemPath(path), { bigint: true, throwIfNoEntry: false }));
      if (stats === undefined) return undefined;
      const facts = { sizeBytes: Number(stats.size), mtimeNs: stats.mtimeNs, target: null };
      if (!stats.isSymbolicLink())
        return { ...facts, kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other' };
      return { ...facts, kind: 'symlink', target: named(path, () => readlinkSync(systemPath(path), 'buffer')) };
    },
    makeFolder: (path) =>
      named(path, () => {
        const missing: BytePath[] = [];
        let above = path;
        for (; !isThere(above); above = folderOf(above)) missing.unshift(above);
        const real = realOf(above);
        if (real === own || real.startsWith(`${own}/`)) throw insideItself();
        // One after the other: Node's own way never ends where the system refuses every name, as it does in `/proc`.
        for (const folder of missing) mkdirSync(systemPath(folder));
        if (!statSync(systemPath(path)).isDirectory()) throw Object.assign(new Error('no folder'), { code: 'EEXIST' });
      }),
    writeFile: (path, pieces, dress) => named(path, () => writeFile(path, pieces, dress)),
    link: (path, target, dress) =>
      named(path, () => {
        symlinkSync(Buffer.from(target), systemPath(path));
        dressIn(path, dress, false);
      }),
    dress: (path, dress) => named(path, () => dressIn(path, dress, true)),
  };
}

function isThere(path: BytePath): boolean {
  return lstatSync(systemPath(path), { throwIfNoEntry: false }) !== undefined;
}

function realOf(path: BytePath): BytePath {
  return pathFromBytes(realpathSync(systemPath(path), 'buffer'));
}

function insideItself(): AppError {
  return new AppError('store/inside-itself', 'A store cannot be written out into itself.', {
    kind: 'usage',
    hint: 'Name a folder that is not in the store.',
  });
}

/** Under a name of its own until it is whole: half a recording would look like one. */
function writeFile(path: BytePath, pieces: Iterable<Uint8Array>, dress: Dress): void {
  const made = joinPath(folderOf(path), `.reprise-export-${randomUUID()}` as BytePath);
  const descriptor = openSync(systemPath(made), 'wx', 0o600);
  try {
    try {
      for (const piece of pieces) for (let done = 0; done < piece.length; ) done += writeSync(descriptor, piece, done);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    dressIn(made, dress, true);
    putInPlace(made, path);
  } finally {
    rmSync(systemPath(made), { force: true });
  }
}

/** Never in the place of another. */
function putInPlace(made: BytePath, path: BytePath): void {
  try {
    linkSync(systemPath(made), systemPath(path));
  } catch (error) {
    if (!WITHOUT_LINKS.has(systemCode(error))) throw error;
    // A disk without hard links: the name is taken first, and what takes it is our own.
    closeSync(openSync(systemPath(path), 'wx', 0o600));
    renameSync(systemPath(made), systemPath(path));
  }
}

const WITHOUT_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Errors of the pieces, which have words of their own already, pass as they are. */
function named<T>(path: BytePath, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw systemCode(error) === '' ? error : actError(error, path);
  }
}
