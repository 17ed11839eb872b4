/** How much is asked in a library of what size: what costs N² work in N tracks is left out where it would take hours. */
import { NEAR_ITEMS } from '#matching';

export interface SearchBreadth {
  /** Bits of an item that make a code. Wider ones meet less often by chance, and are bent more often by a change. */
  readonly codeBits: number;
  /** Do codes that differ in one bit count? */
  readonly near: boolean;
  /** Are other speeds and narrow bands asked about? */
  readonly altered: boolean;
  /** Do the sounds that were matched before ask about the new ones, too? */
  readonly bothWays: boolean;
}

/** Above this many sounds other speeds and bands are not asked about: it would take longer than all the rest. */
export const MAX_ALTERED_SOUNDS = 20_000;
/** Up to so many sounds codes are 24 bits, up to so many 28, above 32. Chosen: see docs/design/search.md. */
const WIDER_ABOVE = 4000;
const WIDEST_ABOVE = 50_000;

/** @param items of all sounds together */
export function breadthOf(sounds: number, items: number): SearchBreadth {
  const isOrdinary = sounds <= MAX_ALTERED_SOUNDS;
  return {
    codeBits: sounds <= WIDER_ABOVE ? 24 : sounds <= WIDEST_ABOVE ? 28 : 32,
    near: items <= NEAR_ITEMS,
    altered: isOrdinary,
    bothWays: isOrdinary,
  };
}
