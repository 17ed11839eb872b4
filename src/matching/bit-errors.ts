/**
 * How much two fingerprints differ where the sounds were found to lie over each other. The figure that people are
 * shown; it decides nothing. Every item of a is compared with that item of b, at the nearest of four phases, which
 * belongs to the same moment, so that a shift by a part of a hop costs nothing and a speed change is followed.
 */
import { HOP_SECONDS } from '#fingerprint';
import type { PhaseItems } from './code-index.ts';
import type { Segment, Verdict } from './verdict.ts';

/** Seconds of sound that one item looks at: 16 rows of a filter over 5 frames of 4096 samples. */
export const ITEM_SECONDS = 2.8;
const BITS = 32;

/** The verdict with bit error rates and similarity filled in; as it was where there is too little to compare. */
export function withBitErrors(verdict: Verdict, a: PhaseItems, b: PhaseItems): Verdict {
  const speed = verdict.speedRatio ?? 1;
  const tallies = verdict.segments.map((segment) => compare(segment, speed, a, b));
  const bits = tallies.reduce((sum, tally) => sum + tally.bits, 0);
  if (bits === 0) return verdict;
  const bitErrorRate = round(tallies.reduce((sum, tally) => sum + tally.errors, 0) / bits);
  return {
    ...verdict,
    bitErrorRate,
    similarity: round(Math.max(0, 1 - 2 * bitErrorRate)),
    segments: verdict.segments.map((segment, i) => {
      const tally = tallies[i];
      return tally && tally.bits > 0 ? { ...segment, bitErrorRate: round(tally.errors / tally.bits) } : segment;
    }),
  };
}

function compare(segment: Segment, speed: number, [a]: PhaseItems, b: PhaseItems): { errors: number; bits: number } {
  let [errors, items] = [0, 0];
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
    errors += bitsIn((a[item] as number) ^ other);
    items++;
  }
  return { errors, bits: items * BITS };
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
