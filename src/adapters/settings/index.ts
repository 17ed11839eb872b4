/** Settings files on the disk. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SettingsFiles } from '#config';
import { AppError } from '#kernel';

export function createSettingsFiles(): SettingsFiles {
  return { read, create, replace };
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(cause))) return undefined;
    throw new AppError('config/unreadable', `The settings file ${path} cannot be read (${codeOf(cause)}).`, {
      kind: 'denied',
      hint: 'Check who may read it, or name another file with --config.',
      cause,
    });
  }
}

async function create(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'wx');
    await file.writeFile(text).finally(() => file.close());
  } catch (cause) {
    throw codeOf(cause) === 'EEXIST' ? exists(path, cause) : unwritable(path, cause);
  }
}

async function replace(path: string, before: string, text: string): Promise<void> {
  try {
    const real = await realpath(path);
    const { mode } = await stat(real);
    const own = `${real}.${randomUUID()}`;
    try {
      const file = await open(own, 'wx', mode);
      await file
        .chmod(mode)
        .then(() => file.writeFile(text))
        .then(() => file.sync())
        .finally(() => file.close());
      if ((await readFile(real, 'utf8')) !== before) throw changed(path);
      await rename(own, real);
    } finally {
      await rm(own, { force: true });
    }
  } catch (cause) {
    throw cause instanceof AppError ? cause : unwritable(path, cause);
  }
}

function changed(path: string): AppError {
  return new AppError('config/changed', `Somebody wrote to ${path} meanwhile, so it was left as it is.`, {
    kind: 'conflict',
    hint: 'Run the same command again.',
  });
}

function exists(path: string, cause: unknown): AppError {
  return new AppError('config/exists', `${path} exists already and is never overwritten.`, {
    kind: 'conflict',
    hint: 'Edit it, or move it away first.',
    cause,
  });
}

function unwritable(path: string, cause: unknown): AppError {
  const full = codeOf(cause) === 'ENOSPC';
  return new AppError('config/unwritable', `The settings file ${path} cannot be written (${codeOf(cause)}).`, {
    kind: full ? 'exhausted' : 'denied',
    hint: 'Name another place with --config.',
    cause,
  });
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code);
}
