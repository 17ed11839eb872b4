/** Errors of the tree, by the names that the system gives them. */
import { AppError, type ErrorKind } from '#kernel';

const MEANINGS = {
  E2BIG: 'the value is too long',
  EACCES: 'the store cannot be written',
  EBUSY: 'it is in use',
  EEXIST: 'there is such a name already',
  EFBIG: 'the file would become too long',
  EINTR: 'nobody waits for it any more',
  EINVAL: 'that cannot be asked of it',
  EIO: 'the store is damaged, or its disk fails',
  EISDIR: 'it is a folder',
  ELOOP: 'there are too many symbolic links on the way',
  ENAMETOOLONG: 'the name is too long',
  ENODATA: 'there is no such attribute',
  ENODEV: 'it is no file',
  ENOENT: 'there is no such name',
  ENOSPC: 'there is no room left',
  ENOTDIR: 'it is no folder',
  ENOTEMPTY: 'the folder is not empty',
  EOPNOTSUPP: 'the store does not do that',
  EPERM: 'that is not allowed for this kind of node',
  ERANGE: 'the name of the attribute is empty or too long',
  ESTALE: 'there is no such node any more',
} as const;

export type PosixCode = keyof typeof MEANINGS;

/** What the system would answer. Where the store itself is in trouble, `cause` says more. @see errno(3) */
export class PosixError extends Error {
  override readonly name = 'PosixError';
  readonly code: PosixCode;

  constructor(code: PosixCode, cause?: AppError) {
    // An answer like any other, given many thousand times: where it was made interests nobody, and takes long to find out.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`${code}: ${MEANINGS[code]}`, cause === undefined ? undefined : { cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
  }
}

const CODES: Readonly<Partial<Record<ErrorKind, PosixCode>>> = {
  exhausted: 'ENOSPC',
  denied: 'EACCES',
  conflict: 'EBUSY',
};

/** Does `work`, and says of trouble of the store what the system would: EIO where it is damaged. */
export function asPosix<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError) throw new PosixError(CODES[error.kind] ?? 'EIO', error);
    // Offsets that the disk below does not know.
    if (error instanceof Error && 'syscall' in error && 'code' in error && error.code === 'EFBIG')
      throw new PosixError('EFBIG');
    throw error;
  }
}
