import { AppError } from '#kernel';

/** What the system said about writing beside the catalogue, in our words. */
export function writeError(error: unknown, file: string): AppError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const hint = 'Make room, or name another data folder with --data. What is done so far is kept.';
    return new AppError('index/disk-full', `There is no room for ${file}.`, { kind: 'exhausted', hint, cause: error });
  }
  const hint = 'Check the permissions of the data folder.';
  return new AppError('index/denied', `${file} cannot be written: ${code}.`, { kind: 'denied', hint, cause: error });
}
