/**
 * Do the loudness curves of two sketches' lower bands go together near an offset? They still do where speed or pitch
 * differ by a per cent and the waves fall apart at once, so this tells a copy at another speed from a stranger.
 */
import { FRAMES_PER_SECOND, type Sketch } from './sketch.ts';

/** Bands below 900 Hz: higher ones lose their partials at a per cent of other speed. */
const LOW_BANDS = 6;
/** Frames over which energy is gathered, and from one value to the next. */
const SMOOTH = 5;
const STEP = 2;
/** Values of a window of eight seconds, and lags in values on either side: 0.24 s. */
const WINDOW = (8 * FRAMES_PER_SECOND) / STEP;
const REACH = 3;
/** Spread of a curve in powers of two below which it says nothing. */
const FLAT = 0.3;

/**
 * The highest correlation of loudness curves, −1 … 1, that any window of eight seconds reaches near the offset;
 * `undefined` where no window says anything: they hardly meet, or their levels do not move.
 */
export function envelopeLikeness(a: Sketch, b: Sketch, offsetSeconds: number): number | undefined {
  const [one, other] = [curvesOf(a), curvesOf(b)];
  const middle = Math.round((offsetSeconds * FRAMES_PER_SECOND) / STEP);
  const values = [Math.floor(a.frames / STEP), Math.floor(b.frames / STEP)] as const;
  const from = Math.max(0, middle + REACH);
  const to = Math.min(values[0], values[1] + middle - REACH);
  let best: number | undefined;
  for (let at = from; at + WINDOW <= to; at += WINDOW / 2) {
    for (let lag = middle - REACH; lag <= middle + REACH; lag++) {
      const found = likeness(one, other, values, at, at - lag);
      if (found !== undefined) best = Math.max(best ?? -1, found);
    }
  }
  return best;
}

/** Mean correlation of the bands that move in both; `undefined` where fewer than three do. */
function likeness(
  a: Float32Array,
  b: Float32Array,
  [aLength, bLength]: readonly [number, number],
  aFrom: number,
  bFrom: number,
): number | undefined {
  let [sum, bands] = [0, 0];
  for (let band = 0; band < LOW_BANDS; band++) {
    const r = correlation(a, band * aLength + aFrom, b, band * bLength + bFrom);
    if (Number.isNaN(r)) continue;
    sum += r;
    bands++;
  }
  return bands >= LOW_BANDS / 2 ? sum / bands : undefined;
}

/** NaN where one of the curves is flat. */
function correlation(a: Float32Array, aFrom: number, b: Float32Array, bFrom: number): number {
  let [x, y, xx, yy, xy] = [0, 0, 0, 0, 0];
  for (let i = 0; i < WINDOW; i++) {
    const p = a[aFrom + i]!;
    const q = b[bFrom + i]!;
    x += p;
    y += q;
    xx += p * p;
    yy += q * q;
    xy += p * q;
  }
  const [aSpread, bSpread] = [xx / WINDOW - (x / WINDOW) ** 2, yy / WINDOW - (y / WINDOW) ** 2];
  if (Math.min(aSpread, bSpread) < FLAT * FLAT) return Number.NaN;
  return (xy / WINDOW - (x * y) / WINDOW ** 2) / Math.sqrt(aSpread * bSpread);
}

/** By low band and every second frame: log2 of the energy around it. */
function curvesOf({ re, im, frames }: Sketch): Float32Array {
  const length = Math.floor(frames / STEP);
  const curves = new Float32Array(LOW_BANDS * length);
  for (let band = 0; band < LOW_BANDS; band++) {
    for (let i = 0; i < length; i++) {
      let energy = 1;
      const end = Math.min(frames, i * STEP + SMOOTH);
      for (let n = i * STEP; n < end; n++) {
        const at = band * frames + n;
        energy += re[at]! * re[at]! + im[at]! * im[at]!;
      }
      curves[band * length + i] = Math.log2(energy);
    }
  }
  return curves;
}
