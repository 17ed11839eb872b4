/** Fingerprints and sounds → candidates → evidence → verdicts → groups. */
export * from './bit-error-curve.ts';
export { withBitErrors } from './bit-errors.ts';
export * from './candidates.ts';
export * from './code-index.ts';
export * from './coherence-curve.ts';
export * from './course.ts';
export * from './groups.ts';
export { createJudgeTools, type JudgedSound, type JudgeTools, judgeSounds, mirrorVerdict } from './judge.ts';
export { MATCH_METHOD } from './method.ts';
export type * from './verdict.ts';
