/** Postings in WebAssembly: sorting, packing, asking. Addresses are bytes in the memory that was given. */
import { bytesOfBase64 } from '#kernel';
import { WASM_BASE64 } from './kernels/postings.generated.ts';
import type { SharedMemory } from './shared-memory.ts';

/** Bits of an item that are its code wherever nothing else is said. */
export const CODE_BITS = 24;
/** The code of digital silence in Chromaprint TEST2; AcoustID leaves it out, too. */
export const SILENCE_ITEM = 627964279;
/** Sampled codes are those whose mixed items are not above this; one of 2 ^ `sampleBits`. */
export function lastSampled(sampleBits: number): number {
  return 2 ** (32 - sampleBits) - 1;
}
/** Bytes of a posting, and of a hit. */
export const POSTING_BYTES = 8;
/** Bytes that sorting needs behind the room for as many postings. */
export const SORT_BYTES: number = 257 * 4;

/** See `kernels/postings.as.ts`. Holds nothing, so that every thread can have one over the same memory. */
export interface PostingKernel {
  runs(items: number, count: number, base: number, silence: number, out: number): number;
  tally(postings: number, count: number, shift: number, counts: number): void;
  scatter(postings: number, count: number, shift: number, cursors: number, out: number): void;
  sort(postings: number, count: number, from: number, bits: number, spare: number): void;
  sortBuckets(postings: number, starts: number, buckets: number, bits: number, spare: number): void;
  packBuckets(
    postings: number,
    starts: number,
    buckets: number,
    bits: number,
    placeBits: number,
    out: number,
    ends: number,
  ): number;
  unpackBuckets(
    from: number,
    ends: number,
    first: number,
    buckets: number,
    bits: number,
    placeBits: number,
    base: number,
    out: number,
    room: number,
  ): number;
  choose(postings: number, count: number, first: number, end: number, base: number): number;
  layOut(
    postings: number,
    count: number,
    slotShift: number,
    slots: number,
    slot: number,
    rests: number,
    places: number,
    at: number,
  ): number;
  closeSlots(slots: number, slot: number, count: number, at: number): void;
  codes(
    items: number,
    count: number,
    step: number,
    tag: number,
    codeBits: number,
    last: number,
    silence: number,
    probes: number,
    probeCount: number,
    stops: number,
    stopMask: number,
    out: number,
  ): number;
  gather(
    asked: number,
    count: number,
    codeBits: number,
    questionShift: number,
    excepts: number,
    slotShift: number,
    slots: number,
    rests: number,
    places: number,
    out: number,
    room: number,
  ): number;
  pick(
    postings: number,
    count: number,
    item: number,
    codeShift: number,
    tag: number,
    out: number,
    room: number,
  ): number;
  tallyQuestions(hits: number, count: number, questionShift: number, counts: number): void;
  scatterQuestions(hits: number, count: number, questionShift: number, cursors: number, out: number): void;
  sift(hits: number, count: number, length: number, table: number, mask: number, least: number, out: number): number;
}

const MODULE = new WebAssembly.Module(bytesOfBase64(WASM_BASE64));

export function createPostingKernel({ memory }: SharedMemory): PostingKernel {
  return new WebAssembly.Instance(MODULE, { env: { memory } }).exports as unknown as PostingKernel;
}
