/** The tables of a segment as bytes: seven numbers, four lists of numbers, all 32 bits little-endian, and the method's name. */
import type { SegmentTables } from './code-segment.ts';

const FORMAT = 2;
const HEAD = 7;

/** @param method by which the fingerprints are matched: another one needs another index */
export function packTables({ sounds, checks, lengths, ends, ...tables }: SegmentTables, method: string): Uint8Array {
  const name = new TextEncoder().encode(method);
  const head = [FORMAT, sounds.length, tables.postings, tables.bucketBits, tables.placeBits, ends.length, name.length];
  const lists = [Uint32Array.from(head), sounds, checks, lengths, ends];
  const words = lists.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(words * 4 + name.length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const list of lists) {
    for (const word of list) {
      view.setUint32(at, word, true);
      at += 4;
    }
  }
  bytes.set(name, at);
  return bytes;
}

/** `undefined` where another version of this program, or another method, wrote them. */
export function readTables(bytes: Uint8Array, method: string): SegmentTables | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = listOf(view, 0, Math.min(HEAD, bytes.length >>> 2));
  const [format, count = 0, postings = 0, bucketBits = 0, placeBits = 0, buckets = 0, nameLength = 0] = head;
  const nameAt = (HEAD + 3 * count + buckets) * 4;
  if (format !== FORMAT || bytes.length !== nameAt + nameLength) return undefined;
  if (new TextDecoder().decode(bytes.subarray(nameAt)) !== method) return undefined;
  return {
    sounds: listOf(view, HEAD * 4, count),
    checks: listOf(view, (HEAD + count) * 4, count),
    lengths: listOf(view, (HEAD + 2 * count) * 4, count),
    ends: listOf(view, (HEAD + 3 * count) * 4, buckets),
    postings,
    bucketBits,
    placeBits,
  };
}

function listOf(view: DataView, at: number, length: number): Uint32Array {
  const list = new Uint32Array(length);
  for (let i = 0; i < length; i++) list[i] = view.getUint32(at + 4 * i, true);
  return list;
}
