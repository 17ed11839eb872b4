/**
 * What coherence sums over a slot of two sounds that lie over each other: Hann-windowed spectra of 512 samples, half
 * overlapping, in WebAssembly. Deterministic; its plain twin differs by the rounding of 32-bit floats alone.
 */
import { bytesOfBase64 } from '#kernel';
import { WASM_BASE64 } from './kernels/slot-spectra.generated.ts';

/** Samples per frame. */
export const FRAME_SIZE = 512;
/** Samples from one frame to the next. */
export const FRAME_HOP = 256;
export const FRAMES_PER_CELL = 6;
export const CELLS_PER_SLOT = 7;
const FRAMES_PER_SLOT = FRAMES_PER_CELL * CELLS_PER_SLOT;
/** Samples of a per slot: 0.975 s. */
export const SLOT_SAMPLES: number = FRAMES_PER_SLOT * FRAME_HOP;
/** Samples read for one slot: its frames overlap into the next. */
export const READ_SAMPLES: number = SLOT_SAMPLES - FRAME_HOP + FRAME_SIZE;
/** Bins of a spectrum. */
export const FRAME_BINS: number = FRAME_SIZE / 2 + 1;

/** By bin, summed over the frames of a slot: energies of both, and their cross-spectrum. */
export interface SlotSums {
  readonly aa: Float32Array;
  readonly bb: Float32Array;
  readonly re: Float32Array;
  readonly im: Float32Array;
}

/** Sums slots. All arrays are its own: write `a` and `b`, call `sum`, read the rest. */
export interface SlotSpectra {
  /** {@link READ_SAMPLES} samples of each sound. */
  readonly a: Float32Array;
  readonly b: Float32Array;
  /** By {@link CELLS_PER_SLOT}: energy by bin, of the slot summed last. */
  readonly cellsA: readonly Float32Array[];
  readonly cellsB: readonly Float32Array[];
  /** Two places for sums, so that a slot can be joined with the one before. */
  readonly sums: readonly [SlotSums, SlotSums];
  /** Sums the slot in hand to one of the places. */
  sum(place: 0 | 1): void;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  prepare(size: number, hop: number, framesPerCell: number, cells: number): void;
  aAt(): number;
  bAt(): number;
  powersAt(): number;
  sumsAt(which: number): number;
  sum(which: number): void;
}

/** 32-bit floats from one array of bins to the next in the kernel. */
const STRIDE = FRAME_SIZE / 2 + 4;
const FLOAT_BYTES = 4;

const MODULE = new WebAssembly.Module(bytesOfBase64(WASM_BASE64));

/** Makes a kernel with work space for one slot. */
export function createSlotSpectra(): SlotSpectra {
  const kernel = new WebAssembly.Instance(MODULE, {}).exports as unknown as Exports;
  kernel.prepare(FRAME_SIZE, FRAME_HOP, FRAMES_PER_CELL, CELLS_PER_SLOT);
  const { buffer } = kernel.memory;
  const bins = (from: number, n: number): Float32Array =>
    new Float32Array(buffer, from + n * STRIDE * FLOAT_BYTES, FRAME_BINS);
  const cells = (side: 0 | 1): Float32Array[] =>
    Array.from({ length: CELLS_PER_SLOT }, (_, cell) => bins(kernel.powersAt(), 2 * cell + side));
  const sums = (place: 0 | 1): SlotSums => {
    const at = kernel.sumsAt(place);
    return { aa: bins(at, 0), bb: bins(at, 1), re: bins(at, 2), im: bins(at, 3) };
  };
  return {
    a: new Float32Array(buffer, kernel.aAt(), READ_SAMPLES),
    b: new Float32Array(buffer, kernel.bAt(), READ_SAMPLES),
    cellsA: cells(0),
    cellsB: cells(1),
    sums: [sums(0), sums(1)],
    sum: (place) => kernel.sum(place),
  };
}
