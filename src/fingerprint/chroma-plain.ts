/** What the chroma kernel computes, in plain double precision. The reference that the kernel is held against. */
import { plainForward } from '#signal';
import { PITCH_CLASSES } from './chroma.ts';
import { FRAME_SAMPLES, SAMPLE_RATE } from './constants.ts';

const FIRST_BIN = Math.round((FRAME_SAMPLES * 28) / SAMPLE_RATE);
const END_BIN = Math.round((FRAME_SAMPLES * 3520) / SAMPLE_RATE);
const BASE_HZ = 27.5;

/** The energies of the pitch classes, from A up, in one frame; `classes` of them an octave. */
export function plainChroma(frame: Int16Array, classes: number = PITCH_CLASSES): Float64Array {
  const { re, im } = plainForward(Float64Array.from(frame, (sample, i) => sample * hamming(i)));
  const energies = new Float64Array(classes);
  for (let bin = FIRST_BIN; bin < END_BIN; bin++) {
    const octave = Math.log2((bin * SAMPLE_RATE) / FRAME_SAMPLES / BASE_HZ);
    const pitch = Math.floor(classes * (octave - Math.floor(octave)));
    energies[pitch] = energies[pitch]! + re[bin]! ** 2 + im[bin]! ** 2;
  }
  return energies;
}

function hamming(index: number): number {
  return (0.54 - 0.46 * Math.cos((2 * Math.PI * index) / (FRAME_SAMPLES - 1))) / 32_767;
}
