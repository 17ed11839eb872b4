import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressFingerprint } from '#fingerprint';
import { createRandom } from '../../test/support/music.ts';
import { type BitErrorKernel, createBitErrorKernel, type Extensions } from './bit-error-kernel.ts';
import { createPlainBitErrors } from './bit-error-plain.ts';
import type { PhaseItems } from './code-index.ts';

const THRESHOLD = 11;
const NONE = new Uint32Array(0);
const kernel = createBitErrorKernel();
const plain = createPlainBitErrors();

function randomItems(seed: number, length: number): Uint32Array {
  const random = createRandom(seed);
  return Uint32Array.from({ length }, () => random() * 2 ** 32);
}

/** The same items with about one bit in `every` turned over. */
function worn(items: Uint32Array, seed: number, every: number): Uint32Array {
  const random = createRandom(seed);
  return items.map((item) => {
    for (let bit = 0; bit < 32; bit++) if (random() < 1 / every) item ^= 1 << bit;
    return item;
  });
}

/** Items that differ from those of other seeds in anything from no bits to all: no score is rare, and equal ones are frequent. */
const anyItems = (maxLength: number): fc.Arbitrary<Uint32Array> =>
  fc
    .array(fc.oneof(fc.constantFrom(0, 0x7ff, 0xffff, 0xfff, 0xffff_ffff), fc.nat({ max: 0xffff_ffff })), { maxLength })
    .map((items) => Uint32Array.from(items));

const anyQuestion = fc.tuple(anyItems(150), anyItems(150), anyItems(150), anyItems(150));
const anyLines = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: -650, max: 650 })), { maxLength: 20 });

/** What both answer after the same preparations, which leave tracks 0 … 2. */
function both<T>(
  tracks: readonly Uint32Array[],
  question: PhaseItems,
  asked: (one: BitErrorKernel) => T,
): [fast: T, plain: T] {
  const [fast, slow] = [kernel, plain].map((one) => {
    one.clear();
    one.ask(question);
    for (const track of tracks) one.add(track);
    return asked(one);
  });
  return [fast as T, slow as T];
}

const linesOf = (lines: readonly (readonly [number, number])[]): [Int32Array, Int32Array] => [
  Int32Array.from(lines, ([track]) => track),
  Int32Array.from(lines, ([, place]) => place),
];

describe('the kernel counts as its plain twin does', () => {
  it('along any lines', () => {
    fc.assert(
      fc.property(
        fc.tuple(anyItems(150), anyItems(40), anyItems(5)),
        anyQuestion,
        anyLines,
        (tracks, question, lines) => {
          const [fast, slow] = both(tracks, question, (one) => one.compare(...linesOf(lines)));
          expect(fast).toEqual(slow);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('in the best stretch along any lines, for any threshold', () => {
    const anyThreshold = fc.nat({ max: 32 });
    fc.assert(
      fc.property(
        fc.tuple(anyItems(150), anyItems(40), anyItems(5)),
        anyQuestion,
        anyLines,
        anyThreshold,
        (tracks, question, lines, threshold) => {
          const [fast, slow] = both(tracks, question, (one) => one.extend(...linesOf(lines), threshold));
          expect(fast).toEqual(slow);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([31, 32, 33, 992, 993, 1900, 2500])('over %i items at every place', (length) => {
    const track = randomItems(1, length);
    const question = [2, 3, 4, 5].map((seed) => randomItems(seed, 1100)) as unknown as PhaseItems;
    const [fast, slow] = both([track], question, (one) => one.compareAt(0, -40, 40));
    expect(fast).toEqual(slow);
    const places = Int32Array.from({ length: 60 }, (_, n) => 70 * n - 2000);
    const [fastest, best] = both([track], question, (one) => one.extend(new Int32Array(60), places, THRESHOLD));
    expect(fastest).toEqual(best);
  });

  it('where every bit differs, for thousands of items', () => {
    const track = randomItems(1, 5000);
    const [fast, slow] = both([track], [track.map((item) => ~item), NONE, NONE, NONE], (one) => one.compareAt(0, 0, 1));
    expect(fast).toEqual(slow);
    expect(fast.bits[0]).toBe(160_000);
  });

  it('along more lines than one call takes', () => {
    const tracks = [randomItems(1, 20), randomItems(2, 30), randomItems(3, 25)];
    const lines = Array.from({ length: 2500 }, (_, n) => [n % 3, (n % 90) - 45] as const);
    const question: PhaseItems = [randomItems(4, 20), randomItems(5, 19), NONE, randomItems(6, 19)];
    const [fast, slow] = both(tracks, question, (one) => one.extend(...linesOf(lines), 14));
    expect(fast).toEqual(slow);
  });

  it('of what is equal for longer than sixteen bits could add up', () => {
    const long = randomItems(1, 100_000);
    const [fast, slow] = both([long], [long, NONE, NONE, NONE], (one) =>
      one.extend(Int32Array.of(0), Int32Array.of(0), 32),
    );
    expect(fast).toEqual(slow);
    expect(fast.score[0]).toBe(3_200_000);
  });
});

function extended(a: Uint32Array, b: PhaseItems, place: number): Record<'score' | 'first' | 'items' | 'bits', number> {
  kernel.clear();
  kernel.ask(b);
  const { score, first, stretch } = kernel.extend(
    Int32Array.of(kernel.add(a)),
    Int32Array.of(place),
    THRESHOLD,
  ) as Extensions;
  return { score: score[0]!, first: first[0]!, items: stretch.items[0]!, bits: stretch.bits[0]! };
}

describe('the best stretch', () => {
  it('is where music was planted, at the phase that belongs to the place', () => {
    const fragment = fc.record({
      seed: fc.nat(),
      length: fc.integer({ min: 40, max: 300 }),
      inA: fc.nat({ max: 200 }),
      inB: fc.nat({ max: 200 }),
      phase: fc.nat({ max: 3 }),
    });
    fc.assert(
      fc.property(fragment, ({ seed, length, inA, inB, phase }) => {
        const shared = randomItems(seed, length);
        const a = randomItems(seed + 1, 520);
        const b = [2, 3, 4, 5].map((more) => randomItems(seed + more, 520)) as [
          Uint32Array,
          Uint32Array,
          Uint32Array,
          Uint32Array,
        ];
        a.set(shared, inA);
        b[phase]!.set(worn(shared, seed, 12), inB);
        const { first, items, bits } = extended(a, b, 4 * (inB - inA) + phase);
        // Neighbours that agree by chance belong to it, too; a worn end may not.
        expect(Math.abs(first - inA)).toBeLessThanOrEqual(8);
        expect(Math.abs(first + items - inA - length)).toBeLessThanOrEqual(8);
        expect(bits / items / 32).toBeLessThan(0.15);
      }),
    );
  });

  it('is the same seen from the other side', () => {
    fc.assert(
      fc.property(anyItems(100), anyItems(100), fc.integer({ min: -30, max: 30 }), (a, b, items) => {
        const there = extended(a, [b, NONE, NONE, NONE], 4 * items);
        const back = extended(b, [a, NONE, NONE, NONE], -4 * items);
        expect(back).toEqual({ ...there, first: there.items > 0 ? there.first + items : 0 });
      }),
    );
  });

  it('is nothing where nothing overlaps, and where nothing agrees', () => {
    const items = randomItems(1, 50);
    const nothing = { score: 0, first: 0, items: 0, bits: 0 };
    for (const place of [-200, 200, 1, 2, 3])
      expect(extended(items, [items, NONE, NONE, NONE], place)).toEqual(nothing);
    expect(extended(NONE, [items, items, items, items], 0)).toEqual(nothing);
    expect(extended(items, [items.map((item) => ~item), NONE, NONE, NONE], 0)).toEqual(nothing);
  });
});

describe('what is held', () => {
  it('stays right while tracks are added, compressed or not, and questions grow', () => {
    kernel.clear();
    const tracks = Array.from({ length: 300 }, (_, n) => randomItems(n, 3000));
    tracks.forEach((track, n) => {
      expect(n % 2 ? kernel.add(track) : kernel.addCompressed(compressFingerprint(track))).toBe(n);
      if (n % 50 === 0) kernel.ask([track, NONE, NONE, randomItems(1000 + n, 100 * n)]);
    });
    kernel.ask([tracks[7]!, NONE, NONE, tracks[8]!]);
    const { bits, items } = kernel.compare(Int32Array.from(tracks.keys()), new Int32Array(tracks.length));
    expect(items.every((count) => count === 3000)).toBe(true);
    expect(bits.indexOf(0)).toBe(7);
    expect(bits.filter((count) => count < 40_000)).toHaveLength(1);
    const [same, other] = kernel.compare(Int32Array.of(8, 9), Int32Array.of(3, 3)).bits;
    expect(same).toBe(0);
    expect(other).toBeGreaterThan(40_000);
  });

  it('is left alone by a damaged fingerprint', () => {
    kernel.clear();
    const track = randomItems(1, 100);
    const bytes = compressFingerprint(track);
    expect(kernel.add(track)).toBe(0);
    expect(() => kernel.addCompressed(bytes.subarray(1))).toThrow(
      expect.objectContaining({ code: 'fingerprint/corrupt' }),
    );
    expect(kernel.addCompressed(bytes)).toBe(1);
    kernel.ask([track, NONE, NONE, NONE]);
    expect(kernel.compare(Int32Array.of(0, 1), Int32Array.of(0, 0))).toEqual({
      bits: Int32Array.of(0, 0),
      items: Int32Array.of(100, 100),
    });
  });
});
