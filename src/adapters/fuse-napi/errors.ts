/** Errors as the library takes them: by the number that this system gives them, below zero. */
import { constants } from 'node:os';

/** An error that is answered by its number. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** What Linux calls otherwise, or uses for something else. @see `sys/errno.h` of macOS: ENOATTR, ENOTSUP */
const ON_MAC: Readonly<Record<string, number>> = { ENODATA: 93, EOPNOTSUPP: 45 };

/** The name of an error that is answered by its number; undefined for all others. */
export function codeOf(error: unknown): string | undefined {
  const isAnswer = error instanceof Error && (error.name === 'PosixError' || error instanceof Refusal);
  return isAnswer && 'code' in error ? String(error.code) : undefined;
}

/** EIO for a name that the system does not know. */
export function answerTo(code: string, platform: NodeJS.Platform = process.platform): number {
  const known = constants.errno as Readonly<Record<string, number>>;
  return -((platform === 'darwin' ? ON_MAC[code] : undefined) ?? known[code] ?? constants.errno.EIO);
}
