import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packTables, readTables } from './segment-tables.ts';

const word = fc.nat({ max: 2 ** 32 - 1 });
const list = (length: number): fc.Arbitrary<Uint32Array> =>
  fc.array(word, { minLength: length, maxLength: length }).map((words) => Uint32Array.from(words));
const tables = fc.nat({ max: 20 }).chain((sounds) =>
  fc.record({
    sounds: list(sounds),
    checks: list(sounds),
    lengths: list(sounds),
    postings: word,
    bucketBits: fc.integer({ min: 8, max: 22 }),
    placeBits: fc.integer({ min: 8, max: 32 }),
    ends: fc.nat({ max: 30 }).chain(list),
  }),
);
const method = fc.string({ maxLength: 12 });

describe('the tables of a segment', () => {
  it('are read as they were packed, wherever the bytes lie', () => {
    fc.assert(
      fc.property(tables, method, fc.nat({ max: 7 }), (own, name, before) => {
        const packed = packTables(own, name);
        const moved = new Uint8Array(before + packed.length);
        moved.set(packed, before);
        expect(readTables(moved.subarray(before), name)).toEqual(own);
      }),
    );
  });

  it('say nothing to another method', () => {
    fc.assert(
      fc.property(tables, method, method, (own, name, other) => {
        fc.pre(name !== other);
        expect(readTables(packTables(own, name), other)).toBeUndefined();
      }),
    );
  });

  it('say nothing in another format, or where bytes are missing or too many', () => {
    fc.assert(
      fc.property(tables, fc.nat({ max: 200 }), (own, cut) => {
        const packed = packTables(own, 'method');
        expect(readTables(packed.subarray(0, Math.min(cut, packed.length - 1)), 'method')).toBeUndefined();
        expect(readTables(Uint8Array.of(...packed, 0), 'method')).toBeUndefined();
        packed[0] = packed[0]! + 1;
        expect(readTables(packed, 'method')).toBeUndefined();
      }),
    );
  });
});
