/** What the journal keeps of one act: written before it as an intent, completed after it. */
import type { BytePath } from '#kernel';
import type { Verb } from './plan.ts';

/**
 * A file as it can be recognised under whatever name. Without its device, whose number is another after the next start of
 * a machine with pooled, network or removable disks.
 */
export interface Identity {
  /** Some file systems number anew at each mount: where all else agrees, the hash can still tell. */
  readonly inode: bigint;
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  /** `null` where it is not known. */
  readonly contentHash: string | null;
}

/**
 * How an act works upon the disk, and so how it is recovered and taken back.
 * - `relocate`: what lies at `from` comes to lie at `to`, by another name or as a verified copy.
 * - `copy`: a copy of `from` comes to lie at `to`.
 * - `replace`: something made at `to` is exchanged with what lies at `from`.
 * - `remove`: what lies at `from` is gone.
 */
export type Shape = 'relocate' | 'copy' | 'replace' | 'remove';

/**
 * - `intended`: may have begun; recovery finds out how far it came.
 * - `prepared`: what it makes is whole and known as `made`; it may have come into its place.
 * - `done`, `abandoned` (nothing has changed), `undone`; `emptied` (what it had kept is gone for good).
 * - `unclear`: neither the old nor the new state was found; somebody else was at work.
 */
export type EntryState = 'intended' | 'prepared' | 'done' | 'abandoned' | 'undone' | 'emptied' | 'unclear';

export interface NewEntry {
  readonly plan: string;
  /** The plan's item; `null` for taking back and emptying. */
  readonly item: number | null;
  readonly verb: Verb | 'undo' | 'empty';
  /** The entry that this one takes back or empties. */
  readonly concerns: number | null;
  readonly shape: Shape;
  readonly from: BytePath;
  /** For `replace`: where the former file goes; for `remove` the same as `from`. */
  readonly to: BytePath;
  /** What lay at `from`. */
  readonly was: Identity;
  /** What was made, by `copy`, `replace`, and `relocate` across file systems; `null` until it is whole. */
  readonly made: Identity | null;
  readonly state: EntryState;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Folders that the act made, the outermost first: they go with it when it is taken back. */
  readonly madeFolders: readonly BytePath[];
  readonly folderTimes: readonly FolderTime[];
  readonly keeper: BytePath | null;
  /** Whose sound came into the place of what lay at `from`; it stayed where it was. */
  readonly replacement?: { readonly path: BytePath; readonly was: Identity };
  /** Taking back leaves what was made in the trash, for nothing else has its sound any more. */
  readonly keepsMade?: true;
  readonly reason: string;
}

/** When a folder was changed last, before and after the act; `null` after: not known. */
export interface FolderTime {
  readonly folder: BytePath;
  readonly beforeNs: bigint;
  readonly afterNs: bigint | null;
}

export interface Entry extends NewEntry {
  /** From 1, in the order of the acts. */
  readonly n: number;
}

/** New values of an entry's fields. */
export type EntryChange = Pick<Entry, 'n'> &
  Partial<Pick<Entry, 'state' | 'to' | 'made' | 'folderTimes' | 'reason' | 'madeFolders'>>;
