/**
 * One sound asked about without loading an index: for some of its codes the buckets that hold them are read from the
 * segments, one by one. A question takes as many reads as it has codes, whatever the size of the library; an index in
 * memory answers all questions of a library faster, and takes minutes to load. Codes that stand in too many places are
 * known by being counted. The answer does not depend on how the postings are spread over segments.
 */
import { invariant } from '#kernel';
import { hypothesis } from './candidates.ts';
import type { PhaseItems } from './code-index.ts';
import type { IndexSegment } from './code-segment.ts';
import { type Desk, foundRoom, openDesk, QUARTERS, writeCodes } from './desk.ts';
import { createPostingKernel, POSTING_BYTES } from './posting-kernel.ts';
import { settle } from './settle-hits.ts';
import type { SharedMemory } from './shared-memory.ts';
import { mostPlaces } from './stop-codes.ts';
import type { OffsetHypothesis } from './verdict.ts';
import { leastVotes } from './votes.ts';

/** A sound of the index that shares codes with a question at a consistent offset. */
export interface SoundHits {
  readonly sound: number;
  /** As in {@link SegmentTables}. */
  readonly check: number;
  /** Where the question may lie over it, the best first; at least one. */
  readonly offsets: readonly OffsetHypothesis[];
}

/** Codes of a question that are asked about, of some 5,000 that a song has: 300 find as much as 600. docs/design/search.md. */
export const LOOK_UP_CODES = 300;

/**
 * Gets ready to ask segments, which stay open; what it gives asks one question. Not reentrant.
 * @param codeBits bits that make a code, 24 … 32
 * @throws AppError `index/corrupt`, by the question
 */
export function createLookUp(
  shared: SharedMemory,
  segments: readonly IndexSegment[],
  codeBits: number,
): (phases: PhaseItems) => SoundHits[] {
  const sounds = segments.reduce((sum, { tables }) => sum + tables.sounds.length, 0);
  const mostHits = mostPlaces(sounds);
  const desk = openDesk(shared, { codeBits, sampleBits: 0, stops: [] }, LOOK_UP_CODES * mostHits);
  const readBucket = createBucketReader(shared, segments);
  const shelves = shelvesOf(segments);
  return (phases) => {
    const asked = chosenCodes(desk, phases);
    return shelves.flatMap((shelf) => {
      const readers = shelf.segments.map(({ segment, base }) => readBucket(segment, base));
      const hits = { address: foundRoom(desk), count: findPlaces(desk, asked, readers, mostHits) };
      return settle(desk, shelf.starts, phases, hits, leastVotes).map(({ track, offsets }) => ({
        sound: shelf.sounds[track]!,
        check: shelf.checks[track]!,
        offsets: offsets.map(hypothesis),
      }));
    });
  };
}

/**
 * Pairs of a code and its time, by code. The question's time is cut into as many windows as codes are asked about, and each
 * gives the code that lasts longest: one that a shift by a part of a hop leaves as it is.
 */
function chosenCodes(desk: Desk, phases: PhaseItems): Uint32Array {
  const { shared, kernel } = desk;
  const count = writeCodes(desk, [{ phases }], desk.exact);
  const { address } = desk.asked;
  const codes = shared.words(address, 2 * count).slice();
  const length = QUARTERS * Math.max(...phases.map((items) => items.length));
  const windowOf = (time: number): number => Math.floor((time * LOOK_UP_CODES) / length);
  const kept: number[] = [];
  let [window, longest] = [-1, 0];
  for (let at = 0; at < codes.length; at += 2) {
    const [code, time] = [codes[at]!, codes[at + 1]!];
    // What lasts longer than a hop tells no more.
    const lasts = Math.min(QUARTERS, (codes[at + 3] ?? length) - time);
    if (windowOf(time) !== window) {
      window = windowOf(time);
      longest = 0;
      kept.push(0, 0);
    }
    if (lasts <= longest) continue;
    longest = lasts;
    kept.splice(-2, 2, code, time);
  }
  shared.words(address, kept.length).set(kept);
  kernel.sort(address, kept.length / 2, 0, 32, address + kept.length * 4);
  return shared.words(address, kept.length).slice();
}

/** Segments whose places can stand one after the other in 32 bits, some two million songs. */
interface Shelf {
  readonly segments: readonly { readonly segment: IndexSegment; readonly base: number }[];
  readonly starts: Uint32Array;
  readonly sounds: Uint32Array;
  readonly checks: Uint32Array;
}

const MOST_SHELF_ITEMS = 2 ** 32 - 1;

function shelvesOf(segments: readonly IndexSegment[]): Shelf[] {
  const shelves: IndexSegment[][] = [[]];
  let items = 0;
  for (const segment of segments) {
    const own = segment.tables.lengths.reduce((sum, length) => sum + length, 0);
    if (items + own > MOST_SHELF_ITEMS) {
      shelves.push([]);
      items = 0;
    }
    items += own;
    shelves.at(-1)?.push(segment);
  }
  return shelves.map(shelfOf);
}

function shelfOf(segments: readonly IndexSegment[]): Shelf {
  const sounds = segments.reduce((sum, { tables }) => sum + tables.sounds.length, 0);
  const shelf = {
    starts: new Uint32Array(sounds + 1),
    sounds: new Uint32Array(sounds),
    checks: new Uint32Array(sounds),
  };
  let track = 0;
  const placed = segments.map((segment) => {
    const { lengths, ...own } = segment.tables;
    const base = shelf.starts[track]!;
    shelf.sounds.set(own.sounds, track);
    shelf.checks.set(own.checks, track);
    for (const length of lengths) shelf.starts[track + 1] = shelf.starts[track++]! + length;
    return { segment, base };
  });
  return { ...shelf, segments: placed };
}

/** The postings of the bucket that an item is in, valid until another reader is asked. */
type BucketReader = (item: number) => { readonly address: number; readonly count: number };

/** Room for one bucket, whichever segment it comes from. */
function createBucketReader(
  shared: SharedMemory,
  segments: readonly IndexSegment[],
): (segment: IndexSegment, base: number) => BucketReader {
  const kernel = createPostingKernel(shared);
  const most = segments.reduce((bytes, { tables }) => Math.max(bytes, largestBucket(tables.ends)), 0);
  const packed = shared.reserve(most + 8);
  const end = shared.reserve(4);
  // A posting takes two bytes at least.
  const room = most >>> 1;
  const address = shared.reserve(room * POSTING_BYTES);
  return ({ tables, read }, base) => {
    const { ends, bucketBits, placeBits } = tables;
    return (item) => {
      const bucket = item >>> (32 - bucketBits);
      const from = bucket === 0 ? 0 : ends[bucket - 1]!;
      const bytes = ends[bucket]! - from;
      if (bytes === 0) return { address, count: 0 };
      shared.bytes(packed, bytes).set(read(from, bytes));
      shared.words(end, 1)[0] = bytes;
      const count = kernel.unpackBuckets(packed, end, bucket, 1, 32 - bucketBits, placeBits, base, address, room);
      invariant(count >= 0, 'what passed its check can be unpacked');
      return { address, count };
    };
  };
}

function largestBucket(ends: Uint32Array): number {
  let most = 0;
  for (let i = 0; i < ends.length; i++) most = Math.max(most, ends[i]! - (i === 0 ? 0 : ends[i - 1]!));
  return most;
}

/** Writes the hits of all codes that stand in no more than `most` places, and gives their number. */
function findPlaces(desk: Desk, asked: Uint32Array, readers: readonly BucketReader[], most: number): number {
  const { kernel, asking } = desk;
  const codeShift = 32 - asking.codeBits;
  const out = foundRoom(desk);
  let found = 0;
  for (let at = 0; at < asked.length; ) {
    const item = asked[at]!;
    const first = found;
    let isStop = false;
    for (const reader of readers) {
      const { address, count } = reader(item);
      const room = most - (found - first);
      const picked = kernel.pick(address, count, item, codeShift, asked[at + 1]!, out + found * POSTING_BYTES, room);
      isStop = picked < 0;
      if (isStop) break;
      found += picked;
    }
    if (isStop) found = first;
    const places = found - first;
    // The code may stand elsewhere in the question, too.
    for (at += 2; at < asked.length && asked[at] === item; at += 2) {
      found += copyHits(desk, out + first * POSTING_BYTES, places, asked[at + 1]!, out + found * POSTING_BYTES);
    }
  }
  return found;
}

/** Hits at the same places from somewhere else in the question. */
function copyHits({ shared }: Desk, from: number, count: number, tag: number, to: number): number {
  const [hits, copies] = [shared.words(from, 2 * count), shared.words(to, 2 * count)];
  for (let i = 0; i < count; i++) {
    copies[2 * i] = hits[2 * i]!;
    copies[2 * i + 1] = tag;
  }
  return count;
}
