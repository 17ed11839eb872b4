/**
 * The filter bank of sketches: narrow bands of the sound, each moved down to 0 Hz, 25 complex values a second. A frame
 * is weighed with a low-pass of 4096 taps, folded onto 512 samples and correlated with one wave per band, which costs
 * a fifth of a transform; the result is turned by the wave's phase at the frame's own time, so that a delay turns a
 * band as a whole and nothing else.
 * @see Crochiere & Rabiner, "Multirate Digital Signal Processing", 1983, section 7.2 (weighted overlap-add)
 */
import { FINGERPRINT_RATE_HZ } from '#audio';
import { bytesOfBase64 } from '#kernel';
import { WASM_BASE64 } from './kernels/sketch.generated.ts';

/** Samples from frame to frame: 25 frames a second. */
export const SKETCH_HOP = 441;
/** Taps of the low-pass; a frame's middle is its time. */
export const SKETCH_FRAME = 4096;
/** Samples that a frame is folded onto: bands lie at multiples of 21.5 Hz. */
const FOLDED = 512;
/** Most frames analysed at once: a second. */
export const BATCH_FRAMES = 25;
/**
 * Middles of the bands, in multiples of 21.5 Hz: 215 to 3531 Hz, nearly even by pitch, no two in a simple ratio, so that
 * the partials of one voice meet some of them.
 */
const BAND_STEPS: readonly number[] = [10, 14, 19, 25, 33, 41, 53, 66, 83, 104, 131, 164];
export const SKETCH_BANDS: number = BAND_STEPS.length;
/** Middle of each band in radians per sample. */
export const BAND_TURNS: readonly number[] = BAND_STEPS.map((step) => (2 * Math.PI * step) / FOLDED);
/**
 * Half width of a band at −6 dB: what lies beyond 25 − 9.5 Hz is damped by 45 dB, so that values between two frames can
 * be interpolated.
 */
const HALF_WIDTH_HZ = 9.5;
const KAISER_BETA = 4;

/** Analyses frames. Holds work space: not reentrant. */
export interface SketchBank {
  /** The caller writes SKETCH_FRAME + (BATCH_FRAMES − 1) · SKETCH_HOP samples at most; frame i starts at i · SKETCH_HOP. */
  readonly pcm: Int16Array;
  /** By frame and band, real and imaginary part. A sine of amplitude A in the middle of a band has the size A / 2. */
  readonly bands: Float32Array;
  /** Analyses `frames` frames, of which the first is frame `first` of the sound. */
  analyse(frames: number, first: number): void;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  pcmAt(): number;
  prototypeAt(): number;
  wavesAt(): number;
  bandsAt(): number;
  analyse(frames: number, bands: number): void;
}

const MODULE = new WebAssembly.Module(bytesOfBase64(WASM_BASE64));
const BUFFER_SAMPLES = SKETCH_FRAME + (BATCH_FRAMES - 1) * SKETCH_HOP;

export function createSketchBank(): SketchBank {
  const kernel = new WebAssembly.Instance(MODULE, {}).exports as unknown as Exports;
  const { buffer } = kernel.memory;
  new Float32Array(buffer, kernel.prototypeAt(), SKETCH_FRAME).set(prototype());
  new Float32Array(buffer, kernel.wavesAt(), 2 * FOLDED * SKETCH_BANDS).set(waves());
  const bands = new Float32Array(buffer, kernel.bandsAt(), 2 * BATCH_FRAMES * SKETCH_BANDS);
  return {
    pcm: new Int16Array(buffer, kernel.pcmAt(), BUFFER_SAMPLES),
    bands,
    analyse(frames, first) {
      kernel.analyse(frames, SKETCH_BANDS);
      turn(bands, frames, first);
    },
  };
}

/** The same without WebAssembly: the definition that the kernel is held against. */
export function createPlainSketchBank(): SketchBank {
  const weights = prototype();
  const table = waves();
  const pcm = new Int16Array(BUFFER_SAMPLES);
  const bands = new Float32Array(2 * BATCH_FRAMES * SKETCH_BANDS);
  const correlation = (frame: number, wave: number): number => {
    let sum = 0;
    for (let i = 0; i < SKETCH_FRAME; i++) {
      sum += pcm[frame * SKETCH_HOP + i]! * weights[i]! * table[wave * FOLDED + (i % FOLDED)]!;
    }
    return sum;
  };
  return {
    pcm,
    bands,
    analyse(frames, first) {
      for (let i = 0; i < frames * SKETCH_BANDS; i++) {
        const [frame, band] = [Math.floor(i / SKETCH_BANDS), i % SKETCH_BANDS];
        bands[2 * i] = correlation(frame, 2 * band);
        bands[2 * i + 1] = 0 - correlation(frame, 2 * band + 1);
      }
      turn(bands, frames, first);
    },
  };
}

/** Moves each band to 0 Hz: takes the phase that its wave has at the time of the frame. */
function turn(bands: Float32Array, frames: number, first: number): void {
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < SKETCH_BANDS; band++) {
      const steps = (BAND_STEPS[band]! * (((first + frame) * SKETCH_HOP) % FOLDED)) % FOLDED;
      const angle = (-2 * Math.PI * steps) / FOLDED;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      const at = 2 * (frame * SKETCH_BANDS + band);
      const [re, im] = [bands[at]!, bands[at + 1]!];
      bands[at] = re * cos - im * sin;
      bands[at + 1] = re * sin + im * cos;
    }
  }
}

/** A sinc under a Kaiser window, of gain 1 at 0 Hz. Symmetric about tap 2048, so that a frame's phase is that of its middle. */
function prototype(): Float32Array {
  const middle = SKETCH_FRAME / 2;
  const taps = Float64Array.from({ length: SKETCH_FRAME }, (_, i) => {
    const distance = i - middle;
    const angle = (2 * Math.PI * HALF_WIDTH_HZ * distance) / FINGERPRINT_RATE_HZ;
    const sinc = distance === 0 ? 1 : Math.sin(angle) / angle;
    return sinc * bessel(KAISER_BETA * Math.sqrt(1 - (distance / middle) ** 2));
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return Float32Array.from(taps, (tap) => tap / sum);
}

/** The modified Bessel function of order 0, by its power series. */
function bessel(x: number): number {
  let [term, sum] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** For each band the cosines and then the sines over the folded frame. */
function waves(): Float32Array {
  const table = new Float32Array(2 * FOLDED * SKETCH_BANDS);
  BAND_STEPS.forEach((step, band) => {
    for (let i = 0; i < FOLDED; i++) {
      const angle = (2 * Math.PI * ((step * i) % FOLDED)) / FOLDED;
      table[2 * band * FOLDED + i] = Math.cos(angle);
      table[(2 * band + 1) * FOLDED + i] = Math.sin(angle);
    }
  });
  return table;
}
