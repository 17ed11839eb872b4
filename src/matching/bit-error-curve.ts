/** How far two fingerprints differ over time, along a course; each value is the mean of about a second. */
import { HOP_SECONDS } from '#fingerprint';
import { bitsIn, ITEM_SECONDS } from './bit-errors.ts';
import type { PhaseItems } from './code-index.ts';
import type { Curve, Stretch } from './course.ts';

const BITS = 32;
/** Items to either side that are averaged. */
const NEIGHBOURS = 4;

/** Bit error rate over a's time, 0 … 1; each value stands at the middle of the sound that its item looks at. */
export function bitErrorCurve([a]: PhaseItems, b: PhaseItems, course: readonly Stretch[]): Curve {
  const startSeconds = ITEM_SECONDS / 2;
  const errors = new Float32Array(a.length).fill(Number.NaN);
  for (const { fromSeconds, toSeconds, offsetSeconds, speedRatio } of course) {
    const first = Math.max(0, Math.ceil((fromSeconds - startSeconds) / HOP_SECONDS));
    for (let item = first; item < a.length && item * HOP_SECONDS + startSeconds < toSeconds; item++) {
      const quarters = Math.round((4 * (item * HOP_SECONDS - offsetSeconds)) / speedRatio / HOP_SECONDS);
      const other = quarters < 0 ? undefined : b[(quarters & 3) as 0 | 1 | 2 | 3][quarters >> 2];
      if (other !== undefined) errors[item] = bitsIn(a[item]! ^ other) / BITS;
    }
  }
  return { startSeconds, stepSeconds: HOP_SECONDS, values: errors.map((error, item) => smoothed(errors, error, item)) };
}

function smoothed(errors: Float32Array, own: number, item: number): number {
  if (Number.isNaN(own)) return own;
  let [sum, count] = [0, 0];
  for (let i = Math.max(0, item - NEIGHBOURS); i <= item + NEIGHBOURS && i < errors.length; i++) {
    if (Number.isNaN(errors[i]!)) continue;
    sum += errors[i]!;
    count++;
  }
  return sum / count;
}
