import { lstatSync, realpathSync, statSync } from 'node:fs';
import { type BytePath, baseName, folderOf, joinPath, pathFromBytes } from '#kernel';
import type { FolderPlace } from '#sweep';
import { fileError, isAbsence } from './errors.ts';
import { systemPath } from './system-path.ts';

/**
 * Where a folder really lies, or would lie.
 * @throws AppError `files/denied`, `files/unreadable`
 */
export function placeOf(path: BytePath): FolderPlace {
  const missing: BytePath[] = [];
  let at = path;
  let real = realPath(at);
  // A link that leads nowhere is there itself, and a folder cannot be made in its place.
  while (real === undefined && !isThere(at)) {
    missing.unshift(baseName(at));
    at = folderOf(at);
    real = realPath(at);
  }
  const standing = real ?? at;
  return {
    path: missing.reduce(joinPath, standing),
    kind: missing.length > 0 ? 'nothing' : isFolder(standing) ? 'folder' : 'other',
    keys: keysUpFrom(standing),
  };
}

function realPath(path: BytePath): BytePath | undefined {
  try {
    return pathFromBytes(realpathSync.native(systemPath(path), { encoding: 'buffer' }));
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw fileError(error, path);
  }
}

function isThere(path: BytePath): boolean {
  try {
    return lstatSync(systemPath(path), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // Something above it is no folder.
    if (isAbsence(error)) return false;
    throw fileError(error, path);
  }
}

function isFolder(path: BytePath): boolean {
  return statSync(systemPath(path), { throwIfNoEntry: false })?.isDirectory() === true;
}

function keysUpFrom(path: BytePath): string[] {
  const keys: string[] = [];
  for (let at = path; ; at = folderOf(at)) {
    const stats = statSync(systemPath(at), { bigint: true, throwIfNoEntry: false });
    if (stats) keys.push(`${stats.dev}:${stats.ino}`);
    if (at === '/') return keys;
  }
}
