/** Bytes of an open file, and bytes laid end to end. */
import { readSync } from 'node:fs';

/** Reads `length` bytes at `position`, fewer at the end of the file. */
export type ReadAt = (position: number, length: number) => Uint8Array;

/** Reads of descriptor `fd`, which stays open. Throws what the system throws. */
export function readsOf(fd: number): ReadAt {
  return (position, length) => {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, fill(fd, bytes, position));
  };
}

/** Reads until `target` is full or the file ends; returns the bytes read. */
export function fill(fd: number, target: Uint8Array, position: number): number {
  let length = 0;
  while (length < target.length) {
    const got = readSync(fd, target, length, target.length - length, position + length);
    if (got === 0) break;
    length += got;
  }
  return length;
}

/** A copy of all parts in one. */
export function concatenated(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
