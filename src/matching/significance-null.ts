/**
 * How high significance gets by chance, where the offset may be chosen. The highest of many values follows a Gumbel
 * distribution; its two figures come from what was measured on music in general and, the more pairs there are the
 * more, from pairs of the library at hand. Deterministic; quantiles are used, so that a few related pairs among
 * those taken for unrelated change next to nothing.
 * @see Karlin & Altschul, "Methods for assessing the statistical significance of molecular sequence features by using
 * general scoring schemes", 1990: the same question about sequences of letters
 */
import { HOP_SECONDS } from '#fingerprint';
import { type AgreementKernel, createAgreementKernel } from './agreement.ts';
import { excerptOf, highestSignificance, offsetsTried } from './significance.ts';

/** The chance that unrelated sounds reach a significance at their best offset: {@link chanceAt}. */
export interface NullDistribution {
  readonly location: number;
  readonly scale: number;
  /** Pairs of this library that speak in it. */
  readonly pairs: number;
}

/** What one pair of unrelated sounds reached. */
export interface NullPair {
  readonly highest: number;
  readonly offsets: number;
}

/** Items of an excerpt: 60 s. */
const EXCERPT_ITEMS = 484;
/** Shorter sounds, below 10 s, say little about the library. Chosen. */
const LEAST_ITEMS = 64;
/** The offsets at which two whole excerpts are laid over each other. */
export const NULL_OFFSETS: number = offsetsTried(EXCERPT_ITEMS, EXCERPT_ITEMS);

/** Measured on pairs of unrelated music: docs/calibration.md. */
export const PRIOR: NullDistribution = { location: 2.34, scale: 0.35, pairs: 0 };
/** So many pairs of the library weigh as much as the prior: pairs share their tracks and are no independent witnesses. Chosen. */
const PRIOR_WEIGHT = 1000;
/** Tracks that are laid over each other: 1128 pairs, some 0.2 s. Chosen. */
const SAMPLED_TRACKS = 48;

/** The tracks of a library to learn from: evenly spread over their ids, so that it does not matter how they came. */
export function sampleOf<T>(ordered: readonly T[]): T[] {
  if (ordered.length <= SAMPLED_TRACKS) return [...ordered];
  return Array.from(
    { length: SAMPLED_TRACKS },
    (_, i) => ordered[Math.floor((i * ordered.length) / SAMPLED_TRACKS)] as T,
  );
}

/**
 * Lays tracks over each other that have nothing to do with each other as far as is known.
 * @param tracks items at phase 0
 * @param mayBeRelated pairs to leave out, by index
 */
export function measureNullPairs(
  tracks: readonly Uint32Array[],
  mayBeRelated: (one: number, other: number) => boolean,
  kernel: AgreementKernel = createAgreementKernel(EXCERPT_ITEMS),
): NullPair[] {
  const excerpts = tracks.map((items) => (items.length < LEAST_ITEMS ? undefined : excerptOf(middleOf(items), kernel)));
  return excerpts.flatMap((a, one) =>
    excerpts.slice(one + 1).flatMap((b, i) => {
      if (!a || !b || mayBeRelated(one, one + 1 + i)) return [];
      return [{ highest: highestSignificance(a, b, kernel), offsets: offsetsTried(a.items.length, b.items.length) }];
    }),
  );
}

function middleOf(items: Uint32Array): Uint32Array {
  const from = Math.max(0, (items.length - EXCERPT_ITEMS) >> 1);
  return items.subarray(from, from + EXCERPT_ITEMS);
}

/** The null distribution of a library. It is never narrower than that of music in general: a mistake there is dear. */
export function fitNull(pairs: readonly NullPair[]): NullDistribution {
  if (pairs.length === 0) return PRIOR;
  const values = pairs
    .map(({ highest, offsets }) => highest - PRIOR.scale * Math.log(offsets / NULL_OFFSETS))
    .sort((one, other) => one - other);
  const at = (share: number): number => values[Math.floor(share * values.length)]!;
  const scale = (at(0.9) - at(0.1)) / (standardQuantile(0.9) - standardQuantile(0.1));
  const location = at(0.5) - scale * standardQuantile(0.5);
  const weight = pairs.length / (pairs.length + PRIOR_WEIGHT);
  return {
    location: PRIOR.location + weight * (location - PRIOR.location),
    scale: Math.max(PRIOR.scale, PRIOR.scale + weight * (scale - PRIOR.scale)),
    pairs: pairs.length,
  };
}

/** Of the Gumbel distribution with location 0 and scale 1. */
function standardQuantile(share: number): number {
  return -Math.log(-Math.log(share));
}

/**
 * A few pairs in ten thousand, drones and pieces of one hand, are less unrelated than the rest and fall off more
 * slowly. Measured: docs/calibration.md; a little above what was seen.
 */
const TAIL = { share: 1.5e-4, from: 5, scale: 0.8 };

/** The chance that unrelated sounds reach this significance at one of so many offsets, 0 … 1: Gumbel's, and the tail. */
export function chanceAt(significance: number, offsets: number, { location, scale }: NullDistribution): number {
  const tail = TAIL.share * Math.exp(-(significance - TAIL.from) / TAIL.scale);
  return -Math.expm1(-(offsets / NULL_OFFSETS) * (Math.exp(-(significance - location) / scale) + tail));
}

/** Pairs are found at four phases: at most four times as many offsets, though neighbours among them are alike. */
const PHASES = 4;

/** The chance that unrelated sounds of these lengths agree as significantly as this somewhere, 0 … 1. */
export function chanceOf(significance: number, aSeconds: number, bSeconds: number, nulls: NullDistribution): number {
  return chanceAt(significance, (PHASES * (aSeconds + bSeconds)) / HOP_SECONDS, nulls);
}
