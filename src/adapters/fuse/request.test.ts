/** Requests as Linux 6.18 gave them, each beside the system call that made it. */
import { describe, expect, it } from 'vitest';
import {
  nameAt,
  type Request,
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
import { SET as FIELDS, INIT, INIT2, OP, RENAME, XATTR } from './words.ts';

/** With the one that a truncation says and nobody here asks for. */
const SET = { ...FIELDS, lockOwner: 0x200 };
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

function pick<T, K extends keyof T>(from: T, ...keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>;
}

const RECORDED: readonly (readonly [
  what: string,
  hex: string,
  read: (request: Request) => unknown,
  fields: unknown,
])[] = [
  [
    "stat('folder')",
    '2f00000001000000180000000000000001000000000000000000000000000000ed38000000000000666f6c64657200',
    ({ body }) => nameAt(body, 0),
    bytes('folder'),
  ],
  [
    "mkdir('folder', 0o750)",
    '37000000090000001a0000000000000001000000000000000000000000000000ed38000000000000e801000000000000666f6c64657200',
    ({ body }) => readMakeFolder(body),
    { mode: 0o40750 & 0o7777, name: bytes('folder') },
  ],
  [
    "open('fil\\xff', O_CREAT | O_EXCL | O_RDWR, 0o640)",
    '3d00000023000000200000000000000001000000000000000000000000000000ed38000000000000c2800000a0810000000000000000000066696cff00',
    ({ body }) => readCreate(body),
    { flags: 0o100302, mode: 0o100640, openFlags: 0, name: bytes('fil\xff') },
  ],
  [
    "pwrite(fd, 'hello', 5_000_000_000)",
    '5500000010000000240000000000000003000000000000000000000000000000ed38000000000000000000000000000000f2052a0100000005000000000000000000000000000000028000000000000068656c6c6f',
    ({ body }) => readWrite(body),
    { offset: 5_000_000_000, flags: 0, bytes: bytes('hello') },
  ],
  [
    'fsync(fd)',
    '3800000014000000280000000000000003000000000000000000000000000000ed3800000000000000000000000000000000000000000000',
    ({ node }) => node,
    3,
  ],
  [
    'pread of what follows byte 0',
    '500000000f0000002a0000000000000003000000000000000000000000000000ed3800000000000000000000000000000000000000000000004000000000000000000000000000000280000000000000',
    ({ body }) => readRead(body),
    { offset: 0, size: 0x4000 },
  ],
  [
    'fallocate(fd, 0, 10, 20)',
    '480000002b0000002c0000000000000003000000000000000000000000000000ed3800000000000000000000000000000a0000000000000014000000000000000000000000000000',
    ({ body }) => readAllocate(body),
    { offset: 10, length: 20, mode: 0 },
  ],
  [
    'fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1, 2)',
    '480000002b0000002e0000000000000003000000000000000000000000000000ed380000000000000000000000000000010000000000000002000000000000000300000000000000',
    ({ body }) => readAllocate(body),
    { offset: 1, length: 2, mode: 3 },
  ],
  [
    'close(fd), opened to be written',
    '40000000120000003200000000000000030000000000000000000000000000000000000000000000000000000000000002800000000000000000000000000000',
    ({ body }) => readRelease(body),
    { flags: 0o100002 },
  ],
  [
    'utimensat, before 1970 and to the nanosecond',
    '8000000004000000360000000000000003000000000000000000000000000000ed380000000000003000000000000000000000000000000000000000000000000000000000000000feffffffffffffff00f153650000000000000000000000000065cd1d15cd5b07000000000000000000000000000000000000000000000000',
    ({ body }) => pick(readSetAttributes(body), 'valid', 'atimeNs', 'mtimeNs'),
    { valid: SET.atime | SET.mtime, atimeNs: -1_500_000_000n, mtimeNs: 1_700_000_000_123_456_789n },
  ],
  [
    'utimensat, now',
    '8000000004000000380000000000000003000000000000000000000000000000ed38000000000000b00100000000000000000000000000000000000000000000000000000000000067ff096b0000000067ff096b00000000000000000000000008f7c50008f7c500000000000000000000000000000000000000000000000000',
    ({ body }) => pick(readSetAttributes(body), 'valid'),
    { valid: SET.atime | SET.mtime | SET.atimeNow | SET.mtimeNow },
  ],
  [
    'chmod(0o4711)',
    '80000000040000003a0000000000000003000000000000000000000000000000ed380000000000000100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000c989000000000000000000000000000000000000',
    ({ body }) => pick(readSetAttributes(body), 'valid', 'mode'),
    { valid: SET.mode, mode: 0o104711 },
  ],
  [
    'chown(1000, 2000)',
    '80000000040000003e0000000000000003000000000000000000000000000000ed3800000000000006080000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000e8030000d007000000000000',
    ({ body }) => pick(readSetAttributes(body), 'valid', 'uid', 'gid'),
    { valid: SET.uid | SET.gid | SET.killSetBits, uid: 1000, gid: 2000 },
  ],
  [
    'truncate(77), by root',
    '8000000004000000420000000000000003000000000000000000000000000000ed38000000000000080200000000000000000000000000004d000000000000002847801b8cd95df00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000',
    ({ body }) => pick(readSetAttributes(body), 'valid', 'size'),
    { valid: SET.size | SET.lockOwner, size: 77 },
  ],
  [
    "setxattr('user.colour', 'green', XATTR_CREATE)",
    '4100000015000000440000000000000003000000000000000000000000000000ed380000000000000500000001000000757365722e636f6c6f757200677265656e',
    ({ body }) => readSetXattr(body),
    { name: bytes('user.colour'), value: bytes('green'), flags: XATTR.create },
  ],
  [
    "getxattr('user.colour')",
    '3c00000016000000460000000000000003000000000000000000000000000000ed380000000000008000000000000000757365722e636f6c6f757200',
    ({ body }) => readGetXattr(body),
    { size: 128, name: bytes('user.colour') },
  ],
  [
    'listxattr',
    '3000000017000000480000000000000003000000000000000000000000000000ed380000000000000001000000000000',
    ({ body }) => readGetXattr(body).size,
    256,
  ],
  [
    "removexattr('user.colour')",
    '34000000180000004a0000000000000003000000000000000000000000000000ed38000000000000757365722e636f6c6f757200',
    ({ body }) => nameAt(body, 0),
    bytes('user.colour'),
  ],
  [
    "symlink('to/nowhere', 'link')",
    '38000000060000004e0000000000000001000000000000000000000000000000ed380000000000006c696e6b00746f2f6e6f776865726500',
    ({ body }) => readSymlink(body),
    { name: bytes('link'), target: bytes('to/nowhere') },
  ],
  [
    'readlink',
    '2800000005000000520000000000000004000000000000000000000000000000ed38000000000000',
    ({ node }) => node,
    4,
  ],
  [
    'mknod(S_IFCHR | 0o644, makedev(5, 300))',
    '3f00000008000000560000000000000001000000000000000000000000000000ed38000000000000a42100002c051000000000000000000064657669636500',
    ({ body }) => readMakeNode(body),
    { mode: 0o20644, device: 0x10052c, name: bytes('device') },
  ],
  [
    "link to node 3 as 'other' in folder 2",
    '360000000d0000005c0000000000000002000000000000000000000000000000ed3800000000000003000000000000006f7468657200',
    ({ node, body }) => [node, readLink(body)],
    [2, { node: 3, name: bytes('other') }],
  ],
  [
    "rename('link', 'folder/moved')",
    '3b0000000c000000620000000000000001000000000000000000000000000000ed3800000000000002000000000000006c696e6b006d6f76656400',
    ({ body }) => readRename(body),
    { from: bytes('link'), toFolder: 2, to: bytes('moved'), flags: 0 },
  ],
  [
    "renameat2('device', 'folder/other', RENAME_EXCHANGE)",
    '450000002d000000680000000000000001000000000000000000000000000000ed3800000000000002000000000000000200000000000000646576696365006f7468657200',
    ({ body }) => readRename2(body),
    { from: bytes('device'), toFolder: 2, to: bytes('other'), flags: RENAME.exchange },
  ],
  [
    "open('x', O_WRONLY | O_TRUNC)",
    '300000000e000000760000000000000006000000000000000000000000000000ed380000000000000182000000000000',
    ({ body }) => readOpen(body),
    { flags: 0o101001, openFlags: 0 },
  ],
  [
    'opendir',
    '300000001b0000007e0000000000000002000000000000000000000000000000ed380000000000000088010000000000',
    ({ node }) => node,
    2,
  ],
  [
    'the beginning of a listing',
    '500000002c000000800000000000000002000000000000000000000000000000ed3800000000000000000000000000000000000000000000008000000000000000000000000000000088010000000000',
    ({ body }) => readRead(body),
    { offset: 0, size: 0x8000 },
  ],
  [
    'what follows an entry in a listing',
    '500000001c000000820000000000000002000000000000000000000000000000ed3800000000000000000000000000008f21f35d221e0f00008000000000000000000000000000000088010000000000',
    ({ body }) => readRead(body),
    { offset: 0xf1e225df3218f, size: 0x8000 },
  ],
  [
    'closedir',
    '400000001d0000008400000000000000020000000000000000000000000000000000000000000000000000000000000000880100000000000000000000000000',
    ({ node }) => node,
    2,
  ],
  [
    'fsync of a folder',
    '380000001e000000880000000000000002000000000000000000000000000000ed3800000000000000000000000000000000000000000000',
    ({ node }) => node,
    2,
  ],
  [
    'statvfs',
    '28000000110000008c0000000000000001000000000000000000000000000000ed38000000000000',
    ({ opcode }) => opcode,
    OP.statfs,
  ],
  [
    "unlink('x')",
    '2a0000000a0000008e0000000000000001000000000000000000000000000000ed380000000000007800',
    ({ body }) => nameAt(body, 0),
    bytes('x'),
  ],
  [
    "rmdir('gone')",
    '2d0000000b0000009a0000000000000001000000000000000000000000000000ed38000000000000676f6e6500',
    ({ body }) => nameAt(body, 0),
    bytes('gone'),
  ],
  [
    'one node forgotten',
    '300000000200000092000000000000000600000000000000000000000000000000000000000000000100000000000000',
    ({ node }) => node,
    6,
  ],
  [
    'several forgotten',
    '700000002a000000aa00000000000000000000000000000000000000000000000000000000000000040000000000000004000000000000000300000000000000050000000000000003000000000000000200000000000000010000000000000003000000000000000200000000000000',
    ({ body }) => readBatchForget(body),
    [4, 5, 2, 3],
  ],
];

const EXPECTED_OPCODES: Readonly<Record<string, number>> = OP;

describe('a request', () => {
  it.each(RECORDED)('%s', (_, hex, read, fields) => {
    const whole = Buffer.from(hex, 'hex');
    expect(whole.readUInt32LE(0)).toBe(whole.length);
    expect(read(readRequest(whole))).toEqual(fields);
  });

  it('is recorded of every kind but those that come rarely', () => {
    const seen = new Set(RECORDED.map(([, hex]) => Buffer.from(hex, 'hex').readUInt32LE(4)));
    const missing = Object.entries(EXPECTED_OPCODES).filter(([, code]) => !seen.has(code));
    // Attributes have nothing but a header; how it begins, ends and is interrupted is tested below.
    expect(missing.map(([name]) => name).sort()).toEqual(['destroy', 'getattr', 'init', 'interrupt']);
  });

  it('says who asks, and whether it was sent before', () => {
    const hex =
      '380000000300000036000000000000800700000000000000e8030000d0070000ed3800000000000000000000000000000000000000000000';
    expect(readRequest(Buffer.from(hex, 'hex'))).toMatchObject({
      ...{ opcode: OP.getattr, unique: 0x36, isResent: true, node: 7, uid: 1000, gid: 2000 },
    });
  });

  it('that begins says what the kernel can', () => {
    const body = Buffer.alloc(64);
    for (const [at, value] of [7, 45, 131_072, INIT.bigWrites | INIT.initExt, INIT2.hasResend].entries())
      body.writeUInt32LE(value >>> 0, 4 * at);
    const init = { major: 7, minor: 45, maxReadahead: 131_072, flags: INIT.bigWrites | INIT.initExt };
    expect(readInit(body)).toEqual({ ...init, flags2: INIT2.hasResend });
    // Before it had a second word.
    expect(readInit(body.subarray(0, 16))).toEqual({ ...init, flags2: 0 });
  });

  it('that interrupts names another', () => {
    expect(readInterrupt(Buffer.from('2a00000001000000', 'hex'))).toBe(2 ** 32 + 42);
  });

  it('has numbers that are exact as far as numbers are', () => {
    const buffer = Buffer.alloc(8);
    for (const value of [0n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n]) {
      buffer.writeBigUInt64LE(value);
      expect(u64(buffer, 0)).toBe(Number(value));
    }
    buffer.writeBigUInt64LE(2n ** 63n - 1n);
    expect(Number.isSafeInteger(u64(buffer, 0))).toBe(false);
  });
});
