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
/** Room for the place beside the offset in one number. */
const PLACE_SPAN = 2 ** 26;

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
 * A hit as one number.
 * @param place the item of the track
 * @param item the item of the question, at `phase` quarter hops
 * @param length of the question, so that nothing is negative
 */
export function hitKey(place: number, item: number, phase: number, length: number): number {
  return (4 * (place - item + length) - phase) * PLACE_SPAN + place;
}

/** Takes the offset with most votes, sets its hits aside, and so on; at most 16, with at least `least` votes. */
export function bestOffsets(keys: readonly number[], length: number, least: number): OffsetHits[] {
  const sorted = Float64Array.from(keys).sort();
  const offsets = Int32Array.from(sorted, (key) => Math.floor(key / PLACE_SPAN));
  const places = Int32Array.from(sorted, (key) => key % PLACE_SPAN);
  const taken = new Uint8Array(sorted.length);
  const found: OffsetHits[] = [];
  while (found.length < MAX_OFFSETS) {
    const best = bestWindow(offsets, places, taken, 4 * length);
    if (best.votes < least) break;
    found.push({ quarterHops: best.centre - 4 * length, votes: best.votes });
    for (let i = 0; i < offsets.length; i++) {
      if (Math.abs(offsets[i]! - best.centre) <= 2 * WINDOW) taken[i] = 1;
    }
  }
  return found;
}

interface Window {
  /** Middle of the hits' offsets; halves occur. */
  readonly centre: number;
  readonly votes: number;
  readonly hits: number;
}

/** The window of ±one item with most distinct places, then most hits, then nearest to offset `level`. */
function bestWindow(offsets: Int32Array, places: Int32Array, taken: Uint8Array, level: number): Window {
  const inWindow = createPlaceCounts(places);
  let best: Window = { centre: 0, votes: 0, hits: 0 };
  let end = 0;
  for (let start = 0; start < offsets.length; start++) {
    for (; end < offsets.length && offsets[end]! - offsets[start]! <= 2 * WINDOW; end++) {
      if (!taken[end]) inWindow.add(places[end]!);
    }
    if (inWindow.distinct() >= best.votes) {
      const window = { centre: middleOf(offsets, start, end), votes: inWindow.distinct(), hits: end - start };
      if (isBetter(window, best, level)) best = window;
    }
    if (!taken[start]) inWindow.remove(places[start]!);
  }
  return best;
}

interface PlaceCounts {
  add(place: number): void;
  remove(place: number): void;
  /** Places that were added more often than removed. */
  distinct(): number;
}

function createPlaceCounts(places: Int32Array): PlaceCounts {
  let [lowest, highest] = [places[0] ?? 0, places[0] ?? 0];
  for (const place of places) {
    if (place < lowest) lowest = place;
    else if (place > highest) highest = place;
  }
  const counts = new Int32Array(highest - lowest + 1);
  let distinct = 0;
  return {
    add(place) {
      if (counts[place - lowest]!++ === 0) distinct++;
    },
    remove(place) {
      if (--counts[place - lowest]! === 0) distinct--;
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
