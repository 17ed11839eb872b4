/** What is taken into a store: files and folders of a disk, or of another store. */
import type { BytePath, Failure } from '#kernel';
import type { Bytes } from './ingest.ts';

/** Something that is to come into the store, under its name there. */
export interface SourceItem {
  /** Where it lies, as a person knows it. */
  readonly source: BytePath;
  /** Where it is to be in the store, from the root, without a leading slash. */
  readonly path: BytePath;
  readonly kind: 'file' | 'folder' | 'symlink';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
  /** What tells files apart, and two names of one file together: device and inode. */
  readonly device: bigint;
  readonly inode: bigint;
  /** How many names the file has. */
  readonly links: number;
  /** What a symlink says. */
  readonly target: Uint8Array | null;
  /** Opens a file for reading from its beginning. @throws AppError `files/…` */
  open(): OpenSource;
}

export interface OpenSource extends Bytes, Disposable {
  /** Begins anew. */
  rewind(): void;
  /** Has the file changed since the item was made? */
  hasChanged(): boolean;
}

/** What cannot be taken, and why. */
export interface RefusedItem {
  readonly source: BytePath;
  readonly kind: 'refused';
  readonly failure: Failure;
}

/** What is left out on purpose: a pipe, a device. */
export interface SkippedItem {
  readonly source: BytePath;
  readonly kind: 'skipped';
  readonly reason: string;
}

/** Folders come before what lies in them, in the order of names' bytes. */
export type SourceItems = Iterable<SourceItem | RefusedItem | SkippedItem>;

export interface Sources {
  /** What lies at `path` and below it, named by its last name. @throws AppError `files/missing` where nothing does */
  itemsBelow(path: BytePath): SourceItems;
}
