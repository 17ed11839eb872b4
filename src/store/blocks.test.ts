import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BLOCK_BYTES,
  checkedBlock,
  packBlob,
  placeOfBlock,
  storedBlockBytes,
  storedBytes,
  unpackHeader,
} from './blocks.ts';

const HASH = new Uint8Array(32).fill(7);
const content = fc
  .tuple(fc.constantFrom(1, 100, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES + 5), fc.nat(255))
  .map(([length, byte]) => Uint8Array.from({ length }, (_, n) => (n * 31 + byte) & 255));

function blocksOf(blob: number, stored: Uint8Array, length: number): (Uint8Array | undefined)[] {
  return Array.from({ length: Math.ceil(length / BLOCK_BYTES) }, (_, n) => {
    const from = placeOfBlock(n);
    return checkedBlock(blob, n, stored.subarray(from, from + storedBlockBytes(n, length)));
  });
}

describe('a blob in its pack', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(content, fc.integer({ min: 1, max: 2 ** 45 }), (bytes, blob) => {
        const stored = packBlob(blob, bytes, HASH);
        expect(stored).toHaveLength(storedBytes(bytes.length));
        expect(unpackHeader(stored)).toEqual({ blob, length: bytes.length, hash: HASH });
        const blocks = blocksOf(blob, stored, bytes.length);
        expect(Buffer.concat(blocks.map((block) => block ?? new Uint8Array())).equals(bytes)).toBe(true);
      }),
    );
  });

  it('shows every flipped bit', () => {
    fc.assert(
      fc.property(content, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, place, flip) => {
        const stored = packBlob(9, bytes, HASH);
        const at = place % stored.length;
        stored[at]! ^= flip;
        const isHeader = at < 60;
        const isPadding = at >= 60 && at < 64;
        const isSeen = isHeader
          ? unpackHeader(stored) === undefined
          : blocksOf(9, stored, bytes.length).includes(undefined);
        expect(isSeen).toBe(!isPadding);
      }),
    );
  });

  it('is wrong in the place of another blob or block', () => {
    const bytes = new Uint8Array(2 * BLOCK_BYTES);
    const stored = packBlob(5, bytes, HASH);
    expect(blocksOf(6, stored, bytes.length)).toEqual([undefined, undefined]);
    const second = stored.subarray(placeOfBlock(1), placeOfBlock(1) + storedBlockBytes(1, bytes.length));
    expect(checkedBlock(5, 0, second)).toBeUndefined();
    expect(checkedBlock(5, 1, second)).toBeDefined();
  });
});
