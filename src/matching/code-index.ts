/**
 * An inverted index over fingerprints, in memory. A code is the top 24 bits of an item; a posting is the
 * place of the item in one long row that holds every track after the other, so an index costs 8 bytes an
 * item and nothing per track but its start. Building is a counting sort, asking touches the postings twice.
 * The answer to a question does not depend on the order in which tracks were added, but for their numbers.
 * @see Haitsma & Kalker, "A Highly Robust Audio Fingerprinting System", ISMIR 2002
 */

/** Sub-fingerprints of one track at phases 0, ¼, ½ and ¾ hop. */
export type PhaseItems = readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

/** Offset-consistent hits of a question in one indexed track. */
export interface OffsetHits {
  /** Quarter hops by which the question starts after the indexed track; negative where it starts before. */
  readonly quarterHops: number;
  /** Distinct indexed items that were hit within one item of that offset. */
  readonly votes: number;
}

export interface TrackHits {
  readonly track: number;
  /** The best first; at least one. */
  readonly offsets: readonly OffsetHits[];
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
  /** Tracks that share codes with the question at a consistent offset, by track number. */
  query(question: PhaseItems): TrackHits[];
  /**
   * The same for codes that differ in one bit at most: some 25 times the work and the chance hits, so more votes are
   * asked for; finds what speed changes and heavy EQ have bent.
   */
  queryNear(question: PhaseItems): TrackHits[];
  /**
   * Where a short run of successive items may lie, by track and offset; `near` as in {@link queryNear}.
   * At least two hits, no two of an answer within one item of each other.
   */
  queryWindow(items: Uint32Array, near: boolean): WindowHits[];
  /**
   * The same index with the postings of some tracks only: same numbers, and codes that are too frequent in the whole
   * stay left out, so that answers about these tracks are the same.
   */
  only(wants: (track: number) => boolean): CodeIndex;
}

/** What an index is made from. */
export interface CodeIndexBuilder {
  /** Appends a track and returns its number, counted from 0. */
  add(items: Uint32Array): number;
  /** The index over what was added. The builder must not be used any more. */
  build(): CodeIndex;
}

const CODE_SHIFT = 8;
const CODE_BITS = 24;
/** The item of digital silence in Chromaprint TEST2; AcoustID leaves it out too. */
const SILENCE_CODE = 627964279 >>> CODE_SHIFT;
/** A code in more places than this tells nothing; the limit grows with the library up to a bound. Chosen. */
const STOP_PLACES = 40;
const STOP_PLACES_BOUND = 1000;
const EXACT = Uint32Array.of(0);
const NEAR = Uint32Array.from({ length: CODE_BITS + 1 }, (_, i) => (i === 0 ? 0 : 1 << (i - 1)));
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
const FILTER_BITS = 21;

/** An empty index to fill. */
export function createCodeIndex(): CodeIndexBuilder {
  let codes = new Uint32Array(1 << 14);
  let length = 0;
  const starts: number[] = [0];
  return {
    add(items) {
      if (length + items.length > codes.length) codes = grown(codes, length + items.length);
      for (let i = 0; i < items.length; i++) codes[length + i] = (items[i] as number) >>> CODE_SHIFT;
      length += items.length;
      return starts.push(length) - 2;
    },
    build: () => indexOf(codes.subarray(0, length), Float64Array.from(starts)),
  };
}

function grown(codes: Uint32Array<ArrayBuffer>, needed: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(needed, codes.length * 2));
  larger.set(codes);
  return larger;
}

interface Postings {
  readonly codes: Uint32Array;
  /** Where each track starts in `codes`, and the end of the last. */
  readonly starts: Float64Array;
  /** Slot of a code: `code >>> shift`. */
  readonly shift: number;
  /** First posting of each slot, and the end of the last. */
  readonly slots: Uint32Array;
  /** Places, by slot. */
  readonly places: Uint32Array;
}

function indexOf(codes: Uint32Array, starts: Float64Array): CodeIndex {
  const trackCount = starts.length - 1;
  const everything = sortPostings(codes, starts, () => true);
  const limit = Math.max(STOP_PLACES, Math.min(trackCount >>> 2, STOP_PLACES_BOUND));
  const stops = frequentCodes(everything, limit);
  const asked = (postings: Postings): CodeIndex => {
    const filter = new Uint8Array(1 << FILTER_BITS);
    return {
      trackCount,
      itemCount: codes.length,
      query: (question) => answer({ postings, stops, filter, probes: EXACT, leastVotes }, question),
      queryNear: (question) => answer({ postings, stops, filter, probes: NEAR, leastVotes: leastNearVotes }, question),
      queryWindow: (items, near) => windowHits(postings, stops, near ? NEAR : EXACT, items),
      only: (wants) => asked(sortPostings(codes, starts, wants)),
    };
  };
  return asked(everything);
}

/** Codes in more places than `limit`. */
function frequentCodes({ codes, slots, places }: Postings, limit: number): ReadonlySet<number> {
  const frequent = new Set<number>();
  for (let slot = 0; slot + 1 < slots.length; slot++) {
    const [start, end] = [slots[slot] as number, slots[slot + 1] as number];
    if (end - start <= limit) continue;
    const counts = new Map<number, number>();
    for (let at = start; at < end; at++) {
      const code = codes[places[at] as number] as number;
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    for (const [code, count] of counts) if (count > limit) frequent.add(code);
  }
  return frequent;
}

/** Counting sort of the first place of every run of one code, by slot. */
function sortPostings(codes: Uint32Array, starts: Float64Array, wants: (track: number) => boolean): Postings {
  const bits = Math.min(CODE_BITS, Math.max(8, Math.ceil(Math.log2(codes.length + 1)) + 1));
  const shift = CODE_BITS - bits;
  const slots = new Uint32Array((1 << bits) + 2);
  forEachRun(codes, starts, wants, (place) => {
    const slot = (codes[place] as number) >>> shift;
    slots[slot + 2] = (slots[slot + 2] as number) + 1;
  });
  for (let i = 2; i < slots.length; i++) slots[i] = (slots[i] as number) + (slots[i - 1] as number);
  const places = new Uint32Array(slots[slots.length - 1] as number);
  forEachRun(codes, starts, wants, (place) => {
    const slot = ((codes[place] as number) >>> shift) + 1;
    places[slots[slot] as number] = place;
    slots[slot] = (slots[slot] as number) + 1;
  });
  return { codes, starts, shift, slots, places };
}

/** Calls `visit` with the first place of every run of one code, in order, without silence. */
function forEachRun(
  codes: Uint32Array,
  starts: Float64Array,
  wants: (track: number) => boolean,
  visit: (place: number) => void,
): void {
  for (let track = 0; track + 1 < starts.length; track++) {
    if (!wants(track)) continue;
    let previous = SILENCE_CODE;
    for (let place = starts[track] as number; place < (starts[track + 1] as number); place++) {
      const code = codes[place] as number;
      if (code !== previous && code !== SILENCE_CODE) visit(place);
      previous = code;
    }
  }
}

/** How a question is asked. */
interface Search {
  readonly postings: Postings;
  readonly stops: ReadonlySet<number>;
  /** Work space, cleared after use: counts hits by coarse offset, so that lone ones are dropped early. */
  readonly filter: Uint8Array;
  /** Codes that count as hits, as differences from the code asked for. */
  readonly probes: Uint32Array;
  readonly leastVotes: (questionItems: number, indexedItems: number) => number;
}

function answer(search: Search, question: PhaseItems): TrackHits[] {
  const { postings, filter } = search;
  const mask = filter.length - 1;
  const length = Math.max(...question.map((items) => items.length));
  const least = search.leastVotes(length, 0);
  forEachHit(search, question, (place, item) => {
    const cell = ((place - item + length) >>> 1) & mask;
    if ((filter[cell] as number) < 255) filter[cell] = (filter[cell] as number) + 1;
  });
  const byTrack = new Map<number, number[]>();
  forEachHit(search, question, (place, item, phase) => {
    const cell = ((place - item + length) >>> 1) & mask;
    const around = (n: number): number => filter[(cell + n) & mask] as number;
    if (around(-1) + around(0) + around(1) < least) return;
    const track = trackAt(postings.starts, place);
    const local = place - (postings.starts[track] as number);
    const key = (4 * (local - item + length) - phase) * PLACE_SPAN + local;
    const keys = byTrack.get(track);
    if (keys) keys.push(key);
    else byTrack.set(track, [key]);
  });
  filter.fill(0);
  return [...byTrack]
    .filter(([, keys]) => keys.length >= least)
    .map(([track, keys]) => ({
      track,
      offsets: bestOffsets(keys, length, search.leastVotes(length, trackLength(postings, track))),
    }))
    .filter(({ offsets }) => offsets.length > 0)
    .sort((one, other) => one.track - other.track);
}

/** Room for the place beside the offset in one number. */
const PLACE_SPAN = 2 ** 26;

function trackLength({ starts }: Postings, track: number): number {
  return (starts[track + 1] as number) - (starts[track] as number);
}

function leastVotes(questionItems: number, indexedItems: number): number {
  const product = questionItems * indexedItems;
  return MIN_VOTES + (product > LONG_PRODUCT ? 1 : 0) + (product > VERY_LONG_PRODUCT ? 2 : 0);
}

function leastNearVotes(questionItems: number, indexedItems: number): number {
  const tenfolds = Math.log10(Math.max(1, (questionItems * indexedItems) / SHORT_PRODUCT));
  return MIN_NEAR_VOTES + Math.ceil(NEAR_VOTES_PER_TENFOLD * tenfolds);
}

function forEachHit(
  { postings: { codes, shift, slots, places }, stops, probes }: Pick<Search, 'postings' | 'stops' | 'probes'>,
  question: readonly Uint32Array[],
  visit: (place: number, item: number, phase: number) => void,
): void {
  for (let phase = 0; phase < question.length; phase++) {
    const items = question[phase] as Uint32Array;
    let previous = SILENCE_CODE;
    for (let item = 0; item < items.length; item++) {
      const asked = (items[item] as number) >>> CODE_SHIFT;
      if (asked === previous || asked === SILENCE_CODE) {
        previous = asked;
        continue;
      }
      previous = asked;
      for (let probe = 0; probe < probes.length; probe++) {
        const code = asked ^ (probes[probe] as number);
        const start = slots[code >>> shift] as number;
        const end = slots[(code >>> shift) + 1] as number;
        if (start === end || stops.has(code)) continue;
        for (let at = start; at < end; at++) {
          const place = places[at] as number;
          // In a large index every code has a slot of its own, and the look at a far place is saved.
          if (shift === 0 || codes[place] === code) visit(place, item, phase);
        }
      }
    }
  }
}

function trackAt(starts: Float64Array, place: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= place) low = middle;
    else high = middle;
  }
  return low;
}

const MIN_WINDOW_VOTES = 2;

/** Votes for the start of the window by sorting `place − item` within each track; a run of three successive starts is one answer. */
function windowHits(
  postings: Postings,
  stops: ReadonlySet<number>,
  probes: Uint32Array,
  items: Uint32Array,
): WindowHits[] {
  const keys: number[] = [];
  const search = { postings, stops, probes };
  // A window may begin before its track does. Tracks are set apart by their numbers, so that no hit counts for a neighbour.
  forEachHit(search, [items], (place, item) => {
    const track = trackAt(postings.starts, place);
    keys.push((place - item + items.length + track * 2 * items.length) * items.length + item);
  });
  keys.sort((one, other) => one - other);
  const startOf = (key: number): number => Math.floor(key / items.length);
  const found: WindowHits[] = [];
  for (let first = 0; first < keys.length; ) {
    const start = startOf(keys[first] as number);
    let end = first;
    const hit = new Set<number>();
    while (end < keys.length && startOf(keys[end] as number) <= start + 2) {
      hit.add((keys[end] as number) % items.length);
      end++;
    }
    if (hit.size >= MIN_WINDOW_VOTES) {
      const middle = startOf(keys[(first + end - 1) >>> 1] as number);
      const track = setApart(postings.starts, middle, items.length);
      const item = middle - items.length - track * 2 * items.length - (postings.starts[track] as number);
      found.push({ track, item, votes: hit.size });
      first = end;
    } else first++;
  }
  return found;
}

/** The track of a start that was set apart: the last one whose own first possible start is not beyond it. */
function setApart(starts: Float64Array, start: number, length: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) + middle * 2 * length <= start) low = middle;
    else high = middle;
  }
  return low;
}

/** Takes the offset with most votes, sets its hits aside, and so on. */
function bestOffsets(keys: number[], length: number, least: number): OffsetHits[] {
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
      if (Math.abs((offsets[i] as number) - best.centre) <= 2 * WINDOW) taken[i] = 1;
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
  const inWindow = new Map<number, number>();
  let best: Window = { centre: 0, votes: 0, hits: 0 };
  let end = 0;
  for (let start = 0; start < offsets.length; start++) {
    while (end < offsets.length && (offsets[end] as number) - (offsets[start] as number) <= 2 * WINDOW) {
      if (!taken[end]) inWindow.set(places[end] as number, (inWindow.get(places[end] as number) ?? 0) + 1);
      end++;
    }
    if (inWindow.size >= best.votes) {
      const window = { centre: middleOf(offsets, start, end), votes: inWindow.size, hits: end - start };
      if (isBetter(window, best, level)) best = window;
    }
    if (!taken[start]) forget(inWindow, places[start] as number);
  }
  return best;
}

function middleOf(offsets: Int32Array, start: number, end: number): number {
  return ((offsets[(start + end - 1) >>> 1] as number) + (offsets[(start + end) >>> 1] as number)) / 2;
}

function isBetter(one: Window, other: Window, level: number): boolean {
  if (one.votes !== other.votes) return one.votes > other.votes;
  if (one.hits !== other.hits) return one.hits > other.hits;
  return Math.abs(one.centre - level) < Math.abs(other.centre - level);
}

function forget(counts: Map<number, number>, place: number): void {
  const left = (counts.get(place) ?? 0) - 1;
  if (left > 0) counts.set(place, left);
  else counts.delete(place);
}
