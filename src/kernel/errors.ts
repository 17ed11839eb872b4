/** What a caller can do about an error. Only `cli`, `http` and `fuse` know what a kind maps to. */
export type ErrorKind =
  | 'usage'
  | 'denied'
  | 'missing'
  | 'conflict'
  | 'unsupported'
  | 'unavailable'
  | 'exhausted'
  | 'corrupt'
  | 'refused'
  | 'cancelled';

export interface ErrorDetails {
  readonly kind: ErrorKind;
  /** What the person can do about it, as a sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * An expected failure. `code` is `area/what`: permanent, searchable, documented. The message says
 * what happened and why in one sentence that names the file or setting concerned.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: string;
  readonly kind: ErrorKind;
  readonly hint: string | undefined;

  constructor(code: string, message: string, { kind, hint, cause }: ErrorDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.kind = kind;
    this.hint = hint;
  }
}

/** The error that cancelled work rejects with. */
export function cancelled(): AppError {
  return new AppError('run/cancelled', 'The run was interrupted.', {
    kind: 'cancelled',
    hint: 'Run the same command again: it goes on where it stopped.',
  });
}

/** Throws a plain Error, which means a bug, unless `claim` holds. */
export function invariant(claim: unknown, message: string): asserts claim {
  if (!claim) throw new Error(`Invariant broken: ${message}`);
}
