/**
 * Recorded comparisons of one library, as they lie in memory: 24 bytes each in one buffer, sorted by pair, and no object
 * a pair. Sounds are known by their place in the ascending order of audio hashes, so that nothing depends on the
 * numbers that the catalogue happened to give. Making it sorts by counting: its time grows with records and sounds, and
 * while it is made it needs twice its memory and 16 bytes a record.
 */
import { mirrorRecord, RECORD_BYTES, readCoherence, readRecord, readRelation } from './comparison-record.ts';
import type { RecordedVerdict, Relation } from './verdict.ts';

/** Records have numbers from 0 on, in the order of a, then b. */
export interface ComparisonTable {
  /** Audio hashes in ascending order: a place is an index here. */
  readonly sounds: readonly string[];
  /** How many records there are. */
  readonly size: number;
  /** The place of a record's first sound, the smaller one. */
  a(record: number): number;
  /** The place of a record's second sound. */
  b(record: number): number;
  relation(record: number): Relation;
  /** 0 … 1; `null` where it was not computed. */
  coherence(record: number): number | null;
  verdict(record: number): RecordedVerdict;
  /** The place of a sound; `undefined` where it is not listed. */
  placeOf(audioHash: string): number | undefined;
  /** The record of two places, the smaller one first; `undefined` where the pair was not compared. */
  find(a: number, b: number): number | undefined;
}

export interface ComparisonTableBuilder {
  /** Takes a block of records that know sounds by number, and its buffer with it. Of two records of one pair the later counts. */
  add(block: Uint8Array): void;
  /** Once, at the end. */
  build(): ComparisonTable;
}

/** @param numbers of the listed sounds, by audio hash, in any order; records about others are left aside */
export function createComparisonTable(numbers: ReadonlyMap<string, number>): ComparisonTableBuilder {
  const sounds = [...numbers.keys()].sort();
  const places = placesByNumber(sounds, numbers);
  const blocks: DataView[] = [];
  return {
    add(block) {
      const kept = inPlaces(block, places);
      if (kept.byteLength > 0) blocks.push(kept);
    },
    build: () => tableOf(sounds, sorted(blocks, sounds.length)),
  };
}

/** −1 for numbers that nobody has. */
function placesByNumber(sounds: readonly string[], numbers: ReadonlyMap<string, number>): Int32Array {
  const most = sounds.reduce((highest, sound) => Math.max(highest, numbers.get(sound) as number), 0);
  const places = new Int32Array(most + 1).fill(-1);
  sounds.forEach((sound, place) => {
    places[numbers.get(sound) as number] = place;
  });
  return places;
}

/** Puts places for numbers, within the block's own memory, and leaves out what is about others. */
function inPlaces(block: Uint8Array, places: Int32Array): DataView {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  let end = 0;
  for (let at = 0; at < block.byteLength; at += RECORD_BYTES) {
    const [a, b] = [places[view.getUint32(at, true)] ?? -1, places[view.getUint32(at + 4, true)] ?? -1];
    if (a < 0 || b < 0) continue;
    if (end < at) block.copyWithin(end, at, at + RECORD_BYTES);
    view.setUint32(end, a, true);
    view.setUint32(end + 4, b, true);
    if (a > b) mirrorRecord(view, end);
    end += RECORD_BYTES;
  }
  return new DataView(block.buffer, block.byteOffset, end);
}

/** One buffer, sorted by a, then b; of equal pairs the last. */
function sorted(blocks: readonly DataView[], sounds: number): DataView {
  const size = blocks.reduce((sum, block) => sum + block.byteLength / RECORD_BYTES, 0);
  const [a, b] = [new Int32Array(size), new Int32Array(size)];
  const starts: number[] = [];
  let at = 0;
  for (const block of blocks) {
    starts.push(at);
    for (let from = 0; from < block.byteLength; from += RECORD_BYTES) {
      a[at] = block.getUint32(from, true);
      b[at++] = block.getUint32(from + 4, true);
    }
  }
  const order = orderBy(a, orderBy(b, undefined, sounds), sounds);
  const isLast = (i: number): boolean =>
    i + 1 === size || a[order[i]!] !== a[order[i + 1]!] || b[order[i]!] !== b[order[i + 1]!];
  const target = new Uint8Array(size * RECORD_BYTES);
  let end = 0;
  const copy = copierOf(blocks, starts, target);
  for (let i = 0; i < size; i++) {
    if (!isLast(i)) continue;
    copy(order[i]!, end);
    end += RECORD_BYTES;
  }
  return new DataView(target.buffer, 0, end);
}

/** A stable counting sort of `order` (all, where it is absent) by keys below `keys`. */
function orderBy(key: Int32Array, order: Int32Array | undefined, keys: number): Int32Array {
  const next = new Int32Array(keys + 1);
  for (let i = 0; i < key.length; i++) next[key[i]! + 1]!++;
  for (let k = 0; k < keys; k++) next[k + 1]! += next[k]!;
  const result = new Int32Array(key.length);
  for (let i = 0; i < key.length; i++) {
    const item = order === undefined ? i : order[i]!;
    result[next[key[item]!]!++] = item;
  }
  return result;
}

/** Copies a record, known by its number over all blocks, to a place in bytes. */
function copierOf(
  blocks: readonly DataView[],
  starts: readonly number[],
  target: Uint8Array,
): (record: number, to: number) => void {
  const words = new Uint32Array(target.buffer);
  const sources = blocks.map(({ buffer, byteOffset, byteLength }) => {
    // Words need a start at a multiple of four, which not every block has.
    const aligned = byteOffset % 4 === 0 ? { buffer, byteOffset } : { buffer: buffer.slice(byteOffset), byteOffset: 0 };
    return new Uint32Array(aligned.buffer, aligned.byteOffset, byteLength / 4);
  });
  const firsts = Int32Array.from(starts);
  return (record, to) => {
    const block = lastAtMost(firsts, record);
    const source = sources[block]!;
    const from = ((record - firsts[block]!) * RECORD_BYTES) / 4;
    for (let word = 0; word < RECORD_BYTES / 4; word++) words[to / 4 + word] = source[from + word]!;
  };
}

/** The index of the last value that is at most `wanted`, in ascending values that begin with one. */
function lastAtMost(values: Int32Array, wanted: number): number {
  let [from, to] = [0, values.length];
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if (values[middle]! <= wanted) from = middle;
    else to = middle;
  }
  return from;
}

function tableOf(sounds: readonly string[], records: DataView): ComparisonTable {
  const size = records.byteLength / RECORD_BYTES;
  const a = (record: number): number => records.getUint32(record * RECORD_BYTES, true);
  const b = (record: number): number => records.getUint32(record * RECORD_BYTES + 4, true);
  return {
    sounds,
    size,
    a,
    b,
    relation: (record) => readRelation(records, record * RECORD_BYTES),
    coherence: (record) => readCoherence(records, record * RECORD_BYTES),
    verdict: (record) => readRecord(records, record * RECORD_BYTES).verdict,
    placeOf(audioHash) {
      const place = firstWhere(sounds.length, (i) => sounds[i]! >= audioHash);
      return sounds[place] === audioHash ? place : undefined;
    },
    find(one, other) {
      const record = firstWhere(size, (i) => a(i) > one || (a(i) === one && b(i) >= other));
      return record < size && a(record) === one && b(record) === other ? record : undefined;
    },
  };
}

/** The first of so many numbers of which something holds that holds of all after it; `count` where it holds of none. */
function firstWhere(count: number, holds: (i: number) => boolean): number {
  let [from, to] = [0, count];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
