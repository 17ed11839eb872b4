import { bytesOfBase64 } from '#kernel';
import { WASM_BASE64 } from './kernels/chroma.generated.ts';

/** Pitch classes per frame. */
export const PITCH_CLASSES = 12;

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
  /** Analyses the first `frames` of `starts`. */
  analyse(frames: number): void;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  prepare(samples: number, frames: number): void;
  pcmAt(): number;
  startsAt(): number;
  chromaAt(): number;
  analyse(frames: number): void;
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
    analyse: (frames) => kernel.analyse(frames),
  };
}
