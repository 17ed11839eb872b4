/** How many bits of its samples a sound uses: a file of 24 bits may have been filled up from 16. */
import type { SampleBlock } from './sample-view.ts';

export interface UsedBits {
  push(block: SampleBlock): void;
  /** From the sign bit down to the lowest bit that is ever set; `null` of samples that are no integers, and of silence. */
  finish(): number | null;
}

const BYTES: Partial<Record<SampleBlock['format'], number>> = { s16: 2, s24: 3, s32: 4 };

/** Costs next to nothing unless low bits stay empty, since the first sample that uses the last bit ends the search. */
export function createUsedBits(): UsedBits {
  let lowest = 32;
  let width = 0;
  return {
    push({ format, bytes }) {
      const size = BYTES[format] ?? 0;
      if (size === 0) return;
      width = size * 8;
      for (let at = 0; at + size <= bytes.length && lowest > 0; at += size) {
        // Little-endian: the first byte that is not 0 has the lowest bit.
        for (let byte = 0; byte < size && 8 * byte < lowest; byte++) {
          const value = bytes[at + byte]!;
          if (value !== 0) {
            lowest = Math.min(lowest, 8 * byte + 31 - Math.clz32(value & -value));
            break;
          }
        }
      }
    },
    finish: () => (width === 0 || lowest === 32 ? null : width - lowest),
  };
}
