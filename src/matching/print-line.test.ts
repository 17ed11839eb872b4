import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestPrintLine } from './print-line.ts';

const items = (length: number, seed: number): Uint32Array =>
  Uint32Array.from({ length }, (_, i) => Math.imul(i * 0x9e3779b1 + seed, 0x85ebca6b) ^ (i << 7));

describe('one fingerprint along another', () => {
  it('lies over itself without an error, and over a cut where it was cut', () => {
    const whole = items(200, 1);
    expect(bestPrintLine(whole, [whole], 10)).toEqual({ errors: 0, overlap: 200 });
    expect(bestPrintLine(whole.subarray(7), [whole], 10)).toEqual({ errors: 0, overlap: 193 });
    expect(bestPrintLine(whole, [whole.subarray(7)], 10)).toEqual({ errors: 0, overlap: 193 });
    expect(bestPrintLine(whole.subarray(30), [whole], 10)?.errors).toBeGreaterThan(0.3);
  });

  it('takes the best of the phases', () => {
    const [one, other] = [items(100, 1), items(100, 2)];
    expect(bestPrintLine(one, [other, one, other], 3)).toEqual({ errors: 0, overlap: 100 });
  });

  it('counts bits', () => {
    const zeros = new Uint32Array(32);
    expect(bestPrintLine(zeros, [new Uint32Array(32).fill(0xff)], 0)).toEqual({ errors: 0.25, overlap: 32 });
    expect(bestPrintLine(zeros, [new Uint32Array(32).fill(0xffffffff)], 0)).toEqual({ errors: 1, overlap: 32 });
  });

  it('says nothing of what is too short', () => {
    expect(bestPrintLine(items(19, 1), [items(100, 1)], 50)).toBeUndefined();
    expect(bestPrintLine(items(100, 1), [], 50)).toBeUndefined();
    expect(bestPrintLine(new Uint32Array(), [new Uint32Array()], 50)).toBeUndefined();
  });

  it('law: is the same both ways', () => {
    const print = fc.uint32Array({ minLength: 20, maxLength: 40 });
    fc.assert(
      fc.property(print, print, fc.nat(20), (a, b, reach) => {
        expect(bestPrintLine(a, [b], reach)?.errors).toBe(bestPrintLine(b, [a], reach)?.errors);
      }),
    );
  });
});
