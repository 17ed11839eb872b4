/** Fingerprints and sounds → candidates → evidence → verdicts → groups. */
export * from './bit-errors.ts';
export * from './candidates.ts';
export * from './code-index.ts';
export * from './groups.ts';
export { createJudgeTools, type JudgedSound, type JudgeTools, judgeSounds, mirrorVerdict } from './judge.ts';
export { MATCH_METHOD } from './method.ts';
export { quickVerdict, type SketchedSound } from './quick-verdict.ts';
export type * from './verdict.ts';
