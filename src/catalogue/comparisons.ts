/** Between verdicts about audio hashes and the records that the catalogue keeps about numbers. */
import { mirrorRecord, type PairVerdict, RECORD_BYTES, type RecordedPair, readRecord, writeRecord } from '#matching';
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
  numbered.sort((x, y) => Math.min(x.a, x.b) - Math.min(y.a, y.b) || Math.max(x.a, x.b) - Math.max(y.a, y.b));
  const records = new Uint8Array(numbered.length * RECORD_BYTES);
  const view = new DataView(records.buffer);
  for (const [i, pair] of numbered.entries()) writeRecord(view, i * RECORD_BYTES, pair);
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
