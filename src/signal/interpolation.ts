/**
 * Samples between samples, in WebAssembly, by a windowed sinc of 16 taps at the nearest of 512 fractions. Deterministic;
 * differs from its plain twin by the rounding of 32-bit floats alone.
 */
import { bytesOfBase64 } from '#kernel';
import { WASM_BASE64 } from './kernels/interpolation.generated.ts';

export const HALF_TAPS = 8;
export const TAPS: number = 2 * HALF_TAPS;
/** Fractions of a sample that are told apart. */
export const FRACTIONS = 512;

/** Holds work space: not reentrant. */
export interface Interpolator {
  /** Fills `out` with the signal at `position`, `position` + `step` …, in samples of `pcm`; beyond its ends there is silence. */
  interpolate(pcm: Int16Array, position: number, step: number, out: Float32Array): void;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  prepare(rows: number, samples: number, results: number): void;
  tableAt(): number;
  samplesAt(): number;
  resultsAt(): number;
  interpolate(position: number, step: number, first: number, end: number, origin: number): void;
}

/** Samples that one call reads and writes at most, few enough for the caches. Chosen. */
const SAMPLES = 8192;
const RESULTS = 4096;

const MODULE = new WebAssembly.Module(bytesOfBase64(WASM_BASE64));

/** Makes an interpolator with its table. */
export function createInterpolator(): Interpolator {
  const kernel = new WebAssembly.Instance(MODULE, {}).exports as unknown as Exports;
  kernel.prepare(FRACTIONS, SAMPLES, RESULTS);
  const { buffer } = kernel.memory;
  const samples = new Float32Array(buffer, kernel.samplesAt(), SAMPLES);
  const results = new Float32Array(buffer, kernel.resultsAt(), RESULTS);
  new Float32Array(buffer, kernel.tableAt(), FRACTIONS * TAPS).set(sincTable());
  return {
    interpolate(pcm, position, step, out) {
      const most = Math.max(1, Math.min(RESULTS, Math.floor((SAMPLES - TAPS - 1) / step)));
      for (let first = 0; first < out.length; first += most) {
        const end = Math.min(out.length, first + most);
        const origin = Math.floor(position + first * step) - HALF_TAPS + 1;
        copySamples(pcm, origin, samples.subarray(0, Math.ceil((end - first) * step) + TAPS + 1));
        kernel.interpolate(position, step, first, end, origin);
        out.set(results.subarray(0, end - first), first);
      }
    },
  };
}

/** Fills `out` with the samples from a whole position on; beyond their ends there is silence. */
export function copySamples(pcm: Int16Array, position: number, out: Float32Array): void {
  const first = Math.min(out.length, Math.max(0, -position));
  const last = Math.max(first, Math.min(out.length, pcm.length - position));
  out.fill(0, 0, first);
  out.set(pcm.subarray(position + first, position + last), first);
  out.fill(0, last);
}

/** Row by row the taps of one fraction, Hann-windowed. */
export function sincTable(): Float32Array {
  const table = new Float32Array(FRACTIONS * TAPS);
  for (let fraction = 0; fraction < FRACTIONS; fraction++) {
    for (let tap = 0; tap < TAPS; tap++) {
      const distance = tap - HALF_TAPS + 1 - fraction / FRACTIONS;
      const window = Math.abs(distance) < HALF_TAPS ? 0.5 + 0.5 * Math.cos((Math.PI * distance) / HALF_TAPS) : 0;
      const turn = Math.PI * distance;
      table[fraction * TAPS + tap] = window * (turn === 0 ? 1 : Math.sin(turn) / turn);
    }
  }
  return table;
}
