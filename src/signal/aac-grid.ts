/**
 * Was this sound once AAC? As for MP3 (`mp3-grid.ts`): lines that were coded as nothing are nothing again where the same
 * transform lies over the same samples. Long blocks of 2048 samples are looked at, in both window shapes that AAC has.
 * @see ISO/IEC 14496-3, 4.6.11
 */
import { createRealFft } from './fft.ts';
import type { GridPiece } from './grid-pieces.ts';
import { standsOut } from './stands-out.ts';

const BLOCK = 2048;
const HOP = BLOCK / 2;
/** Lines that are looked at, below the end of the band: 3 kHz at 44.1 kHz. Chosen. */
const LINES = 300;
/** Lines that are left out directly below the end. */
const EDGE_LINES = 8;
/** A line below this is empty: three times what rounding to 16 bits leaves in one. Measured on noise of that size. */
const EMPTY = 6e-4;
/** More pieces would only take longer. Chosen. */
const PIECES = 4;

/** @param bandEndHz where the sound's band ends */
export function liesOnAacGrid(pieces: readonly GridPiece[], sampleRateHz: number, bandEndHz: number): boolean {
  const to = Math.min(HOP, Math.floor((bandEndHz / sampleRateHz) * BLOCK)) - EDGE_LINES;
  if (to < LINES) return false;
  const transform = createTransform(to - LINES, to);
  return [sineWindow(), kaiserBesselWindow(4)].some((window) => {
    const empty = new Uint32Array(HOP);
    for (const { start, samples } of pieces.slice(0, PIECES)) {
      for (let at = 0; at < HOP; at++) {
        const lines = transform(samples, at, window);
        let count = 0;
        for (let i = 0; i < lines.length; i++) if (Math.abs(lines[i]!) < EMPTY) count++;
        empty[(start + at) % HOP]! += count;
      }
    }
    return standsOut(empty);
  });
}

function sineWindow(): Float64Array {
  return Float64Array.from({ length: BLOCK }, (_, n) => Math.sin((Math.PI / BLOCK) * (n + 0.5)));
}

function kaiserBesselWindow(alpha: number): Float64Array {
  const kernel = Float64Array.from({ length: HOP + 1 }, (_, n) =>
    bessel(Math.PI * alpha * Math.sqrt(1 - ((2 * n) / HOP - 1) ** 2)),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  const window = new Float64Array(BLOCK);
  let sum = 0;
  for (let n = 0; n < HOP; n++) {
    sum += kernel[n]!;
    window[n] = window[BLOCK - 1 - n] = Math.sqrt(sum / total);
  }
  return window;
}

/** The modified Bessel function of order 0, by its series. */
function bessel(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** The MDCT of the block that begins at a sample, lines [from, to) of it, by two real transforms. */
function createTransform(
  from: number,
  to: number,
): (samples: Float32Array, at: number, window: Float64Array) => Float64Array {
  const fft = createRealFft(BLOCK);
  const turn = (length: number, angle: (n: number) => number, of: (x: number) => number): Float64Array =>
    Float64Array.from({ length }, (_, n) => of(angle(n)));
  const before = (n: number): number => (Math.PI * n) / BLOCK;
  const after = (k: number): number => ((2 * Math.PI) / BLOCK) * (0.5 + BLOCK / 4) * (k + 0.5);
  const [cosBefore, sinBefore] = [turn(BLOCK, before, Math.cos), turn(BLOCK, before, Math.sin)];
  const [cosAfter, sinAfter] = [turn(HOP, after, Math.cos), turn(HOP, after, Math.sin)];
  const [even, odd] = [new Float32Array(BLOCK), new Float32Array(BLOCK)];
  const [evenRe, evenIm, oddRe, oddIm] = Array.from({ length: 4 }, () => new Float32Array(fft.bins)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const lines = new Float64Array(to - from);
  return (samples, at, window) => {
    for (let n = 0; n < BLOCK; n++) {
      const value = samples[at + n]! * window[n]!;
      even[n] = value * cosBefore[n]!;
      odd[n] = -value * sinBefore[n]!;
    }
    fft.forward(even, evenRe, evenIm);
    fft.forward(odd, oddRe, oddIm);
    for (let k = from; k < to; k++) {
      const re = evenRe[k]! - oddIm[k]!;
      const im = evenIm[k]! + oddRe[k]!;
      lines[k - from] = re * cosAfter[k]! + im * sinAfter[k]!;
    }
    return lines;
  };
}
