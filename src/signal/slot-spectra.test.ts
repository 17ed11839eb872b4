import { describe, expect, it } from 'vitest';
import { music, noise } from '../../test/support/music.ts';
import { createSlotSpectra, FRAME_BINS, READ_SAMPLES, type SlotSpectra } from './slot-spectra.ts';
import { createPlainSlotSpectra } from './slot-spectra-plain.ts';

const SECONDS = 1.1;
const kernel = createSlotSpectra();
const plain = createPlainSlotSpectra();

function both(a: Float32Array, b: Float32Array, place: 0 | 1): void {
  for (const spectra of [kernel, plain]) {
    spectra.a.set(a.subarray(0, READ_SAMPLES));
    spectra.b.set(b.subarray(0, READ_SAMPLES));
    spectra.sum(place);
  }
}

const mixed = (one: Float32Array, other: Float32Array): Float32Array => one.map((value, i) => value + other[i]!);

const loudest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, value), 0);

/** Every figure, to what 32-bit floats leave of 42 products: of itself, in a transform that holds the loudest bin. */
function expectAgreement(figures: (spectra: SlotSpectra) => Float32Array, scale: (bin: number) => number): void {
  const [fast, slow] = [figures(kernel), figures(plain)];
  for (let bin = 0; bin < FRAME_BINS; bin++) {
    expect(Math.abs(fast[bin]! - slow[bin]!)).toBeLessThanOrEqual(3e-6 * scale(bin));
  }
}

function expectAllAgree(place: 0 | 1): void {
  const { aa, bb } = plain.sums[place];
  const [mostA, mostB] = [1e-9 * loudest(aa), 1e-9 * loudest(bb)];
  expectAgreement(
    ({ sums }) => sums[place].aa,
    (bin) => aa[bin]! + mostA,
  );
  expectAgreement(
    ({ sums }) => sums[place].bb,
    (bin) => bb[bin]! + mostB,
  );
  const both = (bin: number): number => Math.sqrt((aa[bin]! + mostA) * (bb[bin]! + mostB));
  expectAgreement(({ sums }) => sums[place].re, both);
  expectAgreement(({ sums }) => sums[place].im, both);
  plain.cellsA.forEach((cell, n) => {
    expectAgreement(
      ({ cellsA }) => cellsA[n]!,
      (bin) => cell[bin]! + mostA,
    );
  });
  plain.cellsB.forEach((cell, n) => {
    expectAgreement(
      ({ cellsB }) => cellsB[n]!,
      (bin) => cell[bin]! + mostB,
    );
  });
}

describe('the kernel sums as its plain twin does', () => {
  it.each([
    ['music and the same with noise', music(1, SECONDS), mixed(music(1, SECONDS), noise(2, SECONDS, 500))],
    ['unrelated music, one of it soft', music(3, SECONDS), music(4, SECONDS, { peak: 30 })],
    ['noise and music', noise(5, SECONDS, 3000), music(6, SECONDS)],
  ])('%s', (_, a, b) => {
    both(a, b, 0);
    expectAllAgree(0);
    both(b, a, 1);
    expectAllAgree(1);
  });

  it('silence to nothing at all, also after sound', () => {
    both(music(1, SECONDS), music(2, SECONDS), 1);
    both(music(1, SECONDS), new Float32Array(READ_SAMPLES), 1);
    for (const spectra of [kernel, plain]) {
      const { bb, re, im } = spectra.sums[1];
      for (const figures of [bb, re, im, ...spectra.cellsB]) expect(figures.every((value) => value === 0)).toBe(true);
    }
  });
});

it('keeps the sums of one place while the other is written', () => {
  both(music(1, SECONDS), music(2, SECONDS), 0);
  const kept = kernel.sums[0].aa.slice();
  both(music(3, SECONDS), music(4, SECONDS), 1);
  expect(kernel.sums[0].aa).toEqual(kept);
});
