import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createChromaKernel, PITCH_CLASSES } from './chroma.ts';
import { plainChroma } from './chroma-plain.ts';
import { FRAME_SAMPLES, SAMPLE_RATE } from './constants.ts';

function kernelChroma(pcm: Int16Array, starts: readonly number[]): Float64Array[] {
  const kernel = createChromaKernel(pcm.length);
  kernel.pcm.set(pcm);
  kernel.starts.set(starts);
  kernel.analyse(starts.length);
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
