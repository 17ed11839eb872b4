import { bytesOfBase64 } from '#kernel';
import { WASM_BASE64 } from './kernels/chroma.generated.ts';

/** Pitch classes per frame. */
export const PITCH_CLASSES = 12;

/** Twelfths of a semitone per octave: steps of 0.48 per cent in frequency. */
export const FINE_PITCHES = 144;

/** Values per frame of {@link ChromaKernel.fineChroma}. */
export const FINE_VALUES: number = FINE_PITCHES + PITCH_CLASSES;

/** Frames that one call analyses at most. */
export const BATCH_FRAMES = 64;

/** PCM to chroma, in WebAssembly. Its arrays are its own: write `pcm` and `starts`, then read `chroma`. */
export interface ChromaKernel {
  /** The samples in hand. */
  readonly pcm: Int16Array;
  /** The index in `pcm` of each frame's first sample; all {@link FRAME_SAMPLES} must lie inside. */
  readonly starts: Int32Array;
  /** Twelve energies per frame, from A up; overwritten by the next call. */
  readonly chroma: Float64Array;
  /**
   * {@link FINE_VALUES} energies per frame that asked for them: the fine pitches from A up, then the twelve pitch
   * classes within 300 … 3400 Hz, the telephone's band.
   */
  readonly fineChroma: Float32Array;
  /** Analyses the first `frames` of `starts`; `fine`: a bit for each that is wanted in fine pitches, too, the first the lowest. */
  analyse(frames: number, fine: bigint): void;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  prepare(samples: number, frames: number): void;
  pcmAt(): number;
  startsAt(): number;
  chromaAt(): number;
  fineChromaAt(): number;
  analyse(frames: number, fine: bigint): void;
}

/** Compiled once, so that the engine's optimised code serves every fingerprint of the process. */
const MODULE = new WebAssembly.Module(bytesOfBase64(WASM_BASE64));

/** Makes a kernel that holds `samples` samples at a time. */
export function createChromaKernel(samples: number): ChromaKernel {
  const kernel = new WebAssembly.Instance(MODULE, {}).exports as unknown as Exports;
  kernel.prepare(samples, BATCH_FRAMES);
  const { buffer } = kernel.memory;
  return {
    pcm: new Int16Array(buffer, kernel.pcmAt(), samples),
    starts: new Int32Array(buffer, kernel.startsAt(), BATCH_FRAMES),
    chroma: new Float64Array(buffer, kernel.chromaAt(), BATCH_FRAMES * PITCH_CLASSES),
    fineChroma: new Float32Array(buffer, kernel.fineChromaAt(), BATCH_FRAMES * FINE_VALUES),
    analyse: (frames, fine) => kernel.analyse(frames, fine),
  };
}
