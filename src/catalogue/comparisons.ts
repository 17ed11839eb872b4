/** Between verdicts about audio hashes and the records that the catalogue keeps about numbers. */
import { mirrorRecord, RECORD_BYTES, type RecordedPair, readRecord, type Verdict, writeRecord } from '#matching';
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
  const sorted = verdicts.toSorted(
    (x, y) => Math.min(x.a, x.b) - Math.min(y.a, y.b) || Math.max(x.a, x.b) - Math.max(y.a, y.b),
  );
  const records = new Uint8Array(sorted.length * RECORD_BYTES);
  const view = new DataView(records.buffer);
  for (const [i, pair] of sorted.entries()) writeRecord(view, i * RECORD_BYTES, pair);
  await store.recordComparisons(method, records, matched);
}

/** What was recorded about pairs whose both sounds are there, `a` < `b` as strings, ordered by a, then b. */
export async function recordedPairs(
  store: Pick<MatchStore, 'soundNumbers' | 'comparisons'>,
  method: string,
): Promise<RecordedPair[]> {
  const hashes = new Map([...(await store.soundNumbers())].map(([hash, number]) => [number, hash]));
  const pairs = new Map<string, RecordedPair>();
  for await (const block of store.comparisons(method)) {
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    for (let at = 0; at < block.length; at += RECORD_BYTES) {
      const [first, second] = [hashes.get(view.getUint32(at, true)), hashes.get(view.getUint32(at + 4, true))];
      if (first === undefined || second === undefined) continue;
      if (first > second) mirrorRecord(view, at);
      const [a, b] = first < second ? [first, second] : [second, first];
      pairs.set(`${a} ${b}`, { a, b, verdict: readRecord(view, at).verdict });
    }
  }
  return [...pairs.values()].sort((x, y) => (x.a === y.a ? (x.b < y.b ? -1 : 1) : x.a < y.a ? -1 : 1));
}
