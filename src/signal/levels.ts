/**
 * How loud a sound is: root mean square, peak, and samples that were cut off at full scale. Blocks go through
 * a WebAssembly kernel in pieces; only pieces that reach full scale are looked at sample by sample.
 * Costs about 0.5 ms per 10 s of stereo.
 */
import type { Levels } from '#audio';
import { bytesOfBase64 } from '#kernel';
import { WASM_BASE64 } from './kernels/levels.generated.ts';
import { type SampleBlock, type SampleView, viewOf } from './sample-view.ts';

export interface LevelMeter {
  /** Takes the next samples; nothing of the block is kept. All blocks of a sound have the same channels. */
  push(block: SampleBlock): void;
  /** The figures of everything so far. */
  finish(): Levels;
}

/** Sum of squares and peak of one piece; samples in units of full scale. */
export interface Measure {
  readonly sum: number;
  readonly peak: number;
}

export interface LevelKernel {
  readonly s16: Int16Array;
  readonly f32: Float32Array;
  measureS16(count: number): Measure;
  measureF32(count: number): Measure;
  /** Samples of the buffer in runs at full scale; runs go on from call to call. */
  countClippedS16(count: number, channels: number): number;
  countClippedF32(count: number, channels: number): number;
  /** Ends all runs. */
  endRuns(): void;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  bufferAt(): number;
  peakFound(): number;
  measureS16(count: number): number;
  measureF32(count: number): number;
  countClippedS16(count: number, channels: number): number;
  countClippedF32(count: number, channels: number): number;
  endRuns(): void;
}

/** Samples that the kernel takes at once: few enough that a piece with one peak is soon looked through. */
const PIECE = 4096;
/** A run of this many samples at full scale is clipping; fewer happen in honest masters. Chosen. */
const CLIPPING_RUN = 3;
/** The largest 16-bit sample: what every format must reach to be at full scale. */
const FULL_SCALE = 32_767 / 32_768;

const MODULE = new WebAssembly.Module(bytesOfBase64(WASM_BASE64));

/** The kernel in WebAssembly. */
export function createLevelKernel(): LevelKernel {
  const kernel = new WebAssembly.Instance(MODULE, {}).exports as unknown as Exports;
  const { buffer } = kernel.memory;
  const measured = (sum: number): Measure => ({ sum, peak: kernel.peakFound() });
  return {
    s16: new Int16Array(buffer, kernel.bufferAt(), PIECE),
    f32: new Float32Array(buffer, kernel.bufferAt(), PIECE),
    measureS16: (count) => measured(kernel.measureS16(count)),
    measureF32: (count) => measured(kernel.measureF32(count)),
    countClippedS16: kernel.countClippedS16,
    countClippedF32: kernel.countClippedF32,
    endRuns: kernel.endRuns,
  };
}

/** Starts measuring a sound. */
export function createLevelMeter(kernel: LevelKernel = createLevelKernel()): LevelMeter {
  let [sum, peak, samples, clippedSamples] = [0, 0, 0, 0];

  const measure = (view: SampleView, from: number, count: number, channels: number): void => {
    const target = view.isS16 ? kernel.s16 : kernel.f32;
    view.copy(target, from, count);
    // The kernel rounds up to whole vectors.
    target.fill(0, count, Math.min(PIECE, (count + 15) & ~15));
    const measured = view.isS16 ? kernel.measureS16(count) : kernel.measureF32(count);
    sum += measured.sum;
    peak = Math.max(peak, measured.peak);
    if (measured.peak < FULL_SCALE) kernel.endRuns();
    else
      clippedSamples += view.isS16 ? kernel.countClippedS16(count, channels) : kernel.countClippedF32(count, channels);
  };

  return {
    push(block) {
      const view = viewOf(block);
      const { channels } = block;
      const step = PIECE - (PIECE % channels);
      for (let from = 0; from < view.length; from += step)
        measure(view, from, Math.min(step, view.length - from), channels);
      samples += view.length;
    },
    finish: () => ({ rms: samples === 0 ? 0 : Math.sqrt(sum / samples), peak, clippedSamples }),
  };
}

/** What {@link LevelKernel} computes, in plain TypeScript. `samples` in units of full scale. */
export function measurePlain(samples: ArrayLike<number>): Measure {
  let [sum, peak] = [0, 0];
  for (let i = 0; i < samples.length; i++) {
    const x = Math.min(1e6, Math.abs(samples[i]! || 0));
    sum += x * x;
    peak = Math.max(peak, x);
  }
  return { sum, peak };
}

/** What {@link LevelKernel} counts as clipped in a whole sound, in plain TypeScript. `samples` in units of full scale. */
export function countClippedPlain(samples: ArrayLike<number>, channels: number): number {
  const runs = new Uint32Array(channels);
  let clipped = 0;
  for (let i = 0; i < samples.length; i++) {
    const channel = i % channels;
    const run = Math.abs(samples[i]!) < FULL_SCALE ? 0 : runs[channel]! + 1;
    runs[channel] = run;
    clipped += run > CLIPPING_RUN ? 1 : run === CLIPPING_RUN ? CLIPPING_RUN : 0;
  }
  return clipped;
}
