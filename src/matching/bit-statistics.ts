/**
 * How the bits of one fingerprint behave by themselves: how often each is set, and how much each two of them go
 * together at every lag up to 6 s. A lively sound has bits that change often and independently, a drone has bits that
 * stand still; so these figures say how much it means when two fingerprints agree. Bits count as ±1.
 */
import { type AgreementKernel, ITEM_BITS, LAGS, setBefore, TABLE_SIZE } from './agreement.ts';

export interface BitStatistics {
  readonly items: number;
  /** By bit, −1 … 1. */
  readonly means: Float64Array;
  /** Autocovariance by lag 0 … {@link LAGS}, earlier bit, later bit; divided by the number of items at every lag. */
  readonly covariances: Float32Array;
}

/** Measures `items`, at least one and at most the kernel's capacity. */
export function bitStatisticsOf(items: Uint32Array, kernel: Pick<AgreementKernel, 'lagged'>): BitStatistics {
  const n = items.length;
  const set = setBefore(items).subarray(n * ITEM_BITS);
  const means = Float64Array.from(set, (count) => (2 * count) / n - 1);
  const counts = kernel.lagged(items);
  const covariances = new Float32Array(TABLE_SIZE);
  for (let lag = 0, at = 0; lag <= LAGS; lag++) {
    const pairs = Math.max(0, n - lag);
    for (let k = 0; k < ITEM_BITS; k++) {
      for (let l = 0; l < ITEM_BITS; l++, at++) {
        covariances[at] = (pairs - 2 * counts[at]! - pairs * means[k]! * means[l]!) / n;
      }
    }
  }
  return { items: n, means, covariances };
}

/**
 * Variance of Σ a·b over all bits of one item, were both independent of each other: Bartlett's formula,
 * Σ over lags τ from −{@link LAGS} to {@link LAGS} and bits k, l of R_a^{kl}(τ) · R_b^{kl}(τ). Exactly 32 for bits
 * that are thrown like coins, about a hundred for music.
 * @see Bartlett, "On the theoretical specification and sampling properties of autocorrelated time-series", 1946
 */
export function agreementVariance(
  a: BitStatistics,
  b: BitStatistics,
  kernel: Pick<AgreementKernel, 'product'>,
): number {
  // The sum over lags below 0 equals that above: R^{kl}(−τ) = R^{lk}(τ).
  return 2 * kernel.product(a.covariances, b.covariances) - varianceAtOnce(a, b);
}

/** The part of {@link agreementVariance} that does not look at other lags than 0. */
export function varianceAtOnce(a: BitStatistics, b: BitStatistics): number {
  let sum = 0;
  for (let i = 0; i < ITEM_BITS * ITEM_BITS; i++) sum += a.covariances[i]! * b.covariances[i]!;
  return sum;
}

/**
 * By how much {@link agreementVariance} is too large where a and b are the same: then the errors of their
 * covariances, each about Σ_u R^{kk}(u) · R^{ll}(u) ÷ n (Bartlett again), are the same, too, and do not cancel.
 */
export function sharedErrorOf(a: BitStatistics, b: BitStatistics): number {
  let [over, lags] = [0, 0];
  for (let lag = 0; lag <= LAGS; lag++) {
    const sides = lag === 0 ? 1 : 2;
    over += sides * traceAt(a, lag) * traceAt(b, lag);
    lags += sides * Math.max(0, 1 - lag / a.items);
  }
  return (over * lags) / a.items;
}

/** Sum over bits of the autocovariance of each with itself. */
function traceAt({ covariances }: BitStatistics, lag: number): number {
  let sum = 0;
  for (let k = 0; k < ITEM_BITS; k++) sum += covariances[(lag * ITEM_BITS + k) * ITEM_BITS + k]!;
  return sum;
}
