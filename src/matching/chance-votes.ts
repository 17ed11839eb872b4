/**
 * Pairs that met by chance. A few equal codes at one offset say little: strangers have them in large libraries by the
 * thousand. Where two sounds hold a common stretch, the items between those codes agree, too.
 */
import { HOP_SECONDS } from '#fingerprint';
import type { OffsetHypothesis } from './verdict.ts';

/** Unrelated sounds share up to six votes by chance, real relations have eight. Measured. */
export const CHANCE_VOTES = 6;
/** Differing bits with which an item neither adds to a stretch nor takes from it; strangers differ in 15.8. */
export const STRETCH_BITS = 11;
/**
 * The least score of a stretch: ten seconds of which 26 % of the bits differ have it, or half a minute with 32 %. Of
 * pairs of strangers with three votes nine in ten have less. Measured: docs/design/search.md.
 */
export const STRETCH_SCORE = 200;

/** May chance have made these votes? Other speeds have a higher bar, and their lines bend. */
export function mayBeChance(offsets: readonly OffsetHypothesis[]): boolean {
  return offsets.every(({ votes, speedRatio }) => votes <= CHANCE_VOTES && speedRatio === 1);
}

/** The quarter hop of b at which a begins, which the lines of a bit error kernel are known by. */
export function placeOf({ offsetSeconds }: OffsetHypothesis): number {
  return -Math.round((4 * offsetSeconds) / HOP_SECONDS);
}
