import type { BytePath, Failure, Outcome } from '#kernel';

/** What a scan did with one file that was not unchanged. */
export interface ScannedFile {
  readonly path: BytePath;
  readonly outcome: Outcome<FileNews>;
}

/** `moved`: a known file under another path. */
export type FileNews = 'new' | 'changed' | 'moved' | 'missing';

/** A file, folder or volume that something is said about. */
export interface ScanFailure extends Failure {
  readonly path: BytePath;
}

export interface ScanSkip {
  readonly path: BytePath;
  readonly reason: string;
}

/** What a scan did. Each file seen is one of new, moved, changed, unchanged, failed and skipped. */
export interface ScanReport {
  /** Files found under the roots. */
  readonly seen: number;
  readonly new: number;
  /** Other bytes, or another stamp, under a known path. */
  readonly changed: number;
  /** Known files under another path. */
  readonly moved: number;
  readonly unchanged: number;
  /** Known files that are not there any more; remembered. */
  readonly missing: number;
  /** Files and folders that could not be read, and files whose sound could not. */
  readonly failed: number;
  /** Seconds of sound decoded. */
  readonly audioSeconds: number;
  readonly elapsedSeconds: number;
  readonly failures: readonly ScanFailure[];
  /** Files and folders that were left out, and why. */
  readonly skipped: readonly ScanSkip[];
}

/** The report while it grows. */
export type Tally = { -readonly [Key in keyof ScanReport]: ScanReport[Key] } & {
  readonly failures: ScanFailure[];
  readonly skipped: ScanSkip[];
};

/** A report of nothing yet. */
export function createTally(): Tally {
  return {
    ...{ seen: 0, new: 0, changed: 0, moved: 0, unchanged: 0, missing: 0, failed: 0 },
    ...{ audioSeconds: 0, elapsedSeconds: 0, failures: [], skipped: [] },
  };
}
