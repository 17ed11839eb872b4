/**
 * Chromaprint's compressed form. Neighbouring items differ in few bits, so each is written as the distances
 * between the bits in which it differs from the one before: 3 bits per distance, 0 ends an item, 7 stands for
 * 7 or more, whose rest follows for all items together in 5 bits each. A byte with the algorithm and three with
 * the number of items come first. Bits fill bytes from the lowest up.
 * @see https://acoustid.org/chromaprint
 */
import { AppError, invariant } from '#kernel';
import { ALGORITHM } from './constants.ts';

export interface DecompressedFingerprint {
  /** Chromaprint's number, 0 … 255; ours is {@link ALGORITHM}. */
  readonly algorithm: number;
  readonly items: Uint32Array;
}

const HEADER_BYTES = 4;
const NORMAL_BITS = 3;
const REST_BITS = 5;
const ESCAPE = 7;
const MAX_ITEMS = 2 ** 24 - 1;

/** Compresses a fingerprint of at most 16,777,215 items, about 24 days of sound. */
export function compressFingerprint(items: Uint32Array): Uint8Array {
  invariant(items.length <= MAX_ITEMS, 'a fingerprint has at most 16,777,215 items');
  const [normals, rests] = countDistances(items);
  const normalBytes = bytesFor(normals, NORMAL_BITS);
  const bytes = new Uint8Array(HEADER_BYTES + normalBytes + bytesFor(rests, REST_BITS));
  bytes.set([ALGORITHM, items.length >>> 16, (items.length >>> 8) & 255, items.length & 255]);
  writeDistances(items, bytes, HEADER_BYTES + normalBytes);
  return bytes;
}

function bytesFor(values: number, bits: number): number {
  return Math.ceil((values * bits) / 8);
}

/** How many 3-bit and 5-bit values the items need. */
function countDistances(items: Uint32Array): [normals: number, rests: number] {
  let normals = items.length;
  let rests = 0;
  let before = 0;
  for (const item of items) {
    let at = -1;
    for (let bits = item ^ before; bits !== 0; bits &= bits - 1) {
      const bit = lowestBit(bits);
      normals++;
      if (bit - at >= ESCAPE) rests++;
      at = bit;
    }
    before = item;
  }
  return [normals, rests];
}

function writeDistances(items: Uint32Array, bytes: Uint8Array, restsFrom: number): void {
  let normal = HEADER_BYTES * 8;
  let rest = restsFrom * 8;
  let before = 0;
  for (const item of items) {
    let at = -1;
    for (let bits = item ^ before; bits !== 0; bits &= bits - 1) {
      const distance = lowestBit(bits) - at;
      at += distance;
      writeBits(bytes, normal, Math.min(distance, ESCAPE));
      normal += NORMAL_BITS;
      if (distance < ESCAPE) continue;
      writeBits(bytes, rest, distance - ESCAPE);
      rest += REST_BITS;
    }
    normal += NORMAL_BITS; // the 0 that ends the item is there already
    before = item;
  }
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** Writes at most 8 bits over zeros; a value that ends in its byte touches no other. */
function writeBits(bytes: Uint8Array, bit: number, value: number): void {
  const shifted = value << (bit & 7);
  bytes[bit >> 3]! |= shifted & 255;
  if (shifted > 255) bytes[(bit >> 3) + 1]! |= shifted >> 8;
}

/** Reads at most 8 bits; beyond the end there are zeros. */
function readBits(bytes: Uint8Array, bit: number, width: number): number {
  const both = (bytes[bit >> 3] ?? 0) | ((bytes[(bit >> 3) + 1] ?? 0) << 8);
  return (both >> (bit & 7)) & ((1 << width) - 1);
}

/** How many items a compressed fingerprint says that it holds; 0 where it is shorter than its header. */
export function itemsIn([, high = 0, middle = 0, low = 0]: Uint8Array): number {
  return (high << 16) | (middle << 8) | low;
}

/**
 * Undoes {@link compressFingerprint}, for any algorithm.
 * @throws AppError `fingerprint/corrupt` on bytes that no fingerprint compresses to.
 */
export function decompressFingerprint(bytes: Uint8Array): DecompressedFingerprint {
  if (bytes.length < HEADER_BYTES) throw corrupt('it is shorter than its header');
  const [algorithm = 0, high = 0, middle = 0, low = 0] = bytes;
  const count = (high << 16) | (middle << 8) | low;
  const [normals, rests] = measure(bytes, count);
  const restsFrom = HEADER_BYTES + bytesFor(normals, NORMAL_BITS);
  if (bytes.length !== restsFrom + bytesFor(rests, REST_BITS)) throw corrupt('its length does not fit its content');
  return { algorithm, items: readItems(bytes, count, restsFrom) };
}

/** How many 3-bit and 5-bit values the first `count` items take. */
function measure(bytes: Uint8Array, count: number): [normals: number, rests: number] {
  const available = Math.floor(((bytes.length - HEADER_BYTES) * 8) / NORMAL_BITS);
  if (count > available) throw corrupt('it ends before its last item');
  let normals = 0;
  let rests = 0;
  for (let ended = 0; ended < count; normals++) {
    if (normals === available) throw corrupt('it ends before its last item');
    const value = readBits(bytes, HEADER_BYTES * 8 + normals * NORMAL_BITS, NORMAL_BITS);
    if (value === 0) ended++;
    if (value === ESCAPE) rests++;
  }
  return [normals, rests];
}

function readItems(bytes: Uint8Array, count: number, restsFrom: number): Uint32Array {
  const items = new Uint32Array(count);
  let normal = HEADER_BYTES * 8;
  let rest = restsFrom * 8;
  let before = 0;
  for (let index = 0; index < count; index++) {
    let at = -1;
    for (;;) {
      const value = readBits(bytes, normal, NORMAL_BITS);
      normal += NORMAL_BITS;
      if (value === 0) break;
      at += value;
      if (value === ESCAPE) {
        at += readBits(bytes, rest, REST_BITS);
        rest += REST_BITS;
      }
      if (at > 31) throw corrupt('it names a bit that items do not have');
      before ^= 1 << at;
    }
    items[index] = before;
  }
  return items;
}

function corrupt(reason: string): AppError {
  return new AppError('fingerprint/corrupt', `The compressed fingerprint is damaged: ${reason}.`, {
    kind: 'corrupt',
    hint: 'Make the fingerprint again from the sound.',
  });
}
