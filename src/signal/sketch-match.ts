/**
 * Two sketches held against each other: where exactly b lies over a near an offset, and how coherent they are from
 * there on, block by block and band by band. A delay turns a narrow band as a whole and moves its values by a part of a
 * frame; neither gain, EQ nor polarity changes a band's coherence. What rounding to 4 bits adds is known and taken
 * out again.
 */
import { FRAMES_PER_SECOND, type Sketch } from './sketch.ts';
import { BAND_TURNS, SKETCH_BANDS, SKETCH_HOP } from './sketch-bank.ts';

/** Coherence of two sketches at one offset. Slots are seconds; block k is slots k and k + 1. */
export interface SketchCoherence {
  /** a's frame at which slot 0 starts. */
  readonly fromFrame: number;
  readonly blocks: number;
  /** Over all bands, weighted by the energy that both have; 0 of silence. */
  readonly blockCoherence: Float32Array;
  /** By block and band. */
  readonly tileCoherence: Float32Array;
  readonly tileA: Float32Array;
  readonly tileB: Float32Array;
}

/** Where b lies over a. */
export interface SketchLag {
  /** a's sample at which b starts, to a fraction. */
  readonly start: number;
  /** Highest coherence that any window of eight seconds reaches at any lag near the offset: below 0.3 where nothing agrees. */
  readonly bestWindow: number;
}

/** Lags looked at on either side of an offset: 0.24 s. */
const REACH = 6;
const LAGS = 2 * REACH + 1;
/** Frames of a window that is aligned by itself. */
const WINDOW = 8 * FRAMES_PER_SECOND;
/** A shorter rest of a window says nothing. */
const LEAST_WINDOW = 3 * FRAMES_PER_SECOND;

/** Correlations of a stretch, by band and lag, with the energies of both over the same frames. */
interface Correlations {
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
}

const newCorrelations = (): Correlations => ({
  re: new Float64Array(SKETCH_BANDS * LAGS),
  im: new Float64Array(SKETCH_BANDS * LAGS),
  a: new Float64Array(SKETCH_BANDS * LAGS),
  b: new Float64Array(SKETCH_BANDS * LAGS),
});

/** Finds the lag within 0.24 s of `offsetSeconds`; `undefined` where the two hardly meet there. */
export function findLag(a: Sketch, b: Sketch, offsetSeconds: number): SketchLag | undefined {
  const middle = Math.round(offsetSeconds * FRAMES_PER_SECOND);
  const from = Math.max(0, middle + REACH);
  const to = Math.min(a.frames, b.frames + middle - REACH);
  if (to - from < LEAST_WINDOW) return undefined;
  const [whole, window] = [newCorrelations(), newCorrelations()];
  let bestWindow = 0;
  for (let at = from; to - at >= LEAST_WINDOW; at += WINDOW) {
    correlate(a, b, middle, at, Math.min(at + WINDOW, to), window);
    for (let lag = 0; lag < LAGS; lag++) bestWindow = Math.max(bestWindow, pooled(window, lag));
    for (const key of ['re', 'im', 'a', 'b'] as const) {
      for (let i = 0; i < whole[key].length; i++) whole[key][i] = whole[key][i]! + window[key][i]!;
    }
  }
  const lag = finestLag(whole);
  return { start: (middle + lag) * SKETCH_HOP + sampleShift(whole, lag, middle), bestWindow };
}

/** Fills `out` with Σ a(n)·conj(b(n − lag)) over a's frames `[from, to)`, and the energies of what was multiplied. */
function correlate(a: Sketch, b: Sketch, middle: number, from: number, to: number, out: Correlations): void {
  for (let band = 0; band < SKETCH_BANDS; band++) {
    const at = band * LAGS;
    const aFrom = band * a.frames + from;
    // At the earliest lag; each further one moves b's stretch by one frame towards its start.
    const bFrom = band * b.frames + from - middle + REACH;
    const aEnergy = energyOf(a, aFrom, to - from);
    let bEnergy = energyOf(b, bFrom, to - from);
    for (let lag = 0; lag < LAGS; lag++) {
      if (lag > 0) bEnergy += energyOf(b, bFrom - lag, 1) - energyOf(b, bFrom - lag + to - from, 1);
      out.a[at + lag] = aEnergy;
      out.b[at + lag] = Math.max(0, bEnergy);
      product(a, b, aFrom, bFrom - lag, to - from, out, at + lag);
    }
  }
}

function energyOf({ re, im }: Sketch, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += re[i]! * re[i]! + im[i]! * im[i]!;
  return sum;
}

function product(
  a: Sketch,
  b: Sketch,
  aFrom: number,
  bFrom: number,
  count: number,
  out: Correlations,
  at: number,
): void {
  const [aRe, aIm, bRe, bIm] = [a.re, a.im, b.re, b.im];
  // Four sums that do not wait for each other.
  let [reRe, imIm, imRe, reIm] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const ar = aRe[aFrom + i]!;
    const ai = aIm[aFrom + i]!;
    const br = bRe[bFrom + i]!;
    const bi = bIm[bFrom + i]!;
    reRe += ar * br;
    imIm += ai * bi;
    imRe += ai * br;
    reIm += ar * bi;
  }
  out.re[at] = reRe + imIm;
  out.im[at] = imRe - reIm;
}

/** Coherence over all bands at one lag. */
function pooled({ re, im, a, b }: Correlations, lag: number): number {
  let [sum, weights] = [0, 0];
  for (let at = lag; at < SKETCH_BANDS * LAGS; at += LAGS) {
    const weight = Math.sqrt(a[at]! * b[at]!);
    if (weight > 0) sum += (re[at]! * re[at]! + im[at]! * im[at]!) / weight;
    weights += weight;
  }
  return weights > 0 ? sum / weights : 0;
}

const FINE_STEPS = 64;

/** The lag in frames, relative to the middle, at which the bands together are most coherent. */
function finestLag(whole: Correlations): number {
  let best = 0;
  for (let lag = 1; lag < LAGS; lag++) if (pooled(whole, lag) > pooled(whole, best)) best = lag;
  const weights = bandWeights(whole, best);
  const height = (step: number): number => {
    let sum = 0;
    between(whole, best + step / FINE_STEPS, (band, re, im) => {
      sum += weights[band]! ** 2 * (re * re + im * im);
    });
    return sum;
  };
  const top = highest(height, 0, FINE_STEPS, 1);
  return best - REACH + (top + vertex(height(top - 1), height(top), height(top + 1))) / FINE_STEPS;
}

/** What makes each band's correlation one of unit energies: every band says as much about a delay as any other. */
function bandWeights({ a, b }: Correlations, lag: number): number[] {
  return Array.from({ length: SKETCH_BANDS }, (_, band) => {
    const energy = Math.sqrt(a[band * LAGS + lag]! * b[band * LAGS + lag]!);
    return energy > 0 ? 1 / energy : 0;
  });
}

/** Gives every band's correlation at a place between two lags to `take`. */
function between({ re, im }: Correlations, lag: number, take: (band: number, re: number, im: number) => void): void {
  const first = Math.max(0, Math.ceil(lag - HALF_TAPS));
  const end = Math.min(LAGS, Math.floor(lag + HALF_TAPS) + 1);
  const taps = Float64Array.from({ length: Math.max(0, end - first) }, (_, i) => sincTap(lag - first - i));
  for (let band = 0; band < SKETCH_BANDS; band++) {
    let [x, y] = [0, 0];
    for (let i = 0; i < taps.length; i++) {
      x += taps[i]! * re[band * LAGS + first + i]!;
      y += taps[i]! * im[band * LAGS + first + i]!;
    }
    take(band, x, y);
  }
}

/** Samples, at most this many either way, by which the phases of the bands correct the lag: 4 ms. */
const PHASE_REACH = 48;
/** Half of the shortest period of a band is 1.6 samples: half a sample finds every hill, a sixteenth its top. */
const PHASE_STEPS = [0.5, 1 / 16] as const;

/** What is left of the delay after the lag in frames: where the phases of the bands agree best. */
function sampleShift(whole: Correlations, lag: number, middle: number): number {
  const weights = bandWeights(whole, Math.max(0, Math.min(LAGS - 1, Math.round(lag) + REACH)));
  const height = (samples: number): number => {
    const moved = lag + samples / SKETCH_HOP;
    let [x, y] = [0, 0];
    between(whole, moved + REACH, (band, re, im) => {
      // Each sound counts its frames from its own start, so a delay turns a band by its frequency times the delay.
      const angle = BAND_TURNS[band]! * (middle + moved) * SKETCH_HOP;
      x += weights[band]! * (re * Math.cos(angle) - im * Math.sin(angle));
      y += weights[band]! * (re * Math.sin(angle) + im * Math.cos(angle));
    });
    return x * x + y * y;
  };
  const [coarse, fine] = PHASE_STEPS;
  const near = highest(height, 0, PHASE_REACH, coarse);
  const top = highest(height, near, coarse, fine);
  return top + fine * vertex(height(top - fine), height(top), height(top + fine));
}

/** The place within `reach` of `middle`, in steps, at which a height is greatest. */
function highest(height: (at: number) => number, middle: number, reach: number, step: number): number {
  let [best, most] = [middle, -1];
  for (let at = middle - reach; at <= middle + reach; at += step) {
    const value = height(at);
    if (value > most) [best, most] = [at, value];
  }
  return best;
}

const HALF_TAPS = 6;

/** A sinc under a cosine window. */
function sincTap(distance: number): number {
  if (Math.abs(distance) >= HALF_TAPS) return 0;
  const angle = Math.PI * distance;
  return angle === 0 ? 1 : (Math.sin(angle) / angle) * Math.cos(angle / (2 * HALF_TAPS)) ** 2;
}

/** Sums over one slot, band by band. */
interface SlotSums {
  readonly aa: Float64Array;
  readonly bb: Float64Array;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

const newSums = (): SlotSums => {
  const sum = (): Float64Array => new Float64Array(SKETCH_BANDS);
  return { aa: sum(), bb: sum(), re: sum(), im: sum() };
};

/** Coherence all along the overlap with b starting at a's sample `start`. */
export function coherenceAlong(a: Sketch, b: Sketch, start: number): SketchCoherence {
  const shift = start / SKETCH_HOP;
  const whole = Math.floor(shift);
  const taps = Float64Array.from({ length: 2 * HALF_TAPS }, (_, i) => sincTap(shift - whole + i - HALF_TAPS));
  const fromFrame = Math.max(0, whole + 1);
  const slots = Math.max(0, Math.floor((Math.min(a.frames, b.frames + whole) - fromFrame) / FRAMES_PER_SECOND));
  const blocks = Math.max(0, slots - 1);
  const result: SketchCoherence = {
    fromFrame,
    blocks,
    blockCoherence: new Float32Array(blocks),
    tileCoherence: new Float32Array(blocks * SKETCH_BANDS),
    tileA: new Float32Array(blocks * SKETCH_BANDS),
    tileB: new Float32Array(blocks * SKETCH_BANDS),
  };
  let [previous, current] = [newSums(), newSums()];
  for (let slot = 0; slot < slots; slot++) {
    sumSlot(a, b, fromFrame + slot * FRAMES_PER_SECOND, whole, taps, current);
    if (slot > 0) closeBlock(previous, current, result, slot - 1);
    [previous, current] = [current, previous];
  }
  return result;
}

/** Sums from a's frame `at` on; b is read between its frames. */
function sumSlot(a: Sketch, b: Sketch, at: number, whole: number, taps: Float64Array, sums: SlotSums): void {
  // b's frame n lies at whole + fraction + n on a's axis.
  const first = at - whole - HALF_TAPS;
  for (let band = 0; band < SKETCH_BANDS; band++) {
    const aFrom = band * a.frames + at;
    let [aa, bb, re, im] = [0, 0, 0, 0];
    for (let i = 0; i < FRAMES_PER_SECOND; i++) {
      const ar = a.re[aFrom + i]!;
      const ai = a.im[aFrom + i]!;
      const br = weighed(b.re, band * b.frames, b.frames, first + i, taps);
      const bi = weighed(b.im, band * b.frames, b.frames, first + i, taps);
      re += ar * br + ai * bi;
      im += ai * br - ar * bi;
      aa += ar * ar + ai * ai;
      bb += br * br + bi * bi;
    }
    sums.re[band] = re;
    sums.im[band] = im;
    sums.aa[band] = lessNoise(aa, a, band, at);
    sums.bb[band] = lessNoise(bb, b, band, at - whole);
  }
}

/** The sum of taps and values from place `first` of a row on; nothing beyond the row's ends. */
function weighed(values: Float32Array, row: number, length: number, first: number, taps: Float64Array): number {
  const from = Math.max(0, -first);
  const to = Math.min(taps.length, length - first);
  let sum = 0;
  for (let tap = from; tap < to; tap++) sum += taps[tap]! * values[row + first + tap]!;
  return sum;
}

/** Takes out what rounding added over a second of frames from `at` on; never more than half. */
function lessNoise(energy: number, { noise, frames }: Sketch, band: number, at: number): number {
  const seconds = frames / FRAMES_PER_SECOND;
  const second = Math.max(0, Math.min(seconds - 1, at / FRAMES_PER_SECOND));
  const [first, part] = [Math.floor(second), second % 1];
  const next = Math.min(first + 1, seconds - 1);
  const mean = (1 - part) * noise[band * seconds + first]! + part * noise[band * seconds + next]!;
  return Math.max(energy / 2, energy - mean * FRAMES_PER_SECOND);
}

function closeBlock(one: SlotSums, other: SlotSums, result: SketchCoherence, block: number): void {
  let [sum, weights] = [0, 0];
  for (let band = 0; band < SKETCH_BANDS; band++) {
    const [aa, bb] = [one.aa[band]! + other.aa[band]!, one.bb[band]! + other.bb[band]!];
    const [re, im] = [one.re[band]! + other.re[band]!, one.im[band]! + other.im[band]!];
    const weight = Math.sqrt(aa * bb);
    const coherence = weight > 0 ? Math.min(1, (re * re + im * im) / (aa * bb)) : 0;
    const at = block * SKETCH_BANDS + band;
    result.tileA[at] = aa;
    result.tileB[at] = bb;
    result.tileCoherence[at] = coherence;
    sum += weight * coherence;
    weights += weight;
  }
  result.blockCoherence[block] = weights > 0 ? sum / weights : 0;
}

/** Where the parabola through three neighbouring values is highest, −½ … ½. */
function vertex(left: number, middle: number, right: number): number {
  const bend = left - 2 * middle + right;
  return bend < 0 ? Math.max(-0.5, Math.min(0.5, (left - right) / (2 * bend))) : 0;
}
