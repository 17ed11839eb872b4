/**
 * Judges a pair of which one sound is too long to be held whole, a day's mix or a broadcast, by the sketches. No more is
 * claimed than that the longer one contains the other; nothing so long is ever called a duplicate by its sound.
 */
import { FINGERPRINT_RATE_HZ } from '#audio';
import { findLag, type Sketch, sketchEvidence, sketchedSounding } from '#signal';
import type { OffsetHypothesis, Verdict } from './verdict.ts';

/** Sounds above this are not decoded for a verdict: 4 hours, 303 MiB of PCM. */
export const LONGEST_HEARD_SECONDS: number = 4 * 3600;

/** Why nothing is claimed. */
export const TOO_LONG = 'One of the two is longer than 4 hours, and the sketches alone do not tell.';

const OFFSETS = 4;
/** As in a mix, where ends are faded and other music comes and goes. Between what copies have and what strangers reach. Chosen. */
const MEDIAN = 0.9;
const LEAST_BLOCKS = 8;
/** Tones and steady noise say nothing, as in `quick-verdict.ts`. */
const BANDS = 6;
const LIVELY_DB = 1.8;

/** Must the pair be judged by its sketches, whatever they say? */
export function isTooLong(a: Sketch, b: Sketch): boolean {
  return Math.max(a.samples, b.samples) > LONGEST_HEARD_SECONDS * FINGERPRINT_RATE_HZ;
}

/** The verdict on a pair with {@link isTooLong}; offsets at equal speed alone are looked at. */
export function longVerdict(a: Sketch, b: Sketch, offsets: readonly OffsetHypothesis[]): Verdict {
  const level = offsets.filter(({ speedRatio }) => speedRatio === 1).sort((one, other) => other.votes - one.votes);
  for (const { offsetSeconds } of a.samples === b.samples ? [] : level.slice(0, OFFSETS)) {
    const lag = findLag(a, b, offsetSeconds);
    if (!lag) continue;
    const { median, loudBlocks, aSounding, bands, liveliness } = sketchEvidence(a, b, lag.start);
    if (median < MEDIAN || loudBlocks < LEAST_BLOCKS || bands < BANDS || liveliness < LIVELY_DB) continue;
    const shorter = sketchedSounding(a.samples > b.samples ? b : a);
    const share = Math.round(100 * Math.min(1, aSounding / Math.max(shorter, 1)));
    return {
      ...{ relation: a.samples > b.samples ? 'contains' : 'contained', truncated: null, similarity: null },
      ...{ bitErrorRate: null, speedRatio: 1, evidence: null, segments: [] },
      overlapSeconds: Math.round(aSounding * 100) / 100,
      offsetSeconds: Math.round((lag.start / FINGERPRINT_RATE_HZ) * 1e4) / 1e4 + 0,
      coherence: Math.round(median * 1e4) / 1e4,
      reasons: [
        `The long one holds ${share} % of the other; the sketches agree by ${Math.round(100 * median)} % there.`,
      ],
    };
  }
  return {
    ...{ relation: 'unsure', truncated: null, similarity: null, bitErrorRate: null, overlapSeconds: 0 },
    ...{ offsetSeconds: null, speedRatio: null, coherence: null, evidence: null, segments: [] },
    reasons: [TOO_LONG],
  };
}
