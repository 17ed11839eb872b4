import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type IndexLayout, type IndexRoom, openLayout, reserveIndex } from './index-layout.ts';
import { createPostingKernel, lastSampled, POSTING_BYTES, SILENCE_ITEM } from './posting-kernel.ts';
import {
  type PlainPosting,
  plainChoose,
  plainCodes,
  plainGather,
  plainMixed,
  plainPack,
  plainRuns,
  plainSorted,
} from './postings-plain.ts';
import { openSharedMemory } from './shared-memory.ts';

const shared = openSharedMemory();
const kernel = createPostingKernel(shared);
const [input, output, spare, numbers] = [1, 2, 3, 4].map(() => shared.reserve(2 ** 20)) as [
  number,
  number,
  number,
  number,
];
const SILENCE = SILENCE_ITEM >>> 8;
/** Items and postings at most. */
const MOST = 120;

/** Items that are often alike in their upper bits, at both ends of what there is, and some silence. */
const item = fc.oneof(
  fc.nat({ max: 2 ** 32 - 1 }),
  fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 600 })).map(([upper, lower]) => ((upper << 30) | lower) >>> 0),
  fc.nat({ max: 255 }).map((rest) => ((SILENCE << 8) | rest) >>> 0),
);
const items = fc.array(item, { maxLength: MOST }).map((all) => Uint32Array.from(all));
const place = fc.nat({ max: 5000 });
const posting = fc.record({ item, place });
const postings = fc.array(posting, { maxLength: MOST });

function put(address: number, all: readonly PlainPosting[]): void {
  shared.words(address, 2 * all.length).set(all.flatMap((own) => [own.item, own.place]));
}

function got(address: number, count: number): PlainPosting[] {
  const words = shared.words(address, 2 * count);
  return Array.from({ length: count }, (_, i) => ({ item: words[2 * i]!, place: words[2 * i + 1]! }));
}

const QUESTION_SHIFT = 26;
const rooms = new Map(
  [24, 28, 32].map((codeBits) => [codeBits, reserveIndex(shared, MOST, { codeBits, sampleBits: 0 })]),
);

/** Lays sorted postings out in two goes. */
function laidOut(sorted: readonly PlainPosting[], codeBits: number): IndexLayout {
  const open = openLayout(kernel, rooms.get(codeBits) as IndexRoom, Uint32Array.of(0, 6000));
  const half = sorted.length >>> 1;
  put(input, sorted);
  open.add(input, half);
  open.add(input + half * POSTING_BYTES, sorted.length - half);
  return open.close();
}

const withoutLower = (value: number, bits: number): number => value - (value % 2 ** bits);

const EMPTY = 0xffff_ffff;

/** A table of stop codes by open addressing; gives its mask. */
function putStops(address: number, codes: readonly number[]): number {
  const cells = 2 ** Math.ceil(Math.log2(2 * codes.length + 2));
  const table = shared.words(address, cells).fill(EMPTY);
  for (const code of codes) {
    let cell = (Math.imul(code, 0x9e37_79b1) >>> 0) & (cells - 1);
    while (table[cell] !== EMPTY) cell = (cell + 1) & (cells - 1);
    table[cell] = code;
  }
  return cells - 1;
}

describe('the kernel does as its plain twin', () => {
  it('when it takes the first of every run', () => {
    fc.assert(
      fc.property(items, fc.nat({ max: 1000 }), (all, base) => {
        shared.words(input, all.length).set(all);
        const count = kernel.runs(input, all.length, base, SILENCE, output);
        expect(got(output, count)).toEqual(plainRuns(all, base, SILENCE));
      }),
    );
  });

  it.each([0, 8, 16, 24])('when it sorts by the bits from %i on, few or many', (from) => {
    fc.assert(
      fc.property(postings, (all) => {
        put(input, all);
        kernel.sort(input, all.length, from, 32, spare);
        expect(got(input, all.length)).toEqual(plainSorted(all, from));
      }),
    );
  });

  it('when it packs buckets, and unpacks what it packed', () => {
    const shape = fc.record({
      bucketBits: fc.integer({ min: 0, max: 6 }),
      placeBits: fc.integer({ min: 13, max: 32 }),
    });
    fc.assert(
      fc.property(postings, shape, fc.nat({ max: 900 }), (all, { bucketBits, placeBits }, base) => {
        const sorted = plainSorted(all, 0);
        const [bits, buckets] = [32 - bucketBits, 2 ** bucketBits];
        const own = Array.from({ length: buckets }, (_, b) =>
          sorted.filter((one) => Math.floor(one.item / 2 ** bits) === b),
        );
        const starts = [0];
        for (const { length } of own) starts.push(starts.at(-1)! + length);
        put(input, sorted);
        shared.words(numbers, buckets + 1).set(starts);
        const ends = numbers + 2 ** 16;
        const bytes = kernel.packBuckets(input, numbers, buckets, bits, placeBits, output, ends);
        const packed = own.map((bucket) => plainPack(bucket, bits, placeBits));
        expect([...shared.bytes(output, bytes)]).toEqual(packed.flat());
        const lengths = [...shared.words(ends, buckets)].map((end, i, every) => end - (every[i - 1] ?? 0));
        expect(lengths).toEqual(packed.map(({ length }) => length));
        const room = all.length;
        expect(kernel.unpackBuckets(output, ends, 0, buckets, bits, placeBits, base, spare, room)).toBe(room);
        expect(got(spare, room)).toEqual(sorted.map((one) => ({ item: one.item, place: one.place + base })));
        if (room > 0)
          expect(kernel.unpackBuckets(output, ends, 0, buckets, bits, placeBits, base, spare, room - 1)).toBe(-1);
      }),
    );
  });

  it('when it chooses by place', () => {
    fc.assert(
      fc.property(postings, fc.tuple(place, place, place), (all, [from, more, base]) => {
        put(input, all);
        const count = kernel.choose(input, all.length, from, from + more, base);
        expect(got(input, count)).toEqual(plainChoose(all, from, from + more, base));
      }),
    );
  });

  it('when it writes codes', () => {
    const asking = fc.record({
      codeBits: fc.constantFrom(24, 28, 32),
      sampleBits: fc.nat({ max: 2 }),
      near: fc.boolean(),
      step: fc.constantFrom(1, 4),
      stopEvery: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(
        items,
        asking,
        fc.nat({ max: 63 }),
        (all, { codeBits, sampleBits, near, step, stopEvery }, question) => {
          const probes = near ? [0, ...Array.from({ length: codeBits }, (_, bit) => (1 << bit) >>> 0)] : [0];
          const stops = [...all]
            .map((own) => own >>> (32 - codeBits))
            .filter((code, i) => i % stopEvery === 0 && code !== EMPTY);
          const mask = putStops(numbers, stops);
          shared.words(input, all.length).set(all);
          shared.words(spare, probes.length).set(probes);
          const tag = question * 2 ** 26 + 3;
          const last = lastSampled(sampleBits);
          const count = kernel.codes(
            ...([input, all.length, step, tag, codeBits, last, SILENCE_ITEM, spare, probes.length] as const),
            ...([numbers, mask, output] as const),
          );
          const plain = plainCodes(all, step, tag, {
            codeBits,
            last,
            silence: SILENCE_ITEM,
            probes,
            stops: new Set(stops),
          });
          expect(got(output, count)).toEqual(plain.map(({ item: code, tag: place }) => ({ item: code, place })));
        },
      ),
    );
  });

  it('when it looks codes up', () => {
    const wanted = fc.array(fc.tuple(fc.nat({ max: 200 }), item, fc.boolean()), { maxLength: 40 });
    const excepts = fc.array(fc.tuple(fc.nat({ max: 4000 }), fc.nat({ max: 2000 })), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(postings, wanted, excepts, fc.constantFrom(24, 28, 32), (all, codes, left, codeBits) => {
        const sorted = plainSorted(all, 0);
        const { slotShift, slots, rests, places } = laidOut(sorted, codeBits);
        const asked = codes.map(([at, other, isThere], i) => {
          const own = isThere ? (sorted[at % sorted.length]?.item ?? other) : other;
          return { item: withoutLower(own, 32 - codeBits), tag: (i % 4) * 2 ** QUESTION_SHIFT + i };
        });
        put(
          spare,
          asked.map(({ item: code, tag }) => ({ item: code, place: tag })),
        );
        shared.words(numbers, 2 * left.length).set(left.flat());
        const look = (room: number): number =>
          kernel.gather(
            ...([spare, asked.length, codeBits, QUESTION_SHIFT, numbers, slotShift, slots, rests, places] as const),
            ...([output, room] as const),
          );
        const plain = plainGather(asked, sorted, codeBits, QUESTION_SHIFT, left);
        expect(look(plain.length)).toBe(plain.length);
        const hits = got(output, plain.length).map(({ item: place, place: tag }) => ({ place, tag }));
        expect(hits).toEqual(plain);
        if (plain.length > 0) expect(look(plain.length - 1)).toBe(-1);
      }),
    );
  });
});

describe('what the kernel sifts', () => {
  const LENGTH = 300;
  const table = shared.reserve(2 ** 14);
  const hit = fc.record({ item: fc.nat({ max: 2000 }), place: fc.nat({ max: 4 * LENGTH - 1 }) });
  const offsetOf = ({ item: place, place: tag }: PlainPosting): number => place - (tag >>> 2);

  it('are hits in their order: all of three successive offsets with enough, none without enough nearby', () => {
    fc.assert(
      fc.property(fc.array(hit, { maxLength: 150 }), fc.integer({ min: 1, max: 5 }), (hits, least) => {
        const mask = 2 ** 14 - 1;
        put(input, hits);
        const kept = got(output, kernel.sift(input, hits.length, LENGTH, table, mask, least, output));
        expect(shared.bytes(table, mask + 1).every((count) => count === 0)).toBe(true);
        const isKept = hits.map(() => false);
        let at = 0;
        for (const own of kept) {
          while (hits[at]!.item !== own.item || hits[at]!.place !== own.place) at++;
          isKept[at++] = true;
        }
        hits.forEach((own, i) => {
          const within = (from: number, to: number): number =>
            hits.filter((other) => offsetOf(other) >= offsetOf(own) + from && offsetOf(other) <= offsetOf(own) + to)
              .length;
          const most = Math.max(within(-2, 0), within(-1, 1), within(0, 2));
          if (most >= least) expect(isKept[i] || isTwin(hits, isKept, i)).toBe(true);
          if (within(-3, 3) < least) expect(isKept[i]).toBe(false);
        });
      }),
    );
  });

  /** Of hits that are wholly alike it does not show which was kept. */
  const isTwin = (hits: readonly PlainPosting[], isKept: readonly boolean[], at: number): boolean =>
    hits.some((own, i) => isKept[i] && own.item === hits[at]!.item && own.place === hits[at]!.place);
});

it('a sample is a share of all codes by their value, however they begin', () => {
  const items = Array.from({ length: 40_000 }, (_, i) => plainMixed((i * 97) << 8));
  for (const bits of [0, 1, 2, 4]) {
    const share = items.filter((own) => own <= lastSampled(bits)).length / items.length;
    expect(share).toBeCloseTo(2 ** -bits, 2);
  }
});
