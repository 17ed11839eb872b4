/** System calls that Node does not offer, for the plain directory of the model test. */
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { WorldError } from './world.ts';

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const UTIME_OMIT = (1n << 30n) - 2n;
const RENAME_FLAGS = { noReplace: 1, exchange: 2 } as const;
const ATTRIBUTE_FLAGS = { create: 1, replace: 2 } as const;
const [KEEP_SIZE, PUNCH_HOLE] = [1, 2];
/** An owner that stays. */
const SAME = 0xffff_ffff;
/** Of a value, and of a list of names. */
const MOST = 4096;

const NAMES = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));
const SECOND = 1_000_000_000n;

/** Each throws a {@link WorldError} where the system refuses. None follows a symbolic link at the end of a path. */
export interface SystemCalls {
  rename(from: string, to: string, flag: keyof typeof RENAME_FLAGS | undefined): void;
  mknod(file: string, mode: number, device: number): void;
  chmod(file: string, mode: number): void;
  chown(file: string, uid: number | undefined, gid: number | undefined): void;
  utimes(file: string, atimeNs: bigint | undefined, mtimeNs: bigint | undefined): void;
  allocate(fd: number, offset: number, length: number, keepSize: boolean): void;
  punch(fd: number, offset: number, length: number): void;
  setAttribute(file: string, name: string, value: Buffer, flag: keyof typeof ATTRIBUTE_FLAGS | undefined): void;
  removeAttribute(file: string, name: string): void;
  getAttribute(file: string, name: string): Buffer;
  listAttributes(file: string): string[];
}

export function loadSystemCalls(): SystemCalls {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  const libc = koffi.load('libc.so.6');
  const path = 'const char *';
  const renameat2 = libc.func('renameat2', 'int', ['int', path, 'int', path, 'uint']);
  const mknod = libc.func('mknod', 'int', [path, 'uint', 'uint64']);
  const fchmodat = libc.func('fchmodat', 'int', ['int', path, 'uint', 'int']);
  const lchown = libc.func('lchown', 'int', [path, 'uint', 'uint']);
  const fallocate = libc.func('fallocate', 'int', ['int', 'int', 'int64', 'int64']);
  const utimensat = libc.func('utimensat', 'int', ['int', path, 'const int64_t *', 'int']);
  const lsetxattr = libc.func('lsetxattr', 'int', [path, path, 'const uint8_t *', 'size_t', 'int']);
  const lremovexattr = libc.func('lremovexattr', 'int', [path, path]);
  const lgetxattr = libc.func('intptr_t lgetxattr(const char *, const char *, _Out_ uint8_t *, size_t)');
  const llistxattr = libc.func('intptr_t llistxattr(const char *, _Out_ uint8_t *, size_t)');

  function checked(result: number): number {
    if (result >= 0) return result;
    throw new WorldError(NAMES.get(koffi.errno()) ?? `errno ${koffi.errno()}`);
  }
  const done = (result: number): void => void checked(result);
  const into = Buffer.alloc(MOST);
  const filled = (call: () => number): Buffer => Buffer.from(into.subarray(0, checked(call())));
  const timespec = (time: bigint | undefined): bigint[] => {
    if (time === undefined) return [0n, UTIME_OMIT];
    const nanoseconds = ((time % SECOND) + SECOND) % SECOND;
    return [(time - nanoseconds) / SECOND, nanoseconds];
  };

  return {
    rename: (from, to, flag) =>
      done(renameat2(AT_FDCWD, from, AT_FDCWD, to, flag === undefined ? 0 : RENAME_FLAGS[flag])),
    mknod: (file, mode, device) => done(mknod(file, mode, device)),
    chmod: (file, mode) => done(fchmodat(AT_FDCWD, file, mode, AT_SYMLINK_NOFOLLOW)),
    chown: (file, uid, gid) => done(lchown(file, uid ?? SAME, gid ?? SAME)),
    utimes: (file, atime, mtime) =>
      done(
        utimensat(AT_FDCWD, file, BigInt64Array.from([...timespec(atime), ...timespec(mtime)]), AT_SYMLINK_NOFOLLOW),
      ),
    allocate: (fd, offset, length, keepSize) => done(fallocate(fd, keepSize ? KEEP_SIZE : 0, offset, length)),
    punch: (fd, offset, length) => done(fallocate(fd, KEEP_SIZE | PUNCH_HOLE, offset, length)),
    setAttribute: (file, name, value, flag) =>
      done(lsetxattr(file, name, value, value.length, flag === undefined ? 0 : ATTRIBUTE_FLAGS[flag])),
    removeAttribute: (file, name) => done(lremovexattr(file, name)),
    getAttribute: (file, name) => filled(() => lgetxattr(file, name, into, MOST)),
    listAttributes: (file) =>
      filled(() => llistxattr(file, into, MOST))
        .toString('latin1')
        .split('\0')
        .slice(0, -1),
  };
}
