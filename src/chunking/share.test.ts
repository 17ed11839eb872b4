import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChunkSizes } from './chunk-sizes.ts';
import { createGear } from './gear.ts';
import { type Anchor, COMPARED_BYTES, MATCH_PRICE, type Place, share, WINDOW_BYTES } from './share.ts';

const SIZES: ChunkSizes = { least: 64, average: 256, most: 2048 };
const gear = createGear(SIZES, WINDOW_BYTES, COMPARED_BYTES);

type Piece =
  | { readonly kind: 'known'; readonly at: number; readonly length: number; readonly place: Place }
  | { readonly kind: 'fresh'; readonly at: number; readonly length: number };

/** Keeps every piece of new data as a blob of its own. */
function createMemory() {
  const blobs: Uint8Array[] = [];
  const index = new Map<number, Place>();
  const known = {
    find: (key: number) => index.get(key),
    sizeOf: (blob: number) => blobs[blob]?.length,
    read(blob: number, offset: number, into: Uint8Array) {
      into.set(blobs[blob]!.subarray(offset, offset + into.length));
      return true;
    },
  };
  function add(bytes: Uint8Array, sizeOfReads: () => number): Piece[] {
    const told: Piece[] = [];
    let at = 0;
    let position = 0;
    const read = (into: Uint8Array): number => {
      const bytesNow = bytes.subarray(position, position + Math.min(into.length, sizeOfReads()));
      into.set(bytesNow);
      position += bytesNow.length;
      return bytesNow.length;
    };
    const pieces = {
      known(place: Place, length: number) {
        told.push({ kind: 'known', at, length, place });
        expect(blobs[place.blob]!.subarray(place.offset, place.offset + length)).toEqual(
          bytes.subarray(at, at + length),
        );
        at += length;
      },
      fresh(piece: Uint8Array, anchors: readonly Anchor[]) {
        told.push({ kind: 'fresh', at, length: piece.length });
        expect(Uint8Array.from(piece)).toEqual(bytes.slice(at, at + piece.length));
        blobs.push(Uint8Array.from(piece));
        for (const { at: offset, key } of anchors) {
          expect(offset).toBeGreaterThanOrEqual(64);
          expect(offset).toBeLessThanOrEqual(piece.length);
          index.set(key, { blob: blobs.length - 1, offset });
        }
        at += piece.length;
      },
    };
    for (const done of share(gear, read, known, pieces)) expect(done).toBe(at);
    expect(at).toBe(bytes.length);
    return told;
  }
  return { blobs, add };
}

function noise(length: number, seed: number): Uint8Array {
  let state = seed * 2654435761;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

/** Files spliced from a few songs, some stretches of one value, and bytes that occur once. */
const splices = fc.array(
  fc
    .array(
      fc.oneof(
        fc
          .tuple(fc.nat(2), fc.nat(5000), fc.integer({ min: 1, max: 5000 }))
          .map(([song, from, length]) => noise(12_000, song + 1).subarray(from, from + length)),
        fc
          .tuple(fc.nat(255), fc.integer({ min: 1, max: 4000 }))
          .map(([byte, length]) => new Uint8Array(length).fill(byte)),
        fc
          .tuple(fc.integer({ min: 10, max: 1e6 }), fc.integer({ min: 1, max: 3000 }))
          .map(([seed, length]) => noise(length, seed)),
      ),
      { minLength: 0, maxLength: 6 },
    )
    .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part]))),
  { minLength: 1, maxLength: 4 },
);

const whole = (): number => WINDOW_BYTES;

describe('sharing a stream', () => {
  it('gives every byte once and in order, and shares only what is equal', () => {
    fc.assert(
      fc.property(splices, (files) => {
        const memory = createMemory();
        for (const file of files) memory.add(file, whole);
      }),
    );
  });

  it('does the same whatever the sizes of the reads', () => {
    fc.assert(
      fc.property(splices, fc.integer({ min: 1, max: 700 }), (files, most) => {
        const [inOne, inMany] = [createMemory(), createMemory()];
        let turn = 0;
        const varying = (): number => 1 + ((turn++ * 7919) % most);
        for (const file of files) expect(inMany.add(file, varying)).toEqual(inOne.add(file, whole));
      }),
      { numRuns: 30 },
    );
  });

  it('extends a match as far as both sides agree, at both ends', () => {
    fc.assert(
      fc.property(splices, (files) => {
        const memory = createMemory();
        for (const file of files) {
          const pieces = memory.add(file, whole);
          pieces.forEach((piece, n) => {
            if (piece.kind !== 'known') return;
            const blob = memory.blobs[piece.place.blob]!;
            const { offset } = piece.place;
            const [before, after] = [pieces[n - 1], pieces[n + 1]];
            if (before?.kind === 'fresh' && offset > 0) expect(blob[offset - 1]).not.toBe(file[piece.at - 1]);
            if (after?.kind === 'fresh' && offset + piece.length < blob.length)
              expect(blob[offset + piece.length]).not.toBe(file[piece.at + piece.length]);
          });
        }
      }),
    );
  });

  it('finds all of a file again', () => {
    const memory = createMemory();
    const file = noise(300_000, 7);
    memory.add(file, whole);
    expect(memory.add(file, whole)).toEqual([{ kind: 'known', at: 0, length: 300_000, place: { blob: 0, offset: 0 } }]);
  });

  it('finds a short piece again that was new between two known ones', () => {
    const memory = createMemory();
    const song = noise(100_000, 8);
    const jingle = noise(MATCH_PRICE * 2, 9);
    const mixed = Uint8Array.from([...song.subarray(0, 50_000), ...jingle, ...song.subarray(50_000)]);
    memory.add(song, whole);
    expect(memory.add(mixed, whole).map(({ kind }) => kind)).toEqual(['known', 'fresh', 'known']);
    expect(memory.add(mixed, whole).map(({ kind }) => kind)).toEqual(['known', 'known', 'known']);
  });

  it('finds a piece before a match by its end', () => {
    const memory = createMemory();
    const song = noise(100_000, 10);
    memory.add(song.subarray(30_000), whole);
    memory.add(Uint8Array.from([...noise(5000, 11), ...song]), whole);
    const again = memory.add(Uint8Array.from([...noise(5000, 12), ...song.subarray(29_800)]), whole);
    expect(again.map(({ kind, length }) => [kind, length])).toEqual([
      ['fresh', 5000],
      ['known', 200],
      ['known', 70_000],
    ]);
  });

  it('goes on within its window however long a stream is', () => {
    const memory = createMemory();
    const long = noise(3 * WINDOW_BYTES + 12_345, 13);
    memory.add(long, whole);
    const pieces = memory.add(long, () => 100_000);
    expect(pieces.every(({ kind }) => kind === 'known')).toBe(true);
  });

  it('finds every one of thousands of short pieces', () => {
    const memory = createMemory();
    const all = noise(450_000, 9);
    const pieces = Array.from({ length: 3000 }, (_, n) => all.subarray(n * 150, (n + 1) * 150));
    for (const piece of pieces) memory.add(piece, () => 150);
    const order = pieces.map((_, n) => (n * 1009) % pieces.length);
    const told = memory.add(Uint8Array.from(Buffer.concat(order.map((n) => pieces[n]!))), () => 1 << 16);
    expect(told.every(({ kind }) => kind === 'known')).toBe(true);
    expect(told).toHaveLength(pieces.length);
  });
});
