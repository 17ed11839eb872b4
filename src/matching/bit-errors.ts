/**
 * How much two fingerprints differ where the sounds were found to lie over each other, and how much it means that
 * they agree so far. Every item of a is compared with that item of b, at the nearest of four phases, which
 * belongs to the same moment, so that a shift by a part of a hop costs nothing and a speed change is followed.
 */
import { HOP_SECONDS } from '#fingerprint';
import { joinWords } from '#kernel';
import { type AgreementKernel, ITEM_BITS } from './agreement.ts';
import type { PhaseItems } from './code-index.ts';
import { createComparisonKernel, significanceOf } from './significance.ts';
import type { Segment, Verdict } from './verdict.ts';

/** Seconds of sound that one item looks at: 16 rows of a filter over 5 frames of 4096 samples. */
export const ITEM_SECONDS = 2.8;

/** The verdict with bit error rates, similarity and significance filled in; as it was where there is too little to compare. */
export function withBitErrors(
  verdict: Verdict,
  a: PhaseItems,
  b: PhaseItems,
  kernel: AgreementKernel = createComparisonKernel(),
): Verdict {
  const speed = verdict.speedRatio ?? 1;
  const pairs = verdict.segments.map((segment) => pairItems(segment, speed, a, b));
  const all: ItemPairs = { a: joinWords(pairs.map((pair) => pair.a)), b: joinWords(pairs.map((pair) => pair.b)) };
  const bitErrorRate = bitErrorRateOf(all);
  if (bitErrorRate === null) return verdict;
  const significance = significanceOf(all.a, all.b, kernel);
  return {
    ...verdict,
    bitErrorRate,
    similarity: round(Math.max(0, 1 - 2 * bitErrorRate)),
    significance: significance === null ? null : Math.round(significance * 100) / 100,
    segments: verdict.segments.map((segment, i) => {
      const rate = bitErrorRateOf(pairs[i] as ItemPairs);
      return rate === null ? segment : { ...segment, bitErrorRate: rate };
    }),
  };
}

/** Items of the same moments: `a[i]` answers `b[i]`. */
interface ItemPairs {
  readonly a: Uint32Array;
  readonly b: Uint32Array;
}

function pairItems(segment: Segment, speed: number, [a]: PhaseItems, b: PhaseItems): ItemPairs {
  const pairs: { readonly a: number[]; readonly b: number[] } = { a: [], b: [] };
  const end = segment.aStartSeconds + segment.seconds - ITEM_SECONDS;
  for (
    let item = Math.ceil(segment.aStartSeconds / HOP_SECONDS);
    item < a.length && item * HOP_SECONDS <= end;
    item++
  ) {
    const bSeconds = segment.bStartSeconds + (item * HOP_SECONDS - segment.aStartSeconds) / speed;
    const quarters = Math.round((4 * bSeconds) / HOP_SECONDS);
    const other = quarters < 0 ? undefined : b[(quarters & 3) as 0 | 1 | 2 | 3][quarters >> 2];
    if (other === undefined) continue;
    pairs.a.push(a[item] as number);
    pairs.b.push(other);
  }
  return { a: Uint32Array.from(pairs.a), b: Uint32Array.from(pairs.b) };
}

/** `null` where nothing is compared. */
function bitErrorRateOf({ a, b }: ItemPairs): number | null {
  if (a.length === 0) return null;
  const errors = a.reduce((sum, item, i) => sum + bitsIn(item ^ (b[i] as number)), 0);
  return round(errors / (a.length * ITEM_BITS));
}

/** Bits that are set. */
export function bitsIn(word: number): number {
  let rest = word - ((word >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
