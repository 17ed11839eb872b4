import { realpathSync, statSync } from 'node:fs';
import type { InboxRoot, RootFinder } from '#gate';
import { AppError, type BytePath, displayPath, pathFromBytes } from '#kernel';
import { fileError, isAbsence } from './errors.ts';
import { isRemote } from './mounts.ts';
import { rawOf } from './names.ts';
import { systemPath } from './system-path.ts';

/** Finds inboxes, and tells whether another volume lies in their place. */
export function createRootFinder(): RootFinder {
  return { rootAt };
}

function rootAt(path: BytePath): InboxRoot | undefined {
  try {
    const real = realpathSync.native(systemPath(path), { encoding: 'buffer' });
    const { dev, ino, isFolder } = lookAt(real);
    if (!isFolder) throw notFolder(path);
    const found = pathFromBytes(real);
    return { path: found, key: `${dev}:${ino}`, isRemote: isRemote(rawOf(found)) };
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error instanceof AppError ? error : fileError(error, path);
  }
}

function lookAt(real: Buffer): { readonly dev: bigint; readonly ino: bigint; readonly isFolder: boolean } {
  const stats = statSync(real, { bigint: true });
  return { dev: stats.dev, ino: stats.ino, isFolder: stats.isDirectory() };
}

function notFolder(path: BytePath): AppError {
  return new AppError('files/not-a-folder', `${displayPath(path)} is not a folder.`, { kind: 'usage' });
}
