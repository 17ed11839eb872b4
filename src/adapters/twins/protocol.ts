/** What the main thread and the threads that look for twins say to each other: few messages, long texts. */
import type { SentError } from '#kernel';
import type { FolderToList, ListedFolders, ListFilter, Readings, ReadOptions } from '#sweep';

export type Job = ListJob | ReadJob;

export interface ListJob {
  readonly kind: 'list';
  readonly folders: readonly FolderToList[];
  readonly filter: ListFilter;
}

export interface ReadJob {
  readonly kind: 'read';
  /** Paths, NUL between them. */
  readonly paths: string;
  readonly sizes: Float64Array;
  readonly classes: Uint32Array;
  readonly how: ReadOptions;
}

export type Reply = { readonly value: ListedFolders | Readings } | { readonly error: SentError };

/** Ends a thread, behind the job that it has. */
export const END = 'end';
