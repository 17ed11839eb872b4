/**
 * What Node cannot do and the C library can: renaming without replacing, exchanging two names, times in nanoseconds,
 * extended attributes, asking for leases. Loaded when it is first needed; `undefined` where it does not load (musl, other systems), and the
 * callers fall back to something poorer that they name.
 * @see https://man7.org/linux/man-pages/man2/rename.2.html
 */
import { createRequire } from 'node:module';

type Name = Buffer;

export interface Libc {
  readonly errno: () => number;
  renameat2(fromFolder: number, from: Name, toFolder: number, to: Name, flags: number): number;
  utimensat(folder: number, path: Name, times: BigInt64Array, flags: number): number;
  llistxattr(path: Name, list: Buffer | null, bytes: number): number;
  lgetxattr(path: Name, name: Name, value: Buffer | null, bytes: number): number;
  lsetxattr(path: Name, name: Name, value: Buffer, bytes: number, flags: number): number;
  /** With a number as its argument. */
  fcntl(fd: number, command: number, argument: number): number;
}

/** "The folder that relative names start from": all ours are absolute. */
export const AT_FDCWD = -100;
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const RENAME_NOREPLACE = 1;
export const RENAME_EXCHANGE = 2;

let loaded: Libc | null | undefined;

/** The C library, or `undefined`. */
export function libc(): Libc | undefined {
  if (loaded === undefined) loaded = process.platform === 'linux' ? load() : null;
  return loaded ?? undefined;
}

function load(): Libc | null {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    const library = koffi.load('libc.so.6');
    const fcntl = library.func('int fcntl(int, int, ...)');
    return {
      errno: () => koffi.errno(),
      renameat2: library.func('int renameat2(int, const uint8_t *, int, const uint8_t *, unsigned int)'),
      utimensat: library.func('int utimensat(int, const uint8_t *, const int64_t *, int)'),
      llistxattr: library.func('intptr_t llistxattr(const uint8_t *, _Out_ uint8_t *, size_t)'),
      lgetxattr: library.func('intptr_t lgetxattr(const uint8_t *, const uint8_t *, _Out_ uint8_t *, size_t)'),
      lsetxattr: library.func('int lsetxattr(const uint8_t *, const uint8_t *, const uint8_t *, size_t, int)'),
      fcntl: (fd, command, argument) => fcntl(fd, command, 'int', argument) as number,
    };
  } catch {
    // An optional package: without it moves are `link` and `unlink`, and attributes stay behind.
    return null;
  }
}
