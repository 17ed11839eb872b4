import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NumberedVerdict, recordsOf } from './comparison-record.ts';
import { createComparisonTable } from './comparison-table.ts';
import type { RecordedVerdict } from './verdict.ts';

const verdict: RecordedVerdict = {
  ...{ relation: 'contains', truncated: 'a', damaged: null, master: 'unknown', similarity: null, significance: 3 },
  ...{ overlapSeconds: 30, offsetSeconds: 1.5, speedRatio: 1, coherence: 0.95 },
};
const sound = (n: number): string => `sha256:${n}`;

/** Blocks of pairs of numbers, each with a similarity that tells it apart. */
const blocks = fc.array(
  fc.uniqueArray(
    fc
      .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }))
      .filter(([a, b]) => a < b)
      .map(([a, b]): [number, number] => [a, b]),
    { selector: ([a, b]) => a * 100 + b, maxLength: 12 },
  ),
  { maxLength: 6 },
);
/** Numbers of some sounds, in no order of their hashes. */
const listed = fc
  .shuffledSubarray(Array.from({ length: 13 }, (_, n) => n))
  .map((some) => new Map(some.map((n, i) => [sound((n * 5) % 13), i])));

describe('a table of comparisons', () => {
  it('holds each pair of listed sounds once, as it was recorded last, sorted and seen from the first', () => {
    fc.assert(
      fc.property(blocks, listed, (lists, numbers) => {
        const builder = createComparisonTable(numbers);
        const hashOf = new Map([...numbers].map(([hash, number]) => [number, hash]));
        const expected = new Map<string, { relation: string; offset: number; similarity: number }>();
        lists.forEach((pairs, block) => {
          const similarity = block / 10;
          builder.add(
            recordsOf(pairs.map(([a, b]): NumberedVerdict => ({ a, b, verdict: { ...verdict, similarity } }))),
          );
          for (const [a, b] of pairs) {
            const [one, other] = [hashOf.get(a), hashOf.get(b)];
            if (one === undefined || other === undefined) continue;
            if (one < other) expected.set(`${one} ${other}`, { relation: 'contains', offset: 1.5, similarity });
            else expected.set(`${other} ${one}`, { relation: 'contained', offset: -1.5, similarity });
          }
        });
        const table = builder.build();
        expect(table.sounds).toEqual([...numbers.keys()].sort());
        const read = Array.from({ length: table.size }, (_, record) => {
          const { relation, offsetSeconds: offset, similarity } = table.verdict(record);
          expect(table.relation(record)).toBe(relation);
          expect(table.find(table.a(record), table.b(record))).toBe(record);
          return [
            `${table.sounds[table.a(record)]} ${table.sounds[table.b(record)]}`,
            { relation, offset, similarity },
          ];
        });
        expect(read).toEqual([...expected].sort(([one], [other]) => (one < other ? -1 : 1)));
      }),
    );
  });

  it('knows what it does not hold', () => {
    const builder = createComparisonTable(
      new Map([
        ['b', 7],
        ['d', 1],
        ['c', 4],
      ]),
    );
    builder.add(recordsOf([{ a: 1, b: 7, verdict }]));
    const table = builder.build();
    expect(['a', 'b', 'c', 'd', 'e'].map(table.placeOf)).toEqual([undefined, 0, 1, 2, undefined]);
    expect([table.find(0, 1), table.find(0, 2), table.find(1, 2)]).toEqual([undefined, 0, undefined]);
    const empty = createComparisonTable(new Map()).build();
    expect([empty.size, empty.sounds, empty.find(0, 1)]).toEqual([0, [], undefined]);
  });
});
