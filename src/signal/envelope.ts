/**
 * Coarse alignment by how loudness moves in eighteen bands. Ten times coarser than correlating samples, but
 * it still works where a speed change has smeared every phase.
 */

import { FINGERPRINT_RATE_HZ } from '#audio';
import type { LagPoint } from './drift.ts';
import { createRealFft } from './fft.ts';
import { alongOf, type TimeLine } from './time-line.ts';

/** Finds coarse lags. Holds work space: not reentrant. */
export interface EnvelopeMeter {
  /** Lags of b, laid along `line`, beside a at block centres `xs`; ±`within` samples of a. */
  lags(a: Int16Array, b: Int16Array, line: TimeLine, xs: readonly number[], within: number): LagPoint[];
}

const SIZE = 512;
const HOP = 128;
const BANDS = 18;
const LOWEST_HZ = 120;
const HIGHEST_HZ = 5000;
const SAMPLE_RATE = FINGERPRINT_RATE_HZ;
/** Frames correlated per block: 4 s. */
const BLOCK_FRAMES = 345;

const ITSELF: TimeLine = { start: 0, step: 1 };

export function createEnvelopeMeter(): EnvelopeMeter {
  const fft = createRealFft(SIZE);
  const window = Float32Array.from({ length: SIZE }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIZE));
  const edges = Array.from({ length: BANDS + 1 }, (_, band) =>
    Math.round((LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** (band / BANDS) * SIZE) / SAMPLE_RATE),
  );
  const time = new Float32Array(SIZE);
  const [re, im] = [new Float32Array(fft.bins), new Float32Array(fft.bins)];

  /** Log band energies of `count` frames from `from` on, laid along the line, as differences in time, frame by frame. */
  function flux(pcm: Int16Array, line: TimeLine, from: number, count: number): Float32Array {
    const levels = new Float32Array((count + 1) * BANDS);
    for (let frame = 0; frame <= count; frame++) {
      const at = Math.round(alongOf(line, from + frame * HOP));
      for (let i = 0; i < SIZE; i++) time[i] = (pcm[at + i] ?? 0) * window[i]!;
      fft.forward(time, re, im);
      for (let band = 0; band < BANDS; band++) {
        let sum = 1e4;
        for (let k = edges[band]!; k < Math.max(edges[band]! + 1, edges[band + 1]!); k++)
          sum += re[k]! ** 2 + im[k]! ** 2;
        levels[frame * BANDS + band] = Math.log(sum);
      }
    }
    for (let i = 0; i < count * BANDS; i++) levels[i] = levels[i + BANDS]! - levels[i]!;
    return levels.subarray(0, count * BANDS);
  }

  return {
    lags(a, b, line, xs, within) {
      const reach = Math.ceil(within / HOP);
      return xs.map((x) => {
        const from = Math.round(x) - (BLOCK_FRAMES * HOP) / 2;
        const one = flux(a, ITSELF, from, BLOCK_FRAMES);
        const other = flux(b, line, from - reach * HOP, BLOCK_FRAMES + 2 * reach);
        return { x, lag: bestLag(one, other, reach) * HOP };
      });
    },
  };
}

function bestLag(one: Float32Array, other: Float32Array, reach: number): number {
  let best = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let lag = -reach; lag <= reach; lag++) {
    const shift = (lag + reach) * BANDS;
    let sum = 0;
    let power = 1e-9;
    for (let i = 0; i < one.length; i++) {
      const value = other[i + shift]!;
      sum += one[i]! * value;
      power += value * value;
    }
    const likeness = sum / Math.sqrt(power);
    if (likeness > highest) {
      highest = likeness;
      best = lag;
    }
  }
  return best;
}
