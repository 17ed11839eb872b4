/** The sums of a slot, frame by frame and bin by bin. The reference that the kernel is held against. */
import { createRealFft } from './fft.ts';
import {
  CELLS_PER_SLOT,
  FRAME_BINS,
  FRAME_HOP,
  FRAME_SIZE,
  FRAMES_PER_CELL,
  READ_SAMPLES,
  type SlotSpectra,
  type SlotSums,
} from './slot-spectra.ts';

const WINDOW = Float32Array.from(
  { length: FRAME_SIZE },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / FRAME_SIZE),
);

interface Spectrum {
  readonly re: Float32Array;
  readonly im: Float32Array;
}

const newBins = (): Float32Array => new Float32Array(FRAME_BINS);
const newSums = (): SlotSums => ({ aa: newBins(), bb: newBins(), re: newBins(), im: newBins() });

/** Makes a twin. */
export function createPlainSlotSpectra(): SlotSpectra {
  const fft = createRealFft(FRAME_SIZE);
  const [a, b] = [new Float32Array(READ_SAMPLES), new Float32Array(READ_SAMPLES)];
  const [cellsA, cellsB] = [a, b].map(() => Array.from({ length: CELLS_PER_SLOT }, newBins)) as [
    Float32Array[],
    Float32Array[],
  ];
  const sums: [SlotSums, SlotSums] = [newSums(), newSums()];

  function spectrumOf(samples: Float32Array, from: number): Spectrum {
    const frame = samples.slice(from, from + FRAME_SIZE);
    for (let i = 0; i < FRAME_SIZE; i++) frame[i] = frame[i]! * WINDOW[i]!;
    const spectrum = { re: newBins(), im: newBins() };
    fft.forward(frame, spectrum.re, spectrum.im);
    return spectrum;
  }

  return {
    a,
    b,
    cellsA,
    cellsB,
    sums,
    sum(place) {
      for (const all of [...Object.values(sums[place]), ...cellsA, ...cellsB]) all.fill(0);
      for (let frame = 0; frame < FRAMES_PER_CELL * CELLS_PER_SLOT; frame++) {
        const [one, other] = [spectrumOf(a, frame * FRAME_HOP), spectrumOf(b, frame * FRAME_HOP)];
        const cell = Math.floor(frame / FRAMES_PER_CELL);
        addFrame(one, other, sums[place], cellsA[cell]!, cellsB[cell]!);
      }
    },
  };
}

function addFrame(a: Spectrum, b: Spectrum, sums: SlotSums, cellA: Float32Array, cellB: Float32Array): void {
  for (let k = 0; k < FRAME_BINS; k++) {
    const [ar, ai, br, bi] = [a.re[k]!, a.im[k]!, b.re[k]!, b.im[k]!];
    cellA[k] = cellA[k]! + ar * ar + ai * ai;
    cellB[k] = cellB[k]! + br * br + bi * bi;
    sums.aa[k] = sums.aa[k]! + ar * ar + ai * ai;
    sums.bb[k] = sums.bb[k]! + br * br + bi * bi;
    sums.re[k] = sums.re[k]! + ar * br + ai * bi;
    sums.im[k] = sums.im[k]! + ar * bi - ai * br;
  }
}
