/** Looks at paths that strangers name. Nothing is opened: a pipe would wait and a device would act. */
import { lstat, realpath } from 'node:fs/promises';
import type { Looked, PathGuard } from '#http';
import { type BytePath, baseName, folderOf, joinPath, pathFromBytes } from '#kernel';
import { fileError, isAbsence, systemCode } from './errors.ts';
import { systemPath } from './system-path.ts';

export function createPathGuard(): PathGuard {
  return { look, realPath };
}

async function look(path: BytePath): Promise<Looked | undefined> {
  const folder = await realPath(folderOf(path));
  if (folder === undefined) return undefined;
  const real = path === '/' ? folder : joinPath(folder, baseName(path));
  return orNothing(path, async () => {
    const stats = await lstat(systemPath(real));
    const isPlain = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : undefined;
    return { path: real, kind: isPlain ?? (stats.isSymbolicLink() ? 'link' : 'other') };
  });
}

async function realPath(path: BytePath): Promise<BytePath | undefined> {
  return orNothing(path, async () => pathFromBytes(await realpath(systemPath(path), { encoding: 'buffer' })));
}

const NOWHERE: ReadonlySet<string> = new Set(['ENAMETOOLONG', 'ELOOP']);

async function orNothing<T>(path: BytePath, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    // Nothing can have a name that is too long, and links in a circle lead nowhere.
    if (isAbsence(error) || NOWHERE.has(systemCode(error))) return undefined;
    throw fileError(error, path);
  }
}
