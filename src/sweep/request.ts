/** What a person asks of a sweep. */
import type { Verb } from '#filing';
import type { BytePath } from '#kernel';
import type { ListFilter } from './ports.ts';

/** What makes twins: equal bytes, equal audio whatever the tags are, or one recording by its sound. */
export type SweepBy = (typeof SWEEP_BY)[number];
export const SWEEP_BY = ['bytes', 'audio', 'recording'] as const;

/** What becomes of a duplicate: moved to the output, into the trash, or replaced by a link to the copy that stays. */
export type SweepMode = (typeof SWEEP_MODES)[number];
export const SWEEP_MODES = ['move', 'trash', 'hardlink', 'reflink', 'symlink'] as const;

export const VERB_OF: Readonly<Record<SweepMode, Verb>> = {
  move: 'move',
  trash: 'trash',
  hardlink: 'hardlink',
  reflink: 'reflink',
  symlink: 'link',
};

export interface SweepRequest {
  /** Folders to which nothing may happen, by any path that leads to them; may be none. */
  readonly references: readonly BytePath[];
  /** Folders whose duplicates are to go; at least one. */
  readonly sources: readonly BytePath[];
  /** Where duplicates go; `null` where the mode needs none. It need not be there. */
  readonly output: BytePath | null;
  readonly by: SweepBy;
  readonly mode: SweepMode;
  /** `keep`: the folders of the source are made again in the output; `flat`: all files lie side by side. */
  readonly layout: 'keep' | 'flat';
  /** `extensions: null` finds sounds by their bytes. */
  readonly filter: ListFilter;
  readonly hashing: Hashing;
  readonly retries: Retries;
  /** As a person would write it; stands in the plan. */
  readonly command: string;
}

export interface Hashing {
  /** As `node:crypto` calls it: `sha256`. */
  readonly algorithm: string;
  /** At most so many bytes from a file's start are hashed; `null` for all of them. */
  readonly mostBytes: number | null;
  /** How many bytes are read at a time. */
  readonly blockBytes: number;
}

export interface Retries {
  /** How often a file is tried again after a passing failure. */
  readonly times: number;
  /** Wait before the first retry, doubled before each further one. */
  readonly delaySeconds: number;
}

/** Above, for what a person did not say. */
export const DEFAULT_HASHING: Hashing = { algorithm: 'sha256', mostBytes: null, blockBytes: 64 * 1024 };
