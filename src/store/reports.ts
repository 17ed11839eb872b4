/** What the long work on a store tells. */
import type { BytePath, Outcome } from '#kernel';
import type { HitFile } from './hit-names.ts';
import type { NodeKind } from './ports.ts';

/** What became of one file of an import, or of an export. */
export interface ImportedFile {
  /** Outside the store. */
  readonly source: BytePath;
  /** In the store, from its root, without a leading slash; null where it is not in. */
  readonly path: BytePath | null;
  readonly sizeBytes: number;
  readonly outcome: Outcome<FileInStore>;
}

export interface FileInStore {
  /** Of its bytes, those that the store did not hold. */
  readonly newBytes: number;
  /** `sha256:` and 64 digits. */
  readonly contentHash: string;
  /** Its own name was taken by another file, so it has a number behind it. */
  readonly isRenamed: boolean;
  /** As it was when it was read: nothing may happen to it if this has changed. */
  readonly mtimeNs: bigint;
  readonly inode: bigint;
}

export interface ImportReport {
  readonly files: number;
  readonly imported: number;
  /** In the store already, or no file. */
  readonly skipped: number;
  readonly failed: number;
  readonly renamed: number;
  /** Of the imported. */
  readonly bytes: number;
  /** Of these, what the store did not hold. */
  readonly newBytes: number;
}

export interface ExportReport {
  readonly files: number;
  readonly skipped: number;
  readonly failed: number;
  readonly bytes: number;
}

export interface StoredEntry {
  /** From the root of the store, without a leading slash. */
  readonly path: BytePath;
  readonly kind: NodeKind;
  readonly mode: number;
  readonly links: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  /** What a symlink says. */
  readonly target: BytePath | null;
  /** Stored as it was written, not shared yet. */
  readonly isRaw: boolean;
}

export interface RepairReport {
  /** The tables were damaged and have been made anew. */
  readonly isRebuilt: boolean;
  /** Rows and names of the tables that are lost. */
  readonly lostRows: number;
  /** Files without a name, which lie in `lost+found` now. */
  readonly foundFiles: number;
  /** Blobs of which the index knew nothing. */
  readonly indexedBlobs: number;
  /** Files that do not give all their bytes; they stay, with what is whole of them. */
  readonly hit: readonly HitFile[];
  readonly problems: readonly string[];
}
