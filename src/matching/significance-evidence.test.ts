import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairsIn, tableOf } from '../../test/support/comparisons.ts';
import { falseRatesOfGroups } from './group-false-rates.ts';
import { groupSounds } from './groups.ts';
import { expectedFalseOf, type Library, localFalseRates, weighComparisons } from './significance-evidence.ts';
import { PRIOR } from './significance-null.ts';
import type { PairVerdict, Verdict } from './verdict.ts';

function pair(a: string, b: string, verdict: Partial<Verdict> = {}): PairVerdict {
  return {
    a,
    b,
    verdict: {
      ...{ relation: 'same-recording', truncated: null, similarity: 0.9, bitErrorRate: 0.05, overlapSeconds: 180 },
      ...{ offsetSeconds: 0, speedRatio: 1, coherence: 0.97, significance: 40, evidence: null, segments: [] },
      reasons: ['The waveforms agree.'],
      ...verdict,
    },
  };
}

const library = (sounds: number): Library<unknown> => ({ sounds, secondsOf: () => 200, nulls: PRIOR });

describe('the expectation of a pair', () => {
  const expected = (verdict: Partial<Verdict>, sounds = 1000): number =>
    expectedFalseOf(pair('a', 'b', verdict), library(sounds)) as number;

  it('is next to nothing for a copy, also among ten million sounds', () => {
    expect(expected({}, 1e7)).toBeLessThan(1e-20);
    expect(expected({}, 1e7)).toBeGreaterThan(0);
  });

  it('is about every pair where nothing speaks for it', () => {
    expect(expected({ significance: 1, coherence: 0.01 }) / 499_500).toBeGreaterThan(0.9);
  });

  it('grows with the pairs of the library', () => {
    expect(expected({}, 2000) / expected({}, 1000)).toBeCloseTo(4, 1);
  });

  it('is believed on either witness alone, if it is strong enough', () => {
    expect(expected({ significance: null })).toBeLessThan(1e-5);
    expect(expected({ coherence: null })).toBeLessThan(1e-12);
  });

  it('is the same for what is recorded, within 3 per cent', () => {
    const figures = fc.record({
      significance: fc.double({ min: -5, max: 60, noNaN: true }),
      coherence: fc.double({ min: 0, max: 1, noNaN: true }),
      overlapSeconds: fc.double({ min: 0, max: 20_000, noNaN: true }),
    });
    fc.assert(
      fc.property(figures, (more) => {
        const [recorded] = pairsIn(tableOf(['a', 'b'], [pair('a', 'b', more)]));
        const [before, after] = [expected(more), expected(recorded?.verdict as Partial<Verdict>)];
        expect(Math.abs(Math.log(after / before))).toBeLessThan(0.03);
      }),
    );
  });

  it('is not known where there is no evidence at all, as in verdicts of old', () => {
    const { significance: _, ...old } = pair('a', 'b', { coherence: null }).verdict;
    expect(expectedFalseOf({ a: 'a', b: 'b', verdict: old }, library(9))).toBeNull();
  });
});

describe('weighing', () => {
  const strong = pair('a', 'b');
  const weak = pair('b', 'c', { significance: 3, coherence: 0.2, truncated: 'b' });
  const other = pair('a', 'c', { relation: 'other-edit', significance: 0, coherence: 0 });

  it('believes what is evident and doubts what chance could do', () => {
    const table = tableOf(['a', 'b', 'c'], [strong, weak, other]);
    const weighing = weighComparisons(table, library(1000), 0.01);
    const [ab, ac, bc] = pairsIn(weighing.table).map(({ verdict }) => verdict);
    expect([ab, ac, bc].map((verdict) => verdict?.relation)).toEqual(['same-recording', 'other-edit', 'unsure']);
    expect(bc).toMatchObject({ truncated: null, coherence: 0.2 });
    expect([weighing.table.relation(2), table.relation(2)]).toEqual(['unsure', 'same-recording']);
    expect([...weighing.believed]).toEqual([0]);
    expect(weighing.expectedFalse[0]).toBe(expectedFalseOf(strong, library(1000)));
  });

  it('goes by the setting', () => {
    const table = tableOf(['b', 'c'], [weak]);
    expect(weighComparisons(table, library(1000), 1e6).table).toBe(table);
  });
});

describe('local false rates', () => {
  const smallValues = fc.array(fc.double({ min: 0, max: 0.5, noNaN: true }), { minLength: 1, maxLength: 40 });

  it('add up to the weakest pair’s expectation, and grow with it', () => {
    fc.assert(
      fc.property(smallValues, (values) => {
        const rates = localFalseRates(Float64Array.from(values));
        const sum = rates.reduce((total, rate) => total + rate, 0);
        expect(sum).toBeCloseTo(Math.max(...values), 9);
        const inOrder = values.map((value, i) => [value, rates[i]!] as const).sort(([one], [two]) => one - two);
        for (let i = 1; i < inOrder.length; i++)
          expect(inOrder[i]![1]).toBeGreaterThanOrEqual(inOrder[i - 1]![1] - 1e-12);
      }),
    );
  });
});

describe('false rates of groups', () => {
  const sounds = ['a', 'b', 'c', 'p', 'x', 'y'];
  const table = tableOf(sounds, [pair('a', 'b'), pair('a', 'c'), pair('b', 'c'), pair('x', 'y')]);
  const expectedFalse = Float64Array.of(1e-9, 1e-3, 1e-8, 2e-3);
  const weighing = { table, believed: Int32Array.of(0, 1, 2, 3), expectedFalse };
  const ratesWith = (samples: (string | null)[]): number[] =>
    falseRatesOfGroups(groupSounds(table, samples), weighing, samples);

  it('count the strongest pairs that tie a group together', () => {
    const [first, alone, second] = ratesWith(sounds.map(() => null));
    expect(first).toBeCloseTo(1e-8, 12);
    expect(alone).toBe(0);
    expect(second).toBeCloseTo(1e-3, 5);
  });

  it('count nothing for equal samples', () => {
    expect(ratesWith(sounds.map((id) => ('xy'.includes(id) ? 'equal' : null)))[2]).toBe(0);
  });
});
