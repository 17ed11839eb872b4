/** Stores of ripfs are read to the byte, and whatever is wrong with one costs only the files that it is wrong with. */
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError, type BytePath, joinPath, pathFromBytes } from '#kernel';
import {
  type RandomReader,
  type RefusedItem,
  ripfsItems,
  type SkippedItem,
  type SourceItem,
  type SourceItems,
} from '#store';
import { createRandomReader, createSources } from '../../src/adapters/files/index.ts';
import { createRipfsBlobs } from '../../src/store/ripfs/blobs.ts';
import { createRipfsStore, type RipfsRecord, type RipfsStore, rebuilt } from '../support/ripfs-store.ts';

const runs = process.env['REPRISE_LONG'] === undefined ? 300 : 5000;
const sources = createSources('/nowhere' as BytePath);
type Item = SourceItem | RefusedItem | SkippedItem;
const isFile = (item: Item): item is SourceItem => item.kind === 'file';
const GUESS = 'never a blob';

let store: RipfsStore;
beforeEach(() => {
  store = createRipfsStore();
});
afterEach(() => store[Symbol.dispose]());

/** Bytes that tell where they come from. */
function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed * 2_654_435_761 + 1;
  for (let n = 0; n < length; n++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[n] = state >>> 24;
  }
  return bytes;
}

function itemsOf(reader: RandomReader = createRandomReader(), folder = store.folder): SourceItems {
  return ripfsItems(sources, folder as BytePath, reader);
}

/** The only item, or the one of that name. */
function one(name?: string, reader?: RandomReader): Item {
  const found = [...itemsOf(reader)].filter(({ source }) => name === undefined || source.endsWith(`/files/${name}`));
  expect(found).toHaveLength(1);
  return found[0]!;
}

function file(name?: string, reader?: RandomReader): SourceItem {
  const item = one(name, reader);
  if (item.kind !== 'file') throw new Error(`${item.kind}: ${JSON.stringify(item)}`);
  return item;
}

const UNTOUCHED = Buffer.alloc(300_000, 0xee);

/** All bytes of the item, by reads of these sizes, over and over. */
function read(item: SourceItem, sizes: readonly number[] = [65_536]): Buffer {
  using opened = item.open();
  return drain(opened, sizes);
}

function drain(opened: { read(into: Uint8Array): number }, sizes: readonly number[] = [65_536]): Buffer {
  const parts: Buffer[] = [];
  for (let n = 0; ; n++) {
    const into = Buffer.alloc(sizes[n % sizes.length]!, 0xee);
    const got = opened.read(into);
    if (got > into.length || !into.subarray(got).equals(UNTOUCHED.subarray(0, into.length - got)))
      throw new Error(`${got} bytes of ${into.length} were read, and others written.`);
    if (got === 0) return Buffer.concat(parts);
    parts.push(into.subarray(0, got));
  }
}

/** The bytes that come out, or the code of what was said instead: when the item was made or when it was read. */
function outcome(item: Item): Buffer | string {
  if (item.kind === 'refused') return item.failure.code;
  if (item.kind !== 'file') return item.kind;
  try {
    const bytes = read(item);
    expect(item.sizeBytes).toBe(bytes.length);
    return bytes;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error).toMatchObject({ kind: 'corrupt', message: expect.stringContaining(item.source) });
    return error.code;
  }
}

const AIRING = 'station/airing.mp3' as BytePath;
const song = noise(200_000, 1);
const jingle = noise(5000, 2);
const airing: readonly RipfsRecord[] = [
  { verbatim: noise(700, 3) },
  { blob: song, offset: 1234, length: 150_000 },
  { verbatim: noise(900, 4) },
  { blob: jingle },
  { blob: song, offset: 199_999, length: 1 },
  { verbatim: noise(1, 5) },
];

/** One of everything. @returns what each file must hold */
function fill(): Map<BytePath, Buffer> {
  const files = new Map<BytePath, Buffer>();
  const add = (name: string | Buffer, ...records: readonly RipfsRecord[]) =>
    files.set(pathFromBytes(Buffer.from(name)), rebuilt(store.add(name, ...records), store.blobs)!);
  store.makeFolder('station');
  store.makeFolder('station/incomplete');
  store.makeFolder(Buffer.of(0xe9, 0x74, 0xe9));
  add('station/whole.mp3', { blob: song });
  add('station/airing.mp3', ...airing);
  add('station/raw.mp3', { raw: noise(123_456, 6) });
  add('empty', { raw: Buffer.alloc(0) });
  add('empty too', { blob: Buffer.alloc(0) });
  add('zero', { raw: Buffer.of(0) });
  add('nothing but a little', { verbatim: Buffer.from('abc') }, { verbatim: Buffer.alloc(0) });
  add(Buffer.concat([Buffer.of(0xe9, 0x74, 0xe9), Buffer.from('/'), Buffer.of(0xff, 0x0a)]), { blob: jingle });
  store.link('latest', 'station/airing.mp3');
  store.link('away', Buffer.of(0xff, 0xfe));
  return files;
}

describe('a store of ripfs', () => {
  it('gives its files by their own names, sizes, modes and times', () => {
    const files = fill();
    chmodSync(store.file('station/airing.mp3'), 0o640);
    const items = [...itemsOf()];
    const named = new Map<BytePath, Item>(items.map((item) => ['path' in item ? item.path : item.source, item]));
    expect([...named.keys()].toSorted()).toEqual(
      [...files.keys(), 'station', 'station/incomplete', pathFromBytes(Buffer.of(0xe9, 0x74, 0xe9)), 'latest', 'away']
        .map((name) => name as BytePath)
        .toSorted(),
    );
    for (const [name, bytes] of files) expect(named.get(name)).toMatchObject({ kind: 'file', sizeBytes: bytes.length });
    expect(named.get(AIRING)).toMatchObject({
      source: `${store.folder}/files/station/airing.mp3`,
      mode: 0o640,
      mtimeNs: 1_200_000_000_000_000_000n,
      links: 1,
    });
    expect(named.get('station' as BytePath)).toMatchObject({ kind: 'folder' });
    expect(named.get('latest' as BytePath)).toMatchObject({
      kind: 'symlink',
      target: Uint8Array.from(Buffer.from('station/airing.mp3')),
    });
    expect(named.get('away' as BytePath)).toMatchObject({ kind: 'symlink', target: Uint8Array.of(0xff, 0xfe) });
    const order = items.map((item) => item.source);
    expect(order.indexOf(joinPath(store.folder as BytePath, 'files/station' as BytePath))).toBeLessThan(
      order.findIndex((source) => source.endsWith('/airing.mp3')),
    );
  });

  it('gives every byte, whatever the sizes of the reads', () => {
    const files = fill();
    const items = [...itemsOf()].filter(isFile);
    expect(items).toHaveLength(files.size);
    const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1000, max: 300_000 }));
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 6 }), (sizes) => {
        // Small reads alone would only cost time.
        for (const item of items)
          expect(read(item, [...sizes, 70_000]).equals(files.get(item.path)!), item.path).toBe(true);
      }),
      { numRuns: runs / 10 },
    );
    expect(read(items.find((item) => item.path === AIRING)!, [1])).toEqual(files.get(AIRING));
  });

  it('begins anew wherever it stands, and says nothing for a read of nothing', () => {
    const bytes = rebuilt(store.add('a', ...airing), store.blobs)!;
    using opened = file().open();
    for (const length of [1, 699, 700, 701, 20_000, 150_699, 150_700, 200_000]) {
      opened.rewind();
      expect(opened.read(new Uint8Array())).toBe(0);
      for (let left = length, got = 1; left > 0 && got > 0; left -= got) got = opened.read(new Uint8Array(left));
      opened.rewind();
      expect(drain(opened).equals(bytes)).toBe(true);
      expect(opened.hasChanged()).toBe(false);
    }
  });

  it('rebuilds any recipe', () => {
    const blobs = [song, jingle, Buffer.alloc(0), noise(1, 9)];
    const record = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((verbatim) => ({ verbatim })),
      fc.integer({ min: 0, max: 40_000 }).map((length) => ({ verbatim: noise(length, length) })),
      fc.tuple(fc.constantFrom(...blobs), fc.nat(), fc.nat()).map(([blob, a, b]) => {
        const offset = a % (blob.length + 1);
        return { blob, offset, length: b % (blob.length - offset + 1) };
      }),
    );
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 12 }), (records) => {
        const expected = rebuilt(store.add('any', ...records), store.blobs)!;
        expect(expected.equals(outcome(one()) as Buffer)).toBe(true);
      }),
      { numRuns: runs / 3 },
    );
  });

  it('rebuilds a recipe of many records', () => {
    const records = Array.from({ length: 3000 }, (_, n) =>
      n % 7 === 0 ? { verbatim: noise(n % 60, n) } : { blob: jingle, offset: n, length: n % 50 },
    );
    const expected = rebuilt(store.add('many', ...records), store.blobs)!;
    expect(expected.equals(outcome(one()) as Buffer)).toBe(true);
  });

  it('knows sizes beyond 32 bits', () => {
    store.write('raw', Buffer.of(0));
    truncateSync(store.file('raw'), 5 * 2 ** 30);
    expect(file('raw').sizeBytes).toBe(5 * 2 ** 30 - 1);
    store.add('large', { blob: Buffer.from(GUESS) });
    const [md5] = [...store.blobs.keys()];
    truncateSync(store.blobFile(md5!), 6 * 2 ** 30);
    store.add('part', { blob: Buffer.from(GUESS), offset: 2 ** 32 + 5, length: 2 ** 30 });
    truncateSync(store.blobFile(md5!), 6 * 2 ** 30);
    expect(file('part').sizeBytes).toBe(2 ** 30);
  });

  it('says of a file that it was written to meanwhile', () => {
    store.add('a', { raw: song });
    const item = file();
    expect(read(item)).toEqual(song);
    appendFileSync(store.file('a'), 'more');
    using opened = item.open();
    expect(drain(opened)).toEqual(song);
    expect(opened.hasChanged()).toBe(true);
  });

  it('reads in pieces and leaves nothing open', () => {
    const open = () => readdirSync('/proc/self/fd').length;
    fill();
    store.add('missing', { blob: jingle }, { blob: song }, { blob: Buffer.from(GUESS) });
    rmSync(store.blobFile([...store.blobs].find(([, bytes]) => bytes.toString() === GUESS)![0]));
    const before = open();
    const { reader, largest } = counting();
    for (const item of itemsOf(reader)) outcome(item);
    expect(open()).toBe(before);
    expect(largest()).toBeLessThanOrEqual(1 << 20);
    const [first] = itemsOf();
    expect(first).toBeDefined();
    expect(open()).toBe(before);
  });
});

/** A reader that tells how much was read of each blob, and at most at once. */
function counting(): { reader: RandomReader; bytesOf: (name: string) => number; largest: () => number } {
  const inner = createRandomReader();
  const totals = new Map<string, number>();
  let largest = 0;
  return {
    bytesOf: (name) => totals.get(name) ?? 0,
    largest: () => largest,
    reader: {
      open(name) {
        const opened = inner.open(name);
        return {
          sizeBytes: opened.sizeBytes,
          read(at, into) {
            largest = Math.max(largest, into.length);
            const got = opened.read(at, into);
            totals.set(name, (totals.get(name) ?? 0) + got);
            return got;
          },
          [Symbol.dispose]: () => opened[Symbol.dispose](),
        };
      },
    },
  };
}

const DAMAGED = 'store/ripfs-damaged';

describe('a damaged recipe', () => {
  const records = [{ verbatim: noise(40, 3) }, { blob: jingle, offset: 7, length: 300 }, { verbatim: noise(20, 4) }];

  it('is refused wherever it is cut, and rebuilt where a whole record ends', () => {
    const whole = store.add('a', ...records);
    for (let length = 0; length < whole.length; length++) {
      const cut = whole.subarray(0, length);
      store.write('a', cut);
      expect(outcome(one()), `${length}`).toEqual(rebuilt(cut, store.blobs) ?? DAMAGED);
    }
  });

  it('gives what its bytes say, or the error, whatever was flipped', () => {
    const whole = store.add('a', ...records);
    const flip = fc.tuple(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 4 }), (flips) => {
        const bytes = Buffer.from(whole);
        for (const [at, mask] of flips) bytes[at]! ^= mask;
        store.write('a', bytes);
        expect(outcome(one())).toEqual(rebuilt(bytes, store.blobs) ?? DAMAGED);
      }),
      { numRuns: runs },
    );
  });

  it('gives what its bytes say, or the error, whatever they are', () => {
    const md5 = Buffer.from(store.addBlob(jingle), 'hex');
    const small = fc.bigInt({ min: 0n, max: 5100n });
    const number = fc.oneof(small, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map((value) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(value);
      return bytes;
    });
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(0, 1, 2, 3).map((type) => Buffer.of(type)),
      fc.tuple(number, number).map(([offset, length]) => Buffer.concat([Buffer.of(1), md5, offset, length])),
      fc
        .tuple(number, fc.uint8Array({ maxLength: 20 }))
        .map(([length, bytes]) => Buffer.concat([Buffer.of(2), length, bytes])),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const bytes = Buffer.concat(parts);
        store.write('a', bytes);
        expect(outcome(one())).toEqual(rebuilt(bytes, store.blobs) ?? DAMAGED);
      }),
      { numRuns: runs },
    );
  });

  it('may not sum up to more than a number holds', () => {
    // A reader that claims a blob of 2^52 bytes, so that only the sum is wrong.
    const reader: RandomReader = {
      open: () => ({ sizeBytes: 2 ** 52, read: () => 0, [Symbol.dispose]: () => undefined }),
    };
    const record = { blob: jingle, length: 2 ** 52 };
    store.add('a', record);
    expect(file(undefined, reader).sizeBytes).toBe(2 ** 52);
    store.add('a', record, record);
    expect(one(undefined, reader)).toMatchObject({ kind: 'refused', failure: { code: DAMAGED } });
  });

  it('is refused with what is wrong', () => {
    const whole = store.add('a', ...records);
    const said = (recipe: Uint8Array): string => {
      store.write('a', recipe);
      const item = one();
      return item.kind === 'refused' ? item.failure.message.replace(/.*: /, '') : item.kind;
    };
    expect(said(Buffer.of())).toBe('its recipe is empty.');
    expect(said(whole.subarray(0, -1))).toBe('its recipe ends in the middle.');
    expect(said(whole.subarray(0, 60))).toBe('its recipe ends in the middle.');
    expect(said(Buffer.concat([whole, Buffer.of(0, 1)]))).toBe('its recipe has something unknown at byte 111.');
    expect(said(Buffer.of(0x7f))).toBe('its recipe has something unknown at byte 0.');
  });

  it('that became one after the item was made never ends the file early', () => {
    store.add('a', { verbatim: noise(11, 1) });
    const item = file();
    const other = store.add('a', { verbatim: Buffer.from('x') }, { verbatim: Buffer.alloc(0) });
    writeFileSync(store.file('a'), Buffer.concat([other.subarray(0, 10), Buffer.of(9), other.subarray(10)]));
    using opened = item.open();
    expect(opened.read(new Uint8Array(10))).toBe(1);
    for (let n = 0; n < 3; n++) expect(() => opened.read(new Uint8Array(10))).toThrow('unknown at byte 10');
  });

  it('costs no other file', () => {
    store.add('a', ...records);
    store.write('b', Buffer.from('no recipe'));
    const after = rebuilt(store.add('c', ...records), store.blobs)!;
    expect(one('b')).toMatchObject({
      kind: 'refused',
      failure: { code: DAMAGED, message: expect.stringContaining(`${store.folder}/files/b cannot be rebuilt: `) },
    });
    expect(outcome(one('c'))).toEqual(after);
  });
});

describe('a damaged blob', () => {
  let md5: string;
  beforeEach(() => {
    store.add('a', { blob: song, offset: 10, length: 50 });
    store.add('b', { verbatim: Buffer.from('b') }, { blob: song });
    store.add('c', { blob: jingle });
    md5 = [...store.blobs].find(([, bytes]) => bytes.equals(song))![0];
  });
  const outcomes = () => ['a', 'b', 'c'].map((name) => outcome(one(name)));

  it('that is missing stops what needs it, before it is opened', () => {
    rmSync(store.blobFile(md5));
    expect(outcomes()).toEqual([DAMAGED, DAMAGED, jingle]);
    expect(one('a')).toMatchObject({
      kind: 'refused',
      failure: {
        message: expect.stringContaining(`blobs/${md5.slice(0, 2)}/${md5.slice(2, 4)}/${md5.slice(4)} is missing`),
      },
    });
  });

  it('that is a folder does so too', () => {
    rmSync(store.blobFile(md5));
    mkdirSync(store.blobFile(md5));
    expect(outcomes()).toEqual([DAMAGED, DAMAGED, jingle]);
  });

  it('that was cut, too, whether its part is still there or not', () => {
    truncateSync(store.blobFile(md5), 1000);
    expect([one('a').kind, one('b').kind]).toEqual(['file', 'refused']);
    expect(outcomes()).toEqual([DAMAGED, DAMAGED, jingle]);
  });

  it('is not believed where a bit was flipped, in any file, for the whole run', () => {
    const bytes = Buffer.from(song);
    bytes[150_000]! ^= 4;
    writeFileSync(store.blobFile(md5), bytes);
    const { reader, bytesOf } = counting();
    const items = [...itemsOf(reader)];
    expect(items.map(outcome)).toEqual([DAMAGED, DAMAGED, jingle]);
    expect(bytesOf(store.blobFile(md5))).toBe(song.length);
  });

  it('fails every further read, and never ends the file early', () => {
    const item = file('b');
    rmSync(store.blobFile(md5));
    using opened = item.open();
    expect(opened.read(new Uint8Array(10))).toBe(1);
    for (let n = 0; n < 3; n++) expect(() => opened.read(new Uint8Array(10))).toThrow('cannot be rebuilt');
    opened.rewind();
    expect(opened.read(new Uint8Array(10))).toBe(1);
    expect(() => opened.read(new Uint8Array(10))).toThrow('cannot be rebuilt');
  });

  it('is not taken for damaged where the disk fails', () => {
    const inner = createRandomReader();
    const failing: RandomReader = {
      open(name) {
        const opened = inner.open(name);
        const read = (): number => {
          throw new AppError('files/unreadable', 'The disk failed.', { kind: 'unavailable' });
        };
        return { sizeBytes: opened.sizeBytes, read, [Symbol.dispose]: () => opened[Symbol.dispose]() };
      },
    };
    expect(() => read(file('a', failing))).toThrow('The disk failed.');
  });

  it('is looked for once: a whole one is hashed for the first file alone', () => {
    const { reader, bytesOf } = counting();
    const items = [...itemsOf(reader)].filter(isFile);
    expect(bytesOf(store.blobFile(md5))).toBe(0);
    for (const item of items) read(item);
    for (const item of items) read(item);
    expect(bytesOf(store.blobFile(md5))).toBe(song.length + 2 * (50 + song.length));
  });

  it('is found though it was forgotten that it was whole', () => {
    const { reader, bytesOf } = counting();
    const other = [...store.blobs.keys()].find((name) => name !== md5)!;
    const blobs = createRipfsBlobs(reader, path.join(store.folder, 'blobs') as BytePath, 1);
    const damaged = (why: string) => new AppError(DAMAGED, why, { kind: 'corrupt' });
    const open = (blob: string) => blobs.open(blob, damaged)[Symbol.dispose]();
    for (const blob of [md5, md5, other, md5]) open(blob);
    expect(bytesOf(store.blobFile(md5))).toBe(2 * song.length);
    truncateSync(store.blobFile(md5), 1000);
    expect(() => open(md5)).toThrow('is damaged');
  });

  it('is forgotten when it was not asked for longest', () => {
    const { reader, bytesOf } = counting();
    const [a, b, c] = [md5, store.addBlob(jingle), store.addBlob(noise(9, 9))];
    const blobs = createRipfsBlobs(reader, path.join(store.folder, 'blobs') as BytePath, 2);
    for (const blob of [a, b, a, c, a])
      blobs.open(blob, (why) => new AppError(DAMAGED, why, { kind: 'corrupt' }))[Symbol.dispose]();
    expect(bytesOf(store.blobFile(a))).toBe(song.length);
  });

  it('is read where its folder lies elsewhere, by a link', () => {
    const [away, blobs] = [path.join(store.folder, 'away'), path.join(store.folder, 'blobs')];
    renameSync(blobs, away);
    symlinkSync('away', blobs);
    expect(outcome(one('c'))).toEqual(jingle);
  });
});

describe('a folder', () => {
  const attempt = (folder: string) => [...itemsOf(undefined, folder)];
  const notRipfs = expect.objectContaining({ code: 'store/not-ripfs', kind: 'usage', hint: expect.any(String) });

  it('without files in it is no store', () => {
    rmSync(path.join(store.folder, 'files'), { recursive: true });
    expect(() => attempt(store.folder)).toThrow(notRipfs);
    expect(() => attempt(`${store.folder}/`)).toThrow(notRipfs);
    writeFileSync(path.join(store.folder, 'files'), 'text');
    expect(() => attempt(store.folder)).toThrow(notRipfs);
    rmSync(path.join(store.folder, 'files'));
    symlinkSync('.', path.join(store.folder, 'files'));
    expect(() => attempt(store.folder)).toThrow(notRipfs);
  });

  it('that is not there is said to be missing', () => {
    const missing = path.join(store.folder, 'missing');
    expect(() => attempt(missing)).toThrow(
      expect.objectContaining({ code: 'files/missing', message: expect.stringContaining(`${missing} `) }),
    );
  });

  it('may be empty', () => {
    expect(attempt(store.folder)).toEqual([]);
  });

  it('keeps what a crash left, and it is passed by', () => {
    store.add('a.mp3', { blob: jingle });
    store.write('a.mp3.ripfs-tmp', Buffer.of(1, 2));
    store.makeFolder('b.ripfs-tmp');
    expect(one('a.mp3.ripfs-tmp')).toEqual({
      source: `${store.folder}/files/a.mp3.ripfs-tmp`,
      kind: 'skipped',
      reason: 'left unfinished by ripfs',
    });
    expect(one('b.ripfs-tmp')).toMatchObject({ kind: 'folder', path: 'b.ripfs-tmp' });
    expect(outcome(one('a.mp3'))).toEqual(jingle);
  });
});
