/**
 * Where an index lies in memory. Postings are sorted by item and found through slots, a table over the items' upper bits;
 * the eight bits below the slot stand beside each place, so that codes of any width up to the slot's and eight are told
 * apart without looking at the items. Five bytes a posting, and the slots.
 */
import { invariant } from '#kernel';
import type { PostingKernel } from './posting-kernel.ts';
import type { SharedMemory } from './shared-memory.ts';

/** An index; can be sent to another thread. */
export interface IndexLayout {
  /** The first place of each track, and the end of the last. */
  readonly starts: Uint32Array;
  /** An item's slot is `item >>> slotShift`. */
  readonly slotShift: number;
  /** Addresses: where each slot starts and the last one ends, a byte a posting, a number a posting. */
  readonly slots: number;
  readonly rests: number;
  readonly places: number;
}

/** Slots are neither more nor less bits than this. */
const FEWEST_SLOT_BITS = 16;
const MOST_SLOT_BITS = 24;

/** Room for one index at a time. */
export interface IndexRoom {
  /** Postings at most. */
  readonly postings: number;
  readonly slotShift: number;
  readonly slotCount: number;
  readonly slots: number;
  readonly rests: number;
  readonly places: number;
}

/** Which codes an index is asked about. */
export interface IndexedCodes {
  /** Bits of a code. */
  readonly codeBits: number;
  /** One of 2 ^ this many is there. */
  readonly sampleBits: number;
}

/** Room for an index of so many postings at most. */
export function reserveIndex(
  shared: SharedMemory,
  postings: number,
  { codeBits, sampleBits }: IndexedCodes,
): IndexRoom {
  const slotBits = slotBitsFor(postings * 2 ** sampleBits, codeBits);
  const slotCount = 2 ** (slotBits - sampleBits);
  const slots = shared.reserve((slotCount + 1) * 4);
  // Sixteen bytes are read at a time, and of an empty list the place where it would begin.
  const [rests, places] = [shared.reserve(postings + 16), shared.reserve((postings + 1) * 4)];
  return { postings, slotShift: 32 - slotBits, slotCount, slots, rests, places };
}

/** @param postings as if all codes were there */
function slotBitsFor(postings: number, codeBits: number): number {
  const wanted = Math.ceil(Math.log2(postings + 1)) + 1;
  return Math.min(MOST_SLOT_BITS, Math.max(FEWEST_SLOT_BITS, wanted, codeBits - 8));
}

/** A layout that is being filled. */
export interface OpenLayout {
  /** Takes sorted postings, whose items are not below those of before. */
  add(postings: number, count: number): void;
  /** There are no more. */
  close(): IndexLayout;
}

/** Fills the room anew. `starts`: the first place of each track, and the end of the last. */
export function openLayout(kernel: PostingKernel, room: IndexRoom, starts: Uint32Array): OpenLayout {
  const { slotShift, slotCount, slots, rests, places } = room;
  let slot = 0;
  let at = 0;
  return {
    add(address, count) {
      invariant(at + count <= room.postings, 'there is room for every posting');
      slot = kernel.layOut(address, count, slotShift, slots, slot, rests, places, at);
      at += count;
    },
    close() {
      kernel.closeSlots(slots, slot, slotCount, at);
      return { starts, slotShift, slots, rests, places };
    },
  };
}
