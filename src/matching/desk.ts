/**
 * What a thread asks an index with. The codes of many questions are looked up together in their order, so that the index,
 * which is much larger than any cache, is walked through from front to back; then every question gets its own hits.
 */
import type { IndexLayout } from './index-layout.ts';
import {
  createPostingKernel,
  lastSampled,
  POSTING_BYTES,
  type PostingKernel,
  SILENCE_ITEM,
  SORT_BYTES,
} from './posting-kernel.ts';
import type { SharedMemory } from './shared-memory.ts';
import { createVoteCounter, type VoteCounter } from './votes.ts';

/** How an index is asked. */
export interface Asking {
  /** Bits that make a code, 24 … 32 and at most eight more than the slots have. */
  readonly codeBits: number;
  /** One of 2 ^ this many codes is asked about. */
  readonly sampleBits: number;
  /** Codes of that width that tell nothing. */
  readonly stops: Iterable<number>;
}

/** Room of its own in the shared memory, kept from index to index. */
export interface Desk {
  readonly shared: SharedMemory;
  readonly kernel: PostingKernel;
  readonly asking: Asking;
  readonly exact: Probes;
  readonly near: Probes;
  readonly stops: number;
  readonly stopMask: number;
  /** Counts of hits by offset in items, so that lone ones are dropped early. */
  readonly table: number;
  readonly votes: VoteCounter;
  /** Of each question the places that are left out, and its hits: two numbers each. */
  readonly excepts: number;
  readonly counts: number;
  /** Questions that are asked together at present. */
  together: number;
  items: Room;
  asked: Room;
  hits: Room;
}

/** Differences from a code, in memory. */
interface Probes {
  readonly address: number;
  readonly count: number;
}

/** Reserved bytes. */
interface Room {
  readonly address: number;
  readonly bytes: number;
}

/** Hits of a question: the place, and the time in quarter hops. */
export interface GatheredHits {
  readonly address: number;
  readonly count: number;
}

/** A question as it is looked up. */
interface AskedPhases {
  /** One, or all four. */
  readonly phases: readonly Uint32Array[];
  readonly except?: number | undefined;
}

/** A question's number stands above the time. */
const QUESTION_SHIFT = 26;
/** Questions that are asked together at most. */
export const MOST_QUESTIONS: number = 2 ** (32 - QUESTION_SHIFT);
export const MOST_TABLE_BITS = 20;
const FIRST_HITS = 1 << 15;
const EMPTY = 0xffffffff;
/** Codes are put in order by their upper 16 bits. */
const ORDERED_FROM = 16;

/** @param hits that there is room for at first */
export function openDesk(shared: SharedMemory, asking: Asking, hits: number = FIRST_HITS): Desk {
  const { codeBits } = asking;
  const stops = stopTable(asking.stops);
  const put = (words: Uint32Array): number => {
    const address = shared.reserve(words.byteLength);
    shared.words(address, words.length).set(words);
    return address;
  };
  const near = Uint32Array.from({ length: codeBits + 1 }, (_, i) => (i === 0 ? 0 : 1 << (i - 1)));
  const roomFor = (bytes: number): Room => ({ address: shared.reserve(bytes), bytes });
  return {
    shared,
    kernel: createPostingKernel(shared),
    asking,
    exact: { address: put(Uint32Array.of(0)), count: 1 },
    near: { address: put(near), count: near.length },
    stops: put(stops),
    stopMask: stops.length - 1,
    table: shared.reserve(1 << MOST_TABLE_BITS),
    votes: createVoteCounter(),
    excepts: shared.reserve(MOST_QUESTIONS * 8),
    counts: shared.reserve((MOST_QUESTIONS + 1) * 4),
    together: MOST_QUESTIONS,
    items: roomFor(1 << 16),
    asked: roomFor(1 << 16),
    hits: roomFor(hitBytes(hits)),
  };
}

/** Open addressing as the kernel reads it, at most half full. */
function stopTable(codes: Iterable<number>): Uint32Array {
  const all = [...codes];
  const table = new Uint32Array(2 ** Math.ceil(Math.log2(2 * all.length + 2))).fill(EMPTY);
  for (const code of all) {
    let cell = (Math.imul(code, 0x9e3779b1) >>> 0) & (table.length - 1);
    while (table[cell] !== EMPTY) cell = (cell + 1) & (table.length - 1);
    table[cell] = code;
  }
  return table;
}

/** Room for hits as they are found, by question, and for what is kept of one question with what sorting that needs. */
function hitBytes(hits: number): number {
  return hits * 3 * POSTING_BYTES + SORT_BYTES;
}

function mostHits({ hits }: Desk): number {
  return (hits.bytes - SORT_BYTES) / 3 / POSTING_BYTES;
}

/** Where the kept hits of a question go, and room to sort them: what was found is not needed once it is by question. */
export function keptRoom(desk: Desk): { readonly kept: number; readonly spare: number } {
  const part = mostHits(desk) * POSTING_BYTES;
  return { kept: desk.hits.address + 2 * part + SORT_BYTES, spare: desk.hits.address };
}

/** Where the hits of a single question go that are not found by {@link gatherHits}; for as many as the desk has room for. */
export function foundRoom(desk: Desk): number {
  return desk.hits.address + mostHits(desk) * POSTING_BYTES + SORT_BYTES;
}

/** The hits of each question, valid until the next call. At most {@link MOST_QUESTIONS}. */
export function gatherHits(
  desk: Desk,
  layout: IndexLayout,
  questions: readonly AskedPhases[],
  near: boolean,
): GatheredHits[] {
  const { shared, kernel } = desk;
  const asked = writeCodes(desk, questions, near ? desk.near : desk.exact);
  // The table of the index is larger than any cache: their upper 16 bits tell the place in it to a few pages.
  kernel.sort(desk.asked.address, asked, ORDERED_FROM, 32, desk.asked.address + asked * POSTING_BYTES);
  const excepts = shared.words(desk.excepts, 2 * questions.length);
  questions.forEach(({ except = -1 }, q) => {
    const first = layout.starts[except] ?? 0;
    excepts[2 * q] = first;
    excepts[2 * q + 1] = (layout.starts[except + 1] ?? first) - first;
  });
  for (;;) {
    const count = lookUp(desk, layout, asked);
    if (count >= 0) return byQuestion(desk, questions.length, count);
    const bytes = hitBytes(mostHits(desk) * 4);
    desk.hits = { address: shared.reserve(bytes), bytes };
  }
}

/**
 * Writes the codes of questions to where `desk.asked` is, each beside its time, and gives their number: question by
 * question, by time. There is room behind them to sort them.
 */
export function writeCodes(desk: Desk, questions: readonly AskedPhases[], probes: Probes): number {
  const { shared, kernel, asking } = desk;
  const lengths = questions.map(({ phases }) => phases.length * Math.max(...phases.map(({ length }) => length)));
  const most = lengths.reduce((sum, length) => sum + length, 0) * probes.count;
  desk.items = atLeast(shared, desk.items, Math.max(...lengths) * 4);
  desk.asked = atLeast(shared, desk.asked, 2 * most * POSTING_BYTES + SORT_BYTES);
  let count = 0;
  for (const [q, { phases }] of questions.entries()) {
    const length = lengths[q]!;
    inTime(phases, shared.words(desk.items.address, length));
    count += kernel.codes(
      desk.items.address,
      length,
      QUARTERS / phases.length,
      q * 2 ** QUESTION_SHIFT,
      asking.codeBits,
      lastSampled(asking.sampleBits),
      SILENCE_ITEM,
      probes.address,
      probes.count,
      desk.stops,
      desk.stopMask,
      desk.asked.address + count * POSTING_BYTES,
    );
  }
  return count;
}

/** Quarter hops of a hop. */
export const QUARTERS = 4;

/** Items in the order of their times. A phase that ends early is silent. */
function inTime(phases: readonly Uint32Array[], out: Uint32Array): void {
  const step = phases.length;
  phases.forEach((items, phase) => {
    for (let i = 0, at = phase; at < out.length; i++, at += step) out[at] = items[i] ?? SILENCE_ITEM;
  });
}

function atLeast(shared: SharedMemory, room: Room, bytes: number): Room {
  return bytes <= room.bytes ? room : { address: shared.reserve(2 * bytes), bytes: 2 * bytes };
}

/** Finds the hits of all codes; −1 where there is no room for them. */
function lookUp(desk: Desk, layout: IndexLayout, asked: number): number {
  return desk.kernel.gather(
    desk.asked.address,
    asked,
    desk.asking.codeBits,
    QUESTION_SHIFT,
    desk.excepts,
    layout.slotShift,
    layout.slots,
    layout.rests,
    layout.places,
    desk.hits.address,
    mostHits(desk),
  );
}

/** Puts the hits of each question together. */
function byQuestion(desk: Desk, questions: number, count: number): GatheredHits[] {
  const { shared, kernel, hits } = desk;
  const out = foundRoom(desk);
  const cursors = shared.words(desk.counts, questions + 1).fill(0);
  kernel.tallyQuestions(hits.address, count, QUESTION_SHIFT, desk.counts + 4);
  for (let q = 1; q <= questions; q++) cursors[q] = cursors[q]! + cursors[q - 1]!;
  const starts = cursors.slice();
  kernel.scatterQuestions(hits.address, count, QUESTION_SHIFT, desk.counts, out);
  return Array.from({ length: questions }, (_, q) => ({
    address: out + starts[q]! * POSTING_BYTES,
    count: starts[q + 1]! - starts[q]!,
  }));
}
