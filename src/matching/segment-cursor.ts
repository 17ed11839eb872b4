/** Reads the postings of some sounds of a segment, bucket by bucket. */
import { invariant } from '#kernel';
import type { IndexSegment, SegmentTables } from './code-segment.ts';
import { POSTING_BYTES, type PostingKernel } from './posting-kernel.ts';
import type { SharedMemory } from './shared-memory.ts';

/** Some successive sounds of a segment, by their order in it. */
export interface SegmentSlice {
  readonly segment: IndexSegment;
  readonly from: number;
  readonly to: number;
}

/** Sorted postings in memory. */
export interface PostingChunk {
  readonly address: number;
  readonly count: number;
}

export interface SegmentCursor {
  /** The next postings, or `undefined` after the last; valid until the next call. @throws AppError `index/corrupt` */
  next(): PostingChunk | undefined;
}

/** What goes through memory at once: bytes, postings, of which each takes at least two bytes, and ends of buckets. */
export interface CursorRoom {
  readonly bytes: number;
  readonly packed: number;
  readonly postings: number;
  readonly ends: number;
}

/** Buckets at a time. */
const CHUNK_BUCKETS = 2 ** 16;
/** Bytes of the body that are in memory at a time, where no bucket is larger. */
const CHUNK_BYTES = 2 ** 20;

/** Room to read a segment, unless `before` is large enough. */
export function cursorRoomFor(
  shared: SharedMemory,
  { tables }: IndexSegment,
  before: CursorRoom | undefined,
): CursorRoom {
  const bytes = cursorBytes(tables);
  if (before && before.bytes >= bytes) return before;
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

/** How many postings a slice has at most: by their bytes, of which each takes one of a step and those of its place; by its items. */
export function postingsAtMost({ segment, from, to }: SegmentSlice, sampleBits: number): number {
  const { ends, lengths, placeBits } = segment.tables;
  const bytes = ends[ends.length / 2 ** sampleBits - 1]!;
  return Math.min(Math.floor(bytes / (1 + placeBits / 8)), sum(lengths.subarray(from, to)));
}

function sum(lengths: Uint32Array): number {
  return lengths.reduce((all, length) => all + length, 0);
}

/**
 * @param base the place that the first item of the slice gets
 * @param sampleBits one of 2 ^ this many codes is read
 */
export function openCursor(
  shared: SharedMemory,
  kernel: PostingKernel,
  { segment, from, to }: SegmentSlice,
  room: CursorRoom,
  { base, sampleBits }: { readonly base: number; readonly sampleBits: number },
): SegmentCursor {
  const { ends, lengths, bucketBits, placeBits } = segment.tables;
  const [first, end] = [from, to].map((sound) => sum(lengths.subarray(0, sound))) as [number, number];
  const buckets = ends.length / 2 ** sampleBits;
  let bucket = 0;
  return {
    next() {
      if (bucket === buckets) return undefined;
      const firstBucket = bucket;
      const start = ends[firstBucket - 1] ?? 0;
      while (bucket < buckets && bucket - firstBucket < CHUNK_BUCKETS && ends[bucket]! - start <= room.bytes) bucket++;
      const own = ends.subarray(firstBucket, bucket);
      const length = own.at(-1)! - start;
      shared.bytes(room.packed, length).set(segment.read(start, length));
      shared.words(room.ends, own.length).set(own.map((bytes) => bytes - start));
      const count = kernel.unpackBuckets(
        room.packed,
        room.ends,
        firstBucket,
        own.length,
        32 - bucketBits,
        placeBits,
        0,
        room.postings,
        room.bytes / 2,
      );
      invariant(count >= 0, 'what passed its check can be unpacked');
      return { address: room.postings, count: kernel.choose(room.postings, count, first, end, base) };
    },
  };
}
