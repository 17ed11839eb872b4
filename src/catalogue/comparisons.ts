/** Between verdicts about audio hashes and the records that the catalogue keeps about numbers. */
import { type ComparisonTable, createComparisonTable, type PairVerdict, recordsOf } from '#matching';
import type { MatchStore } from './ports.ts';

/**
 * Records verdicts, each pair once, and marks tracks as matched, in one transaction. A pair of which the catalogue knows
 * one sound no longer is left out.
 */
export async function recordVerdicts(
  store: Pick<MatchStore, 'soundNumber' | 'recordComparisons'>,
  method: string,
  verdicts: readonly PairVerdict[],
  matched: readonly string[],
): Promise<void> {
  const numbered = [];
  for (const { a, b, verdict } of verdicts) {
    const [one, other] = [await store.soundNumber(a), await store.soundNumber(b)];
    if (one !== undefined && other !== undefined) numbered.push({ a: one, b: other, verdict });
  }
  await store.recordComparisons(method, recordsOf(numbered), matched);
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
