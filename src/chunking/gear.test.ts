import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGear, type Gear } from './gear.ts';
import { createPlainGear } from './gear-plain.ts';

const SIZES = { least: 64, average: 256, most: 1024 };
const ROOM = 8192;

/** Bytes that are partly noise, partly one value again and again. */
const someBytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 900 }),
      fc
        .tuple(fc.nat(255), fc.integer({ min: 1, max: 1500 }))
        .map(([byte, length]) => new Uint8Array(length).fill(byte)),
    ),
    { maxLength: 5 },
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])).subarray(0, ROOM));

function cutsOf(gear: Gear, bytes: Uint8Array, from = 0): number[] {
  gear.window.set(bytes);
  const cuts: number[] = [];
  for (let at = gear.nextCut(from, bytes.length); at !== -1; at = gear.nextCut(at, bytes.length)) cuts.push(at);
  return cuts;
}

function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

describe('a gear', () => {
  const kernel = createGear(SIZES, ROOM, ROOM);
  const plain = createPlainGear(SIZES, ROOM, ROOM);

  it('cuts and knows places as its plain twin does', () => {
    fc.assert(
      fc.property(someBytes, (bytes) => {
        const cuts = cutsOf(kernel, bytes);
        expect(cuts).toEqual(cutsOf(plain, bytes));
        for (const cut of cuts) expect(kernel.keyAt(cut)).toBe(plain.keyAt(cut));
      }),
    );
  });

  it('compares as its plain twin does, both ways', () => {
    fc.assert(
      fc.property(someBytes, fc.nat(200), fc.nat(ROOM), (bytes, shift, flip) => {
        const changed = Uint8Array.from(bytes);
        if (flip < changed.length) changed[flip]! ^= 1;
        for (const gear of [kernel, plain]) {
          gear.window.set(bytes);
          gear.other.set(changed.subarray(0, ROOM - shift), shift);
        }
        const length = Math.min(bytes.length, ROOM - shift);
        expect(kernel.agreeForward(0, shift, length)).toBe(Math.min(flip, length));
        expect(plain.agreeForward(0, shift, length)).toBe(Math.min(flip, length));
        const back = flip < length ? length - flip - 1 : length;
        expect(kernel.agreeBackward(length, shift + length, length)).toBe(back);
        expect(plain.agreeBackward(length, shift + length, length)).toBe(back);
      }),
    );
  });

  it('keeps to the sizes, and cuts at the largest where nothing else says so', () => {
    fc.assert(
      fc.property(someBytes, (bytes) => {
        let start = 0;
        for (const cut of cutsOf(kernel, bytes)) {
          expect(cut - start).toBeGreaterThanOrEqual(SIZES.least);
          expect(cut - start).toBeLessThanOrEqual(SIZES.most);
          start = cut;
        }
        expect(bytes.length - start).toBeLessThan(SIZES.most);
      }),
    );
  });

  it('finds its cuts again behind bytes that were put in front', () => {
    const bytes = noise(6000, 1);
    const moved = new Uint8Array(6777);
    moved.set(noise(777, 2));
    moved.set(bytes, 777);
    const before = new Set(cutsOf(kernel, bytes).map((cut) => cut + 777));
    const again = cutsOf(kernel, moved).filter((cut) => before.has(cut));
    expect(before.size).toBeGreaterThan(10);
    expect(again.length).toBeGreaterThanOrEqual(before.size - 1);
  });

  it('makes chunks of the average size on noise', () => {
    const long = createGear({ least: 64, average: 4096, most: 32768 }, 1 << 22, 16);
    const bytes = noise(1 << 22, 3);
    const cuts = cutsOf(long, bytes);
    const mean = cuts.at(-1)! / cuts.length;
    expect(mean).toBeGreaterThan(4096 * 0.8);
    expect(mean).toBeLessThan(4096 * 1.3);
  });
});
