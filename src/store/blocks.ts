/**
 * How a blob lies in its pack: a header of 64 bytes, then blocks of 16 KiB, the last one shorter, each followed by its
 * CRC-32. A block's checksum starts from the blob's number and the block's, so a block in the wrong place is as wrong as
 * a damaged one. A read checks the blocks that it touches, and no more.
 *
 * Header, little-endian: "RBLB" · version, 1 byte · 3 zeros · blob, 8 bytes · length, 4 · zeros, 4 · SHA-256 of the
 * bytes, 32 · CRC-32 of all these, 4 · zeros, 4.
 */
import { crc32 } from 'node:zlib';

export const HEADER_BYTES = 64;
export const BLOCK_BYTES: number = 16 << 10;
const SUM_BYTES = 4;
/** Bytes of a full block with its checksum. */
export const STORED_BLOCK_BYTES: number = BLOCK_BYTES + SUM_BYTES;
/** Bytes that a blob holds at most. */
export const MOST_BLOB_BYTES: number = 1 << 20;
const MAGIC = 'RBLB';
const VERSION = 1;
const SUMMED_BYTES = 56;

/** Bytes that a blob of `length` takes in a pack. */
export function storedBytes(length: number): number {
  return HEADER_BYTES + length + Math.ceil(length / BLOCK_BYTES) * SUM_BYTES;
}

export interface BlobHeader {
  readonly blob: number;
  readonly length: number;
  readonly hash: Uint8Array;
}

/** The blob as it lies in a pack. */
export function packBlob(blob: number, bytes: Uint8Array, hash: Uint8Array): Uint8Array {
  const out = Buffer.alloc(storedBytes(bytes.length));
  out.write(MAGIC, 0, 'latin1');
  out[4] = VERSION;
  out.writeBigUInt64LE(BigInt(blob), 8);
  out.writeUInt32LE(bytes.length, 16);
  out.set(hash, 24);
  out.writeUInt32LE(crc32(out.subarray(0, SUMMED_BYTES)), SUMMED_BYTES);
  let at = HEADER_BYTES;
  for (let from = 0, n = 0; from < bytes.length; from += BLOCK_BYTES, n++) {
    const block = bytes.subarray(from, from + BLOCK_BYTES);
    out.set(block, at);
    at = out.writeUInt32LE(crc32(block, seedOf(blob, n)), at + block.length);
  }
  return out;
}

/** @returns undefined where the bytes are no sound header */
export function unpackHeader(bytes: Uint8Array): BlobHeader | undefined {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, 4) !== MAGIC || header[4] !== VERSION)
    return undefined;
  if (header.readUInt32LE(SUMMED_BYTES) !== crc32(header.subarray(0, SUMMED_BYTES))) return undefined;
  const length = header.readUInt32LE(16);
  if (length > MOST_BLOB_BYTES) return undefined;
  return { blob: Number(header.readBigUInt64LE(8)), length, hash: Uint8Array.from(header.subarray(24, 56)) };
}

/** Where block `n` lies, counted from the blob's header. */
export function placeOfBlock(n: number): number {
  return HEADER_BYTES + n * STORED_BLOCK_BYTES;
}

/** Bytes that block `n` of a blob of `length` holds. */
export function sizeOfBlock(n: number, length: number): number {
  return Math.min(BLOCK_BYTES, length - n * BLOCK_BYTES);
}

/** @param stored a block as it lies in a pack, with its checksum. @returns its bytes, or undefined where they are wrong */
export function checkedBlock(blob: number, n: number, stored: Uint8Array): Uint8Array | undefined {
  const size = stored.length - SUM_BYTES;
  const bytes = stored.subarray(0, size);
  const sum = (stored[size]! | (stored[size + 1]! << 8) | (stored[size + 2]! << 16) | (stored[size + 3]! << 24)) >>> 0;
  return crc32(bytes, seedOf(blob, n)) === sum ? bytes : undefined;
}

/** Bytes of block `n` in a pack, its checksum included. */
export function storedBlockBytes(n: number, length: number): number {
  return sizeOfBlock(n, length) + SUM_BYTES;
}

function seedOf(blob: number, n: number): number {
  return (Math.imul(blob, 0x9e3779b1) ^ Math.floor(blob / 2 ** 32) ^ Math.imul(n + 1, 0x85ebca6b)) >>> 0;
}
