/**
 * An inverted index over fingerprints, in memory that threads share. A code is the upper 24 to 32 bits of an item; a
 * posting is the place of an item in one long row that holds every track after the other; `index-layout.ts` says how
 * they lie. An answer does not depend on the order in which tracks were added, but for their numbers.
 * @see Haitsma & Kalker, "A Highly Robust Audio Fingerprinting System", ISMIR 2002
 */
import { invariant } from '#kernel';
import { type Asking, type Desk, type GatheredHits, gatherHits, MOST_QUESTIONS, openDesk } from './desk.ts';
import { type IndexLayout, openLayout, reserveIndex } from './index-layout.ts';
import { CODE_BITS, createPostingKernel } from './posting-kernel.ts';
import { type LeastVotes, settle, type TrackHits, trackAt } from './settle-hits.ts';
import { openSharedMemory, type SharedMemory } from './shared-memory.ts';
import { reserveSorting, sortTracks } from './sorted-postings.ts';
import { frequentCodes, mostPlaces } from './stop-codes.ts';
import { leastNearVotes, leastVotes } from './votes.ts';

/** Sub-fingerprints of one track at phases 0, ¼, ½ and ¾ hop. */
export type PhaseItems = readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

/** What an index is asked. */
export interface Question {
  readonly phases: PhaseItems;
  /** A track that need not answer: the asking one. */
  readonly except?: number | undefined;
}

/** Hits of a window of successive items. */
export interface WindowHits {
  readonly track: number;
  /** The track's item that answers the window's first one. */
  readonly item: number;
  readonly votes: number;
}

export interface CodeIndex {
  readonly trackCount: number;
  readonly itemCount: number;
  /** For each question the tracks that share codes with it at a consistent offset, by track number. */
  query(questions: readonly Question[]): TrackHits[][];
  /**
   * The same for codes that differ in one bit at most: some 25 times the work and the chance hits, so more votes are
   * asked for; finds what speed changes and heavy EQ have bent.
   */
  queryNear(questions: readonly Question[]): TrackHits[][];
  /**
   * Where a short run of successive items may lie, by track and offset; `near` as in {@link queryNear}.
   * At least two hits, no two of an answer within one item of each other.
   */
  queryWindow(items: Uint32Array, near: boolean): WindowHits[];
}

/** An index over the phase 0 of tracks that are all in memory. Its stop codes are those of the tracks themselves. */
export function indexOf(tracks: readonly Uint32Array[]): CodeIndex {
  const shared = openSharedMemory();
  const stops = frequentCodes(tracks, CODE_BITS, mostPlaces(tracks.length));
  return askIndex(shared, layOutTracks(shared, tracks), { codeBits: CODE_BITS, sampleBits: 0, stops });
}

function layOutTracks(shared: SharedMemory, tracks: readonly Uint32Array[]): IndexLayout {
  const starts = new Uint32Array(tracks.length + 1);
  tracks.forEach((items, i) => {
    starts[i + 1] = starts[i]! + items.length;
  });
  const kernel = createPostingKernel(shared);
  const { count, address } = sortTracks(shared, kernel, reserveSorting(shared, starts.at(-1) as number), tracks);
  const open = openLayout(kernel, reserveIndex(shared, count, { codeBits: CODE_BITS, sampleBits: 0 }), starts);
  open.add(address, count);
  return open.close();
}

/** Asks one layout. Not reentrant. */
export function askIndex(shared: SharedMemory, layout: IndexLayout, asking: Asking): CodeIndex {
  return createAsker(shared, asking)(layout);
}

/** Asks one layout after the other with the same room. */
export function createAsker(shared: SharedMemory, asking: Asking): (layout: IndexLayout) => CodeIndex {
  const desk = openDesk(shared, asking);
  return (layout) => ({
    trackCount: layout.starts.length - 1,
    itemCount: layout.starts.at(-1) as number,
    query: (questions) => answers(desk, layout, questions, { near: false, leastVotes }),
    queryNear: (questions) => answers(desk, layout, questions, { near: true, leastVotes: leastNearVotes }),
    queryWindow: (items, near) => windowHits(desk, layout, items, near),
  });
}

interface Search {
  readonly near: boolean;
  readonly leastVotes: LeastVotes;
}

/** Hits that are put together by question at one go: 8 MB, about what a cache holds. Chosen. */
const HITS_TOGETHER = 2 ** 20;

/** Several questions at a time, in their order: fewer where each has so many hits that those of all would leave the cache. */
function answers(desk: Desk, layout: IndexLayout, questions: readonly Question[], search: Search): TrackHits[][] {
  const all: TrackHits[][] = [];
  for (let first = 0; first < questions.length; ) {
    const some = questions.slice(first, first + (search.near ? 1 : desk.together));
    const gathered = gatherHits(desk, layout, some, search.near);
    for (const [i, { phases }] of some.entries())
      all.push(settle(desk, layout.starts, phases, gathered[i]!, search.leastVotes));
    first += some.length;
    if (!search.near) desk.together = fitting(gathered);
  }
  return all;
}

/** How many questions with as many hits as these fit. */
function fitting(gathered: readonly GatheredHits[]): number {
  const hits = gathered.reduce((sum, { count }) => sum + count, 0);
  return Math.max(1, Math.min(MOST_QUESTIONS, Math.floor((HITS_TOGETHER * gathered.length) / (hits + 1))));
}

const MIN_WINDOW_VOTES = 2;

/** Hits sorted by track and by where the window would start; a run of three successive starts is one answer. */
function windowHits(desk: Desk, layout: IndexLayout, items: Uint32Array, near: boolean): WindowHits[] {
  invariant(items.length <= 64, 'a window is short');
  const [gathered] = gatherHits(desk, layout, [{ phases: [items] }], near);
  const { address, count } = gathered as GatheredHits;
  const hits = desk.shared.words(address, 2 * count);
  const keys = new Float64Array(count);
  // A window may begin before its track does. Tracks are set apart by their numbers, so that no hit counts for a neighbour.
  for (let i = 0; i < count; i++) {
    const [place, item] = [hits[2 * i]!, hits[2 * i + 1]! >>> 2];
    const track = trackAt(layout.starts, place);
    keys[i] = (place - item + items.length + track * 2 * items.length) * items.length + item;
  }
  keys.sort();
  const startOf = (key: number): number => Math.floor(key / items.length);
  const found: WindowHits[] = [];
  for (let first = 0; first < keys.length; ) {
    const start = startOf(keys[first]!);
    let end = first;
    const hit = new Set<number>();
    while (end < keys.length && startOf(keys[end]!) <= start + 2) {
      hit.add(keys[end]! % items.length);
      end++;
    }
    if (hit.size >= MIN_WINDOW_VOTES) {
      const middle = startOf(keys[(first + end - 1) >>> 1]!);
      const track = setApart(layout.starts, middle, items.length);
      const item = middle - items.length - track * 2 * items.length - layout.starts[track]!;
      found.push({ track, item, votes: hit.size });
      first = end;
    } else first++;
  }
  return found;
}

/** The track of a start that was set apart: the last one whose own first possible start is not beyond it. */
function setApart(starts: Uint32Array, start: number, length: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! + middle * 2 * length <= start) low = middle;
    else high = middle;
  }
  return low;
}
