import { AppError } from '#kernel';

/** SQLite's primary result codes that a person can do something about. @see https://sqlite.org/rescode.html */
const ERROR = 1;
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;
/** What SQLite says where the file that its processes share cannot grow, which takes room and nothing else. */
const IOERR_SHMSIZE: number = IOERR | (19 << 8);

const SYSTEM: Readonly<Record<string, number>> = {
  EACCES: READONLY,
  EPERM: READONLY,
  EROFS: READONLY,
  ENOTDIR: CANTOPEN,
  ELOOP: CANTOPEN,
  EISDIR: CANTOPEN,
  ENAMETOOLONG: CANTOPEN,
  EMFILE: CANTOPEN,
  EIO: IOERR,
  // A disk that was unplugged, or a server that does not answer: where a file may be missing, that is no error.
  ENOENT: IOERR,
  ENOTCONN: IOERR,
  ECONNABORTED: IOERR,
  ENODEV: IOERR,
  ENXIO: IOERR,
  ESTALE: IOERR,
  ETIMEDOUT: IOERR,
  ENOSPC: FULL,
  EDQUOT: FULL,
};

/** Does SQLite say that somebody else has the lock? */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === BUSY;
}

/** What SQLite or the system said about a file of a store, in our words. Anything unknown is a bug and comes back as it is. */
export function translate(error: unknown, file: string): unknown {
  const about = { cause: error };
  switch (resultCode(error)) {
    case BUSY:
    case LOCKED:
      return new AppError('store/locked', `The store is in use by another process (${file}).`, {
        kind: 'conflict',
        hint: 'Wait until the other run ends, then try again.',
        ...about,
      });
    case CORRUPT:
    case NOTADB:
      return damaged(`${file} is damaged: its contents contradict each other or are not a database.`, error);
    case FULL:
      return new AppError('store/disk-full', `There is no room left on the disk that holds ${file}.`, {
        kind: 'exhausted',
        hint: 'Free some space and run the same command again: it goes on where it stopped.',
        ...about,
      });
    case READONLY:
    case CANTOPEN:
      return new AppError('store/denied', `${file} cannot be opened, or not for writing.`, {
        kind: 'denied',
        hint: 'Check who may read and write in the folder of the store.',
        ...about,
      });
    case IOERR:
      return new AppError('store/disk-error', `The disk that holds ${file} reports an error.`, {
        kind: 'unavailable',
        hint: 'Look at the system log; copy the store to a healthy disk before going on.',
        ...about,
      });
    default:
      // No column holds such a number, so only a damaged row can.
      return isBeyondNumbers(error) ? damaged(`${file} is damaged: it has a number that none can be.`, error) : error;
  }
}

/** @param what a sentence that names the file */
export function damaged(what: string, cause?: unknown): AppError {
  return new AppError('store/damaged', what, {
    kind: 'corrupt',
    hint: 'Run "reprise store verify" to see what is hit, and "reprise store repair" to keep all that is whole.',
    cause,
  });
}

/** Does `work`, and says in our words what goes wrong. */
export function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translate(error, file);
  }
}

/**
 * Does `work` upon tables just opened: its statements are right, so what SQLite finds wrong with them is that the schema is
 * damaged, by which it reads them.
 */
export function bySchema<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw resultCode(error) === ERROR ? damaged(`${file} is damaged: ${(error as Error).message}.`, error) : error;
  }
}

/** Is it that SQLite can make nothing of what is in a file, or that the disk does not give it? */
export function isUnreadable(error: unknown): boolean {
  const code = resultCode(error);
  return code === ERROR || code === IOERR || code === CORRUPT || code === NOTADB;
}

/** Did node:sqlite meet an integer that is too large to be a number of JavaScript? */
function isBeyondNumbers(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('represented as a JavaScript number');
}

/** The primary code: the low byte of SQLite's extended one, or what SQLite would say of a system error. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || error instanceof AppError) return undefined;
  if ('errcode' in error && typeof error.errcode === 'number')
    return error.errcode === IOERR_SHMSIZE ? FULL : error.errcode & 0xff;
  // Of Node's own errors, for others have such a code too, with a meaning of their own.
  const isSystem = 'syscall' in error && 'code' in error && typeof error.code === 'string';
  return isSystem ? SYSTEM[error.code as string] : undefined;
}
