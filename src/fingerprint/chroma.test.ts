import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createChromaKernel, FINE_PITCHES, FINE_VALUES, PITCH_CLASSES } from './chroma.ts';
import { plainChroma } from './chroma-plain.ts';
import { FRAME_SAMPLES, SAMPLE_RATE } from './constants.ts';

function kernelChroma(pcm: Int16Array, starts: readonly number[]): Float64Array[] {
  const kernel = createChromaKernel(pcm.length);
  kernel.pcm.set(pcm);
  kernel.starts.set(starts);
  kernel.analyse(starts.length, 0n);
  return starts.map((_, i) => kernel.chroma.slice(i * PITCH_CLASSES, (i + 1) * PITCH_CLASSES));
}

function noise(seed: number, strength: number): Int16Array {
  let state = seed >>> 0;
  return Int16Array.from({ length: FRAME_SAMPLES + 9 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.round((state / 2 ** 31 - 1) * strength);
  });
}

const toneOf = (hz: number): Int16Array =>
  Int16Array.from({ length: FRAME_SAMPLES }, (_, n) => 12_000 * Math.sin((2 * Math.PI * hz * n) / SAMPLE_RATE));

describe('the chroma kernel', () => {
  it('agrees with its plain twin on noise of any strength', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 32_767 }), (seed, strength) => {
        const pcm = noise(seed, strength);
        const starts = [0, 9, 4];
        for (const [index, energies] of kernelChroma(pcm, starts).entries()) {
          const plain = plainChroma(pcm.subarray(starts[index], starts[index]! + FRAME_SAMPLES));
          for (const [pitch, energy] of energies.entries()) expect(energy / plain[pitch]!).toBeCloseTo(1, 5);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('agrees with its plain twin in twelfths of a semitone, for the frames that are asked for', () => {
    const pcm = noise(7, 9_000);
    const kernel = createChromaKernel(pcm.length);
    kernel.pcm.set(pcm);
    kernel.starts.set([0, 9, 4]);
    kernel.analyse(3, 0b101n);
    for (const [index, start] of [[0, 0] as const, [2, 4] as const]) {
      const fine = kernel.fineChroma.subarray(index * FINE_VALUES, index * FINE_VALUES + FINE_PITCHES);
      const plain = plainChroma(pcm.subarray(start, start + FRAME_SAMPLES), FINE_PITCHES);
      for (const [pitch, energy] of fine.entries()) expect(energy / plain[pitch]!).toBeCloseTo(1, 4);
    }
    expect(kernel.fineChroma.slice(FINE_VALUES, 2 * FINE_VALUES).every((energy) => energy === 0)).toBe(true);
  });

  it('hears in the band of a telephone what lies in it, and nothing else', () => {
    const inBand = (hz: number): Float32Array => {
      const kernel = createChromaKernel(FRAME_SAMPLES);
      kernel.pcm.set(toneOf(hz));
      kernel.starts.set([0]);
      kernel.analyse(1, 1n);
      return kernel.fineChroma.slice(FINE_PITCHES, FINE_VALUES);
    };
    expect(inBand(449).indexOf(Math.max(...inBand(449)))).toBe(0);
    expect(Math.max(...inBand(200))).toBeLessThan(1e-4 * Math.max(...inBand(449)));
  });

  it.each([
    ['A', 440 * 1.02, 0],
    ['C sharp', 277.18 * 1.02, 4],
    ['G', 784 * 1.02, 10],
    ['A at the top', 3500, 11],
  ])('hears %s in its pitch class', (_, hz, pitch) => {
    const [energies] = kernelChroma(toneOf(hz), [0]);
    expect(energies!.indexOf(Math.max(...energies!))).toBe(pitch);
  });

  it('hears nothing in silence', () => {
    expect(kernelChroma(new Int16Array(FRAME_SAMPLES), [0])).toEqual([new Float64Array(PITCH_CLASSES)]);
  });
});
