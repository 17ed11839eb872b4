/**
 * Recorded comparisons, in blocks: each commit appends one, sorted by pair, and where 16 small ones lie at the end they
 * become one, so that a record is copied some four times until it lies in a full block, and is left alone from then on.
 * Of two records of one pair the later one counts; blocks keep the order in which they came. What is known of a
 * record here: it has 24 bytes, and begins with the numbers of its two sounds, 32 bits each, little-endian.
 */
import type { Connection } from './connection.ts';

const RECORD_BYTES = 24;
const RECORD_WORDS = RECORD_BYTES / 4;
/** 1.5 MB, so that a row costs next to nothing beside its records. Chosen. */
const FULL_BLOCK = 65_536;
/** Blocks of about one size that become one. Full ones are of a fifth size, and done. Chosen. */
const FAN = 16;
const SIZES = Math.log2(FULL_BLOCK) / Math.log2(FAN);

/** Adds records sorted by pair. Inside the caller's transaction. */
export function appendRecords(connection: Connection, method: string, records: Uint8Array): void {
  if (records.length === 0) return;
  putBlocks(connection, method, records);
  for (let size = 0; size < SIZES; size++) {
    const small = trailing(connection, method, size);
    if (small.length >= FAN)
      replace(connection, method, small, mergeAll(small.map((block) => readBlock(connection, block))));
  }
}

/** The blocks of a method, oldest first; none is open while the caller works. */
export async function* recordBlocks(connection: Connection, method: string): AsyncGenerator<Uint8Array> {
  let after = 0;
  for (;;) {
    const [row] = connection.arrays(NEXT_BLOCK, method, after);
    if (!row) return;
    after = row[0] as number;
    yield row[1] as Uint8Array;
  }
}

const NEXT_BLOCK = 'select block, records from comparisons where method = ? and block > ? order by block limit 1';

/** Takes out every record about a sound that the catalogue has forgotten. Inside the caller's transaction. */
export function dropForgotten(connection: Connection, method: string): void {
  const forgotten = new Set(connection.arrays('select sound from forgotten_sounds').map(([sound]) => sound as number));
  if (forgotten.size === 0) return;
  for (const [block] of connection.arrays('select block from comparisons where method = ?', method)) {
    const records = readBlock(connection, block as number);
    const kept = without(records, forgotten);
    if (kept.length === 0) connection.arrays('delete from comparisons where block = ?', block as number);
    else if (kept.length < records.length)
      connection.arrays('update comparisons set records = ? where block = ?', kept, block as number);
  }
  connection.script('delete from forgotten_sounds');
}

function without(records: Uint8Array, forgotten: ReadonlySet<number>): Uint8Array {
  const from = viewOf(records);
  const kept = new Uint8Array(records.length);
  let end = 0;
  for (let at = 0; at < records.length; at += RECORD_BYTES) {
    if (forgotten.has(from.getUint32(at, true)) || forgotten.has(from.getUint32(at + 4, true))) continue;
    kept.set(records.subarray(at, at + RECORD_BYTES), end);
    end += RECORD_BYTES;
  }
  return kept.subarray(0, end);
}

/** The blocks at the end that are no larger than this size, oldest first. */
function trailing(connection: Connection, method: string, size: number): number[] {
  const blocks: number[] = [];
  for (const [block, bytes] of connection.arrays(LAST_BLOCKS, method)) {
    if ((bytes as number) / RECORD_BYTES >= FAN ** (size + 1)) break;
    blocks.unshift(block as number);
  }
  return blocks;
}

const LAST_BLOCKS = `
  select block, length(records) from comparisons where method = ? order by block desc limit ${FAN * (SIZES + 1)}`;

function readBlock(connection: Connection, block: number): Uint8Array {
  return connection.arrays('select records from comparisons where block = ?', block)[0]?.[0] as Uint8Array;
}

function replace(connection: Connection, method: string, blocks: readonly number[], records: Uint8Array): void {
  for (const block of blocks) connection.arrays('delete from comparisons where block = ?', block);
  putBlocks(connection, method, records);
}

function putBlocks(connection: Connection, method: string, records: Uint8Array): void {
  for (let at = 0; at < records.length; at += FULL_BLOCK * RECORD_BYTES) {
    const block = records.subarray(at, at + FULL_BLOCK * RECORD_BYTES);
    connection.arrays('insert into comparisons (method, records) values (?, ?)', method, block);
  }
}

/** One sorted list of several, the later ones of which count. */
function mergeAll(lists: readonly Uint8Array[]): Uint8Array {
  if (lists.length <= 1) return lists[0] ?? new Uint8Array(0);
  const middle = lists.length >> 1;
  return merge(mergeAll(lists.slice(0, middle)), mergeAll(lists.slice(middle)));
}

function merge(older: Uint8Array, newer: Uint8Array): Uint8Array {
  const merged = new Uint8Array(older.length + newer.length);
  const to = new Uint32Array(merged.buffer);
  const [one, other] = [sourceOf(older), sourceOf(newer)];
  let end = 0;
  while (one.at < older.length || other.at < newer.length) {
    const order = one.at >= older.length ? 1 : other.at >= newer.length ? -1 : comparePairs(one, other);
    const source = order < 0 ? one : other;
    copyRecord(source, to, end);
    end += RECORD_WORDS;
    if (order === 0) one.at += RECORD_BYTES;
    source.at += RECORD_BYTES;
  }
  return merged.subarray(0, end * 4);
}

interface Source {
  readonly view: DataView;
  readonly words: Uint32Array;
  at: number;
}

function sourceOf(records: Uint8Array): Source {
  // Words need a start at a multiple of four, which not every blob has.
  const aligned = records.byteOffset % 4 === 0 ? records : records.slice();
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
  return { view: viewOf(aligned), words, at: 0 };
}

function comparePairs(one: Source, other: Source): number {
  const first = one.view.getUint32(one.at, true) - other.view.getUint32(other.at, true);
  return first || one.view.getUint32(one.at + 4, true) - other.view.getUint32(other.at + 4, true);
}

function copyRecord({ words, at }: Source, to: Uint32Array, end: number): void {
  const from = at / 4;
  for (let word = 0; word < RECORD_WORDS; word++) to[end + word] = words[from + word] as number;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
