/** Entries by stamp, in one block of bytes with a table of places beside it (open addressing). */
import type { StampTable } from '#sweep';

/** Ten words of 32 bits. */
export const STAMP_BYTES = 40;
const WORDS = STAMP_BYTES / 4;

export interface RecordTable {
  readonly entryBytes: number;
  /** How many records there are; a stamp may have several, of which the last counts. */
  readonly length: number;
  /** All records, each a stamp and its entry. */
  records(): Uint8Array;
  add(stamps: StampTable, at: number, entries: Uint8Array, place: number): void;
  addAll(records: Uint8Array): void;
  /** Copies the entry of this stamp; `false` where there is none. */
  find(stamps: StampTable, at: number, entries: Uint8Array, place: number): boolean;
}

export function createRecordTable(entryBytes: number): RecordTable {
  const recordBytes = STAMP_BYTES + entryBytes;
  let length = 0;
  let block = new Uint8Array(recordBytes * 1024);
  let stampsOf = new Uint32Array(WORDS * 1024);
  /** A record's place and one, by hash; 0 is free. */
  let slots = new Int32Array(0);

  const reserve = (count: number): void => {
    if (count * recordBytes <= block.length) return;
    const capacity = Math.max(count, 2 * (block.length / recordBytes));
    const [grownBlock, grownStamps] = [new Uint8Array(capacity * recordBytes), new Uint32Array(capacity * WORDS)];
    grownBlock.set(block);
    grownStamps.set(stampsOf);
    [block, stampsOf] = [grownBlock, grownStamps];
  };
  /** The slot of the stamp, or the free one where it belongs. */
  const slotOf = (stamps: StampTable, at: number): number => {
    const mask = slots.length - 1;
    let slot = hashOf(stamps, at) & mask;
    while (slots[slot] !== 0 && !isEqual(stampsOf, slots[slot]! - 1, stamps, at)) slot = (slot + 1) & mask;
    return slot;
  };
  const index = (): void => {
    let size = 1024;
    while (size < 2 * length) size *= 2;
    slots = new Int32Array(size);
    for (let record = 0; record < length; record++) slots[slotOf(stampsOf, record)] = record + 1;
  };
  return {
    entryBytes,
    get length() {
      return length;
    },
    records: () => block.subarray(0, length * recordBytes),
    add(stamps, at, entries, place) {
      reserve(length + 1);
      const stamp = stamps.subarray(at * WORDS, (at + 1) * WORDS);
      stampsOf.set(stamp, length * WORDS);
      const from = length * recordBytes;
      block.set(new Uint8Array(stamp.buffer, stamp.byteOffset, STAMP_BYTES), from);
      block.set(entries.subarray(place * entryBytes, (place + 1) * entryBytes), from + STAMP_BYTES);
      length += 1;
      slots = new Int32Array(0);
    },
    addAll(records) {
      const count = records.length / recordBytes;
      reserve(length + count);
      block.set(records, length * recordBytes);
      const bytes = new Uint8Array(stampsOf.buffer);
      for (let i = 0; i < count; i++) {
        const from = i * recordBytes;
        bytes.set(records.subarray(from, from + STAMP_BYTES), (length + i) * STAMP_BYTES);
      }
      length += count;
      slots = new Int32Array(0);
    },
    find(stamps, at, entries, place) {
      if (slots.length === 0) index();
      const record = slots[slotOf(stamps, at)]! - 1;
      if (record < 0) return false;
      const from = record * recordBytes + STAMP_BYTES;
      for (let i = 0; i < entryBytes; i++) entries[place * entryBytes + i] = block[from + i]!;
      return true;
    },
  };
}

/** Inode, and times to the nanosecond: what differs between files. */
function hashOf(stamps: StampTable, at: number): number {
  const from = at * WORDS;
  let hash = Math.imul(stamps[from + 2]! ^ (stamps[from]! << 7), 0x9e37_79b1);
  hash = Math.imul(hash ^ stamps[from + 6]! ^ (hash >>> 15), 0x85eb_ca6b);
  hash = Math.imul(hash ^ stamps[from + 8]! ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function isEqual(known: Uint32Array, record: number, stamps: StampTable, at: number): boolean {
  for (let word = 0; word < WORDS; word++) {
    if (known[record * WORDS + word] !== stamps[at * WORDS + word]) return false;
  }
  return true;
}
