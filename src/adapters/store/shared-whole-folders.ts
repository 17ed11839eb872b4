/**
 * Which folders are known to be whole, for all threads of a process: what one has checked, or changed, the others need not
 * look at again. Each folder has a word of 64 bits, shared with others of the same place, of which the last counts.
 */
import type { WholeFolders } from './store-database.ts';

/** Chosen: half a megabyte, for folders that are worked in at the same time. */
const PLACES = 1 << 16;
/** Sums of checksums have 48 bits; above them stands which of the folders of a place it is, and that there is one. */
const TOTAL_BITS = 48n;
const TOTAL_MASK = (1n << TOTAL_BITS) - 1n;
/** Folders beyond are not remembered. */
const MOST_TAGS = 0x7fff;

export function makeWholeFoldersMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(PLACES * BigUint64Array.BYTES_PER_ELEMENT);
}

export function openWholeFolders(memory: SharedArrayBuffer): WholeFolders {
  const words = new BigUint64Array(memory);
  const tagOf = (folder: number): bigint => BigInt(Math.floor(folder / PLACES)) * 2n + 1n;
  return {
    get(folder) {
      const word = Atomics.load(words, folder % PLACES);
      return word >> TOTAL_BITS === tagOf(folder) ? Number(word & TOTAL_MASK) : undefined;
    },
    set(folder, total) {
      if (folder / PLACES > MOST_TAGS) return;
      Atomics.store(words, folder % PLACES, (tagOf(folder) << TOTAL_BITS) | BigInt(total));
    },
    delete: (folder) => void Atomics.store(words, folder % PLACES, 0n),
  };
}
