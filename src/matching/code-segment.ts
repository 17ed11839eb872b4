/**
 * A segment: the postings of some tracks, sorted and packed, which never change once they are written. The body holds
 * buckets one after the other; the tables say where each ends and whose the places are. A bucket gives the number of
 * its postings and the steps from item to item as variable-length numbers, then the places with equally many bits each:
 * 4.6 bytes a posting in all, most of which is the place, for the order of songs holds no pattern. See
 * `docs/design/search.md`.
 */
import { createPostingKernel, type PostingKernel } from './posting-kernel.ts';
import type { SharedMemory } from './shared-memory.ts';
import { reserveSorting, type SortedPostings, type SortingRoom, sortTracks } from './sorted-postings.ts';

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

/** Bits that the places of sounds of such lengths take. */
export function placeBitsFor(lengths: Uint32Array): number {
  const items = lengths.reduce((sum, length) => sum + length, 0);
  return Math.max(LEAST_PLACE_BITS, Math.ceil(Math.log2(items + 1)));
}

export interface Packer {
  /** Packs buckets and tells where each ends, counted from the first one's start. */
  pack(sorted: SortedPostings, placeBits: number, write: (bytes: Uint8Array) => void): Uint32Array;
}

/** A posting takes five bytes of step and four of place at the very most; a bucket five of number, and eight are spilt. */
const MOST_PACKED_BYTES = 9;

/** Packs into the room where the unsorted postings were, which is as large as what is packed at most, but for the buckets' numbers. */
export function createPacker(shared: SharedMemory, kernel: PostingKernel, room: SortingRoom): Packer {
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
