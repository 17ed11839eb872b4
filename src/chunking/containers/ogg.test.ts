import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#kernel';
import { createRandom } from '../../../test/support/music.ts';
import { createOgg } from './ogg.ts';
import { createPlainOggWindow } from './ogg-window-plain.ts';

const ogg = createOgg();
const CRC_ROOM = createPlainOggWindow(70_000);

function checksumOf(page: Uint8Array): number {
  CRC_ROOM.bytes.set(page);
  return CRC_ROOM.checksum(0, page.length);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function noise(seed: number, length: number): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from({ length }, () => random() * 256);
}

interface Page {
  readonly serial: number;
  readonly sequence: number;
  readonly lacing: readonly number[];
  /** Of the payload. */
  readonly seed: number;
}

function pageOf({ serial, sequence, lacing, seed }: Page): Uint8Array {
  const body = noise(
    seed,
    lacing.reduce((sum, length) => sum + length, 0),
  );
  const page = joined([new Uint8Array(27), Uint8Array.from(lacing), body]);
  const view = new DataView(page.buffer);
  page.set([0x4f, 0x67, 0x67, 0x53, 0, seed % 8]);
  view.setUint32(6, seed, true);
  view.setUint32(14, serial, true);
  view.setUint32(18, sequence, true);
  page[26] = lacing.length;
  view.setUint32(22, checksumOf(page), true);
  return page;
}

/** Pages of one stream that follow each other. */
function streamOf(serial: number, first: number, seed: number, lacings: readonly (readonly number[])[]): Uint8Array[] {
  return lacings.map((lacing, n) => pageOf({ serial, sequence: (first + n) >>> 0, lacing, seed: seed + n }));
}

const pagesOf = (count: number, segments: number): number[][] =>
  Array.from({ length: count }, () => new Array<number>(segments).fill(255));

const isPageAt = (view: DataView, at: number): boolean =>
  view.getUint32(at) === 0x4f676753 && view.getUint8(at + 4) === 0;

function lengthAt(file: Uint8Array, at: number): number {
  const segments = file[at + 26]!;
  return file.subarray(at + 27, at + 27 + segments).reduce((sum, each) => sum + each, 27 + segments);
}

/** What masking means, a second time, over a whole file. */
function maskedPlainly(file: Uint8Array): Uint8Array {
  const masked = file.slice();
  const view = new DataView(masked.buffer);
  for (let at = 0; at + 27 <= file.length; ) {
    const length = isPageAt(view, at) ? lengthAt(file, at) : 0;
    const page = file.slice(at, at + length);
    page.fill(0, 22, 26);
    const isGood = length > 0 && page.length === length && checksumOf(page) === view.getUint32(at + 22, true);
    if (isGood) masked.fill(0, at + 14, at + 26);
    at += isGood ? length : 1;
  }
  return masked;
}

interface Masked {
  readonly masked: Uint8Array;
  readonly record: Uint8Array;
}

/** Masks a file in pieces of the sizes given, again and again. */
function maskedOf(file: Uint8Array, sizes: readonly number[] = [file.length]): Masked {
  const masker = ogg.mask();
  const parts: Uint8Array[] = [];
  for (let at = 0, n = 0; at < file.length; n++) {
    const piece = file.slice(at, at + sizes[n % sizes.length]!);
    parts.push(masker.push(piece).slice());
    at += piece.length;
    piece.fill(0); // nothing of it may be needed any more
  }
  const { rest, record } = masker.end();
  return { masked: joined([...parts, rest]), record };
}

function restoredOf({ masked, record }: Masked): Uint8Array {
  const bytes = masked.slice();
  ogg.restorer(record).restore(bytes, 0);
  return bytes;
}

/** For buffers that are too long for a readable difference. */
function expectSame(a: Uint8Array, b: Uint8Array): void {
  expect(a.length).toBe(b.length);
  expect(a.findIndex((byte, at) => byte !== b[at])).toBe(-1);
}

const anySeed = fc.nat(0xffff);
const anySerial = fc.oneof(fc.nat(3), fc.nat(0xffff_ffff));
const anySequence = fc.oneof(fc.nat(2), fc.nat(0xffff_ffff), fc.constant(0xffff_ffff));
const anyLacing = fc.oneof(
  { weight: 6, arbitrary: fc.array(fc.nat(255), { maxLength: 12 }) },
  { weight: 1, arbitrary: fc.array(fc.nat(255), { maxLength: 255 }) },
  { weight: 1, arbitrary: fc.constantFrom([], [0], new Array<number>(255).fill(255), new Array<number>(255).fill(0)) },
);
const anyStream = fc
  .tuple(anySerial, anySequence, anySeed, fc.array(anyLacing, { maxLength: 8 }))
  .map((parts) => streamOf(...parts));
/** Two streams, page by page. */
const anyMultiplex = fc
  .tuple(anyStream, anyStream)
  .map(([a, b]) => a.flatMap((page, n) => [page, ...b.slice(n, n + 1)]));
const anyLoss = fc.tuple(anyStream, fc.nat(7)).map(([pages, lost]) => pages.filter((_, n) => n !== lost));
const anyGarbage = fc
  .oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .array(fc.constantFrom('OggS\0', 'Og', 'OggS', '\0\xff'), { maxLength: 9 })
      .map((parts) => Buffer.from(parts.join(''), 'latin1')),
  )
  .map((bytes) => [Uint8Array.from(bytes)]);
const anyCut = fc.tuple(anyStream, fc.nat(500), fc.nat(500)).map(([pages, start, end]) => [
  joined(pages)
    .slice(start)
    .slice(0, -end || undefined),
]);
const anyDamage = fc.tuple(anyStream, fc.nat(), fc.nat(7)).map(([pages, place, bit]) => {
  const bytes = joined(pages);
  if (bytes.length > 0) bytes[place % bytes.length]! ^= 1 << bit;
  return [bytes];
});
/** A page whose payload is a stream of its own, whole or with another checksum. */
const anyNesting = fc.tuple(anyStream, fc.boolean()).map(([pages, isBroken]) => {
  const body = joined(pages).subarray(0, 60_000);
  const lacing = [...new Array<number>(Math.floor(body.length / 255)).fill(255), body.length % 255];
  const page = pageOf({ serial: 9, sequence: 9, lacing, seed: 9 });
  page.set(body, 27 + lacing.length);
  page.fill(0, 22, 26);
  new DataView(page.buffer).setUint32(22, checksumOf(page) + (isBroken ? 1 : 0), true);
  return [page];
});
const anyFile = fc
  .array(fc.oneof(anyStream, anyStream, anyMultiplex, anyLoss, anyGarbage, anyCut, anyDamage, anyNesting), {
    maxLength: 6,
  })
  .map((parts) => joined(parts.flat()));
/** Whole streams, so that there is something to restore. */
const anyChain = fc
  .array(fc.oneof(anyStream, anyMultiplex, anyGarbage), { maxLength: 8 })
  .map((parts) => joined(parts.flat()));

describe('masking', () => {
  it('zeroes the fields of every good page and nothing else', () => {
    fc.assert(
      fc.property(anyFile, (file) => {
        expectSame(maskedOf(file).masked, maskedPlainly(file));
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same for every split into pieces', () => {
    const anySizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 70_000 })), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(anyFile, anySizes, (file, sizes) => {
        const whole = maskedOf(file);
        const split = maskedOf(file, sizes);
        expectSame(split.masked, whole.masked);
        expectSame(split.record, whole.record);
      }),
      { numRuns: 200 },
    );
  });

  it('lags behind by less than a page', () => {
    const file = joined(streamOf(1, 0, 1, [...pagesOf(6, 255), ...pagesOf(40, 3)]));
    const masker = ogg.mask();
    let given = 0;
    for (let at = 0; at < file.length; at += 1000) {
      given += masker.push(file.subarray(at, at + 1000)).length;
      expect(Math.min(at + 1000, file.length) - given).toBeLessThan(65_307);
    }
  });

  it('makes chains the same that differ in serial numbers, sequence numbers and checksums alone', () => {
    const anyParts = fc.array(fc.tuple(anySeed, fc.array(anyLacing, { maxLength: 6 })), { maxLength: 5 });
    fc.assert(
      fc.property(anyParts, anySerial, anySequence, (parts, serial, sequence) => {
        const one = parts.flatMap(([seed, lacings], n) => streamOf(n, 0, seed, lacings));
        const other = parts.flatMap(([seed, lacings], n) => streamOf((serial ^ n) >>> 0, sequence, seed, lacings));
        expectSame(maskedOf(joined(one)).masked, maskedOf(joined(other)).masked);
      }),
    );
  });

  it('masks pieces that are larger than its room', () => {
    const file = joined(streamOf(1, 0, 1, pagesOf(30, 200)));
    expectSame(maskedOf(file).masked, maskedPlainly(file));
    expectSame(maskedOf(file, [400_000, 10, 900_000]).masked, maskedPlainly(file));
  });

  it('gives no record where nothing is masked, and such a one changes nothing', () => {
    for (const file of [new Uint8Array(0), noise(1, 5000), joined(streamOf(1, 0, 1, pagesOf(1, 20))).subarray(1)]) {
      const { masked, record } = maskedOf(file);
      expectSame(masked, file);
      expect(record).toHaveLength(0);
      expectSame(restoredOf({ masked, record }), file);
      expect(ogg.restorer(record).reach(10, 20)).toEqual({ from: 10, to: 20 });
    }
  });
});

describe('a record', () => {
  const song = (serial: number, seed: number): Uint8Array[] => streamOf(serial, 0, seed, pagesOf(30, 32));

  it('is small for a chain of songs, also where they come with one serial number', () => {
    for (const serialOf of [(n: number) => (n * 0x9e3779b1) >>> 0, () => 7]) {
      const file = joined(Array.from({ length: 12 }, (_, n) => song(serialOf(n), 100 * n)).flat());
      expect(maskedOf(file).record.length / file.length).toBeLessThan(0.0001);
    }
  });

  it('is small where two streams take turns page by page', () => {
    const [a, b] = [song(1, 1), song(2, 2)] as const;
    const file = joined(a.flatMap((page, n) => [page, b[n]!]));
    expect(maskedOf(file).record.length / file.length).toBeLessThan(0.001);
  });

  it('does not grow with the pages of a file that has a stream for every page', () => {
    const file = joined(
      Array.from({ length: 8000 }, (_, n) => pageOf({ serial: n, sequence: n, lacing: [1], seed: n })),
    );
    const result = maskedOf(file);
    expect(result.record.length).toBeLessThan(4096 + file.length / 256 + 64);
    expectSame(restoredOf(result), file);
  });

  it('tells many streams apart, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(24), { maxLength: 120 }), (order) => {
        const next = new Map<number, number>();
        const pages = order.map((serial) => {
          const sequence = next.get(serial) ?? 0;
          next.set(serial, sequence + 1);
          return pageOf({ serial, sequence, lacing: [40], seed: serial });
        });
        const file = joined(pages);
        expectSame(restoredOf(maskedOf(file)), file);
      }),
    );
  });
});

describe('restoring', () => {
  it('gives the file back', () => {
    fc.assert(
      fc.property(anyFile, (file) => {
        expectSame(restoredOf(maskedOf(file)), file);
      }),
      { numRuns: 200 },
    );
  });

  it('gives any range back from the masked bytes in reach of it', () => {
    fc.assert(
      fc.property(anyFile, fc.nat(), fc.nat(), (file, place, length) => {
        const { masked, record } = maskedOf(file);
        const restorer = ogg.restorer(record);
        const start = place % (file.length + 1);
        const end = start + (length % (file.length - start + 1));
        const { from, to } = restorer.reach(start, end);
        expect(from <= start && end <= to && to <= file.length).toBe(true);
        expect(Math.max(start - from, to - end)).toBeLessThan(131_072);
        expect(restorer.reach(from, to)).toEqual({ from, to });
        const bytes = masked.slice(from, to);
        restorer.restore(bytes, from);
        expectSame(bytes, file.subarray(from, to));
      }),
      { numRuns: 300 },
    );
  });

  it('gives a file back from border to border', () => {
    const file = joined([
      noise(1, 700),
      ...streamOf(1, 0, 1, pagesOf(90, 25)),
      noise(2, 50),
      ...streamOf(2, 9, 2, pagesOf(3, 255)),
    ]);
    const { masked, record } = maskedOf(file);
    const restorer = ogg.restorer(record);
    let at = 0;
    let parts = 0;
    for (; at < file.length; parts++) {
      const { from, to } = restorer.reach(at, at + 1);
      expect(from).toBe(at);
      restorer.restore(masked.subarray(from, to), from);
      at = to;
    }
    expect(parts).toBeGreaterThan(8);
    expectSame(masked, file);
  });

  it('does not disturb a masker in work', () => {
    const file = joined(streamOf(1, 0, 1, pagesOf(9, 100)));
    const { masked, record } = maskedOf(file);
    const masker = ogg.mask();
    const first = masker.push(file.subarray(0, 100_000)).slice();
    expectSame(restoredOf({ masked, record }), file);
    const second = masker.push(file.subarray(100_000)).slice();
    expectSame(restoredOf({ masked, record }), file);
    expectSame(joined([first, second, masker.end().rest]), masked);
  });
});

describe('a damaged record', () => {
  /** Reads a record and restores with it; gives whether that failed as it may. */
  function isRefused({ masked, record }: Masked): boolean {
    try {
      restoredOf({ masked, record });
      return false;
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
      expect(error).toMatchObject({ code: 'store/bad-container-record', kind: 'corrupt' });
      return true;
    }
  }

  it('of any bytes is refused or harmless', () => {
    const anyRecord = fc.uint8Array({ maxLength: 60 }).map((bytes) => Uint8Array.of(1, ...bytes));
    fc.assert(
      fc.property(anyChain, fc.oneof(anyRecord, fc.uint8Array({ maxLength: 60 })), (masked, record) => {
        isRefused({ masked, record });
      }),
      { numRuns: 1000 },
    );
  });

  it('with a byte changed is refused, or else restores other numbers', () => {
    fc.assert(
      fc.property(anyChain, fc.nat(), fc.integer({ min: 1, max: 255 }), (file, place, change) => {
        const { masked, record } = maskedOf(file);
        if (record.length === 0) return;
        record[place % record.length]! ^= change;
        if (!isRefused({ masked, record })) expectSame(maskedOf(restoredOf({ masked, record })).masked, masked);
      }),
      { numRuns: 500 },
    );
  });

  it('that is cut off is refused, if not between two groups', () => {
    const { masked, record } = maskedOf(joined(streamOf(77, 5, 1, pagesOf(1, 30))));
    for (let length = 1; length < record.length; length++)
      expect(isRefused({ masked, record: record.subarray(0, length) })).toBe(true);
  });

  it.each([
    ['another version', [2, 8 + 2, 0, 1, 2, 3, 4, 27]],
    ['no page', [1]],
    ['a group without pages', [1, 2, 0, 1, 2, 3, 4, 0]],
    ['no stream', [1, 8, 27]],
    ['a stream that is not there', [1, 8 + 2, 3, 27]],
    ['pages shorter than a header', [1, 8 + 2, 0, 1, 2, 3, 4, 26]],
    ['a group longer than any', [1, 0x88 + 2, 0x7f, 0, 1, 2, 3, 4, 0x80, 0x80, 0x80, 1]],
    ['a number without end', [1, ...new Array<number>(40).fill(0x80)]],
    ['a number beyond all', [1, ...new Array<number>(9).fill(0xff), 1]],
    ['a place beyond all', [1, 8 + 3, ...new Array<number>(7).fill(0xff), 0x0f, 0, 1, 2, 3, 4, 27]],
  ])('is refused at once: %s', (_, bytes) => {
    expect(() => ogg.restorer(Uint8Array.from(bytes))).toThrow(AppError);
  });

  it('is told where the masked bytes are not what it is about', () => {
    const { masked, record } = maskedOf(joined(streamOf(1, 0, 1, pagesOf(5, 30))));
    expect(isRefused({ masked: masked.subarray(0, -1), record })).toBe(true);
    for (const at of [0, 4, 14, 25, 26, 27, 30]) {
      const other = masked.slice();
      other[at]! ^= 1;
      expect(isRefused({ masked: other, record })).toBe(true);
    }
  });
});

describe('recognising', () => {
  it('finds a page wherever the head has one', () => {
    const file = joined(streamOf(1, 0, 1, pagesOf(2, 255)));
    expect(ogg.recognises(file)).toBe(true);
    expect(ogg.recognises(file.subarray(1, 65_537))).toBe(true);
    expect(ogg.recognises(file.subarray(0, 6))).toBe(true);
  });

  it('sees none in noise, in the name alone and in nothing', () => {
    const text = new TextEncoder();
    for (const head of [noise(1, 65_536), text.encode('OggS, OggS'), text.encode('OggS\0'), new Uint8Array(0)])
      expect(ogg.recognises(head)).toBe(false);
  });
});

describe('a file of beginnings of long pages', () => {
  it('is given up for a while, and what comes later is masked', () => {
    const beginning = joined([
      Uint8Array.of(0x4f, 0x67, 0x67, 0x53),
      new Uint8Array(22),
      new Uint8Array(256).fill(255),
    ]);
    const beginnings = Array.from({ length: 40 }, () => beginning);
    const early = joined(streamOf(1, 0, 1, pagesOf(1, 255)));
    const late = joined(streamOf(2, 0, 2, pagesOf(1, 20)));
    const file = joined([...beginnings, early, noise(3, 300_000), late]);
    const result = maskedOf(file);
    const start = 40 * beginning.length;
    expectSame(result.masked.subarray(start, start + early.length), early);
    expectSame(result.masked.subarray(-late.length), maskedPlainly(late));
    expectSame(restoredOf(result), file);
  });
});
