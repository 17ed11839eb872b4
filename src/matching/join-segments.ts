/** Several segments as one: merged into another one, or laid out in memory to be asked. */
import { joinWords } from '#kernel';
import { createPacker, type IndexSegment, type Packer, placeBitsFor, type SegmentTables } from './code-segment.ts';
import { type IndexedCodes, type IndexLayout, type IndexRoom, openLayout, reserveIndex } from './index-layout.ts';
import { createPostingKernel, POSTING_BYTES, type PostingKernel } from './posting-kernel.ts';
import {
  type CursorRoom,
  cursorRoomFor,
  openCursor,
  type PostingChunk,
  postingsAtMost,
  type SegmentCursor,
  type SegmentSlice,
} from './segment-cursor.ts';
import type { SharedMemory } from './shared-memory.ts';
import {
  bucketBitsFor,
  MOST_BUCKET_BITS,
  reserveSorting,
  type SortedPostings,
  type SortingRoom,
  sortUnsorted,
} from './sorted-postings.ts';

/** Lays segments out in memory to be asked, again and again in the same room. */
export interface SegmentLoader {
  /**
   * Lays out the sounds of slices, one after the other. The layout is valid until the next call.
   * @throws AppError `index/corrupt`
   */
  load(slices: readonly SegmentSlice[]): IndexLayout;
}

/**
 * Costs some 5 MB a slice besides what is laid out.
 * @param codes that it is asked about; no other is read
 * @param postings for which there is room at first; where more are loaded, room for those is made anew
 */
export function createSegmentLoader(shared: SharedMemory, codes: IndexedCodes, postings: number = 0): SegmentLoader {
  const { sampleBits } = codes;
  const kernel = createPostingKernel(shared);
  const joiner = createJoiner(shared, kernel);
  let room: IndexRoom | undefined;
  return {
    load(slices) {
      const lengths = joinWords(slices.map(({ segment, from, to }) => segment.tables.lengths.subarray(from, to)));
      const needed = slices.reduce((sum, slice) => sum + postingsAtMost(slice, sampleBits), 0);
      if (!room || room.postings < needed) room = reserveIndex(shared, Math.max(needed, postings), codes);
      const layout = openLayout(kernel, room, startsOf(lengths));
      for (const { address, count } of joiner.postings(slices, sampleBits)) layout.add(address, count);
      return layout.close();
    },
  };
}

function startsOf(lengths: Uint32Array): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) starts[i + 1] = starts[i]! + lengths[i]!;
  return starts;
}

/**
 * Makes one segment of several; the places of each come after those of the one before. Reads every segment once, from
 * front to back, and costs some 5 MB a segment.
 * @throws AppError `index/corrupt`
 */
export function mergeSegments(
  shared: SharedMemory,
  segments: readonly IndexSegment[],
  write: (bytes: Uint8Array) => void,
): SegmentTables {
  const kernel = createPostingKernel(shared);
  const lengths = joinWords(segments.map(({ tables }) => tables.lengths));
  const postings = segments.reduce((sum, { tables }) => sum + tables.postings, 0);
  const bucketBits = bucketBitsFor(postings);
  const placeBits = placeBitsFor(lengths);
  const ends = new Uint32Array(2 ** bucketBits);
  let room: SortingRoom | undefined;
  let packer: Packer | undefined;
  let bytes = 0;
  for (const { sorted, room: own } of createJoiner(shared, kernel).ranges(segments.map(wholly), bucketBits, 0)) {
    if (!packer || own !== room) packer = createPacker(shared, kernel, own);
    room = own;
    const packed = packer.pack(sorted, placeBits, write);
    for (let i = 0; i < packed.length; i++) ends[sorted.firstBucket + i] = bytes + packed[i]!;
    bytes += packed.at(-1)!;
  }
  const sounds = joinWords(segments.map(({ tables }) => tables.sounds));
  const checks = joinWords(segments.map(({ tables }) => tables.checks));
  return { sounds, checks, lengths, postings, bucketBits, placeBits, ends };
}

/** All sounds of a segment. */
export function wholly(segment: IndexSegment): SegmentSlice {
  return { segment, from: 0, to: segment.tables.sounds.length };
}

/** Parts of the codes that go through memory one after the other. */
const RANGE_BITS = 12;
const RANGE_BUCKETS = 2 ** (MOST_BUCKET_BITS - RANGE_BITS);
const FIRST_ROOM = 2 ** 16;

/** Postings of some successive buckets, and the room in which they were sorted; valid until the next ones. */
interface SortedRange {
  readonly sorted: SortedPostings;
  readonly room: SortingRoom;
}

interface Joiner {
  /** The postings of all slices, sorted, range by range of the codes. */
  ranges(slices: readonly SegmentSlice[], bucketBits: number, sampleBits: number): Generator<SortedRange>;
  /** The same in no given portions: those of a single slice need not be sorted again. */
  postings(slices: readonly SegmentSlice[], sampleBits: number): Generator<PostingChunk>;
}

/** Keeps its room for the next slices. */
function createJoiner(shared: SharedMemory, kernel: PostingKernel): Joiner {
  const cursorRooms: CursorRoom[] = [];
  let room: SortingRoom | undefined;
  /** Room for more, with what is there. */
  const roomFor = (held: number, wanted: number): SortingRoom => {
    if (room && held + wanted <= room.postings) return room;
    const larger = reserveSorting(shared, Math.max(FIRST_ROOM, 2 * (held + wanted)), RANGE_BUCKETS);
    if (room) copyPostings(shared, { address: room.unsorted, count: held }, larger.unsorted);
    room = larger;
    return larger;
  };
  const cursorsOf = (slices: readonly SegmentSlice[], sampleBits: number): SegmentCursor[] => {
    let base = 0;
    return slices.map((slice, i) => {
      const own = cursorRoomFor(shared, slice.segment, cursorRooms[i]);
      cursorRooms[i] = own;
      const cursor = openCursor(shared, kernel, slice, own, { base, sampleBits });
      const { lengths } = slice.segment.tables;
      base += lengths.subarray(slice.from, slice.to).reduce((sum, length) => sum + length, 0);
      return cursor;
    });
  };
  return {
    *ranges(slices, bucketBits, sampleBits) {
      const takers = cursorsOf(slices, sampleBits).map((cursor) => createTaker(shared, cursor));
      const rangeBits = Math.min(RANGE_BITS, bucketBits);
      const buckets = 2 ** (bucketBits - rangeBits);
      for (let range = 0; range < 2 ** (rangeBits - sampleBits); range++) {
        const bound = (range + 1) * 2 ** (32 - rangeBits);
        let count = 0;
        for (const take of takers) {
          for (let part = take(bound); part.count > 0; part = take(bound)) {
            copyPostings(shared, part, roomFor(count, part.count).unsorted + count * POSTING_BYTES);
            count += part.count;
          }
        }
        const own = roomFor(count, 0);
        const unsorted = { count, bucketBits, firstBucket: range * buckets, buckets };
        yield { sorted: sortUnsorted(shared, kernel, own, unsorted), room: own };
      }
    },
    *postings(slices, sampleBits) {
      if (slices.length === 1) {
        const [cursor] = cursorsOf(slices, sampleBits) as [SegmentCursor];
        for (let chunk = cursor.next(); chunk; chunk = cursor.next()) yield chunk;
      } else for (const { sorted } of this.ranges(slices, MOST_BUCKET_BITS, sampleBits)) yield sorted;
    },
  };
}

function copyPostings(shared: SharedMemory, { address, count }: PostingChunk, to: number): void {
  const bytes = count * POSTING_BYTES;
  shared.bytes(to, bytes).set(shared.bytes(address, bytes));
}

/** Gives what a cursor gives, but only up to a bound at a time: none where all below it were taken. */
type Taker = (bound: number) => PostingChunk;

function createTaker(shared: SharedMemory, cursor: SegmentCursor): Taker {
  const nothing = { address: 0, count: 0 };
  let rest: PostingChunk | undefined = nothing;
  return (bound) => {
    while (rest && rest.count === 0) rest = cursor.next();
    if (!rest) return nothing;
    const { address, count }: PostingChunk = rest;
    const taken = countBelow(shared.words(address, 2 * count), bound);
    rest = { address: address + taken * POSTING_BYTES, count: count - taken };
    return { address, count: taken };
  };
}

/** How many of the sorted postings have an item below the bound, by bisection. */
function countBelow(postings: Uint32Array, bound: number): number {
  let low = 0;
  let high = postings.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (postings[2 * middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
