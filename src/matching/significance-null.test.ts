import { describe, expect, it } from 'vitest';
import { createRandom } from '../../test/support/music.ts';
import {
  chanceOf,
  fitNull,
  measureNullPairs,
  NULL_OFFSETS,
  type NullPair,
  PRIOR,
  sampleOf,
} from './significance-null.ts';

/** Highest values of a Gumbel distribution. */
function drawn(seed: number, count: number, location: number, scale: number): NullPair[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => ({
    highest: location - scale * Math.log(-Math.log(random() || 0.5)),
    offsets: NULL_OFFSETS,
  }));
}

describe('the null distribution', () => {
  it('is that of music in general where the library says nothing', () => {
    expect(fitNull([])).toEqual(PRIOR);
    const { location } = fitNull(drawn(1, 3, 9, 2));
    expect(location).toBeCloseTo(PRIOR.location, 1);
  });

  it('is that of the library where it has much to say', () => {
    const fitted = fitNull(drawn(2, 50_000, 4, 0.9));
    expect(fitted.location).toBeCloseTo(4, 1);
    expect(fitted.scale).toBeCloseTo(0.9, 1);
  });

  it('is never narrower than in general', () => {
    expect(fitNull(drawn(3, 50_000, 2, 0.1)).scale).toBe(PRIOR.scale);
  });

  it('hardly notices that some of the pairs are copies', () => {
    const strangers = drawn(4, 1000, 2.4, 0.4);
    const copies = drawn(5, 20, 40, 2);
    const [without, mixed] = [fitNull(strangers), fitNull([...strangers, ...copies])];
    expect(mixed.location).toBeCloseTo(without.location, 1);
    expect(Math.abs(mixed.scale - without.scale)).toBeLessThan(0.03);
  });

  it('does not depend on the order of the pairs', () => {
    const pairs = drawn(6, 300, 3, 0.5);
    expect(fitNull(pairs.toReversed())).toEqual(fitNull(pairs));
  });
});

describe('null pairs', () => {
  const random = createRandom(7);
  const tracks = [600, 500, 300, 20].map((length) => Uint32Array.from({ length }, () => random() * 2 ** 32));

  it('are all that may be, but for sounds too short to say anything', () => {
    const pairs = measureNullPairs(tracks, () => false);
    expect(pairs).toHaveLength(3);
    expect(pairs.map(({ offsets }) => offsets)).toEqual([NULL_OFFSETS, NULL_OFFSETS, NULL_OFFSETS]);
    for (const { highest } of pairs) expect(highest).toBeLessThan(5);
  });

  it('leave out what may be related', () => {
    expect(measureNullPairs(tracks, (one, other) => one === 0 && other === 1)).toHaveLength(2);
  });
});

describe('the chance of a significance', () => {
  it('falls with it, and rises with the offsets there are', () => {
    const chances = [0, 2, 5, 10, 40].map((z) => chanceOf(z, 200, 200, PRIOR));
    expect(chances).toEqual(chances.toSorted((a, b) => b - a));
    expect(chances[0]).toBeLessThanOrEqual(1);
    expect(chances.at(-1)).toBeGreaterThan(0);
    expect(chanceOf(10, 400, 400, PRIOR) / chanceOf(10, 200, 200, PRIOR)).toBeCloseTo(2, 3);
  });
});

it('a sample is spread evenly over a library, and all of a small one', () => {
  const ids = Array.from({ length: 1000 }, (_, i) => i);
  const sample = sampleOf(ids);
  expect(sample).toHaveLength(48);
  expect([sample[0], sample[24], sample[47]]).toEqual([0, 500, 979]);
  expect(sampleOf([3, 1])).toEqual([3, 1]);
});
