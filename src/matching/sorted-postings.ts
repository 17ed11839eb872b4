/**
 * The postings of many tracks, sorted by item and place: a counting sort into buckets of some thirty postings each, then
 * every bucket by itself. Costs 16 bytes a posting while it lasts.
 */
import { invariant } from '#kernel';
import { CODE_BITS, POSTING_BYTES, type PostingKernel, SILENCE_ITEM, SORT_BYTES } from './posting-kernel.ts';
import type { SharedMemory } from './shared-memory.ts';

/** Room to sort in, again and again. */
export interface SortingRoom {
  /** Postings at most, and items of the tracks that they come from. */
  readonly postings: number;
  readonly buckets: number;
  readonly unsorted: number;
  readonly sorted: number;
  readonly starts: number;
  readonly cursors: number;
}

/** Postings in memory, until the room is used again. Bucket b holds the items whose upper bits are b. */
export interface SortedPostings {
  readonly count: number;
  /** Where they lie. */
  readonly address: number;
  /** Upper bits that make a bucket. */
  readonly bucketBits: number;
  readonly firstBucket: number;
  readonly buckets: number;
  /** Where the first posting of every bucket and the end of the last one stand, as 32-bit numbers. */
  readonly starts: number;
}

const PER_BUCKET = 32;
const FEWEST_BUCKET_BITS = 8;
export const MOST_BUCKET_BITS = 22;

/** Some thirty postings a bucket. */
export function bucketBitsFor(postings: number): number {
  const bits = Math.round(Math.log2(Math.max(1, postings / PER_BUCKET)));
  return Math.min(MOST_BUCKET_BITS, Math.max(FEWEST_BUCKET_BITS, bits));
}

/** Room for so many postings, in as many buckets as they need or as are given. */
export function reserveSorting(
  shared: SharedMemory,
  postings: number,
  buckets: number = 2 ** bucketBitsFor(postings),
): SortingRoom {
  const [unsorted, sorted] = [0, 1].map(() => shared.reserve(postings * POSTING_BYTES + SORT_BYTES)) as [
    number,
    number,
  ];
  const [starts, cursors] = [0, 1].map(() => shared.reserve((buckets + 1) * 4)) as [number, number];
  return { postings, buckets, unsorted, sorted, starts, cursors };
}

/**
 * Sorts the postings of tracks that stand one after the other: the place of a track's item i is the number of items
 * before the track, plus i.
 */
export function sortTracks(
  shared: SharedMemory,
  kernel: PostingKernel,
  room: SortingRoom,
  tracks: readonly Uint32Array[],
): SortedPostings {
  const count = writeRuns(shared, kernel, room, tracks);
  const bucketBits = bucketBitsFor(count);
  return sortUnsorted(shared, kernel, room, { count, bucketBits, firstBucket: 0, buckets: 2 ** bucketBits });
}

/** The items pass through where the sorted postings will be. */
function writeRuns(
  shared: SharedMemory,
  kernel: PostingKernel,
  { postings, unsorted, sorted }: SortingRoom,
  tracks: readonly Uint32Array[],
): number {
  const silence = SILENCE_ITEM >>> (32 - CODE_BITS);
  let count = 0;
  let base = 0;
  for (const items of tracks) {
    invariant(base + items.length <= postings, 'there is room for every item');
    shared.words(sorted, items.length).set(items);
    count += kernel.runs(sorted, items.length, base, silence, unsorted + count * POSTING_BYTES);
    base += items.length;
  }
  return count;
}

/** Which postings lie in `room.unsorted`: their number, and the buckets that they belong to. */
export type UnsortedPostings = Pick<SortedPostings, 'count' | 'bucketBits' | 'firstBucket' | 'buckets'>;

/** Sorts what lies in the room. Postings of equal items keep their order. */
export function sortUnsorted(
  shared: SharedMemory,
  kernel: PostingKernel,
  { postings, buckets: most, unsorted, sorted, starts, cursors }: SortingRoom,
  what: UnsortedPostings,
): SortedPostings {
  const { count, bucketBits, firstBucket, buckets } = what;
  invariant(count <= postings && buckets <= most, 'there is room for every posting');
  const shift = 32 - bucketBits;
  const sums = shared.words(starts, buckets + 1).fill(0);
  // As if the table began with bucket 0.
  kernel.tally(unsorted, count, shift, starts + 4 - firstBucket * 4);
  for (let i = 1; i <= buckets; i++) sums[i] = sums[i]! + sums[i - 1]!;
  shared.words(cursors, buckets + 1).set(sums);
  kernel.scatter(unsorted, count, shift, cursors - firstBucket * 4, sorted);
  kernel.sortBuckets(sorted, starts, buckets, shift, unsorted);
  return { ...what, address: sorted, starts };
}
