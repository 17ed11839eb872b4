import { AppError } from '#kernel';

/** What the system said about writing beside the catalogue, in our words; what it did not say stays as it is. */
export function writeError(error: unknown, file: string): unknown {
  if (!isOfSystem(error)) return error;
  const { code } = error;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const hint = 'Make room, or name another data folder with --data. What is done so far is kept.';
    return new AppError('index/disk-full', `There is no room for ${file}.`, { kind: 'exhausted', hint, cause: error });
  }
  return denied(`${file} cannot be written: ${code}.`, error);
}

/** What the system said about reading. A file that has gone, or that the disk cannot give, is a damaged one. */
export function readError(error: unknown, file: string): unknown {
  if (!isOfSystem(error)) return error;
  const { code } = error;
  if (code === 'ENOENT' || code === 'EIO') return corrupt(file, error);
  return denied(`${file} cannot be read: ${code}.`, error);
}

/** A file that is not as it was written. */
export function corrupt(file: string, cause?: unknown): AppError {
  return new AppError('index/corrupt', `${file}, a part of the search index, is damaged.`, {
    kind: 'corrupt',
    hint: 'It is made again from the catalogue by the next "reprise match". Check the disk: something changed the file.',
    cause,
  });
}

function denied(message: string, cause: NodeJS.ErrnoException): AppError {
  const isTaken = cause.code === 'EEXIST' || cause.code === 'ENOTDIR';
  const hint = isTaken
    ? 'A file is where the folder of the search index belongs: move it away.'
    : 'Check the permissions of the data folder.';
  return new AppError('index/denied', message, { kind: 'denied', hint, cause });
}

function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
