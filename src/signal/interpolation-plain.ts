/** What the interpolation kernel computes, sample by sample. The reference that the kernel is held against. */
import { FRACTIONS, HALF_TAPS, type Interpolator, sincTable, TAPS } from './interpolation.ts';

/** Makes a twin. */
export function createPlainInterpolator(): Interpolator {
  const table = sincTable();
  return {
    interpolate(pcm, position, step, out) {
      for (let i = 0; i < out.length; i++) {
        const at = position + i * step;
        let whole = Math.floor(at);
        let fraction = Math.round((at - whole) * FRACTIONS);
        if (fraction === FRACTIONS) {
          whole++;
          fraction = 0;
        }
        let sum = 0;
        for (let tap = 0; tap < TAPS; tap++)
          sum += (pcm[whole - HALF_TAPS + 1 + tap] ?? 0) * table[fraction * TAPS + tap]!;
        out[i] = sum;
      }
    },
  };
}
