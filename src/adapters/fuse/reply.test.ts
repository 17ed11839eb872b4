/** Replies beside those that libfuse 3.14 in C gave for the same files, recorded from its system calls. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Node } from '#store';
import {
  createListing,
  errnoOf,
  kindOfMode,
  notification,
  putAttributesReply,
  putBytes,
  putEntry,
  putHeader,
  putInit,
  putOpened,
  putStatistics,
  putWritten,
} from './reply.ts';
import { ENTRY_BYTES, INIT, INIT2, NOTIFY_RESEND, OUT_HEADER } from './words.ts';

const BLANK: Node = {
  ...{ id: 1, kind: 'file', mode: 0o644, uid: 0, gid: 0, links: 1, size: 0, atimeNs: 0n, mtimeNs: 0n, ctimeNs: 0n },
  ...{ device: 0, parent: 0, target: null, content: 1, isRaw: false, isLive: false, attributes: null },
};
const FILE: Node = {
  ...{ ...BLANK, id: 188_843, mode: 0o4711, uid: 1000, gid: 2000, size: 12_345, ctimeNs: 1_795_817_340_220_845_466n },
  ...{ atimeNs: 1_700_000_000_000_000_007n, mtimeNs: 1_704_164_645_123_456_789n },
};
const DEVICE: Node = {
  ...{ ...BLANK, id: 188_844, kind: 'character-device', device: 0x10052c },
  ...{ atimeNs: -1_500_000_000n, mtimeNs: -1_500_000_000n, ctimeNs: 1_795_817_340_216_845_466n },
};
/** libfuse was told to believe nothing for any time, and has node numbers of its own. */
const [NODE, VALID, BLOCKS] = [
  { at: OUT_HEADER, length: 8 },
  { at: OUT_HEADER + 16, length: 24 },
  // A disk sets aside other blocks than memory does.
  { at: OUT_HEADER + 56, length: 8 },
];

/** What a reply is, with the request's number from a recorded one. */
function whole(recorded: string, put: (into: Buffer) => number, errno = 0): Buffer {
  const into = Buffer.alloc(4096, 0xee);
  const request = Buffer.alloc(40);
  Buffer.from(recorded, 'hex').copy(request, 8, 8, 16);
  return into.subarray(0, putHeader(into, request, put(into), errno));
}

function without(bytes: Buffer, ...parts: readonly { at: number; length: number }[]): string {
  const copy = Buffer.from(bytes);
  for (const { at, length } of parts) copy.fill(0, at, at + length);
  return copy.toString('hex');
}

function expectSame(recorded: string, ours: Buffer, ...parts: readonly { at: number; length: number }[]): void {
  expect(without(ours, ...parts)).toBe(without(Buffer.from(recorded, 'hex'), ...parts));
}

const RECORDED = {
  file: '90000000000000009e0200000000000005000000000000000000000000000000000000000000000000000000000000000000000000000000abe10200000000003930000000000000080000000000000000f1536500000000257d9365000000007cff096b000000000700000015cd5b079ad5290dc989000001000000e8030000d0070000000000000010000000000000',
  fileattr:
    '7800000000000000a00200000000000000000000000000000000000000000000abe10200000000003930000000000000080000000000000000f1536500000000257d9365000000007cff096b000000000700000015cd5b079ad5290dc989000001000000e8030000d0070000000000000010000000000000',
  dev: '9000000000000000a20200000000000006000000000000000000000000000000000000000000000000000000000000000000000000000000ace102000000000000000000000000000000000000000000fefffffffffffffffeffffffffffffff7cff096b000000000065cd1d0065cd1d9accec0ca42100000100000000000000000000002c0510000010000000000000',
  link: '1a00000000000000a802000000000000746f2f6e6f7768657265',
  open: '2000000000000000ac0200000000000004000000000000000000000000000000',
  write: '1800000000000000b0020000000000000300000000000000',
  statfs:
    '6000000000000000c20200000000000022295e0000000000b4d55a0000000000b4d55a000000000091142f0000000000c4082f000000000000100000ff0000000010000000000000000000000000000000000000000000000000000000000000',
  enoent: '10000000feffffffc402000000000000',
  plus: '5001000000000000bc0200000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000aae10200000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000400000000000000000000000000000000000000000000000000000aae1020000000000010000000000000001000000040000002e0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000a9e10200000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000400000000000000000000000000000000000000000000000000000a9e1020000000000020000000000000002000000040000002e2e000000000000',
};

describe('a reply', () => {
  it('about a file', () => {
    expectSame(
      RECORDED.file,
      whole(RECORDED.file, (into) => putEntry(into, FILE)),
      NODE,
      VALID,
      BLOCKS,
    );
    const [validity, blocks] = [
      { at: OUT_HEADER, length: 16 },
      { at: OUT_HEADER + 32, length: 8 },
    ];
    expectSame(
      RECORDED.fileattr,
      whole(RECORDED.fileattr, (into) => putAttributesReply(into, FILE)),
      validity,
      blocks,
    );
  });

  it('about a device of before 1970', () => {
    expectSame(
      RECORDED.dev,
      whole(RECORDED.dev, (into) => putEntry(into, DEVICE)),
      NODE,
      VALID,
    );
  });

  it('with what a link says, how much was written, and an error', () => {
    expectSame(
      RECORDED.link,
      whole(RECORDED.link, (into) => putBytes(into, Buffer.from('to/nowhere'))),
    );
    expectSame(
      RECORDED.write,
      whole(RECORDED.write, (into) => putWritten(into, 3)),
    );
    expectSame(
      RECORDED.enoent,
      whole(RECORDED.enoent, () => 0, errnoOf('ENOENT')),
    );
    expect(errnoOf('EOPNOTSUPP')).toBe(95);
    expect(errnoOf('ENOSUCHERROR')).toBe(errnoOf('EIO'));
  });

  it('to an open, without a handle, with the flag that pages stay', () => {
    expect(whole(RECORDED.open, (into) => putOpened(into, 2)).toString('hex', OUT_HEADER)).toBe(
      '00000000000000000200000000000000',
    );
    expect(whole(RECORDED.open, (into) => putOpened(into, 0)).length).toBe(Buffer.from(RECORDED.open, 'hex').length);
  });

  it('with room and what is used', () => {
    const [freeBytes, availableBytes] = [5_952_948 * 4096, 5_952_948 * 4096];
    const logicalBytes = (6_170_914 - 5_952_948) * 4096;
    const given = { totalBytes: 0, freeBytes, availableBytes, logicalBytes, storedBytes: 0, nodes: 7 };
    // The number of files has another limit.
    const files = { at: OUT_HEADER + 24, length: 16 };
    expectSame(
      RECORDED.statfs,
      whole(RECORDED.statfs, (into) => putStatistics(into, given)),
      files,
    );
  });

  it('that lists a folder', () => {
    const folder = (id: number): Node => ({ ...BLANK, id, kind: 'folder' });
    const ours = whole(RECORDED.plus, (into) => {
      const listing = createListing(into, 4000, true);
      listing.addDots('.', 1, folder(188_842));
      listing.addDots('..', 2, folder(188_841));
      return listing.length;
    });
    // libfuse gives number and kind of what is no look-up, too; the kernel passes it by.
    const attributes = [0, 168].map((at) => ({ at: OUT_HEADER + at, length: ENTRY_BYTES }));
    // Names are padded with whatever is there.
    expectSame(RECORDED.plus, ours, ...attributes.map(({ at }) => ({ at, length: ENTRY_BYTES })));
  });

  it('to the first request agrees to what both can', () => {
    const asked = { major: 7, minor: 45, maxReadahead: 131_072, flags: 0xffff_ffff, flags2: 0xffff_ffff };
    const into = Buffer.alloc(128, 0xee);
    expect(putInit(into, asked, { isWriteback: false })).toEqual([64, { minor: 45, canResend: true }]);
    expect([into.readUInt32LE(16), into.readUInt32LE(20), into.readUInt32LE(36)]).toEqual([7, 45, 1 << 20]);
    expect(into.readUInt32LE(28) & INIT.writebackCache).toBe(0);
    expect(into.readUInt32LE(48)).toBe(INIT2.hasResend);
    putInit(into, asked, { isWriteback: true });
    expect(into.readUInt32LE(28) & INIT.writebackCache).toBe(INIT.writebackCache);
    const old = { ...asked, minor: 31, flags: INIT.bigWrites, flags2: 0 };
    expect(putInit(into, old, { isWriteback: true })).toEqual([64, { minor: 31, canResend: false }]);
    expect([into.readUInt32LE(20), into.readUInt32LE(28)]).toEqual([31, INIT.bigWrites]);
  });

  it('that nobody asked for says which message it is', () => {
    expect(notification(NOTIFY_RESEND).toString('hex')).toBe('10000000070000000000000000000000');
  });

  it('never goes beyond its room, and goes on behind its last entry', () => {
    const entry = fc.record({
      name: fc.uint8Array({ minLength: 1, maxLength: 255 }),
      cookie: fc.integer({ min: 1, max: 2 ** 52 }),
    });
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 40 }),
        fc.integer({ min: 0, max: 4000 }),
        fc.boolean(),
        (entries, room, has) => {
          const into = Buffer.alloc(OUT_HEADER + 4400, 0xee);
          const listing = createListing(into, room, has);
          let added = 0;
          for (const { name, cookie } of entries) {
            if (!listing.add({ name, cookie, node: BLANK }, cookie + 2)) break;
            added += 1;
          }
          expect(listing.length).toBeLessThanOrEqual(room);
          expect(into.subarray(OUT_HEADER + listing.length).every((byte) => byte === 0xee)).toBe(true);
          let at = OUT_HEADER;
          for (const { name, cookie } of entries.slice(0, added)) {
            const dirent = at + (has ? ENTRY_BYTES : 0);
            const length = into.readUInt32LE(dirent + 16);
            expect(Number(into.readBigUInt64LE(dirent + 8))).toBe(cookie + 2);
            expect(into.subarray(dirent + 24, dirent + 24 + length).equals(name)).toBe(true);
            at = Math.ceil((dirent + 24 + length) / 8) * 8;
          }
          expect(at).toBe(OUT_HEADER + listing.length);
        },
      ),
    );
  });

  it('has times to the nanosecond, whenever', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), (time) => {
        const into = Buffer.alloc(256);
        putEntry(into, { ...BLANK, mtimeNs: time });
        const at = OUT_HEADER + 40;
        const fraction = BigInt(into.readUInt32LE(at + 52));
        expect(fraction < 1_000_000_000n).toBe(true);
        expect(into.readBigInt64LE(at + 32) * 1_000_000_000n + fraction).toBe(time);
      }),
    );
  });
});

describe('a mode', () => {
  it('says the kind', () => {
    expect([0o100644, 0o40755, 0o120777, 0o20000, 0o60000, 0o10000, 0o140000, 0o644].map(kindOfMode)).toEqual([
      ...['file', 'folder', 'symlink', 'character-device', 'block-device', 'fifo', 'socket', 'file'],
    ]);
    expect(kindOfMode(0o30000)).toBeUndefined();
  });
});
