/** Fingerprints and sounds → candidates → evidence → verdicts → groups. */

export type { AgreementKernel } from './agreement.ts';
export * from './altered-search.ts';
export * from './bit-error-curve.ts';
export * from './bit-error-kernel.ts';
export { withBitErrors } from './bit-errors.ts';
export * from './candidates.ts';
export * from './chance-votes.ts';
export { type CodeIndex, createAsker, indexOf, type PhaseItems } from './code-index.ts';
export {
  createSegmentBuilder,
  type IndexedSound,
  type IndexSegment,
  RUN_ITEMS,
  type SegmentBuilder,
  type SegmentTables,
} from './code-segment.ts';
export * from './coherence-curve.ts';
export * from './comparison-record.ts';
export * from './comparison-table.ts';
export * from './course.ts';
export * from './decisions.ts';
export { falseRatesOfGroups } from './group-false-rates.ts';
export * from './groups.ts';
export type { IndexLayout } from './index-layout.ts';
export { createSegmentLoader, mergeSegments } from './join-segments.ts';
export { createJudgeTools, type JudgedSound, type JudgeTools, judgeSounds, mirrorVerdict } from './judge.ts';
export * from './likeness.ts';
export * from './likeness-ruling.ts';
export { LONGEST_HEARD_SECONDS, TOO_LONG } from './long-verdict.ts';
export { createLookUp, LOOK_UP_CODES, type SoundHits } from './look-up.ts';
export { MATCH_METHOD } from './method.ts';
export { bestPrintLine, type PrintLine } from './print-line.ts';
export { quickVerdict, type SketchedSound } from './quick-verdict.ts';
export {
  DROPPED_SHARE,
  EXTRA_SLOPE,
  FOREIGN_SHARE,
  isAdded,
  LIVELY,
  LOW_TILE_SHARE,
  LOW_TILE_SHARE_ALONE,
  PERFORMANCE_COHERENCE,
  SAME_COHERENCE,
  SAME_LOW_COHERENCE,
} from './rules.ts';
export { packTables, readTables } from './segment-tables.ts';
export { openSharedMemory, type SharedMemory } from './shared-memory.ts';
export * from './sides.ts';
export { createComparisonKernel } from './significance.ts';
export * from './significance-evidence.ts';
export * from './significance-null.ts';
export { learnStops, STOP_SAMPLE } from './stop-codes.ts';
export * from './verdict.ts';
