import type { BytePath } from '#kernel';
import type { StampKey } from '../model.ts';
import type { ForeignCorrelation, ForeignFingerprint, ForeignKind, ForeignTool } from './records.ts';

/** What other programs said. It is kept apart from all that Reprise found, and no verdict rests on it. */
export interface ImportStore {
  /** The source as it was read to its end; `undefined` where that never happened. */
  importedSource(path: BytePath): Promise<ImportedSource | undefined>;
  /**
   * Keeps a piece of what a source says, all of it or nothing. What the source has said already, of the same file or
   * pair, is not kept again.
   * @returns how many records are new
   */
  takeImported(piece: ImportPiece): Promise<number>;
  /** Fingerprints by path, in pages; of several sources for one path the longest. Paths that were scanned are left out: their own counts. */
  importedFingerprints(): AsyncIterable<ImportedFingerprint[]>;
  /** What was said about a file and any other, the most alike first, at most so many. */
  importedPairs(path: BytePath, most: number): Promise<ImportedPairs>;
  importedFigures(): Promise<ImportedFigures>;
}

/** A file of another program that was read to its end. */
export interface ImportedSource {
  /** As it was then. */
  readonly stamp: StampKey;
  /** Lines that held something, good or not. */
  readonly lines: number;
  /** Records that were kept. */
  readonly kept: number;
  /** Lines that held no record. */
  readonly damaged: number;
}

export interface ImportPiece {
  readonly source: { readonly path: BytePath; readonly tool: ForeignTool; readonly kind: ForeignKind };
  /** Then what the source said before is forgotten. */
  readonly isFirst: boolean;
  readonly fingerprints: readonly StoredFingerprint[];
  readonly correlations: readonly ForeignCorrelation[];
  /** With the last piece; without it the source counts as not read. */
  readonly end?: Omit<ImportedSource, 'kept'>;
}

export interface StoredFingerprint extends Omit<ForeignFingerprint, 'items'> {
  /** As `fingerprint/compress` makes it, of one phase. */
  readonly fingerprint: Uint8Array;
}

export interface ImportedFingerprint extends StoredFingerprint {
  readonly tool: ForeignTool;
  readonly source: BytePath;
}

export interface ImportedPairs {
  /** Of any likeness. */
  readonly total: number;
  readonly strongest: readonly ImportedPair[];
}

/** What a source says about the file that was asked for and another. */
export interface ImportedPair {
  /** The other file. */
  readonly path: BytePath;
  readonly value: number;
  /** Items by which the other starts after the file; `null` where it was not looked for. */
  readonly offsetItems: number | null;
  readonly method: string | null;
  readonly tool: ForeignTool;
  readonly source: BytePath;
}

/** Counts over all sources that were read to their end. */
export interface ImportedFigures {
  readonly sources: number;
  readonly fingerprints: number;
  readonly pairs: number;
}
