/** From hits, wherever they were found, to the tracks in which enough of them agree on an offset. */
import { type Desk, type GatheredHits, keptRoom, MOST_TABLE_BITS } from './desk.ts';
import { POSTING_BYTES } from './posting-kernel.ts';
import { type OffsetHits, offsetOf } from './votes.ts';

export interface TrackHits {
  readonly track: number;
  /** The best first; at least one. */
  readonly offsets: readonly OffsetHits[];
}

/** Votes that count, for sounds of so many items. */
export type LeastVotes = (questionItems: number, indexedItems: number) => number;

/**
 * From the hits of a question to the tracks in which they agree, by track.
 * @param question its phases
 * @param starts the first place of each track, and the end of the last
 */
export function settle(
  desk: Desk,
  starts: Uint32Array,
  question: readonly Uint32Array[],
  { address, count }: GatheredHits,
  leastVotes: LeastVotes,
): TrackHits[] {
  const { shared, kernel, table, votes } = desk;
  const length = Math.max(...question.map((items) => items.length));
  const least = leastVotes(length, 0);
  const { kept, spare } = keptRoom(desk);
  const left = kernel.sift(address, count, length, table, tableMask(count), least, kept);
  // By place, so that those of one track follow each other.
  kernel.sort(kept, left, 0, 32, spare);
  const hits = shared.words(kept, 2 * left);
  const found: TrackHits[] = [];
  for (let at = 0; at < left; ) {
    const track = trackAt(starts, hits[2 * at]!);
    const [start, end] = [starts[track]!, starts[track + 1]!];
    const first = at;
    for (; at < left && hits[2 * at]! < end; at++) placeOffset(hits, 2 * at, start, length);
    if (at - first < least) continue;
    kernel.sort(kept + first * POSTING_BYTES, at - first, 0, 32, spare);
    const own = hits.subarray(2 * first, 2 * at);
    const offsets = votes.best(own, length, leastVotes(length, end - start));
    if (offsets.length > 0) found.push({ track, offsets });
  }
  return found;
}

/** Turns a hit, place and where it was asked from, into its offset and its place within the track. */
function placeOffset(hits: Uint32Array, at: number, start: number, length: number): void {
  const place = hits[at]! - start;
  hits[at] = offsetOf(place, hits[at + 1]!, length);
  hits[at + 1] = place;
}

/** The table of offsets has sixteen cells a hit where that fits into a cache, so that few hits share one by chance. */
const CELLS_PER_HIT = 16;
const FEWEST_TABLE_BITS = 12;

function tableMask(hits: number): number {
  const bits = Math.ceil(Math.log2(CELLS_PER_HIT * hits + 1));
  return 2 ** Math.min(MOST_TABLE_BITS, Math.max(FEWEST_TABLE_BITS, bits)) - 1;
}

/** The track that holds a place, by bisection. */
export function trackAt(starts: Uint32Array, place: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= place) low = middle;
    else high = middle;
  }
  return low;
}
