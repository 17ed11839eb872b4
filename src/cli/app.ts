/**
 * What the command line asks of the product. The composition root builds it; the daemon will offer the
 * same over HTTP. Paths are absolute and exact ({@link BytePath}). Methods throw AppErrors; trouble with
 * one file is an outcome and stands in the reports.
 */
import type { CommonTags, Integrity, Levels, StreamInfo, TagBlock, TagConflict } from '#audio';
import type { FileState, ScanReport } from '#catalogue';
import type { BytePath, Failure, Progress } from '#kernel';
import type { Relation, Verdict } from '#matching';

export interface App extends AsyncDisposable {
  /** Indexes what lies under the paths, or under the profile's roots where none are given. @throws `scan/no-roots` */
  scan(paths: readonly BytePath[], options: RunOptions): Promise<ScanReport>;
  /** Judges what has been scanned and not been judged yet. */
  match(options: RunOptions): Promise<MatchReport>;
  /** Scan, match and the groups among the files under the paths (or roots), in one run. */
  find(paths: readonly BytePath[], options: FindOptions): Promise<FindReport>;
  /** The groups of the catalogue as it is. */
  groups(filter: GroupsFilter, options: RunOptions): Promise<GroupsDocument>;
  /** Every judged pair of which something is known, ordered by path. */
  pairs(options: RunOptions): AsyncIterable<readonly JudgedPair[]>;
  /** Judges two files without a catalogue. @throws `files/missing`, `decode/…` */
  compare(a: BytePath, b: BytePath, options: RunOptions): Promise<Verdict>;
  /** All about one file, read anew where the catalogue does not know it as it is. @throws `files/missing` */
  fileInfo(path: BytePath, options: RunOptions): Promise<FileInfo>;
  libraryInfo(options: RunOptions): Promise<LibraryInfo>;
  /** What this machine can do. Finds trouble, never throws because of it. */
  doctor(options: RunOptions): Promise<Diagnosis>;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Told about each file that was worked on (not about unchanged ones). Must be cheap. */
  readonly onItem: (item: ItemEvent) => void;
}

/** What became of one file. */
export interface ItemEvent {
  readonly path: BytePath;
  readonly outcome: 'new' | 'changed' | 'moved' | 'missing' | 'skipped' | 'failed';
  /** Why it was skipped or failed. */
  readonly failure?: Failure;
}

export interface FindOptions extends RunOptions {
  /** Also members of the groups that lie elsewhere in the catalogue. */
  readonly againstAll: boolean;
}

export interface FindReport {
  readonly scan: ScanReport;
  readonly match: MatchReport;
  readonly groups: GroupsDocument;
}

export type { ScanReport };

export interface PathFailure extends Failure {
  readonly path: BytePath;
}

/** What one match did. Counts are distinct sounds and pairs of them. */
export interface MatchReport {
  readonly tracks: number;
  /** Tracks that were matched in this run. */
  readonly newTracks: number;
  /** Pairs that were judged in this run. */
  readonly judged: number;
  readonly elapsedSeconds: number;
}

export interface GroupsFilter {
  /** Only groups of these relations; all where empty. */
  readonly relations: readonly Relation[];
  readonly minReclaimableBytes: number;
  /** Only groups with a member under one of these folders; all where empty. */
  readonly under: readonly BytePath[];
}

/** The document of `find --json` and `groups --json`. */
export interface GroupsDocument {
  readonly v: 1;
  readonly library: {
    readonly files: number;
    readonly recordings: number;
    readonly failed: number;
    readonly bytes: number;
  };
  readonly expectedFalseGroups: number | null;
  /** Largest `reclaimableBytes` first. */
  readonly groups: readonly DuplicateGroup[];
  readonly related: readonly RelatedPair[];
  readonly failures: readonly PathFailure[];
}

export interface DuplicateGroup {
  readonly id: string;
  readonly relation: Relation;
  readonly reclaimableBytes: number;
  readonly keeper: BytePath;
  readonly keeperReasons: readonly string[];
  /** How many releases the group spans, where more than one. */
  readonly releases?: number;
  /** The keeper first. */
  readonly files: readonly GroupFile[];
}

export interface GroupFile {
  readonly path: BytePath;
  readonly sizeBytes: number;
  readonly durationSeconds: number;
  readonly codec: string;
  readonly container: string;
  readonly bitRate: number | null;
  readonly sampleRateHz: number;
  readonly bitsPerSample?: number | null;
  readonly lossless: boolean;
  readonly relationToKeeper: Relation;
  readonly similarity: number | null;
  readonly offsetSeconds: number | null;
  readonly truncated: boolean;
  readonly damaged: boolean;
  readonly contentHash: string;
  readonly audioHash: string;
  readonly tags: Pick<CommonTags, 'title' | 'artist' | 'album' | 'albumArtist' | 'disc' | 'track'>;
}

export interface RelatedPair {
  readonly a: BytePath;
  readonly b: BytePath;
  readonly relation: Relation;
  readonly similarity: number | null;
}

export interface JudgedPair {
  readonly a: BytePath;
  readonly b: BytePath;
  readonly verdict: Verdict;
}

/** The document of `info FILE --json`, without its `v`. */
export interface FileInfo {
  readonly path: BytePath;
  readonly sizeBytes: number;
  /** `null`: the catalogue does not know the file. */
  readonly state: FileState | null;
  readonly contentHash: string | null;
  readonly failure: Failure | null;
  readonly sound: {
    readonly stream: StreamInfo;
    readonly durationSeconds: number;
    readonly audioHash: string;
    readonly sampleHash: string | null;
    readonly levels: Levels;
    readonly integrity: Integrity;
    /** The whole fingerprint as AcoustID tools write it; `null` where the sound is too short for one. */
    readonly fingerprint: string | null;
    readonly fingerprintItems: number;
    readonly producer: string;
  } | null;
  readonly tags: {
    readonly common: CommonTags;
    readonly native: readonly TagBlock[];
    readonly conflicts: readonly TagConflict[];
    readonly cover: { readonly mime: string; readonly sizeBytes: number } | null;
  } | null;
  /** Every other file that something is known about, duplicates first. */
  readonly relations: readonly {
    readonly path: BytePath;
    readonly relation: Relation;
    readonly similarity: number | null;
    readonly offsetSeconds: number | null;
  }[];
}

/** The document of `info --json`, without its `v`. */
export interface LibraryInfo {
  readonly data: BytePath;
  readonly roots: readonly BytePath[];
  readonly files: number;
  readonly missing: number;
  readonly failed: number;
  readonly bytes: number;
  /** Distinct contents and distinct sounds. */
  readonly contents: number;
  readonly sounds: number;
  readonly audioSeconds: number;
  readonly catalogueBytes: number;
  /** Most bytes first. */
  readonly codecs: readonly {
    readonly codec: string;
    readonly files: number;
    readonly bytes: number;
    readonly audioSeconds: number;
  }[];
}

/** The document of `doctor --json`, without its `v`. */
export interface Diagnosis {
  readonly checks: readonly Check[];
}

export interface Check {
  /** Stable word for programs: `node`, `decoder`, `data-folder`, `free-space`, `open-files`, `catalogue` … */
  readonly id: string;
  /** What was looked at, for people: "Decoder". */
  readonly title: string;
  readonly state: 'good' | 'poor' | 'bad';
  /** What was found, in a phrase. */
  readonly finding: string;
  /** How to get better; absent where all is good. */
  readonly advice?: string;
}
