/** What came of an import. */
import type { BytePath, Failure } from '#kernel';
import type { ForeignProfile } from './cometa-profiles.ts';
import type { ForeignForm } from './recognise.ts';

/** More lines than this are counted and told, but not listed: a report stays small. */
export const MOST_LISTED = 1_000;

export interface ForeignReport {
  readonly files: readonly ForeignFile[];
  /** Records that are new in the catalogue (in a dry run: that were read). */
  readonly fingerprints: number;
  readonly pairs: number;
  /** Lines and values that could not be taken, over all files. */
  readonly damaged: number;
  /** The first of them, and files of which nothing could be read. */
  readonly failures: readonly ImportTrouble[];
  readonly profiles: readonly FoundProfile[];
}

/** What became of one file. */
export interface ForeignFile {
  readonly path: BytePath;
  readonly form: ForeignForm | null;
  /**
   * `unchanged`: imported before and not written to since, so it was not read again and the figures are those of then.
   * `skipped`: found in a folder, and nothing that is known.
   */
  readonly outcome: 'imported' | 'unchanged' | 'skipped' | 'failed';
  /** Lines that held something. */
  readonly lines: number;
  /** Records kept; in a dry run, read. */
  readonly kept: number;
  /** Records that the file holds again. */
  readonly repeated: number;
  readonly damaged: number;
}

/** A line that could not be taken, or a whole file where `line` is `null`. */
export interface ImportTrouble extends Failure {
  readonly path: BytePath;
  /** From 1. */
  readonly line: number | null;
}

export interface FoundProfile extends ForeignProfile {
  /** The file that holds it. */
  readonly source: BytePath;
}
