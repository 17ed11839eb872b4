/** The document that `find --json` and `groups --json` print. `null` means not known; a figure that was not computed is never 0. */
import type { Relation } from '#matching';

/** The relations that make files duplicates, the strongest first. */
export const DUPLICATE_RELATIONS: readonly DuplicateRelation[] = ['same-bytes', 'same-audio', 'same-recording'];
export type DuplicateRelation = Extract<Relation, 'same-bytes' | 'same-audio' | 'same-recording'>;

/** The relations that are worth telling but make no duplicates. `a` contains `b`. */
export const RELATED_RELATIONS: readonly RelatedRelation[] = [
  'contains',
  'other-edit',
  'other-speed',
  'shared-parts',
  'other-performance',
];
export type RelatedRelation = Extract<
  Relation,
  'contains' | 'other-edit' | 'other-speed' | 'shared-parts' | 'other-performance'
>;

export interface GroupsDocument {
  readonly v: 1;
  readonly library: LibraryTotals;
  /** Expected number of groups in this list that are none; `null`: not estimated. */
  readonly expectedFalseGroups: number | null;
  /** The largest `reclaimableBytes` first, then by `id`. */
  readonly groups: readonly GroupEntry[];
  readonly related: readonly RelatedEntry[];
  readonly failures: readonly FailureEntry[];
}

/** Figures over the files that were asked about. */
export interface LibraryTotals {
  readonly files: number;
  /** Distinct recordings: each duplicate group is one, each other sound too. */
  readonly recordings: number;
  readonly failed: number;
  /** Hard links count once. */
  readonly bytes: number;
}

export interface GroupEntry {
  /** 16 hex digits from the members' contents: the same members make the same id. */
  readonly id: string;
  /** The weakest relation that holds in the group. */
  readonly relation: DuplicateRelation;
  /** What keeping one copy a release sets free. */
  readonly reclaimableBytes: number;
  readonly keeper: string;
  readonly keeperPathBase64?: string;
  readonly keeperReasons: readonly string[];
  /** Every release that members name; more than one: the group spans releases, and each keeps a copy. */
  readonly releases: readonly ReleaseEntry[];
  /** What a person called the same in it, by time. */
  readonly decisions: readonly DecidedEntry[];
  /** Keeper, then the longest, then the highest bit rate. */
  readonly files: readonly FileEntry[];
}

export interface ReleaseEntry {
  readonly album: string;
  readonly albumArtist: string | null;
  readonly disc: number;
  readonly track: number;
  readonly files: number;
  /** The best copy of this release. */
  readonly keeper: string;
  readonly keeperPathBase64?: string;
}

export interface DecidedEntry {
  /** The number of the decision. */
  readonly n: number;
  readonly a: string;
  readonly aPathBase64?: string;
  readonly b: string;
  readonly bPathBase64?: string;
}

export interface FileEntry {
  readonly path: string;
  readonly pathBase64?: string;
  readonly sizeBytes: number;
  readonly durationSeconds: number | null;
  readonly codec: string | null;
  readonly container: string | null;
  /** Bits per second. */
  readonly bitRate: number | null;
  readonly sampleRateHz: number | null;
  readonly bitsPerSample: number | null;
  readonly channels: number | null;
  readonly lossless: boolean | null;
  /** `same-bytes` for the keeper itself. */
  readonly relationToKeeper: DuplicateRelation;
  /** 0 … 1, with the keeper. */
  readonly similarity: number | null;
  /** How much later this file's sound starts than the keeper's. */
  readonly offsetSeconds: number | null;
  readonly truncated: boolean;
  readonly damaged: boolean | null;
  /** Another name in this group for the same bytes on disk: removing this one sets nothing free. */
  readonly hardLinkOf: string | null;
  readonly contentHash: string;
  readonly audioHash: string | null;
  /** Why it is kept, or why it is not: the decisive one first, never empty. */
  readonly reasons: readonly string[];
  readonly tags: TagsEntry;
}

export interface TagsEntry {
  readonly title: string | null;
  readonly artist: string | null;
  readonly album: string | null;
  readonly albumArtist: string | null;
  readonly disc: number | null;
  readonly track: number | null;
}

export interface RelatedEntry {
  readonly a: string;
  readonly aPathBase64?: string;
  readonly b: string;
  readonly bPathBase64?: string;
  readonly relation: RelatedRelation;
  readonly similarity: number | null;
}

export interface FailureEntry {
  readonly path: string;
  readonly pathBase64?: string;
  readonly code: string;
  readonly message: string;
}
