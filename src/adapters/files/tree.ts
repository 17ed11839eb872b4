import { accessSync, constants, lstatSync, realpathSync, statSync } from 'node:fs';
import type { FileStamp, FileTree } from '#catalogue';
import { AppError, type BytePath, displayPath, pathFromBytes } from '#kernel';
import { fileError, isAbsence } from './errors.ts';
import { isSpinning } from './spinning.ts';
import { systemPath } from './system-path.ts';
import { walk } from './walk.ts';

/** The folders and files of this machine, by their byte names. */
export function createFileTree(): FileTree {
  return { resolve: async (path) => resolve(path), walk, stamp: async (path) => stamp(path), isSpinning };
}

function resolve(path: BytePath): BytePath {
  try {
    const real = realpathSync.native(systemPath(path), { encoding: 'buffer' });
    const stats = statSync(real);
    if (!stats.isDirectory() && !stats.isFile()) throw notRegular(path);
    accessSync(real, stats.isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK);
    return pathFromBytes(real);
  } catch (error) {
    throw error instanceof AppError ? error : fileError(error, path);
  }
}

function notRegular(path: BytePath): AppError {
  return new AppError('files/not-regular', `${displayPath(path)} is neither a folder nor a regular file.`, {
    kind: 'usage',
    hint: 'Name a folder of music, or one file.',
  });
}

function stamp(path: BytePath): FileStamp | undefined {
  try {
    const stats = lstatSync(systemPath(path), { bigint: true, throwIfNoEntry: false });
    if (!stats?.isFile()) return undefined;
    const { dev, ino, size, mtimeNs, ctimeNs } = stats;
    return { device: dev, inode: ino, sizeBytes: Number(size), mtimeNs, ctimeNs };
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw fileError(error, path);
  }
}
