/** Names in folders: any bytes but `/` and NUL, 255 at most, and neither `.` nor `..`. */
import { type BytePath, bytesOfPath } from '#kernel';
import { PosixError } from './posix-error.ts';

/** Bytes, or a string that stands for them as a {@link BytePath} does. */
export type Name = Uint8Array | string;

const MOST_BYTES = 255;
const [NUL, DOT, SLASH] = [0, 0x2e, 0x2f];

export function bytesOf(name: Name): Uint8Array {
  return typeof name === 'string' ? bytesOfPath(name as BytePath) : name;
}

/** @throws PosixError ENOENT where it is empty, ENAMETOOLONG, EINVAL */
export function checkedName(name: Name): Uint8Array {
  const bytes = bytesOf(name);
  if (bytes.length === 0) throw new PosixError('ENOENT');
  if (bytes.includes(NUL) || bytes.includes(SLASH)) throw new PosixError('EINVAL');
  if (bytes.length > MOST_BYTES) throw new PosixError('ENAMETOOLONG');
  return bytes;
}

/** 1 for the folder itself, `.`, 2 for the one above, `..`, and 0 for all other names. */
export function dotsOf(name: Name): 0 | 1 | 2 {
  const bytes = bytesOf(name);
  if (bytes.length > 2 || bytes.some((byte) => byte !== DOT)) return 0;
  return bytes.length as 0 | 1 | 2;
}

/** The parts of a path between its slashes; an empty one at the end where it ends with a slash. */
export function partsOf(path: Name): Uint8Array[] {
  const bytes = bytesOf(path);
  const parts: Uint8Array[] = [];
  for (let at = 0; at <= bytes.length; ) {
    const slash = bytes.indexOf(SLASH, at);
    const end = slash < 0 ? bytes.length : slash;
    if (end > at || end === bytes.length) parts.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return parts;
}
