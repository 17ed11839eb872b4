import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bestCover, type Match } from './cover.ts';

const LENGTH = 24;
/** What a search that forgets nothing can do: three matches over every byte are 4^8 ways. */
const SHORT = 8;

/** Matches within `length` bytes, at most `most` of them. */
function matches(length: number, most: number): fc.Arbitrary<Match[]> {
  return fc
    .array(fc.tuple(fc.nat(length - 1), fc.integer({ min: 1, max: length })), { maxLength: most })
    .map((list) => list.map(([start, long]) => ({ start, end: Math.min(length, start + long) })));
}

/** Tries every way to say which match, if any, each of `length` bytes comes from. */
function leastCost(list: readonly Match[], length: number, price: number): number {
  const at = (place: number, from: Match | undefined): number => {
    if (place === length) return 0;
    const options = [1 + at(place + 1, undefined)];
    for (const match of list) {
      if (match.start <= place && place < match.end) options.push((match === from ? 0 : price) + at(place + 1, match));
    }
    return Math.min(...options);
  };
  return at(0, undefined);
}

/** The same remembered place by place, for it is asked again and again. */
function leastCostQuickly(list: readonly Match[], length: number, price: number): number {
  let next = new Map<Match | undefined, number>();
  for (let place = length - 1; place >= 0; place--) {
    const cost = (from: Match | undefined): number =>
      Math.min(
        1 + (next.get(undefined) ?? 0),
        ...list
          .filter(({ start, end }) => start <= place && place < end)
          .map((match) => (match === from ? 0 : price) + (next.get(match) ?? 0)),
      );
    next = new Map([undefined, ...list].map((from) => [from, cost(from)]));
  }
  return next.get(undefined) ?? 0;
}

it('costs what the best of all covers costs, and lies within its matches without overlap', () => {
  fc.assert(
    fc.property(matches(LENGTH, 6), fc.integer({ min: 1, max: 6 }), (list, price) => {
      const chosen = bestCover(list, 0, LENGTH, price);
      let covered = 0;
      let last = 0;
      for (const { start, end, match } of chosen) {
        expect(start).toBeGreaterThanOrEqual(Math.max(last, match.start));
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(match.end);
        covered += end - start;
        last = end;
      }
      expect(LENGTH - covered + chosen.length * price).toBe(leastCostQuickly(list, LENGTH, price));
    }),
    { numRuns: 2000 },
  );
});

it('is held against a search that forgets nothing', () => {
  fc.assert(
    fc.property(matches(SHORT, 3), fc.integer({ min: 1, max: 4 }), (list, price) => {
      expect(leastCostQuickly(list, SHORT, price)).toBe(leastCost(list, SHORT, price));
    }),
    { numRuns: 200 },
  );
});

it('takes one long match instead of many short ones that are found first', () => {
  const list = [
    { start: 0, end: 40 },
    { start: 30, end: 70 },
    { start: 0, end: 70 },
  ];
  expect(bestCover(list, 0, 70, 4)).toEqual([{ start: 0, end: 70, match: list[2] }]);
});

it('leaves out what costs more than it saves', () => {
  expect(bestCover([{ start: 10, end: 14 }], 0, 20, 4)).toEqual([]);
});
