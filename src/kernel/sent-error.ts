/** Errors on their way to another process or thread: the words of an {@link AppError}, or a bug with its stack. */
import { AppError, type ErrorKind } from './errors.ts';

/** An error that can be sent. Without `code` it is a bug of ours. */
export interface SentError {
  readonly code?: string;
  readonly kind?: ErrorKind;
  readonly hint?: string | undefined;
  readonly message: string;
  readonly stack?: string | undefined;
}

/** An error as it is sent. */
export function toSent(error: unknown): SentError {
  if (error instanceof AppError) {
    const { code, kind, hint, message } = error;
    return { code, kind, hint, message };
  }
  return error instanceof Error ? { message: error.message, stack: error.stack } : { message: String(error) };
}

/** The error that was sent. */
export function fromSent({ code, kind, hint, message, stack }: SentError): Error {
  if (code === undefined || kind === undefined) {
    const bug = new Error(message);
    if (stack !== undefined) bug.stack = stack;
    return bug;
  }
  return new AppError(code, message, { kind, ...(hint !== undefined && { hint }) });
}
