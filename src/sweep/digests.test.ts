import fc from 'fast-check';
import { expect, it } from 'vitest';
import { groupEqual } from './digests.ts';

const entry = fc
  .tuple(fc.constantFrom(0, 1, 3), fc.constantFrom('aaaaa', 'aaaab', 'aaaac', 'baaaa'))
  .map(([mark, text]) => [mark, ...Buffer.from(text)]);

it('groups are what is equal: every known entry that has its like in one, and only with its like', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 30 }), fc.nat(5), (entries, before) => {
      const bytes = Uint8Array.from([...Array.from({ length: before * 6 }, () => 1), ...entries.flat()]);
      const groups = groupEqual({ bytes, entryBytes: 6 }, before, entries.length);
      const expected = Map.groupBy(
        entries.flatMap((one, at) => (one[0] === 0 ? [] : [{ key: one.join(), at: at + before }])),
        ({ key }) => key,
      );
      const sorted = (list: number[][]): string[] => list.map((group) => group.join()).sort();
      expect(sorted(groups)).toEqual(
        sorted([...expected.values()].map((own) => own.map(({ at }) => at)).filter(({ length }) => length > 1)),
      );
    }),
  );
});
