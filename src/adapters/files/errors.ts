import { AppError, type BytePath, displayPath, type Failure } from '#kernel';

/** The system's code of an error, `ENOENT` for example, or an empty string. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Is the error one that says that nothing is there? */
export function isAbsence(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** What the system said about a path, in our words. */
export function fileError(error: unknown, path: BytePath): AppError {
  const shown = displayPath(path);
  const code = systemCode(error);
  if (isAbsence(error)) {
    const hint = 'Check the spelling, and whether the disk that holds it is connected.';
    return new AppError('files/missing', `${shown} does not exist.`, { kind: 'missing', hint, cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    const hint = 'Check its permissions, or run as a user who may read it.';
    return new AppError('files/denied', `${shown} may not be read.`, { kind: 'denied', hint, cause: error });
  }
  const reason = code === 'ELOOP' ? 'its symbolic links lead in a circle' : code || 'unknown reason';
  return new AppError('files/unreadable', `${shown} cannot be read: ${reason}.`, { kind: 'unavailable', cause: error });
}

/** The same as an item's failure. */
export function failureOf(error: unknown, path: BytePath): Failure {
  const { code, message } = fileError(error, path);
  return { code, message };
}
