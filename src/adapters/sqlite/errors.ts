import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '#kernel';

/** SQLite's primary result codes that a person can do something about. @see https://sqlite.org/rescode.html */
const PERM = 3;
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const AUTH = 23;
const NOTADB = 26;

/** Errors of making the folder, by the SQLite code that means the same. */
const SYSTEM: Readonly<Record<string, number>> = {
  EACCES: PERM,
  EPERM: PERM,
  EROFS: READONLY,
  ENOTDIR: CANTOPEN,
  EEXIST: CANTOPEN,
  EIO: IOERR,
  ENOSPC: FULL,
  EDQUOT: FULL,
};

/** What a database is for, as its errors say it: the area of their codes and the noun in their sentences. */
export type Purpose = 'catalogue' | 'journal';

/** What SQLite threw, in our words. Anything unknown is a bug and comes back as it is. */
export function translate(error: unknown, file: string, purpose: Purpose): unknown {
  switch (resultCode(error)) {
    case BUSY:
    case LOCKED:
      return new AppError(`${purpose}/locked`, `The ${purpose} ${file} is in use by another process.`, {
        kind: 'conflict',
        hint: 'Wait until the other run ends, or name another data folder with --data.',
        cause: error,
      });
    case CORRUPT:
    case NOTADB:
      return damaged(file, purpose, 'its contents contradict each other or are not a database', error);
    case FULL:
      return new AppError(`${purpose}/disk-full`, `There is no room left on the disk that holds ${file}.`, {
        kind: 'exhausted',
        hint: 'Free some space and run the same command again: it goes on where it stopped.',
        cause: error,
      });
    case PERM:
    case READONLY:
    case CANTOPEN:
    case AUTH:
      return denied(file, purpose, error);
    case IOERR:
      // Also what SQLite says where it cannot lock a file that it may only read.
      if (!isWritable(file)) return denied(file, purpose, error);
      return new AppError(`${purpose}/unreadable`, `The disk that holds ${file} reports an error.`, {
        kind: 'unavailable',
        hint: 'Look at the system log; copy the file to a healthy disk before going on.',
        cause: error,
      });
    default:
      return error;
  }
}

function denied(file: string, purpose: Purpose, cause: unknown): AppError {
  return new AppError(`${purpose}/denied`, `The ${purpose} ${file} cannot be opened for writing.`, {
    kind: 'denied',
    hint: 'Check who may write to the folder, or name another data folder with --data.',
    cause,
  });
}

/** May this user write to the file and its folder? Where the disk does not even answer that, it is not about rights. */
function isWritable(file: string): boolean {
  try {
    for (const path of [dirname(file), file]) accessSync(path, constants.W_OK);
    return true;
  } catch (error) {
    return !['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

/** The primary code: the low byte of SQLite's extended one, or what SQLite would say of a system error. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff;
  return 'code' in error && typeof error.code === 'string' ? SYSTEM[error.code] : undefined;
}

const AFTER_DAMAGE: Readonly<Record<Purpose, string>> = {
  catalogue: 'Move the file away and scan again; decisions made by hand come back from their export or a backup.',
  journal:
    'Move the file away to go on. What it knew cannot be taken back by "undo" then; the files themselves still lie in ' +
    'the folders named .reprise-trash and in the output folders.',
};

/** The error for a file that is not, or not any more, a database of ours. */
export function damaged(file: string, purpose: Purpose, why: string, cause?: unknown): AppError {
  return new AppError(`${purpose}/corrupt`, `The ${purpose} ${file} is damaged: ${why}.`, {
    kind: 'corrupt',
    hint: AFTER_DAMAGE[purpose],
    cause,
  });
}
