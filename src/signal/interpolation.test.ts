import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { music } from '../../test/support/music.ts';
import { createInterpolator } from './interpolation.ts';
import { createPlainInterpolator } from './interpolation-plain.ts';

const kernel = createInterpolator();
const plain = createPlainInterpolator();
const pcm = Int16Array.from(music(1, 3, { peak: 32_000 }));

/** What both make of the same, to the rounding of 32-bit floats. */
function expectAgreement(position: number, step: number, length: number): void {
  const [fast, slow] = [kernel, plain].map((one) => {
    const out = new Float32Array(length).fill(Number.NaN);
    one.interpolate(pcm, position, step, out);
    return out;
  }) as [Float32Array, Float32Array];
  const furthest = fast.reduce((most, value, i) => Math.max(most, Math.abs(value - slow[i]!)), 0);
  expect(furthest).toBeLessThan(0.02);
}

const anyPosition = fc.double({ min: -3000, max: pcm.length + 3000, noNaN: true });

describe('the kernel interpolates as its plain twin does', () => {
  it('anywhere, at any speed, within the sound and beyond its ends', () => {
    const anyStep = fc.oneof(
      fc.double({ min: 0.2, max: 3, noNaN: true }),
      fc.constantFrom(0.25, 1, 1 / 1.0427, 1.0001),
    );
    fc.assert(fc.property(anyPosition, anyStep, fc.nat({ max: 6000 }), expectAgreement), { numRuns: 60 });
  });

  it('half-way between two fractions, and where the last fraction is the next sample', () => {
    for (const fraction of [1 / 1024, 3 / 1024, 511.5 / 512, 511.75 / 512, 1 - 2 ** -40]) {
      expectAgreement(1000 + fraction, 1, 50);
      expectAgreement(-20 + fraction, 1, 50);
    }
  });

  it('at speeds that leave hardly a result a call', () => expectAgreement(0.5, 5000, 20));
});

it('gives samples back at their own places', () => {
  const out = new Float32Array(5000);
  kernel.interpolate(pcm, 100, 1, out);
  expect(out.every((value, i) => Math.abs(value - pcm[100 + i]!) < 1e-3)).toBe(true);
});
