import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tableOf } from '../../test/support/comparisons.ts';
import { type Decision, type DecisionWord, decisionsInForce, settleDecisions, withDecisions } from './decisions.ts';
import { groupSounds } from './groups.ts';
import type { PairVerdict, Relation, Verdict } from './verdict.ts';

const verdict: Verdict = {
  ...{ relation: 'same-recording', truncated: null, similarity: 0.9, bitErrorRate: 0.05, overlapSeconds: 30 },
  ...{ offsetSeconds: 0.5, speedRatio: 1, coherence: 0.95, evidence: null, segments: [], reasons: ['it was heard'] },
};
const judged = (ids: string, relation: Relation = 'same-recording', more: Partial<Verdict> = {}): PairVerdict => ({
  a: ids.charAt(0),
  b: ids.charAt(1),
  verdict: { ...verdict, relation, ...more },
});

/** `ab=` same, `ab!` different, `ab?` ask; one a second, numbered from 1. */
function said(...texts: string[]): Decision[] {
  const words: Readonly<Record<string, DecisionWord>> = { '=': 'same', '!': 'different', '?': 'ask' };
  return texts.map(([a = '', b = '', sign = ''], index) => ({
    ...{ n: index + 1, a, b, word: words[sign] as DecisionWord, at: index * 1000 },
  }));
}

const numbers = (decisions: readonly Decision[]): number[] => decisions.map(({ n }) => n);

function groups(
  ids: string,
  decisions: readonly Decision[],
  verdicts: readonly PairVerdict[] = [],
  equal = '',
): string[] {
  const table = tableOf([...ids], verdicts);
  const samples = table.sounds.map((id) => (equal.includes(id) ? 'equal' : null));
  return groupSounds(table, samples, decisions).groups.map((group) => group.sounds.join(''));
}

describe('words', () => {
  it('are in force where they are the last about their pair', () => {
    expect(numbers(decisionsInForce(said('ab=', 'ac!', 'ab!', 'ac?', 'bc=')))).toEqual([3, 5]);
  });

  it('of one moment count by their safety', () => {
    const log = said('ab!', 'ab=', 'ab?').map((decision) => ({ ...decision, at: 5 }));
    expect(numbers(decisionsInForce(log))).toEqual([1]);
    expect(numbers(decisionsInForce(log.slice(1)))).toEqual([2]);
  });

  it('hold where they can hold together; a difference always does', () => {
    const { held, overruled } = settleDecisions(said('ab=', 'bc=', 'ac!'));
    expect(numbers(held)).toEqual([2, 3]);
    expect(overruled.map(({ decision, by }) => [decision.n, numbers(by)])).toEqual([[1, [2, 3]]]);
    expect(numbers(settleDecisions(said('ac!', 'ab=', 'bc=')).held)).toEqual([1, 3]);
  });

  it('name what they contradict along the whole way', () => {
    const { overruled } = settleDecisions(said('af!', 'cd=', 'ab=', 'bc=', 'de=', 'ef='));
    expect(overruled.map(({ decision, by }) => [decision.n, numbers(by)])).toEqual([[2, [1, 3, 4, 5, 6]]]);
  });
});

describe('groups', () => {
  it('hold what a person called the same, whatever the machine says', () => {
    for (const relation of ['different', 'other-edit', 'contains', 'unsure'] as const) {
      expect(groups('abc', said('ab='), [judged('ab', relation)])).toEqual(['ab', 'c']);
    }
    expect(groups('ab', said('ab=', 'ab?'), [judged('ab', 'different')])).toEqual(['a', 'b']);
  });

  it('hold no pair that a person called different, over no third one and not by equal samples', () => {
    const all = [judged('ab'), judged('ac', 'same-recording', { coherence: 0.99 }), judged('bc')];
    expect(groups('abc', said('ab!'), all)).toEqual(['ac', 'b']);
    expect(groupSounds(tableOf(['a', 'b'], [judged('ab')]), [null, null], said('ab!')).undecided).toEqual([]);
    expect(groups('abc', said('ab!'), [], 'abc')).toEqual(['ac', 'b']);
    expect(groups('abcd', said('ab=', 'bc!'), [judged('cd')], 'acd')).toEqual(['abd', 'c']);
  });

  it('keep a machine verdict about a decided group out of it where that is something else', () => {
    expect(groups('abc', said('ab='), [judged('ac'), judged('bc', 'other-edit')])).toEqual(['ab', 'c']);
  });

  it('obey words about a sound that is not there', () => {
    expect(groups('ac', said('ab=', 'bc='))).toEqual(['ac']);
    expect(groups('ac', said('ab=', 'bc!'), [judged('ac')])).toEqual(['a', 'c']);
  });

  const ids = 'abcdef';
  const pairs = [...ids].flatMap((a) => [...ids].filter((b) => a < b).map((b) => a + b));
  const pair = fc.constantFrom(...pairs);
  const decisions = fc
    .array(fc.tuple(pair, fc.constantFrom<DecisionWord>('same', 'same', 'different', 'ask'), fc.nat(9)), {
      maxLength: 14,
    })
    .map((rows) =>
      rows.map(([p, word, at], index): Decision => ({ n: index + 1, a: p.charAt(0), b: p.charAt(1), word, at })),
    );
  const verdicts = fc
    .uniqueArray(
      fc.tuple(pair, fc.constantFrom<Relation>('same-recording', 'same-recording', 'other-edit', 'unsure')),
      {
        selector: ([p]) => p,
        maxLength: 12,
      },
    )
    .map((rows) => rows.map(([p, relation], index) => judged(p, relation, { coherence: 0.8 + index / 100 })));
  const equal = fc.subarray([...ids]).map((some) => some.join(''));

  it('are the same in any order, hold no pair called different and every pair that can be together', () => {
    fc.assert(
      fc.property(decisions, verdicts, equal, fc.infiniteStream(fc.nat()), (log, list, twins, random) => {
        const shuffled = <T>(items: readonly T[]): T[] =>
          items
            .map((item) => ({ item, key: random.next().value as number }))
            .sort((one, other) => one.key - other.key)
            .map(({ item }) => item);
        const found = groups(ids, log, list, twins);
        expect(groups(shuffled([...ids]).join(''), shuffled(log), shuffled(list), twins)).toEqual(found);
        const together = ({ a, b }: Decision): boolean => found.some((group) => group.includes(a) && group.includes(b));
        const { held, overruled } = settleDecisions(log);
        expect(held.length + overruled.length).toBe(decisionsInForce(log).length);
        for (const decision of held) expect(together(decision)).toBe(decision.word === 'same');
        for (const { decision, by } of overruled) {
          expect([decision.word, together(decision)]).toEqual(['same', false]);
          // Of what it contradicts, one parts and the others join; without the part it would hold.
          expect(by.filter(({ word }) => word === 'different')).toHaveLength(1);
        }
        for (const decision of decisionsInForce(log)) {
          if (decision.word === 'different') expect(together(decision)).toBe(false);
        }
        expect(
          groups(
            ids,
            log.filter(({ word }) => word === 'ask'),
            list,
            twins,
          ),
        ).toEqual(groups(ids, [], list, twins));
      }),
    );
  });
});

describe('verdicts', () => {
  it('say what a person said, and keep the figures and the other relations', () => {
    const list = [
      judged('ab', 'other-edit', { truncated: 'b' }),
      judged('ac'),
      judged('ad', 'shared-parts'),
      judged('bc'),
    ];
    const outcome = withDecisions(list, said('ab=', 'ac!', 'ad!', 'cd='));
    expect(outcome.map(({ a, b, verdict: { relation } }) => `${a}${b} ${relation}`)).toEqual([
      ...['ab same-recording', 'ac different', 'ad shared-parts', 'bc same-recording', 'cd same-recording'],
    ]);
    expect(outcome[0]?.verdict).toMatchObject({
      ...{ truncated: null, similarity: 0.9, offsetSeconds: 0.5, decision: { n: 1, word: 'same' } },
    });
    expect(outcome[4]?.verdict).toMatchObject({ similarity: null, offsetSeconds: null });
  });
});
