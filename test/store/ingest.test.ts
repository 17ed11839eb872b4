import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIngest, createNamedNodes, verifyStore } from '#store';
import { createTestStore, openTestStore } from '../support/store.ts';
import { bytesAt, itemOf, noise, spliced, take } from '../support/store-songs.ts';

const SONGS = [1, 2, 3].map((seed) => noise(150_000, seed));

const recording = fc
  .array(
    fc.oneof(
      fc
        .tuple(fc.nat(2), fc.nat(100_000), fc.integer({ min: 1, max: 50_000 }))
        .map(([song, from, length]) => SONGS[song]!.subarray(from, from + length)),
      fc
        .tuple(fc.integer({ min: 10, max: 1e6 }), fc.integer({ min: 1, max: 20_000 }))
        .map(([seed, n]) => noise(n, seed)),
      fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 60_000 })).map(([byte, n]) => new Uint8Array(n).fill(byte)),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => spliced(...pieces));

const quiet = { signal: new AbortController().signal, progress: () => undefined };

describe('taking recordings in', () => {
  it('gives every byte back, also after it was closed, and any range of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(recording, { minLength: 1, maxLength: 5 }), fc.nat(), async (files, place) => {
        using store = createTestStore();
        await take(
          store,
          files.map((bytes, n) => itemOf(`${n}.mp3`, bytes)),
        );
        using again = openTestStore(store.folder);
        for (const [n, bytes] of files.entries()) {
          expect(Buffer.compare(bytesAt(store.tree, `${n}.mp3`), bytes)).toBe(0);
          const from = bytes.length === 0 ? 0 : place % bytes.length;
          const part = new Uint8Array(Math.min(5000, bytes.length - from));
          expect(again.tree.read(again.tree.resolve(`/${n}.mp3`).id, from, part)).toBe(part.length);
          expect(Buffer.compare(part, bytes.subarray(from, from + part.length))).toBe(0);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('pays for a repeat once', async () => {
    using store = createTestStore();
    const [a, b] = SONGS as [Uint8Array, Uint8Array];
    const told = await take(store, [
      itemOf('monday.mp3', spliced(a, noise(3000, 20), b)),
      itemOf('tuesday.mp3', spliced(noise(700, 21), b, noise(2000, 22), a)),
    ]);
    const newBytes = told.map(({ outcome }) => (outcome.kind === 'done' ? outcome.value.newBytes : -1));
    expect(newBytes[0]).toBe(a.length + b.length + 3000);
    expect(newBytes[1]).toBeLessThan(2700 + 100);
    expect(store.parts.database.totals().blobBytes).toBe(newBytes[0]! + newBytes[1]!);
  });

  it('finds what was committed before by the index alone', async () => {
    using store = createTestStore();
    await take(store, [itemOf('a.mp3', SONGS[0]!)]);
    using later = openTestStore(store.folder);
    const [told] = await take(later, [itemOf('b.mp3', SONGS[0]!)]);
    expect(told?.outcome).toMatchObject({ kind: 'done', value: { newBytes: 0 } });
  });

  it('lays small pieces together in blobs', async () => {
    using store = createTestStore();
    await take(
      store,
      Array.from({ length: 300 }, (_, n) => itemOf(`${n}.mp3`, noise(1000, 100 + n))),
    );
    expect(store.parts.database.totals()).toMatchObject({ files: 300, packs: 1, blobBytes: 300_000 });
  });

  it('shares nothing with a batch of its own that failed, and that another has written over', async () => {
    using store = createTestStore();
    using other = openTestStore(store.folder);
    const song = noise(1_500_000, 30);
    const [first, second] = [spliced(song, noise(700_000, 31)), spliced(song, noise(700_000, 32))];
    {
      using batch = createIngest(store.parts).begin();
      expect(() => {
        const adding = batch.add(() => itemOf('first.mp3', first).open());
        while (!adding.next().done);
        batch.commit(() => {
          throw new Error('no room');
        });
      }).toThrow('no room');
    }
    await take(other, [itemOf('second.mp3', second)]);
    await take(store, [itemOf('first.mp3', first)]);
    using later = openTestStore(store.folder);
    expect(Buffer.compare(bytesAt(later.tree, 'first.mp3'), first)).toBe(0);
    expect(Buffer.compare(bytesAt(later.tree, 'second.mp3'), second)).toBe(0);
  });

  it('leaves nothing of a batch that is not committed, and the next writes over it', async () => {
    using store = createTestStore();
    {
      using batch = createIngest(store.parts).begin();
      const adding = batch.add(itemOf('x', noise(3_000_000, 5)).open);
      while (!adding.next().done);
    }
    expect(store.parts.files.size('packs/00000001')).toBeGreaterThan(2_000_000);
    await take(store, [itemOf('y.mp3', noise(5000, 6))]);
    expect(store.parts.files.size('packs/00000001')).toBeLessThan(6000);
    expect(Buffer.compare(bytesAt(store.tree, 'y.mp3'), noise(5000, 6))).toBe(0);
  });

  it('does not share what is damaged, so that it is whole again when it comes again', async () => {
    using store = createTestStore();
    await take(store, [itemOf('a.mp3', SONGS[0]!)]);
    store.parts.files.write('packs/00000001', 70_000, Uint8Array.of(1, 2, 3, 4));
    using later = openTestStore(store.folder);
    await take(later, [itemOf('b.mp3', SONGS[0]!)]);
    expect(Buffer.compare(bytesAt(later.tree, 'b.mp3'), SONGS[0]!)).toBe(0);
    const report = await verifyStore(later.parts, createNamedNodes(later.parts.database), { ...quiet, readData: true });
    expect(report.hit.flatMap(({ paths }) => paths.map(String))).toHaveLength(1);
    expect(report.problems).toHaveLength(1);
  });
});
