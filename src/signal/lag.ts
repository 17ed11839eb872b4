/**
 * By how much one stretch of sound lies beside another: cross-correlation, half whitened so that a few loud
 * partials do not blur the peak, of the band that all codecs keep. A lag is positive where b comes later
 * than the line it was read along says.
 * @see Knapp & Carter, "The Generalized Correlation Method for Estimation of Time Delay", 1976
 */
import { FINGERPRINT_RATE_HZ } from '#audio';
import { createRealFft } from './fft.ts';
import { createLineReader, type LineReader, type TimeLine } from './time-line.ts';

/** The strongest lag of a block. */
export interface Lag {
  /** Samples, to a fraction. */
  readonly samples: number;
  /** Second highest peak ÷ highest, 0 … 1: near 1 where the lag is a guess. */
  readonly rivalry: number;
}

/** Measures lags of blocks of one length. Holds work space: not reentrant. */
export interface LagMeter {
  /** Samples per block. */
  readonly blockSamples: number;
  /** Farthest lag that can be told, in samples. */
  readonly reach: number;
  /**
   * The lag of b, read along `line`, beside a's block at `x`, searched within ±`within` samples.
   * `undefined` where either block is silent.
   */
  at(a: Int16Array, b: Int16Array, line: TimeLine, x: number, within: number): Lag | undefined;
}

const SAMPLE_RATE = FINGERPRINT_RATE_HZ;
const BAND_HZ = [150, 4800] as const;
/** Peaks nearer than this to the highest one are its shoulders. */
const SHOULDER = 12;
/** Mean square below which a block holds nothing to align, in squared 16-bit steps. */
const SILENCE = 30;

/** @param size transform size; a block fills half of it when `wide`, so that lags up to a quarter of it lose nothing */
export function createLagMeter(size: number, wide: boolean, reader: LineReader = createLineReader()): LagMeter {
  const fft = createRealFft(size);
  const blockSamples = wide ? size / 2 : size;
  const lead = wide ? size / 4 : 0;
  const [aTime, bTime] = [new Float32Array(size), new Float32Array(size)];
  const [aRe, aIm, bRe, bIm] = Array.from({ length: 4 }, () => new Float32Array(fft.bins)) as Quad;
  const band = BAND_HZ.map((hz) => Math.round((hz * size) / SAMPLE_RATE)) as [number, number];
  return {
    blockSamples,
    reach: size / 4,
    at(a, b, line, x, within) {
      if (x < 0 || x + blockSamples > a.length) return undefined;
      for (let i = 0; i < blockSamples; i++) aTime[i] = a[x + i]!;
      reader.read(b, line, x - lead, bTime);
      if (power(aTime, 0, blockSamples) < SILENCE || power(bTime, lead, lead + blockSamples) < SILENCE)
        return undefined;
      fft.forward(aTime, aRe, aIm);
      fft.forward(bTime, bRe, bIm);
      crossSpectrum(aRe, aIm, bRe, bIm, band);
      fft.inverse(bRe, bIm, bTime);
      return peak(bTime, lead, Math.min(within, size / 4));
    },
  };
}

type Quad = [Float32Array, Float32Array, Float32Array, Float32Array];

function power(samples: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += samples[i]! * samples[i]!;
  return sum / (to - from);
}

/** conj(A)·B ÷ √(|A||B|) into b, nothing outside the band. */
function crossSpectrum(
  aRe: Float32Array,
  aIm: Float32Array,
  bRe: Float32Array,
  bIm: Float32Array,
  [first, last]: [number, number],
): void {
  bRe.fill(0, 0, first);
  bIm.fill(0, 0, first);
  bRe.fill(0, last);
  bIm.fill(0, last);
  for (let k = first; k < last; k++) {
    const re = aRe[k]! * bRe[k]! + aIm[k]! * bIm[k]!;
    const im = aRe[k]! * bIm[k]! - aIm[k]! * bRe[k]!;
    const size = Math.sqrt(re * re + im * im);
    const scale = size > 0 ? 1 / Math.sqrt(size) : 0;
    bRe[k] = re * scale;
    bIm[k] = im * scale;
  }
}

/** The highest value within `within` of `lead`, and how its best rival compares. */
function peak(correlation: Float32Array, lead: number, within: number): Lag {
  const mask = correlation.length - 1;
  const value = (lag: number): number => correlation[(lead + lag) & mask]!;
  let best = -within;
  for (let lag = -within; lag <= within; lag++) if (value(lag) > value(best)) best = lag;
  let rival = 0;
  for (let lag = -within; lag <= within; lag++) {
    if (Math.abs(lag - best) > SHOULDER && value(lag) > rival) rival = value(lag);
  }
  return {
    samples: best + vertex(value(best - 1), value(best), value(best + 1)),
    rivalry: rival / Math.max(value(best), 1e-9),
  };
}

/** Where the parabola through three neighbouring values is highest, −½ … ½. */
function vertex(left: number, middle: number, right: number): number {
  const bend = left - 2 * middle + right;
  return bend < 0 ? Math.max(-0.5, Math.min(0.5, (left - right) / (2 * bend))) : 0;
}
