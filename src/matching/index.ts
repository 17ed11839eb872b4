/** Fingerprints and sounds → candidates → evidence → verdicts → groups. */

export * from './altered-search.ts';
export * from './bit-errors.ts';
export * from './candidates.ts';
export * from './code-index.ts';
export * from './decisions.ts';
export * from './groups.ts';
export { createJudgeTools, type JudgedSound, type JudgeTools, judgeSounds, mirrorVerdict } from './judge.ts';
export { MATCH_METHOD } from './method.ts';
export * from './sides.ts';
export * from './verdict.ts';
