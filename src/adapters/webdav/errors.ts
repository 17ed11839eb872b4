/** Errors of the tree as errors of the library, which knows what status each is answered with. */
import {
  BadRequestError,
  ForbiddenError,
  InsufficientStorageError,
  InternalServerError,
  MethodNotSupportedError,
  ResourceExistsError,
  ResourceNotFoundError,
  ResourceTreeNotCompleteError,
  ServiceUnavailableError,
} from 'nephele';
import type { PosixCode } from '#store';

/** What is not here is trouble of the store: 500. */
const ANSWERS: Readonly<Partial<Record<PosixCode, new (message: string) => Error>>> = {
  ENOENT: ResourceNotFoundError,
  ENOTDIR: ResourceNotFoundError,
  ESTALE: ResourceNotFoundError,
  EEXIST: ResourceExistsError,
  EISDIR: MethodNotSupportedError,
  ENOTEMPTY: ResourceTreeNotCompleteError,
  EINVAL: ForbiddenError,
  EACCES: ForbiddenError,
  EPERM: ForbiddenError,
  ENAMETOOLONG: BadRequestError,
  ENOSPC: InsufficientStorageError,
  EFBIG: InsufficientStorageError,
  E2BIG: InsufficientStorageError,
  EBUSY: ServiceUnavailableError,
};

/** Does something in the tree. @throws an error of the library; anything else is a bug */
export function inTree<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw answerTo(error);
  }
}

export function answerTo(error: unknown): unknown {
  if (!isPosix(error)) return error;
  const answer = new (ANSWERS[error.code] ?? InternalServerError)(error.message);
  answer.cause = error;
  return answer;
}

/** Is it an error of the tree, and one of these? */
export function isCode(error: unknown, ...codes: readonly PosixCode[]): boolean {
  return isPosix(error) && codes.includes(error.code);
}

/** Its class is not known here. */
function isPosix(error: unknown): error is Error & { readonly code: PosixCode } {
  return error instanceof Error && error.name === 'PosixError';
}
