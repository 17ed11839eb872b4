import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#kernel';
import { music } from '../../test/support/music.ts';
import { compressFingerprint, decompressFingerprint } from './compress.ts';
import { createDecompressor } from './decompress-kernel.ts';
import { createFingerprinter } from './fingerprinter.ts';

const decompressor = createDecompressor();

function outcomeOf(items: () => Uint32Array): Uint32Array | string {
  try {
    return items().slice();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return `${error.code} ${error.kind} ${error.message}`;
  }
}

/** What both do with the bytes, after other bytes have lain where these will lie. */
function expectAgreement(bytes: Uint8Array, before: Uint8Array): void {
  outcomeOf(() => decompressor.items(before));
  expect(outcomeOf(() => decompressor.items(bytes))).toEqual(outcomeOf(() => decompressFingerprint(bytes).items));
}

function musicItems(): Uint32Array {
  const fingerprinter = createFingerprinter({ phases: 1 });
  fingerprinter.push(Int16Array.from(music(7, 40)));
  return fingerprinter.finish()[0]!;
}

const real = musicItems();
const realBytes = compressFingerprint(real);
/** Neighbours that differ in few bits, as those of music do, in every bit, and in none. */
const walk = fc
  .array(
    fc.oneof(
      fc.constant(0),
      fc.constant(0xffff_ffff),
      fc.nat({ max: 0xffff_ffff }),
      fc.nat({ max: 31 }).map((bit) => 1 << bit),
    ),
    {
      maxLength: 300,
    },
  )
  .map((steps) => {
    let item = 0;
    return Uint32Array.from(steps, (step) => {
      item ^= step;
      return item;
    });
  });
const anyBefore = fc.uint8Array({ maxLength: 200 });

/** The bytes that hold these distances, with as many rests as they ask for. */
function written(distances: readonly number[], rests: Iterator<number>): Uint8Array {
  const bits = (values: readonly number[], width: number): number[] => {
    const each = values.flatMap((value) => Array.from({ length: width }, (_, bit) => (value >> bit) & 1));
    return Array.from({ length: Math.ceil(each.length / 8) }, (_, byte) =>
      each.slice(8 * byte, 8 * byte + 8).reduce((sum, bit, place) => sum + (bit << place), 0),
    );
  };
  const count = distances.filter((distance) => distance === 0).length;
  const asked = distances.filter((distance) => distance === 7).map(() => rests.next().value as number);
  return Uint8Array.of(1, 0, 0, count, ...bits(distances, 3), ...bits(asked, 5));
}

describe('the decompressor agrees with its twin', () => {
  it('on a fingerprint of music, and on every beginning of it', () => {
    expect(real.length).toBeGreaterThan(250);
    expect(decompressor.items(realBytes)).toEqual(real);
    for (let length = 0; length < realBytes.length; length++) expectAgreement(realBytes.subarray(0, length), realBytes);
  });

  it('on any items', () => {
    fc.assert(
      fc.property(fc.oneof(walk, fc.uint32Array({ maxLength: 300 })), anyBefore, (items, before) => {
        expectAgreement(compressFingerprint(items), before);
      }),
    );
  });

  it('on fingerprints of music with some bytes changed', () => {
    const change = fc.tuple(fc.nat({ max: realBytes.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), anyBefore, (changes, before) => {
        const changed = realBytes.slice();
        for (const [at, value] of changes) changed[at] = value;
        expectAgreement(changed, before);
      }),
      { numRuns: 500 },
    );
  });

  it('on any bytes', () => {
    const anyCount = fc.nat({ max: 80 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), anyCount, anyBefore, (bytes, count, before) => {
        expectAgreement(Uint8Array.of(1, 0, 0, count, ...bytes), before);
        expectAgreement(bytes, before);
      }),
      { numRuns: 2000 },
    );
  });

  it('where the rest of a seven would move a bit out of the word', () => {
    for (let rest = 0; rest < 32; rest++) {
      expectAgreement(written([2, 2, 6, 6, 5, 2, 6, 7, 0, 1, 0], [rest].values()), realBytes);
    }
  });

  it('on bytes whose length fits but whose items name bits that they do not have', () => {
    const distances = fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(distances, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.nat({ max: 31 })),
        (items, rests) => {
          expectAgreement(
            written(
              items.flatMap((item) => [...item.filter((distance) => distance > 0), 0]),
              rests,
            ),
            realBytes,
          );
        },
      ),
      { numRuns: 2000 },
    );
  });
});

it('needs no more memory than the longest, and takes short ones after long ones', () => {
  const long = Uint32Array.from({ length: 100_000 }, (_, i) => Math.imul(i, 0x9e3779b1));
  expect(decompressor.items(compressFingerprint(long))).toEqual(long);
  expect(decompressor.items(Uint8Array.of(1, 0, 0, 0))).toHaveLength(0);
  expect(decompressor.items(realBytes)).toEqual(real);
});
