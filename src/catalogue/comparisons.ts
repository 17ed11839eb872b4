/** Between verdicts about audio hashes and the records that the catalogue keeps about numbers. */
import { type ComparisonTable, createComparisonTable, recordsOf, type Verdict } from '#matching';
import type { MatchStore } from './ports.ts';

/** A verdict about two sounds by their numbers, a first. */
export interface JudgedSounds {
  readonly a: number;
  readonly b: number;
  readonly verdict: Verdict;
}

/** Records verdicts, each pair once, and marks sounds as matched, in one transaction. */
export async function recordVerdicts(
  store: Pick<MatchStore, 'recordComparisons'>,
  method: string,
  verdicts: readonly JudgedSounds[],
  matched: readonly number[],
): Promise<void> {
  await store.recordComparisons(method, recordsOf(verdicts), matched);
}

/** What was recorded about pairs whose both sounds are there. */
export async function readComparisons(
  store: Pick<MatchStore, 'soundNumbers' | 'comparisons'>,
  method: string,
): Promise<ComparisonTable> {
  const builder = createComparisonTable(await store.soundNumbers());
  for await (const block of store.comparisons(method)) builder.add(block);
  return builder.build();
}
