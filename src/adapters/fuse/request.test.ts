/** Requests as the kernel gave them, read whole; and whatever else may lie in their bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECORDED_REQUESTS } from '../../../test/support/fuse/recorded-requests.ts';
import {
  nameAt,
  namesAt,
  readAllocate,
  readBatchForget,
  readCreate,
  readGetXattr,
  readInit,
  readInterrupt,
  readLink,
  readMakeFolder,
  readMakeNode,
  readOpen,
  readRead,
  readRelease,
  readRename,
  readRename2,
  readRequest,
  readSetAttributes,
  readSetXattr,
  readSymlink,
  readWrite,
  u64,
} from './request.ts';
import { SET as FIELDS, IN_HEADER, INIT, INIT2, OP, OPEN_KILL_SET_BITS, WRITE_KILL_SET_BITS, XATTR } from './words.ts';

type Operation = keyof typeof OP;

const name = (body: Buffer): Buffer => nameAt(body, 0);
/** Of every operation with more than a header that is looked at. */
const READERS: Partial<Record<Operation, (body: Buffer) => unknown>> = {
  ...{ init: readInit, setattr: readSetAttributes, interrupt: readInterrupt, batchForget: readBatchForget },
  ...{ lookup: name, unlink: name, rmdir: name, removexattr: name },
  ...{ mknod: readMakeNode, mkdir: readMakeFolder, symlink: readSymlink, link: readLink },
  ...{ rename: readRename, rename2: readRename2 },
  ...{ open: readOpen, create: readCreate, release: readRelease },
  ...{ read: readRead, readdir: readRead, readdirplus: readRead, write: readWrite, fallocate: readAllocate },
  ...{ setxattr: readSetXattr, getxattr: readGetXattr, listxattr: readGetXattr },
};

/** With what is said beside, and not looked at here. */
const SET = { ...FIELDS, handle: 0x40, lockOwner: 0x200, ctime: 0x400 };
const UNASKED = { size: 0, atimeNs: 0n, mtimeNs: 0n, mode: 0, uid: 0, gid: 0 };
const USER = { uid: 1000, gid: 2000 };
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

type Expected = readonly [operation: Operation, node: number, fields?: unknown, by?: typeof USER | undefined];

/** Of the file. */
function changed(valid: number, fields: Partial<typeof UNASKED>, by?: typeof USER): Expected {
  return ['setattr', 3, { ...UNASKED, valid, ...fields }, by];
}

const EXPECTED: Readonly<Record<keyof typeof RECORDED_REQUESTS, Expected>> = {
  mount: ['init', 0, { major: 7, minor: 45, maxReadahead: 131_072, flags: 0x73ff_fffb, flags2: 0x5fd }],
  "stat('folder')": ['lookup', 1, bytes('folder')],
  "stat('\\xff\\xfe')": ['lookup', 1, bytes('\xff\xfe')],
  "statx('folder', AT_STATX_FORCE_SYNC)": ['getattr', 2],
  "mkdir('folder', 0o777), with umask 0o27": ['mkdir', 1, { mode: 0o750, name: bytes('folder') }],
  "symlink('to/nowhere', 'link')": ['symlink', 1, { name: bytes('link'), target: bytes('to/nowhere') }],
  "readlink('link')": ['readlink', 5],
  "mknod('device', S_IFCHR | 0o644, makedev(5, 300))": [
    'mknod',
    1,
    { mode: 0o20644, device: 0x10052c, name: bytes('device') },
  ],
  "mkfifo('fifo', 0o600)": ['mknod', 1, { mode: 0o10600, device: 0, name: bytes('fifo') }],
  "link('fil\\xff', 'folder/oth\\xe9r')": ['link', 2, { node: 3, name: bytes('oth\xe9r') }],
  "rename('link', 'folder/moved')": ['rename', 1, { from: bytes('link'), toFolder: 2, to: bytes('moved'), flags: 0 }],
  "renameat2('device', 'folder/oth\\xe9r', RENAME_EXCHANGE)": [
    'rename2',
    1,
    { from: bytes('device'), toFolder: 2, to: bytes('oth\xe9r'), flags: 2 },
  ],
  "renameat2('fifo', 'folder/fifo', RENAME_NOREPLACE)": [
    'rename2',
    1,
    { from: bytes('fifo'), toFolder: 2, to: bytes('fifo'), flags: 1 },
  ],
  "unlink('theirs')": ['unlink', 1, bytes('theirs')],
  "rmdir('gone')": ['rmdir', 1, bytes('gone')],
  "open('fil\\xff', O_CREAT | O_EXCL | O_RDWR, 0o640)": [
    'create',
    1,
    { flags: 0o100302, mode: 0o100640, openFlags: 0, name: bytes('fil\xff') },
  ],
  "open('theirs', O_CREAT | O_TRUNC | O_WRONLY, 0o666), by a user": [
    'create',
    1,
    { flags: 0o101101, mode: 0o100644, openFlags: OPEN_KILL_SET_BITS, name: bytes('theirs') },
    USER,
  ],
  'open(O_RDONLY)': ['open', 3, { flags: 0o100000, openFlags: 0 }],
  'open(O_WRONLY | O_APPEND)': ['open', 3, { flags: 0o102001, openFlags: 0 }],
  'open(O_WRONLY | O_TRUNC), by a user': ['open', 3, { flags: 0o101001, openFlags: OPEN_KILL_SET_BITS }, USER],
  'close, after O_RDONLY': ['release', 3, { flags: 0o100000 }],
  'close, after O_RDWR': ['release', 3, { flags: 0o100002 }],
  // Of the page that the byte lies in.
  'pread(1, 5_500_000_000)': ['read', 3, { offset: 5_499_998_208, size: 4096 }],
  "pwrite('hello', 5_000_000_000)": ['write', 3, { offset: 5_000_000_000, flags: 0, bytes: bytes('hello') }],
  "pwrite('\\xff\\0\\xfe', 0)": ['write', 3, { offset: 0, flags: 0, bytes: bytes('\xff\0\xfe') }],
  "write('w'), by a user, to a file with set bits": [
    'write',
    3,
    { offset: 0, flags: WRITE_KILL_SET_BITS, bytes: bytes('w') },
    USER,
  ],
  'just before that write': changed(0, {}, USER),
  // The flag says that it comes from pages.
  "pwrite('hello', 4096), at the fsync of a mount with writeback": [
    'write',
    2,
    { offset: 4096, flags: 1, bytes: bytes('hello') },
  ],
  fsync: ['fsync', 3],
  fdatasync: ['fsync', 3],
  'fallocate(0, 10, 20)': ['fallocate', 3, { offset: 10, length: 20, mode: 0 }],
  'fallocate(FALLOC_FL_KEEP_SIZE, 6_000_000_000, 4096)': [
    'fallocate',
    3,
    { offset: 6_000_000_000, length: 4096, mode: 1 },
  ],
  'fallocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1, 2)': ['fallocate', 3, { offset: 1, length: 2, mode: 3 }],
  'fallocate(FALLOC_FL_ZERO_RANGE, 5_000_000_000, 2)': ['fallocate', 3, { offset: 5_000_000_000, length: 2, mode: 16 }],
  'chmod(0o4711)': changed(SET.mode, { mode: 0o104711 }),
  'chmod(0o600), by a user': changed(SET.mode, { mode: 0o100600 }, USER),
  'chown(1000, 2000)': changed(SET.uid | SET.gid | SET.killSetBits, { uid: 1000, gid: 2000 }),
  'chown(1001, -1)': changed(SET.uid | SET.killSetBits, { uid: 1001 }),
  'chown(-1, 2001)': changed(SET.gid | SET.killSetBits, { gid: 2001 }),
  'truncate(77)': changed(SET.size | SET.lockOwner, { size: 77 }),
  'truncate(78), by a user': changed(SET.size | SET.lockOwner | SET.killSetBits, { size: 78 }, USER),
  'ftruncate(6_000_000_001)': changed(SET.size | SET.handle | SET.lockOwner, { size: 6_000_000_001 }),
  'utimensat(-1.5 s, 1_700_000_000.123456789 s)': changed(SET.atime | SET.mtime, {
    ...{ atimeNs: -1_500_000_000n, mtimeNs: 1_700_000_000_123_456_789n },
  }),
  'utimensat(UTIME_OMIT, -1 ns)': changed(SET.mtime, { mtimeNs: -1n }),
  'utimensat(2 ** 33 s and 1 ns, and 2 ns)': changed(SET.atime | SET.mtime, {
    ...{ atimeNs: 8_589_934_592_000_000_001n, mtimeNs: 8_589_934_592_000_000_002n },
  }),
  // The kernel's clock is said, too, and not looked at.
  'utimensat(UTIME_NOW, UTIME_NOW)': changed(SET.atime | SET.atimeNow | SET.mtime | SET.mtimeNow, {
    ...{ atimeNs: 1_795_820_076_360_928_224n, mtimeNs: 1_795_820_076_360_928_224n },
  }),
  'utimensat(UTIME_NOW, 7 s and 8 ns)': changed(SET.atime | SET.atimeNow | SET.mtime, {
    ...{ atimeNs: 1_795_820_076_432_928_227n, mtimeNs: 7_000_000_008n },
  }),
  'fsync of a mount with writeback, after a write': [
    'setattr',
    2,
    { ...UNASKED, valid: SET.mtime | SET.handle | SET.ctime, mtimeNs: 1_795_820_396_784_937_916n },
  ],
  "setxattr('user.colour', 'gr\\0n\\xff', XATTR_CREATE)": [
    'setxattr',
    3,
    { name: bytes('user.colour'), value: bytes('gr\0n\xff'), flags: XATTR.create },
  ],
  "setxattr('user.colour', '', XATTR_REPLACE)": [
    'setxattr',
    3,
    { name: bytes('user.colour'), value: bytes(''), flags: XATTR.replace },
  ],
  "setxattr('user.colour', 'green')": ['setxattr', 3, { name: bytes('user.colour'), value: bytes('green'), flags: 0 }],
  "getxattr('user.colour'), without room": ['getxattr', 3, { size: 0, name: bytes('user.colour') }],
  "getxattr('user.colour'), with room for 100": ['getxattr', 3, { size: 100, name: bytes('user.colour') }],
  'listxattr, without room': ['listxattr', 3, { size: 0, name: bytes('') }],
  'listxattr, with room for 300': ['listxattr', 3, { size: 300, name: bytes('') }],
  "removexattr('user.colour')": ['removexattr', 3, bytes('user.colour')],
  'open(O_RDONLY | O_DIRECTORY)': ['opendir', 2],
  'getdents64, from the start': ['readdirplus', 2, { offset: 0, size: 0x8000 }],
  // A cookie, and two for the entries of dots.
  'getdents64, further on': ['readdir', 2, { offset: 0xf1e22_5df3_218f, size: 0x8000 }],
  'fsync, of a folder': ['fsyncdir', 2],
  'close, of a folder': ['releasedir', 2],
  statvfs: ['statfs', 1],
  'drop_caches, with one file': ['forget', 3],
  'drop_caches, with two files': ['batchForget', 0, [4, 2]],
  'open, which a signal interrupts': ['interrupt', 0, 20],
  "the lookup before mkdir('again'), sent again after the death of a server": ['lookup', 1, bytes('again')],
};

const RECORDED = Object.entries(RECORDED_REQUESTS) as [keyof typeof RECORDED_REQUESTS, string][];
const RESENT = "the lookup before mkdir('again'), sent again after the death of a server";

describe('a request', () => {
  it.each(RECORDED)('%s', (call, hex) => {
    const [operation, node, fields, { uid, gid } = { uid: 0, gid: 0 }] = EXPECTED[call];
    const { body, ...header } = readRequest(Buffer.from(hex, 'hex'));
    const unique = Number(Buffer.from(hex, 'hex').readBigUInt64LE(8) & (2n ** 63n - 1n));
    const pid = Buffer.from(hex, 'hex').readUInt32LE(32);
    expect(header).toEqual({ opcode: OP[operation], unique, isResent: call === RESENT, node, uid, gid, pid });
    expect(READERS[operation]?.(body)).toEqual(fields);
  });

  it('is recorded of every kind but the one that only disks are told', () => {
    const seen = new Set(Object.values(EXPECTED).map(([operation]) => operation));
    expect(Object.keys(OP).filter((operation) => !seen.has(operation as Operation))).toEqual(['destroy']);
  });

  it('that begins offers what is wanted, and had no second word once', () => {
    const { body } = readRequest(Buffer.from(RECORDED_REQUESTS.mount, 'hex'));
    const wanted = Object.entries(INIT).filter(([, bit]) => (readInit(body).flags & bit) === 0);
    expect(wanted).toEqual([]);
    expect(readInit(body).flags2 & INIT2.hasResend).not.toBe(0);
    expect(readInit(body.subarray(0, 16))).toEqual({ ...readInit(body), flags2: 0 });
  });

  it('has numbers that are exact as far as numbers are', () => {
    const buffer = Buffer.alloc(8);
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        buffer.writeBigUInt64LE(BigInt(value));
        expect(u64(buffer, 0)).toBe(value);
      }),
      { examples: [[2 ** 32 - 1], [2 ** 32], [2 ** 53 - 1]] },
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }), (value) => {
        buffer.writeBigUInt64LE(value);
        expect(Number.isSafeInteger(u64(buffer, 0))).toBe(false);
      }),
    );
  });

  it('has names of any bytes but zero', () => {
    const some = fc.uint8Array({ min: 1, minLength: 1, maxLength: 255 }).map((given) => Buffer.from(given));
    fc.assert(
      fc.property(fc.nat(40), some, some, (at, one, other) => {
        const zero = Buffer.alloc(1);
        const body = Buffer.concat([Buffer.alloc(at, 0xee), one, zero, other, zero]);
        expect(namesAt(body, at)).toEqual([one, other]);
      }),
    );
  });

  it('of any other bytes gives fields, or says that it is too short', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: IN_HEADER, maxLength: 160 }), (given) => {
        const { body } = readRequest(Buffer.from(given));
        for (const read of Object.values(READERS))
          expect([undefined, RangeError]).toContain(thrownBy(() => read(body)));
      }),
    );
  });
});

/** What is thrown; of those that a buffer throws where it ends, the class. */
function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof RangeError ? RangeError : error;
  }
}

it('an interrupt of a request that was sent again names it as that request does', () => {
  const body = Buffer.alloc(8);
  body.writeBigUInt64LE(0x8000_0001_0000_0002n);
  expect(readInterrupt(body)).toBe(0x1_0000_0002);
});
