// The peers that accuracy is measured beside, on fingerprints made up here: each does what its published rule says.
import { describe, expect, it } from 'vitest';

type Score = (a: Uint32Array, b: Uint32Array) => number;
interface Peers {
  readonly allOffsets: Score;
  readonly correlation: Score;
  readonly compare2: Score;
  readonly longestSegment: Score;
}

const tools = new URL('../../tools/accuracy/', import.meta.url);
const { allOffsets, correlation, compare2, longestSegment } = (await import(new URL('peers.mjs', tools).href)) as Peers;

const HOP_SECONDS = 1365 / 11_025;

/** Items without any likeness, by seed. */
function items(count: number, seed: number): Uint32Array {
  let state = seed;
  return Uint32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0;
  });
}

/** With this many of every item's low bits turned. */
const spoilt = (list: Uint32Array, bits: number): Uint32Array => list.map((item) => (item ^ ((1 << bits) - 1)) >>> 0);

function joined(...parts: readonly Uint32Array[]): Uint32Array {
  return Uint32Array.from(parts.flatMap((part) => [...part]));
}

const song = items(480, 1);
const other = items(480, 2);

describe('every peer', () => {
  it.each([
    ['allOffsets', allOffsets, 1],
    ['correlation', correlation, 1],
    ['compare2', compare2, 1],
    ['longestSegment', longestSegment, 480 * HOP_SECONDS],
  ] as const)('%s takes a fingerprint for itself, and no stranger', (_, score, best) => {
    expect(score(song, song)).toBeCloseTo(best, 5);
    expect(score(song, other)).toBeLessThan(0.65);
  });
});

describe('the bit error rate', () => {
  it('is what differs at the best offset', () => {
    expect(allOffsets(song, spoilt(song, 4))).toBeCloseTo(1 - 4 / 32, 5);
    expect(allOffsets(joined(items(200, 3), song), song)).toBeCloseTo(1, 5);
  });
});

describe('correlation', () => {
  it('looks no further than 150 items', () => {
    expect(correlation(joined(items(150, 3), song), song)).toBeCloseTo(1, 5);
    expect(correlation(joined(items(151, 3), song), song)).toBeLessThan(0.75);
  });
});

describe('compare2', () => {
  it('looks no further than 80 items', () => {
    expect(compare2(joined(items(80, 3), song), song)).toBeGreaterThan(0.75);
    expect(compare2(joined(items(82, 3), song), song)).toBe(0);
  });

  it('counts what overlaps against the shorter, and bits twice', () => {
    expect(compare2(song, song.subarray(0, 240))).toBeCloseTo(1, 5);
    expect(compare2(song, spoilt(song, 4))).toBeCloseTo(1 - (2 * 4) / 32, 5);
  });

  it('damps what has few different items', () => {
    const dull = joined(...Array.from({ length: 48 }, () => items(10, 5)));
    expect(compare2(dull, spoilt(dull, 4))).toBeLessThan(0.5);
  });
});

describe('the longest segment', () => {
  it('holds what differs in no more than two bits', () => {
    expect(longestSegment(song, spoilt(song, 2))).toBeCloseTo(480 * HOP_SECONDS, 5);
    expect(longestSegment(song, spoilt(song, 3))).toBe(0);
  });

  it('ends where the likeness ends, at one offset alone', () => {
    const half = joined(song.subarray(0, 240), items(240, 7));
    expect(longestSegment(song, half)).toBeGreaterThan(220 * HOP_SECONDS);
    expect(longestSegment(song, half)).toBeLessThan(260 * HOP_SECONDS);
    const moved = joined(song.subarray(0, 200), items(50, 8), song.subarray(200));
    expect(longestSegment(song, moved)).toBeLessThan(300 * HOP_SECONDS);
  });
});
