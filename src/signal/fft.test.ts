import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRealFft } from './fft.ts';
import { plainForward, plainInverse } from './fft-plain.ts';

const SIZES = [64, 128, 256, 512, 1024, 2048, 4096, 16_384, 65_536];

/** Deterministic samples in [-1, 1). */
function noise(size: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function forwardOf(samples: Float32Array): { re: Float32Array; im: Float32Array } {
  const fft = createRealFft(samples.length);
  const re = new Float32Array(fft.bins);
  const im = new Float32Array(fft.bins);
  fft.forward(samples, re, im);
  return { re, im };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs((a[i] ?? 0) - (b[i] ?? 0)));
  return largest;
}

describe('the transform of real signals', () => {
  it.each(SIZES)('agrees with its plain twin at %i samples, both ways', (size) => {
    const samples = noise(size, size);
    const plain = plainForward(samples);
    const { re, im } = forwardOf(samples);
    const tolerance = 1e-6 * Math.sqrt(size);
    expect(largestDifference(re, plain.re)).toBeLessThan(tolerance);
    expect(largestDifference(im, plain.im)).toBeLessThan(tolerance);
    const back = new Float32Array(size);
    createRealFft(size).inverse(re, im, back);
    expect(largestDifference(back, samples)).toBeLessThan(2e-6);
    expect(largestDifference(plainInverse(plain), samples)).toBeLessThan(1e-12);
  });

  it('puts a cosine into its bin and a sine into the imaginary part, with the sign of exp(-i)', () => {
    const { re, im } = forwardOf(Float32Array.from({ length: 128 }, (_, n) => Math.cos((2 * Math.PI * 5 * n) / 128)));
    expect(re[5]).toBeCloseTo(64, 4);
    expect(im[5]).toBeCloseTo(0, 4);
    const sine = forwardOf(Float32Array.from({ length: 128 }, (_, n) => Math.sin((2 * Math.PI * 5 * n) / 128)));
    expect(sine.im[5]).toBeCloseTo(-64, 4);
  });

  it('finds a shift by cross-correlation', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1023 }), fc.integer(), (shift, seed) => {
        const a = noise(1024, seed);
        const b = a.map((_, n) => a[(n + shift) % 1024] ?? 0);
        const [x, y] = [forwardOf(a), forwardOf(b)];
        const re = x.re.map((value, k) => value * y.re[k]! + x.im[k]! * y.im[k]!);
        const im = x.re.map((value, k) => x.im[k]! * y.re[k]! - value * y.im[k]!);
        const correlation = new Float32Array(1024);
        createRealFft(1024).inverse(re, im, correlation);
        expect(correlation.indexOf(Math.max(...correlation))).toBe(shift);
      }),
      { numRuns: 20 },
    );
  });

  it('may be used again and again, with views and longer arrays', () => {
    const fft = createRealFft(64);
    const store = new Float32Array(200);
    const samples = noise(64, 7);
    const first = forwardOf(samples);
    for (let round = 0; round < 3; round++) {
      fft.forward(samples, store.subarray(0, 100), store.subarray(100));
      fft.inverse(store.subarray(0, 100), store.subarray(100), new Float32Array(64));
    }
    expect([...store.subarray(0, 33)]).toEqual([...first.re]);
    expect([...store.subarray(100, 133)]).toEqual([...first.im]);
  });

  it('refuses sizes it has no transform for', () => {
    for (const size of [0, 32, 100, 131_072]) expect(() => createRealFft(size)).toThrow(/no transform/);
  });
});
