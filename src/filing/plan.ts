/**
 * What is to happen to a person's files, as a list that can be read, saved, edited and applied later. Making a plan
 * changes nothing; {@link applyPlan} checks every item again before it acts.
 * @see docs/design/filing.md
 */
import type { BytePath } from '#kernel';

/**
 * What an item does with its source.
 * - `move`: gives it the destination as its name, or a free one beside it (`name_1`); across file systems a verified copy.
 * - `trash`: moves it into the trash of its file system, from where it can be restored.
 * - `copy`: makes a copy at the destination, or beside it under a free name.
 * - `hardlink`, `reflink`, `link`: puts a hard link to the keeper, a copy that shares the keeper's blocks, or a symbolic
 *   link to the keeper in its place; what was there goes into the trash.
 * - `place-hardlink`, `place-reflink`, `place-link`: makes a name at the destination, or beside it, that is a hard link to
 *   the source, a copy that shares its blocks, or a symbolic link to it; the source stays.
 * - `replace-in-place`: puts new bytes in its place, see {@link PlanItem.edits} and {@link PlanItem.replacement}; what was
 *   there goes into the trash.
 */
export type Verb = (typeof VERBS)[number];

export const VERBS = [
  'move',
  'trash',
  'copy',
  'hardlink',
  'reflink',
  'link',
  'replace-in-place',
  'place-hardlink',
  'place-reflink',
  'place-link',
] as const;

/** Those that make something at the destination and leave the source where it is. */
export const PLACING: ReadonlySet<Verb> = new Set(['copy', 'place-hardlink', 'place-reflink', 'place-link']);

/** Those after which the source lies there no more. */
export const LEAVING: ReadonlySet<Verb> = new Set(['move', 'trash', 'hardlink', 'reflink', 'link']);

/** A file as it was when the plan was made; what differs at apply is a conflict. */
export interface PlannedFile {
  readonly path: BytePath;
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  /** `null` where nobody looked (a plan written by hand). */
  readonly inode: bigint | null;
  /** `sha256:` and 64 hexadecimal digits, of all bytes; `null` where it was not read as a whole. */
  readonly contentHash: string | null;
}

export interface PlanItem {
  /** From 1, in the order of the plan; names the item in messages and in `follows`. */
  readonly n: number;
  readonly verb: Verb;
  readonly source: PlannedFile;
  /** `null` for the verbs that act in place or in the trash. */
  readonly destination: BytePath | null;
  /** The copy that stays. It must be whole and unchanged when the item is applied. `null` where none is concerned. */
  readonly keeper: PlannedFile | null;
  /** Must source and keeper be compared byte by byte right before the act? */
  readonly sameBytes: boolean;
  /** A sidecar or playlist: is done only if all of these items were. */
  readonly follows: readonly number[];
  /** What a playlist names and what it shall name instead; empty for every other verb. */
  readonly edits: readonly PlaylistEdit[];
  /** Whose sound comes into the source's place, with the source's tags and pictures; it stays where it is. For `replace-in-place` alone. */
  readonly replacement?: PlannedFile;
  /** In words, the weightiest first; never empty. */
  readonly reasons: readonly string[];
}

/** Entries of a playlist that resolve to `from` become `to`, in the spelling that the entry had. */
export interface PlaylistEdit {
  readonly from: BytePath;
  readonly to: BytePath;
}

export interface Plan {
  /** Unique; journal and undo name the plan by it. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly made: string;
  /** What made it, as a person would write it: `sweep --reference …`. */
  readonly command: string;
  /** Folders whose files belong together: the trash of a file lies at the top of its root. Real paths. */
  readonly roots: readonly BytePath[];
  /** Folders and files that nothing may happen to, whatever the items say. Real paths. */
  readonly protected: readonly BytePath[];
  /** Distinct bytes that are set free in the source, once the trash is emptied where the verb uses it. */
  readonly reclaimableBytes: number;
  readonly items: readonly PlanItem[];
}
