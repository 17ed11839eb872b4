/**
 * How loud a sound is: root mean square, peak, and samples that were cut off at full scale. Blocks go through
 * a WebAssembly kernel in pieces; only pieces that reach full scale are looked at sample by sample.
 * Costs about 0.5 ms per 10 s of stereo.
 */
import type { Levels } from '#audio';
import { bytesOfBase64 } from '#kernel';
import { WASM_BASE64 } from './kernels/levels.generated.ts';

/** Interleaved little-endian samples; `s24` is packed into three bytes. */
export interface LevelBlock {
  readonly format: 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64';
  readonly channels: number;
  readonly bytes: Uint8Array;
}

export interface LevelMeter {
  /** Takes the next samples; nothing of the block is kept. All blocks of a sound have the same channels. */
  push(block: LevelBlock): void;
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

/** A block's samples in units of full scale. */
interface SampleView {
  readonly length: number;
  /** Goes through the kernel as 16-bit integers; else as floats. */
  readonly isS16: boolean;
  /** Copies samples into the kernel's buffer. */
  copy(target: Int16Array | Float32Array, from: number, count: number): void;
}

function viewOf({ format, bytes }: LevelBlock): SampleView {
  switch (format) {
    case 's16':
      return typed(
        aligned(bytes, 2, (buffer, at, length) => new Int16Array(buffer, at, length)),
        true,
      );
    case 'f32':
      return typed(
        aligned(bytes, 4, (buffer, at, length) => new Float32Array(buffer, at, length)),
        false,
      );
    case 'f64':
      return typed(
        aligned(bytes, 8, (buffer, at, length) => new Float64Array(buffer, at, length)),
        false,
      );
    case 's32':
      return computed(
        aligned(bytes, 4, (buffer, at, length) => new Int32Array(buffer, at, length)),
        2 ** -31,
      );
    case 'u8':
      return view(bytes.length, (index) => (bytes[index]! - 128) / 128);
    case 's24':
      return view(Math.floor(bytes.length / 3), (index) => {
        const at = index * 3;
        return (((bytes[at]! << 8) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 24)) >> 8) / 8_388_608;
      });
  }
}

type Numbers = Int16Array | Float32Array | Float64Array | Int32Array;

function aligned<T>(bytes: Uint8Array, width: number, make: (buffer: ArrayBuffer, at: number, length: number) => T): T {
  const held = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  return make(held.buffer as ArrayBuffer, held.byteOffset, Math.floor(held.length / width));
}

/** Samples that the kernel takes as they are. */
function typed(numbers: Numbers, isS16: boolean): SampleView {
  return {
    length: numbers.length,
    isS16,
    copy: (target, from, count) => target.set(numbers.subarray(from, from + count)),
  };
}

function computed(numbers: Numbers, scale: number): SampleView {
  return view(numbers.length, (index) => numbers[index]! * scale);
}

function view(length: number, at: (index: number) => number): SampleView {
  return {
    length,
    isS16: false,
    copy(target, from, count) {
      for (let i = 0; i < count; i++) target[i] = at(from + i);
    },
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
