/** What the system said about an act, in our words. */
import { getSystemErrorName } from 'node:util';
import { AppError, type BytePath, displayPath, type ErrorKind } from '#kernel';
import { systemCode } from './errors.ts';

interface Meaning {
  readonly code: string;
  readonly kind: ErrorKind;
  /** What follows the file's name. */
  readonly says: string;
  readonly hint?: string;
}

const MISSING: Meaning = { code: 'files/missing', kind: 'missing', says: 'is not there' };
const DENIED: Meaning = {
  code: 'files/denied',
  kind: 'denied',
  says: 'may not be changed',
  hint: 'Check the permissions of the file and its folder, or run as a user who may change them.',
};
const FULL: Meaning = {
  code: 'files/disk-full',
  kind: 'exhausted',
  says: 'cannot be written: the disk is full or the quota used up',
  hint: 'Make room and apply the same plan again: it goes on where it stopped.',
};
const ELSEWHERE: Meaning = { code: 'files/elsewhere', kind: 'unsupported', says: 'lies on another file system' };

/** By the system's codes. What is not here may pass: busy, timed out, an error of the disk or the network. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOENT: MISSING,
  ENOTDIR: MISSING,
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: { ...DENIED, says: 'lies on a file system that is read-only' },
  ENOSPC: FULL,
  EDQUOT: FULL,
  EXDEV: ELSEWHERE,
  EEXIST: { code: 'files/exists', kind: 'conflict', says: 'is there already' },
  ENOTEMPTY: { code: 'files/exists', kind: 'conflict', says: 'is not empty' },
  EMLINK: { code: 'files/too-many-links', kind: 'unsupported', says: 'has as many names as its file system allows' },
  ENAMETOOLONG: {
    code: 'files/name-too-long',
    kind: 'unsupported',
    says: 'has a longer name than its file system takes',
  },
  EILSEQ: { code: 'files/bad-name', kind: 'unsupported', says: 'has a name that its file system does not take' },
  EISDIR: { code: 'files/not-regular', kind: 'conflict', says: 'is a folder' },
  ELOOP: { code: 'files/not-regular', kind: 'conflict', says: 'is a symbolic link, or reached by too many' },
  EFBIG: { code: 'files/too-large', kind: 'unsupported', says: 'is larger than its file system takes' },
};

/** The error of an act upon `path`. @param error what Node or {@link libcError} threw */
export function actError(error: unknown, path: BytePath): AppError {
  if (error instanceof AppError) return error;
  const system = systemCode(error);
  const meaning = MEANINGS[system];
  const says = meaning?.says ?? `could not be worked upon: ${system || String(error)}`;
  return new AppError(meaning?.code ?? 'files/unavailable', `${displayPath(path)} ${says}.`, {
    kind: meaning?.kind ?? 'unavailable',
    ...(meaning?.hint !== undefined && { hint: meaning.hint }),
    cause: error,
  });
}

/** An error of the C library as Node would throw it. */
export function libcError(errno: number): Error {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(code), { code });
}
