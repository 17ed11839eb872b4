import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVoteCounter, leastNearVotes, leastVotes, type OffsetHits, offsetOf } from './votes.ts';

const LENGTH = 200;
const counter = createVoteCounter();

/** A hit: the track's item, the question's item and its phase. */
type Hit = readonly [place: number, item: number, phase: number];

function best(hits: readonly Hit[], least = 3): OffsetHits[] {
  const rows = hits
    .map(([place, item, phase]) => [offsetOf(place, 4 * item + phase, LENGTH), place] as const)
    .sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  return counter.best(Uint32Array.from(rows.flat()), LENGTH, least);
}

const items = fc.uniqueArray(fc.nat({ max: LENGTH - 1 }), { minLength: 3, maxLength: 40 });
const noise = fc.array(fc.tuple(fc.nat({ max: 5000 }), fc.nat({ max: LENGTH - 1 }), fc.nat({ max: 3 })), {
  maxLength: 60,
});

describe('votes', () => {
  it('find a planted copy at its quarter hop, with a vote for each of its places', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 0, max: 5000 }), fc.nat({ max: 3 }), (own, offset, phase) => {
        const found = best(own.map((item) => [item + offset, item, phase]));
        expect(found).toEqual([{ quarterHops: 4 * offset - phase, votes: own.length }]);
      }),
    );
  });

  it('put it first, whatever noise there is, where the noise alone has fewer', () => {
    fc.assert(
      fc.property(noise, fc.integer({ min: 0, max: 5000 }), (others, offset) => {
        const copy = Array.from({ length: 70 }, (_, item): Hit => [item + offset, item, 0]);
        const [first] = best([...copy, ...others]);
        expect(first?.votes).toBeGreaterThanOrEqual(70);
        expect(Math.abs((first?.quarterHops ?? 0) - 4 * offset)).toBeLessThanOrEqual(4);
      }),
    );
  });

  it('give at most 16 offsets of at least the least votes, the best first, no two within two items', () => {
    fc.assert(
      fc.property(noise, noise, fc.integer({ min: 1, max: 5 }), (one, other, least) => {
        const found = best([...one, ...other], least);
        expect(found.length).toBeLessThanOrEqual(16);
        found.forEach(({ votes, quarterHops }, i) => {
          expect(votes).toBeGreaterThanOrEqual(least);
          if (i > 0) expect(votes).toBeLessThanOrEqual(found[i - 1]!.votes);
          for (const before of found.slice(0, i)) expect(Math.abs(before.quarterHops - quarterHops)).toBeGreaterThan(4);
        });
        expect(best([...other, ...one], least)).toEqual(found);
      }),
    );
  });

  it('count a held note once', () => {
    const held = Array.from({ length: 30 }, (_, i): Hit => [500, 100 + (i % 2), i % 4]);
    expect(best(held)).toEqual([]);
  });

  it('of equal ones prefer more hits, then what is nearer to level', () => {
    const at = (offset: number, phases: readonly number[]): Hit[] =>
      [1, 50, 120].flatMap((item) => phases.map((phase): Hit => [item + offset, item, phase]));
    const first = (...hits: readonly Hit[]): number | undefined => best(hits)[0]?.quarterHops;
    expect(first(...at(900, [0]), ...at(30, [0]))).toBe(120);
    expect(first(...at(30, [0]), ...at(900, [0]))).toBe(120);
    expect(first(...at(900, [0, 1]), ...at(30, [0]))).toBe(3599.5);
  });
});

describe('the least votes', () => {
  it('never fall as sounds get longer, and near codes need more', () => {
    const length = fc.integer({ min: 1, max: 500_000 });
    fc.assert(
      fc.property(length, length, length, (one, other, more) => {
        for (const least of [leastVotes, leastNearVotes]) {
          expect(least(one, other + more)).toBeGreaterThanOrEqual(least(one, other));
          expect(least(one, other)).toBe(least(other, one));
        }
        expect(leastNearVotes(one, other)).toBeGreaterThan(leastVotes(one, other));
        expect(leastVotes(one, other)).toBeGreaterThanOrEqual(3);
      }),
    );
  });
});
