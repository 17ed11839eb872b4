/**
 * The Fourier transform of real signals, for cross-correlation and coherence.
 *
 *     createRealFft(size: number): RealFft              // size: a power of two, 64 … 65,536
 *     fft.forward(samples, re, im): void                // Float32Array(size) → two Float32Array(size/2 + 1)
 *     fft.inverse(re, im, samples): void                // and back; inverse(forward(x)) = x
 *
 * Layout: split complex. `re[k] + i·im[k]` is the bin at k · sampleRate / size for k = 0 … size/2, both
 * ends included (their imaginary parts are 0); `forward` is unscaled: X[k] = Σ x[n]·exp(−2πi·k·n / size).
 * Computed in 32-bit floats by a WebAssembly kernel: deterministic, error about 1e-7 of the largest bin.
 * To correlate, multiply one spectrum by the conjugate of the other and invert; pad with zeros first
 * where the wrap-around is unwanted.
 */
import { bytesOfBase64, invariant } from '#kernel';
import { WASM_BASE64 } from './kernels/fft.generated.ts';

/** One size of transform with its own work space. Not reentrant; cheap to use, so make it once and keep it. */
export interface RealFft {
  /** Samples per transform. */
  readonly size: number;
  /** Bins per spectrum: size / 2 + 1. */
  readonly bins: number;
  /**
   * Samples to spectrum. `samples` has `size` values, `re` and `im` have at least `bins`; all stay the
   * caller's and may be views into larger arrays. The samples are left alone.
   */
  forward(samples: Float32Array, re: Float32Array, im: Float32Array): void;
  /** Spectrum to samples, scaled by 1/size. The imaginary parts of the first and last bin are ignored. */
  inverse(re: Float32Array, im: Float32Array, samples: Float32Array): void;
}

interface FftKernel {
  readonly memory: WebAssembly.Memory;
  prepare(size: number): void;
  samplesAt(): number;
  realAt(): number;
  imaginaryAt(): number;
  forward(): void;
  inverse(): void;
}

/** Compiled once, so that the engine's optimised code serves every transform of the process. */
const MODULE = new WebAssembly.Module(bytesOfBase64(WASM_BASE64));

/** Makes a transform of `size` samples, a power of two from 64 to 65,536. Takes about a millisecond per 16,384. */
export function createRealFft(size: number): RealFft {
  invariant(size >= 64 && size <= 65_536 && Number.isInteger(Math.log2(size)), `no transform of ${size} samples`);
  const bins = size / 2 + 1;
  const kernel = new WebAssembly.Instance(MODULE, {}).exports as unknown as FftKernel;
  kernel.prepare(size);
  const { buffer } = kernel.memory;
  const time = new Float32Array(buffer, kernel.samplesAt(), size);
  const real = new Float32Array(buffer, kernel.realAt(), bins);
  const imaginary = new Float32Array(buffer, kernel.imaginaryAt(), bins);
  return {
    size,
    bins,
    forward(samples, re, im) {
      time.set(samples);
      kernel.forward();
      re.set(real);
      im.set(imaginary);
    },
    inverse(re, im, samples) {
      real.set(re.length === bins ? re : re.subarray(0, bins));
      imaginary.set(im.length === bins ? im : im.subarray(0, bins));
      imaginary[0] = 0;
      imaginary[bins - 1] = 0;
      kernel.inverse();
      samples.set(time);
    },
  };
}
