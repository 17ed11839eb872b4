/** What the search for related pairs needs of the outside, besides the catalogue. */
import type { IndexSegment } from '#matching';
import type { PhaseFingerprints } from './model.ts';

/** A segment of the index, on disk. */
export interface StoredSegment {
  readonly name: string;
  /** Numbers of the sounds whose postings it holds. */
  readonly sounds: Uint32Array;
  /** Of each sound, as in {@link PresentSounds}. */
  readonly checks: Uint32Array;
  readonly postings: number;
  /** Items of each sound. */
  readonly lengths: Uint32Array;
}

/**
 * The index and the pieces of a search that is going on, beside the catalogue. All of it can be made again. What a kill
 * leaves half written is never seen. Fulfilled by `adapters/search-files`.
 */
export interface SearchFiles {
  /** The segments by `method`, each of whose sounds is in one of them; takes away what is damaged, outlived or by another method. */
  segments(method: string): StoredSegment[];
  /** A name that no segment has had. */
  newSegment(): string;
  removeSegments(names: readonly string[]): void;
  /** Reads every segment through, and takes away those that are damaged. */
  removeDamaged(): void;
  /** The plan of the search that is going on, as it was given to {@link startPlan}. */
  plan(): string | undefined;
  /** Forgets all pieces, and begins another search. */
  startPlan(plan: string): void;
  /** What a piece of this search found, or `undefined` where it is not done. */
  piece(name: string): Float64Array | undefined;
  writePiece(name: string, found: Float64Array): void;
  /** Forgets the search. */
  endPlan(): void;
  /** Bytes of the index on disk. */
  bytes(): number;
}

/** The segments of the index, open to be read here and there. Fulfilled by `adapters/search-files`. */
export interface OpenIndex extends Disposable {
  /** Each sound is in one of them. What is damaged is left out. */
  readonly segments: readonly IndexSegment[];
}

/** A sound and what it asks. */
export interface AskingSound {
  readonly sound: number;
  readonly fingerprint: PhaseFingerprints;
  /** Packed questions about altered versions; empty to ask none. */
  readonly altered: Uint8Array;
}

/** A sound to be indexed. */
export interface NewSound {
  readonly sound: number;
  /** As in {@link PresentSounds}. */
  readonly check: number;
  /** Phase 0, compressed. */
  readonly fingerprint: Uint8Array;
}

/** How all questions of one search are asked. */
export interface SearchTerms {
  /** Bits of an item that make a code, 24 … 32. */
  readonly codeBits: number;
  /** One of 2 ^ this many codes is asked about. */
  readonly sampleBits: number;
  /** Codes that tell nothing. */
  readonly stops: Uint32Array;
  /** Do codes that differ in one bit count? */
  readonly near: boolean;
  /** Votes that a candidate at another speed needs. */
  readonly leastAltered: number;
  /** Postings of an index in memory at most, as far as can be foretold. */
  readonly postings: number;
  /** The method whose segments are asked. */
  readonly method: string;
}

/** Some successive sounds of a segment, by their order in it. */
export interface NamedSlice {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** What of the index is in memory at a time: segments, whole ones but for the first and the last. */
export type IndexPart = readonly NamedSlice[];

/** Threads that make and ask the index; they share the memory in which it lies. Fulfilled by `adapters/threads`. */
export interface SearchThreads extends AsyncDisposable {
  /** How many jobs are worth having in hand at once. */
  readonly width: number;
  /** Writes a segment. @throws AppError `index/disk-full`, `index/denied` */
  index(name: string, method: string, sounds: readonly NewSound[]): Promise<void>;
  /** Makes one segment of several, which stay. @throws AppError `index/…`; `index/corrupt` names the damaged one */
  merge(name: string, method: string, from: readonly string[]): Promise<void>;
  /**
   * Gets ready for a search. Once, before the first {@link load}.
   * @param jobs so many will be asked for; more threads than that are not started
   */
  open(terms: SearchTerms, jobs: number): Promise<void>;
  /** Lays a part of the index out in memory, instead of the one before. No question may be open. @throws AppError `index/corrupt` */
  load(part: IndexPart): Promise<void>;
  /** Asks what is loaded about sounds; {@link ANSWER_COLUMNS} numbers an answer. */
  ask(sounds: readonly AskingSound[]): Promise<Float64Array>;
  /** The score of the stretch that agrees best along each line. Needs nothing loaded. */
  screen(lines: ScreenedLines): Promise<Int32Array>;
}

/** Lines along which the notes of some sounds are laid over each other. */
export interface ScreenedLines {
  readonly sounds: readonly AskingSound[];
  /** Of each line: a question and a track, by their places in `sounds`, and the quarter hop of the question that the track begins at. */
  readonly lines: Int32Array;
}

/** Numbers of {@link ScreenedLines} that make a line. */
export const LINE_COLUMNS = 3;

/** Asking sound, answering sound, offset in seconds and speed ratio with the asking sound as b, votes. */
export const ANSWER_COLUMNS = 5;
