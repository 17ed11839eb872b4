import { AppError, type ErrorKind } from '#kernel';

/** What the process ends with; a public promise (docs/reference/cli.md). */
export const EXIT = {
  done: 0,
  bug: 1,
  someFailed: 3,
  found: 11,
  interrupted: 130,
  terminated: 143,
} as const;

const KIND_CODES: Readonly<Record<ErrorKind, number>> = {
  usage: 2,
  missing: 4,
  conflict: 5,
  unsupported: 6,
  unavailable: 7,
  exhausted: 8,
  corrupt: 9,
  denied: 15,
  refused: 20,
  cancelled: EXIT.interrupted,
};

/** The exit code of an error; anything that is not an AppError is a bug. */
export function exitCodeOf(error: unknown): number {
  return error instanceof AppError ? KIND_CODES[error.kind] : EXIT.bug;
}
