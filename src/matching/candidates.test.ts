import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../test/support/music.ts';
import { findCandidates, offsetsBetween } from './candidates.ts';
import type { PhaseItems } from './code-index.ts';
import { mirrorOffset } from './verdict.ts';

const HOP_SECONDS = 1365 / 11025;
const SILENCE = 627964279;

/** Random items, each held for one to three hops as in music. */
function items(seed: number, length: number): Uint32Array {
  const random = createRandom(seed);
  let item = 0;
  return Uint32Array.from({ length }, () => {
    if (random() < 0.6) item = Math.floor(random() * 2 ** 32);
    return item;
  });
}

/** A track whose phases tell nothing more than its items do. */
function track(row: Uint32Array): PhaseItems {
  return [row, row, row, row];
}

function inserted(row: Uint32Array, into: Uint32Array, at: number): Uint32Array {
  const out = into.slice();
  out.set(row, at);
  return out;
}

describe('candidates', () => {
  it('are found at the offset at which they share a part', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 140 }), fc.integer({ min: 0, max: 140 }), (atA, atB) => {
        const shared = items(1, 60);
        const pairs = findCandidates([
          track(inserted(shared, items(2, 200), atA)),
          track(items(3, 200)),
          track(inserted(shared, items(4, 200), atB)),
        ]);
        expect(pairs).toHaveLength(1);
        expect(pairs[0]).toMatchObject({ a: 0, b: 2 });
        expect(pairs[0]?.offsets[0]?.offsetSeconds).toBeCloseTo((atA - atB) * HOP_SECONDS, 0);
      }),
      { numRuns: 20 },
    );
  });

  it('do not depend on the order of the tracks', () => {
    const rows = [
      items(1, 150),
      inserted(items(1, 80), items(2, 200), 30),
      items(3, 90),
      inserted(items(3, 90), items(4, 300), 111),
    ];
    const name = (row: PhaseItems | undefined): number => rows.indexOf(row?.[0] as Uint32Array);
    const found = (order: readonly number[]): string[] => {
      const tracks = order.map((i) => track(rows[i] as Uint32Array));
      return findCandidates(tracks)
        .map(({ a, b, offsets }) => {
          const turned = name(tracks[a]) > name(tracks[b]);
          const [one, other] = turned ? [b, a] : [a, b];
          return `${name(tracks[one])} ${name(tracks[other])} ${offsets.map(({ offsetSeconds, votes }) => `${((turned ? -1 : 1) * offsetSeconds).toFixed(3)}×${votes}`)}`;
        })
        .sort();
    };
    expect(found([0, 1, 2, 3])).toHaveLength(2);
    expect(found([3, 1, 0, 2])).toEqual(found([0, 1, 2, 3]));
  });

  it('are never found by silence, by a code that everybody has, or by nothing', () => {
    const quiet = track(new Uint32Array(300).fill(SILENCE));
    expect(findCandidates([quiet, quiet, track(new Uint32Array(0)), track(items(1, 4))])).toEqual([]);
    const drone = Uint32Array.from({ length: 400 }, (_, i) => (i % 2) * 0xabcdef00);
    expect(findCandidates([track(drone), track(drone)])).toEqual([]);
  });

  it('have the same offset with the other sign when asked the other way round', () => {
    const [a, b] = [track(items(1, 200)), track(inserted(items(1, 90), items(5, 200), 40))];
    const plain = (of: PhaseItems) => ({ items: of, altered: [] });
    expect(offsetsBetween(plain(b), plain(a)).map(mirrorOffset)).toEqual(offsetsBetween(plain(a), plain(b)));
  });
});
