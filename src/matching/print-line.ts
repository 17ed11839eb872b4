/** One fingerprint laid along another that is known at four phases, at every offset within reach. */
import { bitsIn } from './bit-errors.ts';

/** Where they agree best. */
export interface PrintLine {
  /** Differing bits ÷ compared bits, 0 … 1. */
  readonly errors: number;
  /** Items that lie over each other. */
  readonly overlap: number;
}

/** Fewer than this agree by chance. Chosen: some 2.5 s. */
const LEAST_ITEMS = 20;

/**
 * @param phases of the other, each half-empty array left out. @param reach items by which one may start after the other
 * @returns `undefined` where no offset leaves enough to compare. Cost grows with reach × length × 4.
 */
export function bestPrintLine(
  items: Uint32Array,
  phases: readonly Uint32Array[],
  reach: number,
): PrintLine | undefined {
  let best: PrintLine | undefined;
  for (const phase of phases) {
    for (let shift = -reach; shift <= reach; shift++) {
      const from = Math.max(0, -shift);
      const overlap = Math.min(items.length, phase.length - shift) - from;
      if (overlap < LEAST_ITEMS) continue;
      let bits = 0;
      for (let i = from; i < from + overlap; i++) bits += bitsIn(items[i]! ^ phase[i + shift]!);
      const errors = bits / (32 * overlap);
      if (best === undefined || errors < best.errors) best = { errors, overlap };
    }
  }
  return best;
}
