/**
 * Numbers of the FUSE kernel protocol, version 7, as far as they are used here.
 * @see include/uapi/linux/fuse.h
 */

export const OP = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  setattr: 4,
  readlink: 5,
  symlink: 6,
  mknod: 8,
  mkdir: 9,
  unlink: 10,
  rmdir: 11,
  rename: 12,
  link: 13,
  open: 14,
  read: 15,
  write: 16,
  statfs: 17,
  release: 18,
  fsync: 20,
  setxattr: 21,
  getxattr: 22,
  listxattr: 23,
  removexattr: 24,
  init: 26,
  opendir: 27,
  readdir: 28,
  releasedir: 29,
  fsyncdir: 30,
  create: 35,
  interrupt: 36,
  destroy: 38,
  batchForget: 42,
  fallocate: 43,
  readdirplus: 44,
  rename2: 45,
} as const;

/** What is agreed on at the start: of each word of 32 bits. The second word counts where `initExt` is set. */
export const INIT = {
  asyncRead: 1,
  atomicTruncate: 8,
  bigWrites: 0x20,
  readdirplus: 0x2000,
  readdirplusAuto: 0x4000,
  writebackCache: 0x10000,
  parallelDirOps: 0x40000,
  maxPages: 0x400000,
  cacheSymlinks: 0x800000,
  explicitInvalidation: 0x2000000,
  handleKillPriv2: 0x10000000,
  initExt: 0x40000000,
} as const;
export const INIT2 = { hasResend: 0x80 } as const;

/** Which fields of a `setattr` count. */
export const SET = {
  mode: 1,
  uid: 2,
  gid: 4,
  size: 8,
  atime: 0x10,
  mtime: 0x20,
  atimeNow: 0x80,
  mtimeNow: 0x100,
  killSetBits: 0x800,
} as const;

export const OPENED = { keepCache: 2 } as const;
export const OPEN_KILL_SET_BITS = 1;
export const WRITE_KILL_SET_BITS = 4;

/** Of `rename2`. */
export const RENAME = { noReplace: 1, exchange: 2 } as const;
/** Of `fallocate`. */
export const ALLOCATE = { keepSize: 1, punchHole: 2, zeroRange: 16 } as const;
/** Of `setxattr`. */
export const XATTR = { create: 1, replace: 2 } as const;
/** The kernel's own, of all architectures that Node runs on. */
export const O = { accessMode: 3, exclusive: 0o200, truncate: 0o1000 } as const;

export const NOTIFY_RESEND = 7;

export const IN_HEADER = 40;
export const OUT_HEADER = 16;
export const ATTRIBUTES_BYTES = 88;
export const ENTRY_BYTES: number = 40 + ATTRIBUTES_BYTES;
export const DIRENT_BYTES = 24;
/** The longest write, and the longest read. As much as the kernel can without `max_pages_limit` being raised. */
export const MAX_BYTES: number = 1 << 20;
/** The longest request: a write, and what stands before its bytes. */
export const MAX_REQUEST: number = MAX_BYTES + 4096;
