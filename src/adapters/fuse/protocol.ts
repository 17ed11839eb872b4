/** What the supervisor of a mount and its server say to each other. */
import type { SentError } from '#kernel';
import type { SharingOptions } from '#store';
import type { MountedPlace } from './device.ts';

/** How a server is started: its one argument, as JSON. */
export interface ServerStart extends SharingOptions {
  readonly store: string;
  readonly mounted: MountedPlace;
  /** Of `/dev/fuse`, in the server's process. */
  readonly descriptor: number;
  readonly threads: number;
  /** How many served this mount before, and died. */
  readonly before: number;
}

/** From the server. */
export type ServerMessage =
  | { readonly kind: 'ready' }
  /** Something that a person should know of, and that the mount outlives. */
  | { readonly kind: 'trouble'; readonly message: string }
  /** It cannot begin. */
  | { readonly kind: 'failed'; readonly error: SentError };
