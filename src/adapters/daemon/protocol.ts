/** What the two ends of the socket say to each other. The first frame each way is JSON, so that versions can always tell. */
import type { SentError } from '#kernel';
import type { Packed } from './packing.ts';

/** How frames are written; changes when these do. */
export const PROTOCOL = 1;

/** The client's first words. */
export interface Hello {
  readonly protocol: number;
  readonly version: string;
}

/** The daemon's first words. */
export interface Welcome extends Hello {
  readonly pid: number;
  /** What may be called; empty for a client of another version. */
  readonly methods: readonly string[];
}

export type ToDaemon =
  /** `n`: chosen by the client, never again used on the connection. */
  | { readonly kind: 'call'; readonly n: number; readonly name: string; readonly args: Packed }
  /** A signal among the arguments of a call has fired. */
  | { readonly kind: 'abort'; readonly n: number; readonly signal: number }
  /** The next item of a stream is wanted. */
  | { readonly kind: 'next'; readonly n: number }
  /** No more of a stream is wanted. */
  | { readonly kind: 'leave'; readonly n: number };

export type ToClient =
  /** Calls a function among the arguments. */
  | { readonly kind: 'tell'; readonly n: number; readonly callback: number; readonly args: Packed }
  /** The answer is a stream, and waits to be asked. */
  | { readonly kind: 'stream'; readonly n: number }
  | { readonly kind: 'item'; readonly n: number; readonly value: Packed }
  /** The answer; of a stream its end. */
  | { readonly kind: 'done'; readonly n: number; readonly value: Packed }
  | { readonly kind: 'failed'; readonly n: number; readonly error: SentError };
