import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairsIn, tableOf } from '../../test/support/comparisons.ts';
import { withBitErrors } from './bit-errors.ts';
import { type Grouping, groupSounds } from './groups.ts';
import type { PairVerdict, Relation, Verdict } from './verdict.ts';

const verdict: Verdict = {
  relation: 'same-recording',
  truncated: null,
  similarity: null,
  bitErrorRate: null,
  overlapSeconds: 30,
  offsetSeconds: 0,
  speedRatio: 1,
  coherence: 0.95,
  evidence: null,
  segments: [],
  reasons: [],
};

const pair = (ids: string, relation: Relation = 'same-recording', more: Partial<Verdict> = {}): PairVerdict => ({
  a: ids.charAt(0),
  b: ids.charAt(1),
  verdict: { ...verdict, relation, ...more },
});
const cut = (ids: string): PairVerdict => pair(ids, 'same-recording', { truncated: 'b' });
const groupsAmong = (ids: string, pairs: readonly PairVerdict[], samples: Record<string, string> = {}): Grouping => {
  const table = tableOf([...ids], pairs);
  return groupSounds(
    table,
    table.sounds.map((id) => samples[id] ?? null),
  );
};
const groupsOf = (ids: string, pairs: readonly PairVerdict[]): string[] =>
  groupsAmong(ids, pairs).groups.map(({ sounds }) => sounds.join(''));

describe('groups', () => {
  it('gather what is the same', () => {
    expect(groupsOf('abcd', [pair('ab'), pair('bc')])).toEqual(['abc', 'd']);
  });

  it('are never chained over a pair that is something else', () => {
    const pairs = [pair('ab', 'same-recording', { coherence: 0.99 }), pair('bc'), pair('ac', 'shared-parts')];
    expect(groupsOf('abc', pairs)).toEqual(['ab', 'c']);
    const { related, undecided, groupOf } = groupsAmong('abc', pairs);
    const named = pairsIn(tableOf(['a', 'b', 'c'], pairs)).map(({ a, b }) => a + b);
    expect(related.map((record) => named[record])).toEqual(['ac']);
    expect(undecided.map((record) => named[record])).toEqual(['bc']);
    expect([...groupOf]).toEqual([0, 0, 1]);
  });

  it('take in a sound that nobody is sure of only where more members speak for it', () => {
    expect(groupsOf('abd', [pair('ab'), pair('ad', 'unsure'), pair('bd')])).toEqual(['ab', 'd']);
    const three = [pair('ab'), pair('ac'), pair('bc')];
    expect(groupsOf('abcd', [...three, pair('ad', 'unsure'), pair('bd'), pair('cd')])).toEqual(['abcd']);
  });

  it('keep sounds with equal samples together whatever else is said', () => {
    const grouping = groupsAmong('abc', [pair('ac')], { a: 's', b: 's', c: 't' });
    expect(grouping.groups).toEqual([{ sounds: ['a', 'b', 'c'], relation: 'same-recording' }]);
    expect(groupsAmong('ab', [], { a: 's', b: 's' }).groups).toEqual([{ sounds: ['a', 'b'], relation: 'same-audio' }]);
  });

  it('take a truncated sound where most members speak for it', () => {
    const pairs = [pair('ab'), cut('at'), cut('bt'), cut('mt'), pair('am', 'other-edit'), pair('bm', 'other-edit')];
    expect(groupsOf('abmt', pairs)).toEqual(['abt', 'm']);
  });

  it('leave a truncated sound alone where two rivals have equal claims', () => {
    const pairs = [cut('at'), cut('mt'), pair('am', 'other-edit')];
    expect(groupsOf('amt', pairs)).toEqual(['a', 'm', 't']);
    expect(groupsOf('amt', [cut('at'), cut('mt'), cut('am')])).toEqual(['amt']);
  });

  it('do not depend on the order of sounds and verdicts, and never hold a pair that was judged otherwise', () => {
    const relations: readonly Relation[] = ['same-recording', 'same-recording', 'other-edit', 'unsure'];
    const pairs = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 7 }),
        fc.integer({ min: 0, max: 7 }),
        fc.constantFrom(...relations),
        fc.boolean(),
        fc.integer({ min: 80, max: 99 }),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(pairs, fc.infiniteStream(fc.nat()), (rows, numbers) => {
        const ids = 'abcdefgh';
        const unique = new Map(rows.filter(([a, b]) => a < b).map((row) => [`${row[0]} ${row[1]}`, row]));
        const list = [...unique.values()].map(([a, b, relation, isCut, coherence]) =>
          pair(ids.charAt(a) + ids.charAt(b), relation, { truncated: isCut ? 'b' : null, coherence: coherence / 100 }),
        );
        const groups = groupsOf(ids, list);
        const shuffled = list
          .map((item) => ({ item, key: numbers.next().value as number }))
          .sort((x, y) => x.key - y.key);
        expect(
          groupsOf(
            'hgfedcba',
            shuffled.map(({ item }) => item),
          ),
        ).toEqual(groups);
        for (const {
          a,
          b,
          verdict: { relation },
        } of list) {
          if (relation !== 'same-recording' && relation !== 'unsure')
            expect(groups.some((group) => group.includes(a) && group.includes(b))).toBe(false);
        }
      }),
    );
  });
});

describe('groups of a library', () => {
  const within = (ids: string): fc.Arbitrary<PairVerdict[]> => {
    const row = fc.tuple(
      fc.integer({ min: 0, max: ids.length - 1 }),
      fc.integer({ min: 0, max: ids.length - 1 }),
      fc.constantFrom<Relation>('same-recording', 'same-recording', 'unsure', 'other-edit'),
      fc.boolean(),
      fc.integer({ min: 80, max: 99 }),
    );
    return fc.uniqueArray(row, { selector: ([a, b]) => a * 100 + b, maxLength: 14 }).map((rows) =>
      rows
        .filter(([a, b]) => a < b)
        .map(([a, b, relation, isCut, coherence]) =>
          pair(ids.charAt(a) + ids.charAt(b), relation, {
            ...{ truncated: isCut ? 'b' : null, coherence: coherence / 100 },
          }),
        ),
    );
  };
  const across = fc
    .uniqueArray(fc.constantFrom('ae', 'bf', 'cg', 'dh', 'af', 'be'))
    .chain((pairs) =>
      fc.tuple(
        ...pairs.map((ids) => fc.constantFrom(pair(ids, 'unsure'), pair(ids, 'different'), pair(ids, 'contains'))),
      ),
    );

  it('are those of its parts, where no pair across is the same recording', () => {
    fc.assert(
      fc.property(within('abcd'), within('efgh'), across, (one, other, between) => {
        const parts = [...groupsOf('abcd', one), ...groupsOf('efgh', other)];
        expect(groupsOf('abcdefgh', [...one, ...between, ...other])).toEqual(parts);
      }),
    );
  });
});

describe('bit error rates', () => {
  const row = Uint32Array.from({ length: 200 }, (_, i) => Math.imul(i + 1, 2654435761));
  const phases = [row, row, row, row] as const;
  const segment = { aStartSeconds: 0, bStartSeconds: 0, seconds: 24, bitErrorRate: null };

  it('are counted where the sounds lie over each other', () => {
    const same = withBitErrors({ ...verdict, segments: [segment] }, phases, phases);
    expect(same).toMatchObject({ bitErrorRate: 0, similarity: 1, segments: [{ bitErrorRate: 0 }] });
    const flipped = row.map((item) => item ^ 0xf);
    const near = withBitErrors({ ...verdict, segments: [segment] }, phases, [flipped, flipped, flipped, flipped]);
    expect(near).toMatchObject({ bitErrorRate: 0.125, similarity: 0.75 });
  });

  it('are not made up where nothing was compared', () => {
    expect(withBitErrors(verdict, phases, phases)).toEqual(verdict);
    expect(
      withBitErrors({ ...verdict, segments: [{ ...segment, seconds: 1 }] }, phases, phases).bitErrorRate,
    ).toBeNull();
  });
});
