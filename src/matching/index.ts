/** Fingerprints and sounds → candidates → evidence → verdicts → groups. */
export type * from './verdict.ts';
