/** How much is asked in a library of what size: what costs N² work in N tracks is left out where it would take hours. */
import { NEAR_ITEMS } from '#matching';

export interface SearchBreadth {
  /** Bits of an item that make a code. Wider ones meet less often by chance, and are bent more often by a change. */
  readonly codeBits: number;
  /** One of 2 ^ this many codes is asked about; chosen by its value, so that copies keep the same ones. */
  readonly sampleBits: number;
  /** Do codes that differ in one bit count? */
  readonly near: boolean;
  /** Are sounds asked about as they are? */
  readonly plain: boolean;
  /** Are other speeds and narrow bands asked about? */
  readonly altered: boolean;
  /** Do the sounds that were matched before ask about the new ones, too? */
  readonly bothWays: boolean;
}

/** Above this many sounds other speeds and bands are not asked about: it would take longer than all the rest. */
export const MAX_ALTERED_SOUNDS = 20_000;
/** Above so many sounds codes are 28 bits, and above so many one of four is asked about. See docs/design/search.md. */
const WIDER_ABOVE = 4000;
const SAMPLED_ABOVE = 20_000;

/**
 * @param items of all sounds together
 * @param alteredUpTo above so many sounds other speeds and bands are left out
 */
export function breadthOf(sounds: number, items: number, alteredUpTo: number = MAX_ALTERED_SOUNDS): SearchBreadth {
  const isOrdinary = sounds <= alteredUpTo;
  return {
    codeBits: codeBitsFor(sounds),
    sampleBits: sounds <= SAMPLED_ABOVE ? 0 : 2,
    near: items <= NEAR_ITEMS,
    plain: true,
    altered: isOrdinary,
    bothWays: isOrdinary,
  };
}

/**
 * Other speeds and narrow bands alone, where {@link breadthOf} leaves them out. Every code is asked about: a window of four
 * seconds has too few of them to go by a sample.
 */
export function speedBreadth(sounds: number): SearchBreadth {
  return { codeBits: codeBitsFor(sounds), sampleBits: 0, near: false, plain: false, altered: true, bothWays: false };
}

/** Bits of an item that make a code, in a library of so many sounds. */
export function codeBitsFor(sounds: number): number {
  return sounds <= WIDER_ABOVE ? 24 : 28;
}
