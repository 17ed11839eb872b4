/**
 * A segment: the postings of some tracks, sorted and packed, which never change once they are written. The body holds
 * buckets one after the other; the tables say where each ends and whose the places are. A bucket gives the number of
 * its postings and the steps from item to item as variable-length numbers, then the places with equally many bits each:
 * 4.6 bytes a posting in all, most of which is the place, for the order of songs holds no pattern. See
 * `docs/design/search.md`.
 */
import { invariant, joinWords } from '#kernel';
import { type IndexLayout, type IndexRoom, openLayout } from './index-layout.ts';
import { createPostingKernel, POSTING_BYTES, type PostingKernel } from './posting-kernel.ts';
import type { SharedMemory } from './shared-memory.ts';
import {
  bucketBitsFor,
  reserveSorting,
  type SortedPostings,
  type SortingRoom,
  sortTracks,
  sortUnsorted,
} from './sorted-postings.ts';

/** What a segment holds, and where. */
export interface SegmentTables {
  /** The numbers of the sounds, in the order of their places. */
  readonly sounds: Uint32Array;
  /** What tells each sound from another one that has got its number: of an older copy of the catalogue, say. */
  readonly checks: Uint32Array;
  /** Items of each sound. The place of a sound's item i is the number of items before the sound, plus i. */
  readonly lengths: Uint32Array;
  readonly postings: number;
  /** 2 ^ this many buckets. */
  readonly bucketBits: number;
  /** Bits of a place. */
  readonly placeBits: number;
  /** Where each bucket ends, in bytes of the body. */
  readonly ends: Uint32Array;
}

/** A segment that can be read. */
export interface IndexSegment {
  readonly tables: SegmentTables;
  /** Bytes of the body, valid until the next call. @throws AppError `index/corrupt` */
  read(offset: number, length: number): Uint8Array;
}

/** A sound to be indexed. */
export interface IndexedSound {
  readonly sound: number;
  /** As in {@link SegmentTables}. */
  readonly check: number;
  /** Phase 0. */
  readonly items: Uint32Array;
}

/** Items of one run at most: some 10,000 songs, whose sorting takes 350 MB. Chosen. */
export const RUN_ITEMS: number = 2 ** 24;

/** Writes segments, one after the other, in the same room. */
export interface SegmentBuilder {
  /**
   * Packs sounds.
   * @param write takes the body; the bytes are valid during the call only
   */
  build(sounds: readonly IndexedSound[], write: (bytes: Uint8Array) => void): SegmentTables;
}

/** For runs of so many items at most. */
export function createSegmentBuilder(shared: SharedMemory, mostItems: number): SegmentBuilder {
  const kernel = createPostingKernel(shared);
  const room = reserveSorting(shared, mostItems);
  const packer = createPacker(shared, kernel, room);
  return {
    build(sounds, write) {
      const lengths = Uint32Array.from(sounds, ({ items }) => items.length);
      const sorted = sortTracks(
        shared,
        kernel,
        room,
        sounds.map(({ items }) => items),
      );
      const placeBits = placeBitsFor(lengths);
      const ends = new Uint32Array(sorted.buckets);
      ends.set(packer.pack(sorted, placeBits, write));
      return {
        sounds: Uint32Array.from(sounds, ({ sound }) => sound),
        checks: Uint32Array.from(sounds, ({ check }) => check),
        lengths,
        postings: sorted.count,
        bucketBits: sorted.bucketBits,
        placeBits,
        ends,
      };
    },
  };
}

/** With fewer a posting could take less than two bytes, and memory could not be planned. */
const LEAST_PLACE_BITS = 8;

function placeBitsFor(lengths: Uint32Array): number {
  const items = lengths.reduce((sum, length) => sum + length, 0);
  return Math.max(LEAST_PLACE_BITS, Math.ceil(Math.log2(items + 1)));
}

interface Packer {
  /** Packs buckets and tells where each ends, counted from the first one's start. */
  pack(sorted: SortedPostings, placeBits: number, write: (bytes: Uint8Array) => void): Uint32Array;
}

/** A posting takes five bytes of step and four of place at the very most; a bucket five of number, and eight are spilt. */
const MOST_PACKED_BYTES = 9;

/** Packs into the room where the unsorted postings were, which is as large as what is packed at most, but for the buckets' numbers. */
function createPacker(shared: SharedMemory, kernel: PostingKernel, room: SortingRoom): Packer {
  const ends = shared.reserve(room.buckets * 4);
  const out = shared.reserve(room.postings * MOST_PACKED_BYTES + room.buckets * 5 + 8);
  return {
    pack({ address, starts, buckets, bucketBits }, placeBits, write) {
      const bytes = kernel.packBuckets(address, starts, buckets, 32 - bucketBits, placeBits, out, ends);
      write(shared.bytes(out, bytes));
      return shared.words(ends, buckets).slice();
    },
  };
}

/** Bytes of the body that are in memory at a time, where no bucket is larger. */
const CHUNK_BYTES = 2 ** 20;

/** Postings of successive buckets of a segment. */
interface UnpackedChunk {
  readonly address: number;
  readonly count: number;
}

/** Reads a segment bucket by bucket. */
interface SegmentCursor {
  /** The next postings, or `undefined` after the last; valid until the next call. @throws AppError `index/corrupt` */
  next(): UnpackedChunk | undefined;
}

/** What goes through memory at once: bytes, postings, of which each takes at least two bytes, and ends of buckets. */
interface CursorRoom {
  readonly bytes: number;
  readonly packed: number;
  readonly postings: number;
  readonly ends: number;
}

/** Buckets at a time. */
const CHUNK_BUCKETS = 2 ** 16;

function reserveCursor(shared: SharedMemory, bytes: number): CursorRoom {
  return {
    bytes,
    packed: shared.reserve(bytes + 8),
    postings: shared.reserve((bytes / 2) * POSTING_BYTES),
    ends: shared.reserve(CHUNK_BUCKETS * 4),
  };
}

/** A bucket is read as a whole. */
function cursorBytes({ ends }: SegmentTables): number {
  let most = CHUNK_BYTES;
  for (let i = 0; i < ends.length; i++) most = Math.max(most, ends[i]! - (ends[i - 1] ?? 0));
  return most + (most & 1);
}

/** What is read of a segment: `buckets`, from the first on; `base` is added to every place. */
interface CursorSpan {
  readonly base: number;
  readonly buckets: number;
}

function openCursor(
  shared: SharedMemory,
  kernel: PostingKernel,
  { tables, read }: IndexSegment,
  room: CursorRoom,
  { base, buckets }: CursorSpan,
): SegmentCursor {
  const { ends, bucketBits, placeBits } = tables;
  let bucket = 0;
  return {
    next() {
      if (bucket === buckets) return undefined;
      const first = bucket;
      const from = ends[first - 1] ?? 0;
      while (bucket < buckets && bucket - first < CHUNK_BUCKETS && ends[bucket]! - from <= room.bytes) bucket++;
      const own = ends.subarray(first, bucket);
      const length = own.at(-1)! - from;
      shared.bytes(room.packed, length).set(read(from, length));
      shared.words(room.ends, own.length).set(own.map((end) => end - from));
      const count = kernel.unpackBuckets(
        room.packed,
        room.ends,
        first,
        own.length,
        32 - bucketBits,
        placeBits,
        base,
        room.postings,
        room.bytes / 2,
      );
      invariant(count >= 0, 'what passed its check can be unpacked');
      return { address: room.postings, count };
    },
  };
}

/** Lays segments out in memory to be asked, one at a time, in the same room. */
export interface SegmentLoader {
  /**
   * Lays out the sounds from number `from` of the segment on, up to number `to`; all of them where that is not said.
   * The layout is valid until the next call.
   * @throws AppError `index/corrupt`
   */
  load(segment: IndexSegment, from?: number, to?: number): IndexLayout;
}

/**
 * Into room that is large enough for what will be loaded.
 * @param sampleBits one of 2 ^ this many codes is laid out; no other is read
 */
export function createSegmentLoader(shared: SharedMemory, room: IndexRoom, sampleBits: number = 0): SegmentLoader {
  const kernel = createPostingKernel(shared);
  let cursorRoom = reserveCursor(shared, CHUNK_BYTES);
  return {
    load(segment, from = 0, to = segment.tables.sounds.length) {
      const starts = startsOf(segment.tables.lengths);
      const [first, end] = [starts[from]!, starts[to]!];
      const own = starts.slice(from, to + 1).map((start) => start - first);
      const open = openLayout(kernel, room, own);
      const bytes = cursorBytes(segment.tables);
      if (bytes > cursorRoom.bytes) cursorRoom = reserveCursor(shared, bytes);
      const buckets = segment.tables.ends.length / 2 ** sampleBits;
      const cursor = openCursor(shared, kernel, segment, cursorRoom, { base: 0, buckets });
      for (let chunk = cursor.next(); chunk; chunk = cursor.next()) {
        open.add(chunk.address, kernel.choose(chunk.address, chunk.count, first, end));
      }
      return open.close();
    },
  };
}

function startsOf(lengths: Uint32Array): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) starts[i + 1] = starts[i]! + lengths[i]!;
  return starts;
}

/** Parts of the codes that go through memory one after the other where segments are merged. */
const RANGE_BITS = 12;

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
  const rangeBits = Math.min(RANGE_BITS, bucketBits);
  const buckets = 2 ** (bucketBits - rangeBits);
  const gathered = createGathering(shared, kernel, segments, buckets);
  const ends = new Uint32Array(2 ** bucketBits);
  let bytes = 0;
  for (let range = 0; range < 2 ** rangeBits; range++) {
    const firstBucket = range * buckets;
    const { room, count } = gathered.upTo((range + 1) * 2 ** (32 - rangeBits));
    const sorted = sortUnsorted(shared, kernel, room, { count, bucketBits, firstBucket, buckets });
    const packed = gathered.packer().pack(sorted, placeBits, write);
    for (let i = 0; i < buckets; i++) ends[firstBucket + i] = bytes + packed[i]!;
    bytes = ends[firstBucket + buckets - 1]!;
  }
  const sounds = joinWords(segments.map(({ tables }) => tables.sounds));
  const checks = joinWords(segments.map(({ tables }) => tables.checks));
  return { sounds, checks, lengths, postings, bucketBits, placeBits, ends };
}

/** Postings of all segments, range by range. */
interface Gathering {
  /** Puts the postings below `bound` that were not given yet into a room, unsorted. */
  upTo(bound: number): { readonly room: SortingRoom; readonly count: number };
  /** Packs what was sorted in that room. */
  packer(): Packer;
}

const FIRST_ROOM = 2 ** 16;

function createGathering(
  shared: SharedMemory,
  kernel: PostingKernel,
  segments: readonly IndexSegment[],
  buckets: number,
): Gathering {
  const takers = createTakers(shared, kernel, segments);
  let room = reserveSorting(shared, FIRST_ROOM, buckets);
  let packer = createPacker(shared, kernel, room);
  const makeRoom = (held: number, wanted: number): void => {
    if (held + wanted <= room.postings) return;
    const larger = reserveSorting(shared, 2 * (held + wanted), buckets);
    shared.bytes(larger.unsorted, held * POSTING_BYTES).set(shared.bytes(room.unsorted, held * POSTING_BYTES));
    room = larger;
    packer = createPacker(shared, kernel, room);
  };
  return {
    upTo(bound) {
      let count = 0;
      for (const taker of takers) {
        for (let part = taker.take(bound); part.count > 0; part = taker.take(bound)) {
          makeRoom(count, part.count);
          const bytes = part.count * POSTING_BYTES;
          shared.bytes(room.unsorted + count * POSTING_BYTES, bytes).set(shared.bytes(part.address, bytes));
          count += part.count;
        }
      }
      return { room, count };
    },
    packer: () => packer,
  };
}

/** Gives what a cursor gives, but only up to a bound at a time. */
interface Taker {
  /** Some of the postings below `bound` that were not taken yet; none where all were. */
  take(bound: number): UnpackedChunk;
}

function createTakers(shared: SharedMemory, kernel: PostingKernel, segments: readonly IndexSegment[]): Taker[] {
  let base = 0;
  return segments.map((segment) => {
    const cursor = openCursor(shared, kernel, segment, reserveCursor(shared, cursorBytes(segment.tables)), {
      base,
      buckets: segment.tables.ends.length,
    });
    base += segment.tables.lengths.reduce((sum, length) => sum + length, 0);
    let rest: UnpackedChunk | undefined = { address: 0, count: 0 };
    return {
      take(bound) {
        while (rest && rest.count === 0) rest = cursor.next();
        if (!rest) return { address: 0, count: 0 };
        const { address, count }: UnpackedChunk = rest;
        const taken = countBelow(shared.words(address, 2 * count), bound);
        rest = { address: address + taken * POSTING_BYTES, count: count - taken };
        return { address, count: taken };
      },
    };
  });
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
