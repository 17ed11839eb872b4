/** Byte names as the system takes them. */
import { type BytePath, bytesOfPath } from '#kernel';

/** For Node. */
export function systemPath(path: BytePath): Buffer {
  return Buffer.from(bytesOfPath(path));
}

/** For the C library: with the zero at its end. */
export function terminated(path: BytePath): Buffer {
  return Buffer.concat([bytesOfPath(path), Uint8Array.of(0)]);
}
