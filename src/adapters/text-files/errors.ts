import { AppError, type BytePath, displayPath, type ErrorKind } from '#kernel';

const KINDS: Readonly<Record<string, readonly [kind: ErrorKind, code: string, hint: string]>> = {
  EEXIST: ['conflict', 'output/exists', 'Name another file; none is overwritten.'],
  ENOENT: ['missing', 'output/no-folder', 'Make the folder first.'],
  ENOTDIR: ['missing', 'output/no-folder', 'Name a file in a folder; make it first.'],
  ENOSPC: ['exhausted', 'output/disk-full', 'Make room, or name a file on another disk.'],
  EDQUOT: ['exhausted', 'output/disk-full', 'Make room, or name a file on another disk.'],
};

/** Does something to the file that a person named. @throws AppError `output/…` */
export function attempt<T>(path: BytePath, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const name = String((cause as { code?: unknown }).code);
    const [kind, code, hint] = KINDS[name] ?? ['denied', 'output/denied', 'Check who may write there.'];
    throw new AppError(code, `${displayPath(path)} cannot be written (${name}).`, { kind, hint, cause });
  }
}
