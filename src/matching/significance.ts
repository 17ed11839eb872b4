/**
 * How much it means that two fingerprints agree. The bits that agree where one sound lies over the other are counted
 * against what two unrelated sounds with bits like these would give: the mean from how often each bit is set on
 * either side, the deviation by Bartlett's formula from how the bits of each side go together in time. So a drone,
 * whose bits stand still, gains nothing from agreeing with another drone, and no threshold on a bit error rate is needed.
 */
import { type AgreementKernel, createAgreementKernel, ITEM_BITS, setBefore } from './agreement.ts';
import {
  agreementVariance,
  type BitStatistics,
  bitStatisticsOf,
  sharedErrorOf,
  varianceAtOnce,
} from './bit-statistics.ts';

/** Fewer items than this, 2 s, tell nothing. Chosen. */
const LEAST_ITEMS = 16;
/**
 * Added to the variance of an item, of which coins have 32 and music about a hundred. Where bits hardly ever change
 * the sum is far from normal: a few rare items that meet would count for everything. Chosen.
 */
const FLOOR_VARIANCE = 16;

/** A kernel for {@link significanceOf}: some 8 minutes at a time. */
export function createComparisonKernel(): AgreementKernel {
  return createAgreementKernel(4096);
}

/**
 * Standard deviations by which a's items agree with b's more often than those of unrelated sounds; `a[i]` answers
 * `b[i]`. Around 0 for one alignment of unrelated sounds, and where nothing in them changes; `null` below 16 items.
 * Long sounds are taken in pieces of the kernel's capacity.
 */
export function significanceOf(a: Uint32Array, b: Uint32Array, kernel: AgreementKernel): number | null {
  if (a.length < LEAST_ITEMS) return null;
  const pieces = Math.ceil(a.length / kernel.capacity);
  let [excess, variance] = [0, 0];
  for (let piece = 0; piece < pieces; piece++) {
    const [from, to] = [piece, piece + 1].map((border) => Math.round((border * a.length) / pieces));
    const found = weigh(a.subarray(from, to), b.subarray(from, to), kernel);
    excess += found.excess;
    variance += found.variance;
  }
  return excess / Math.sqrt(variance);
}

/** What Σ a·b is above its expectation, and its variance. */
function weigh(a: Uint32Array, b: Uint32Array, kernel: AgreementKernel): { excess: number; variance: number } {
  const n = a.length;
  const [one, other] = [bitStatisticsOf(a, kernel), bitStatisticsOf(b, kernel)];
  const expected = n * one.means.reduce((sum, mean, k) => sum + mean * other.means[k]!, 0);
  const excess = ITEM_BITS * n - 2 * kernel.differing(a, b, 0, 1)[0]! - expected;
  const likeness = Math.max(0, Math.min(1, excess / Math.max(1e-9, n * mostAgreement(one, other))));
  const variance = agreementVariance(one, other, kernel) - likeness ** 2 * sharedErrorOf(one, other);
  return { excess, variance: n * (Math.max(variance, varianceAtOnce(one, other)) + FLOOR_VARIANCE) };
}

/** What an item of equal sounds would have above its expectation. */
function mostAgreement(a: BitStatistics, b: BitStatistics): number {
  return a.means.reduce((sum, mean, k) => sum + Math.sqrt((1 - mean ** 2) * (1 - b.means[k]! ** 2)), 0);
}

/** A stretch of a fingerprint, ready to be laid over others. */
export interface Excerpt {
  readonly items: Uint32Array;
  readonly statistics: BitStatistics;
  readonly setBefore: Int32Array;
}

export function excerptOf(items: Uint32Array, kernel: AgreementKernel): Excerpt {
  return { items, statistics: bitStatisticsOf(items, kernel), setBefore: setBefore(items) };
}

/** Offsets that {@link highestSignificance} looks at: those at which half of the shorter one lies over the other. */
export function offsetsTried(aItems: number, bItems: number): number {
  return aItems + bItems - 2 * leastOverlap(aItems, bItems) + 1;
}

function leastOverlap(aItems: number, bItems: number): number {
  return Math.ceil(Math.min(aItems, bItems) / 2);
}

/**
 * The highest significance over all offsets: what chance does when it may choose. What is expected goes by the
 * overlap alone, the deviation by the whole of both. Some 0.1 ms for a minute each.
 */
export function highestSignificance(a: Excerpt, b: Excerpt, kernel: AgreementKernel): number {
  const variance = Math.max(0, agreementVariance(a.statistics, b.statistics, kernel)) + FLOOR_VARIANCE;
  const [aLength, bLength] = [a.items.length, b.items.length];
  const first = leastOverlap(aLength, bLength) - bLength;
  const end = first + offsetsTried(aLength, bLength);
  const errors = kernel.differing(a.items, b.items, first, end).slice();
  const expected = kernel.balance(a.setBefore, b.setBefore, first, end);
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < errors.length; i++) {
    const length = Math.min(aLength - Math.max(0, first + i), bLength - Math.max(0, -first - i));
    const excess = ITEM_BITS * length - 2 * errors[i]! - expected[i]! / length;
    highest = Math.max(highest, excess / Math.sqrt(length * variance));
  }
  return highest;
}
