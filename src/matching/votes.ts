/**
 * From hits of a question in one track to the offsets at which most of them agree. A hit votes for every offset within
 * one item of its own; only distinct places of the track count, so that a held note is one vote.
 */

/** Offset-consistent hits of a question in one indexed track. */
export interface OffsetHits {
  /** Quarter hops by which the question starts after the indexed track; negative where it starts before. */
  readonly quarterHops: number;
  /** Distinct indexed items that were hit within one item of that offset. */
  readonly votes: number;
}

/** Three hits suffice for songs of usual length; long sounds meet by chance more often. Chosen. */
const MIN_VOTES = 3;
const LONG_PRODUCT = 2e6;
const VERY_LONG_PRODUCT = 4e7;
/** Near hits: for half a minute against half a minute, and more for every tenfold. Measured: 0.4 % of strangers pass. */
const MIN_NEAR_VOTES = 4;
const SHORT_PRODUCT = 1e5;
const NEAR_VOTES_PER_TENFOLD = 4;
const MAX_OFFSETS = 16;
/** Hits within one item of an offset vote for it; in quarter hops. */
const WINDOW = 4;

/** Votes that make a candidate, for sounds of so many items. */
export function leastVotes(questionItems: number, indexedItems: number): number {
  const product = questionItems * indexedItems;
  return MIN_VOTES + (product > LONG_PRODUCT ? 1 : 0) + (product > VERY_LONG_PRODUCT ? 2 : 0);
}

/** The same where codes count that differ by a bit. */
export function leastNearVotes(questionItems: number, indexedItems: number): number {
  const tenfolds = Math.log10(Math.max(1, (questionItems * indexedItems) / SHORT_PRODUCT));
  return MIN_NEAR_VOTES + Math.ceil(NEAR_VOTES_PER_TENFOLD * tenfolds);
}

/**
 * The offset of a hit as a number that is not negative: quarter hops by which the question starts after the track, and
 * four times the question's length.
 * @param place the item of the track
 * @param time in the question, in quarter hops
 */
export function offsetOf(place: number, time: number, length: number): number {
  return 4 * (place + length) - time;
}

/** Counts votes, of one track after the other. Holds work space: not reentrant. */
export interface VoteCounter {
  /**
   * Takes the offset with most votes, sets its hits aside, and so on; at most 16, with at least `least` votes.
   * @param hits pairs of {@link offsetOf} and place, by ascending offsets
   * @param length of the question
   */
  best(hits: Uint32Array, length: number, least: number): OffsetHits[];
}

export function createVoteCounter(): VoteCounter {
  let offsets = new Int32Array(1 << 10);
  let places = new Int32Array(offsets.length);
  const seen = createPlaceCounts();
  return {
    best(hits, length, least) {
      const count = hits.length / 2;
      if (count > offsets.length) {
        offsets = new Int32Array(2 * count);
        places = new Int32Array(2 * count);
      }
      for (let i = 0; i < count; i++) {
        offsets[i] = hits[2 * i]!;
        places[i] = hits[2 * i + 1]!;
      }
      const found: OffsetHits[] = [];
      for (let left = count; left >= least && found.length < MAX_OFFSETS; ) {
        const best = bestWindow(offsets.subarray(0, left), places, seen, 4 * length);
        if (best.votes < least) break;
        found.push({ quarterHops: best.centre - 4 * length, votes: best.votes });
        left = withoutNear(offsets, places, left, best.centre);
      }
      return found;
    },
  };
}

/** Drops the hits near an offset, in place, and gives how many are left. */
function withoutNear(offsets: Int32Array, places: Int32Array, count: number, centre: number): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    if (Math.abs(offsets[i]! - centre) <= 2 * WINDOW) continue;
    offsets[kept] = offsets[i]!;
    places[kept] = places[i]!;
    kept++;
  }
  return kept;
}

interface Window {
  /** Middle of the hits' offsets; halves occur. */
  readonly centre: number;
  readonly votes: number;
  readonly hits: number;
}

/** The window of ±one item with most distinct places, then most hits, then nearest to offset `level`. */
function bestWindow(offsets: Int32Array, places: Int32Array, seen: PlaceCounts, level: number): Window {
  let best: Window = { centre: 0, votes: 0, hits: 0 };
  let end = 0;
  for (let start = 0; start < offsets.length; start++) {
    for (; end < offsets.length && offsets[end]! - offsets[start]! <= 2 * WINDOW; end++) seen.add(places[end]!);
    if (seen.distinct() >= best.votes) {
      const window = { centre: middleOf(offsets, start, end), votes: seen.distinct(), hits: end - start };
      if (isBetter(window, best, level)) best = window;
    }
    seen.remove(places[start]!);
  }
  return best;
}

/** How often places are in a window; none of them when the window has passed by. */
interface PlaceCounts {
  add(place: number): void;
  remove(place: number): void;
  /** Places that were added more often than removed. */
  distinct(): number;
}

function createPlaceCounts(): PlaceCounts {
  let counts = new Int32Array(1 << 12);
  let distinct = 0;
  return {
    add(place) {
      if (place >= counts.length) {
        const larger = new Int32Array(2 * place);
        larger.set(counts);
        counts = larger;
      }
      if (counts[place]!++ === 0) distinct++;
    },
    remove(place) {
      if (--counts[place]! === 0) distinct--;
    },
    distinct: () => distinct,
  };
}

function middleOf(offsets: Int32Array, start: number, end: number): number {
  return (offsets[(start + end - 1) >>> 1]! + offsets[(start + end) >>> 1]!) / 2;
}

function isBetter(one: Window, other: Window, level: number): boolean {
  if (one.votes !== other.votes) return one.votes > other.votes;
  if (one.hits !== other.hits) return one.hits > other.hits;
  return Math.abs(one.centre - level) < Math.abs(other.centre - level);
}
