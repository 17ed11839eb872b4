/**
 * What the command line asks of the product. The composition root builds it; a daemon offers the same
 * over its socket, so arguments and answers are plain values, callbacks and signals. Paths are absolute
 * and exact ({@link BytePath}). Methods throw AppErrors; trouble with one file is an outcome and stands
 * in the reports.
 */
import type {
  ForeignReport,
  ImportedFigures,
  ImportedPairs,
  ImportTrouble,
  MatchReport,
  PairPortrait,
  PortrayedSound,
  ScanReport,
} from '#catalogue';
import type { BytePath } from '#kernel';
import type { DecisionWord, RecordedVerdict, Verdict } from '#matching';
import type {
  DecisionsExport,
  DecisionsList,
  FileFacts,
  Finding,
  GroupChanges,
  GroupFilters,
  GroupsDocument,
  ImportReport,
  LibraryFigures,
} from '#review';
import type { FilingApp } from './filing-app.ts';
import type { GateApp } from './gate-app.ts';
import type { KeepApp } from './keep-app.ts';
import type { RunOptions } from './run-options.ts';

export interface App extends FilingApp, KeepApp, GateApp, AsyncDisposable {
  /** Indexes what lies under the paths, or under the profile's roots where none are given. @throws `scan/no-roots` */
  scan(paths: readonly BytePath[], options: RunOptions): Promise<ScanReport>;
  /** Judges what has been scanned and not been judged yet. */
  match(options: MatchRunOptions): Promise<MatchReport>;
  /** Scan, match and the groups among the files under the paths (or roots), in one run. */
  find(paths: readonly BytePath[], options: FindOptions): Promise<FindReport>;
  /** The groups of the catalogue as it is. */
  groups(filters: GroupFilters, options: RunOptions): Promise<GroupsDocument>;
  /** Every judged pair of which something is known, ordered by path. */
  pairs(options: RunOptions): AsyncIterable<readonly JudgedPair[]>;
  /** Judges two files without a catalogue. @throws `files/missing`, `decode/…` */
  compare(a: BytePath, b: BytePath, options: CompareOptions): Promise<ExplainedVerdict>;
  /** All about one file, read anew where the catalogue does not know it as it is. @throws `files/missing` */
  fileInfo(path: BytePath, options: InfoOptions): Promise<FileInfo>;
  libraryInfo(options: RunOptions): Promise<LibraryInfo>;
  /**
   * Records a person's word about the sounds of two files, which are read where the catalogue does not know them as they
   * are. @throws `files/missing`, `decisions/…`
   */
  decide(a: BytePath, b: BytePath, word: DecisionWord, options: RunOptions): Promise<Decided>;
  /** The decisions in force. */
  decisions(options: RunOptions): Promise<DecisionsList>;
  /** Takes a decision back by its number. @throws `decisions/missing` */
  revokeDecision(n: number, options: RunOptions): Promise<Decided>;
  /** Takes back what was decided about two files. @throws `decisions/missing`, as {@link App.decide} */
  revokePair(a: BytePath, b: BytePath, options: RunOptions): Promise<Decided>;
  exportDecisions(options: RunOptions): Promise<DecisionsExport>;
  /** Adds what an export holds. @throws `decisions/not-an-export`, `decisions/too-new` */
  importDecisions(text: string, options: RunOptions): Promise<ImportedDecisions>;
  /**
   * Takes over what other programs left in these files and folders. Collections are handed back, settings untouched.
   * @throws AppError `files/missing`, `import/unknown`
   */
  importForeign(paths: readonly BytePath[], options: ImportRunOptions): Promise<ForeignReport>;
}

export interface MatchRunOptions extends RunOptions {
  /** Look for other speeds among all sounds, also in a library for which that takes long. */
  readonly speeds?: boolean;
}

export interface FindOptions extends RunOptions {
  /** Also members of the groups that lie elsewhere in the catalogue. */
  readonly againstAll: boolean;
}

export interface CompareOptions extends RunOptions {
  /** Where it is given, the evidence is measured for a picture, and handed over before the verdict. */
  readonly onPortrait?: (portrait: PairPortrait) => void;
}

export interface InfoOptions extends RunOptions {
  /** Where it is given, the sound is measured for a picture; not called where there is no sound. */
  readonly onPortrait?: (sound: PortrayedSound) => void;
}

export interface ImportRunOptions extends RunOptions {
  /** Reads and reports, keeps nothing. */
  readonly dryRun: boolean;
  /** Told about every line that could not be taken. Must be cheap. */
  readonly onTrouble: (trouble: ImportTrouble) => void;
}

/** A verdict on two files with its whole chain of evidence. */
export interface ExplainedVerdict {
  readonly verdict: Verdict;
  readonly evidence: readonly Finding[];
}

export interface FindReport {
  readonly scan: ScanReport;
  readonly match: MatchReport;
  readonly groups: GroupsDocument;
}

/** A recorded comparison, by the first path of each sound. */
export interface JudgedPair {
  readonly a: BytePath;
  readonly b: BytePath;
  readonly verdict: RecordedVerdict & Pick<Verdict, 'expectedFalse'>;
}

/** The document of `decide --json` and `decisions revoke --json`, without its `v`. */
export interface Decided {
  readonly word: DecisionWord;
  readonly a: BytePath | null;
  /** Does the catalogue know the file as it is now? Else the decision counts once it has been scanned. */
  readonly aInCatalogue: boolean;
  readonly b: BytePath | null;
  readonly bInCatalogue: boolean;
  /** `false` where that was so already. */
  readonly recorded: boolean;
  /** The number of what was recorded. */
  readonly n: number | null;
  /** Decisions that do not hold since, this one may be among them. */
  readonly overruled: readonly OverruledEntry[];
  readonly groups: GroupChanges;
}

/** A decision that does not hold beside others, by their numbers. */
export interface OverruledEntry {
  readonly n: number;
  readonly by: readonly number[];
}

/** The document of `decisions import --json`, without its `v`. */
export interface ImportedDecisions extends ImportReport {
  /** All decisions that do not hold now. */
  readonly overruled: readonly OverruledEntry[];
}

/** The document of `info FILE --json`. */
export interface FileInfo extends FileFacts {
  /** Is it what the catalogue holds? Otherwise it was read for this once. */
  readonly inCatalogue: boolean;
  /** Where the catalogue does not know it and there is an index: how its relations were found. */
  readonly lookedUp: LookedUp | null;
  /** The whole fingerprint as AcoustID tools write it; `null` where the sound is too short for one. */
  readonly fingerprint: string | null;
  /** What other programs said about it and others, the most alike first. No verdict rests on it. */
  readonly imported: ImportedPairs;
}

/** How a file was compared with a library that does not know it. */
export interface LookedUp {
  /** Sounds in the index. */
  readonly sounds: number;
  /** Those of them that share enough notes with it, the nearest few, each compared as by `compare`. */
  readonly compared: number;
}

/** The document of `info --json`. */
export interface LibraryInfo extends LibraryFigures {
  readonly data: BytePath;
  readonly roots: readonly BytePath[];
  /** Files that were there once. */
  readonly missing: number;
  readonly catalogueBytes: number;
  /** What other programs left behind. */
  readonly imported: ImportedFigures;
}

/** The document of `doctor --json`, without its `v`. */
export interface Diagnosis {
  readonly checks: readonly Check[];
}

export interface Check {
  /** Stable word for programs: `node`, `decoder`, `pictures`, `data-folder`, `free-space`, `open-files`, `catalogue` … */
  readonly id: string;
  /** What was looked at, for people: "Decoder". */
  readonly title: string;
  readonly state: 'good' | 'poor' | 'bad';
  /** What was found, in a phrase. */
  readonly finding: string;
  /** How to get better; absent where all is good. */
  readonly advice?: string;
}
