import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODE_BITS, SILENCE_ITEM } from './posting-kernel.ts';
import { frequentCodes, learnStops, mostPlaces } from './stop-codes.ts';

/** Few codes, so that they meet often; some of them silence. Their lower bits differ. */
const item = fc
  .tuple(fc.nat({ max: 5 }), fc.nat({ max: 255 }))
  .map(([code, rest]) => (code === 0 ? SILENCE_ITEM : ((code << 8) | rest) >>> 0));
const track = fc.array(item, { maxLength: 60 }).map((items) => Uint32Array.from(items));
const tracks = fc.array(track, { maxLength: 8 });
const width = fc.constantFrom(24, 28, 32);

/** How often each code begins a run of one 24-bit code. */
function countsOf(all: readonly Uint32Array[], codeBits: number): Map<number, number> {
  const codes = all.flatMap((items) =>
    [...items]
      .filter((own, i) => i === 0 || own >>> 8 !== items[i - 1]! >>> 8)
      .filter((own) => own >>> 8 !== SILENCE_ITEM >>> 8)
      .map((own) => own >>> (32 - codeBits)),
  );
  return new Map([...Map.groupBy(codes, (code) => code)].map(([code, { length }]) => [code, length]));
}

describe('frequent codes', () => {
  it('are those that begin more runs than the limit, ascending', () => {
    fc.assert(
      fc.property(tracks, width, fc.nat({ max: 12 }), (all, codeBits, limit) => {
        const expected = [...countsOf(all, codeBits)].filter(([, count]) => count > limit).map(([code]) => code);
        expect([...frequentCodes(all, codeBits, limit)]).toEqual(expected.sort((one, other) => one - other));
      }),
    );
  });

  it('do not depend on the order of the tracks', () => {
    fc.assert(
      fc.property(tracks, fc.nat({ max: 6 }), (all, limit) => {
        expect(frequentCodes(all.toReversed(), CODE_BITS, limit)).toEqual(frequentCodes(all, CODE_BITS, limit));
      }),
    );
  });
});

describe('stop codes', () => {
  it('learnt from all tracks are those that are exactly too frequent', () => {
    fc.assert(
      fc.property(tracks, width, (all, codeBits) => {
        fc.pre(all.length > 0);
        const long = all.map((items) =>
          Uint32Array.from(
            Array(20)
              .fill([...items])
              .flat(),
          ),
        );
        const expected = frequentCodes(long, codeBits, mostPlaces(long.length));
        expect(learnStops(long, long.length, codeBits)).toEqual(expected);
      }),
    );
  });

  it('learnt from a sample are those of the whole, where the sample is like the whole', () => {
    // Code n stands in n of every 40 tracks.
    const of40 = Array.from({ length: 40 }, (_, t) =>
      Uint32Array.from({ length: 40 }, (_, n) => (n + 1) << 8).filter((_, n) => t <= n),
    );
    const whole = Array.from({ length: 10 }, () => of40).flat();
    const all = learnStops(whole, 400, CODE_BITS);
    expect([...all]).toEqual(Array.from({ length: 30 }, (_, i) => i + 11));
    expect(learnStops(of40, 400, CODE_BITS)).toEqual(all);
  });

  it('leave a code alone that a small sample holds a few times by accident', () => {
    const sample = Array.from({ length: 3 }, () => Uint32Array.of(1 << 8));
    expect([...learnStops(sample, 1_000_000, CODE_BITS)]).toEqual([]);
    expect([...learnStops([...sample, ...sample], 1_000_000, CODE_BITS)]).toEqual([1]);
  });

  it('are allowed more places in larger libraries, up to a bound', () => {
    expect([0, 160, 400, 4000, 1_000_000].map(mostPlaces)).toEqual([40, 40, 100, 1000, 1000]);
  });
});
