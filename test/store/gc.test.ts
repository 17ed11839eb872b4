import { describe, expect, it } from 'vitest';
import { collectGarbage, createNamedNodes, verifyStore } from '#store';
import { createTestStore, openTestStore, type TestStore } from '../support/store.ts';
import { bytesAt, itemOf, noise, spliced, take } from '../support/store-songs.ts';

const quiet = { signal: new AbortController().signal, progress: () => undefined };
const collect = ({ parts }: TestStore, dryRun = false) => collectGarbage(parts, { ...quiet, dryRun });
const verify = ({ parts }: TestStore) =>
  verifyStore(parts, createNamedNodes(parts.database), { ...quiet, readData: true });

const [SHARED, REST] = [noise(200_000, 1), noise(3_000_000, 2)];

async function storeWithGarbage(): Promise<TestStore> {
  const store = createTestStore();
  await take(store, [itemOf('whole.mp3', spliced(REST, SHARED, noise(1_000_000, 3)))]);
  await take(store, [itemOf('song.mp3', spliced(noise(500, 4), SHARED, noise(900, 5)))]);
  store.tree.unlink(1, 'whole.mp3');
  return store;
}

describe('collecting garbage', () => {
  it('gives back what only a removed file used, and keeps the range that another shares', async () => {
    using store = await storeWithGarbage();
    const report = await collect(store);
    expect(report.packBytesBefore).toBeGreaterThan(4_200_000);
    expect(report.packBytesAfter).toBeLessThan(SHARED.length + 20_000);
    expect(report.packsRemoved).toBe(1);
    expect(Buffer.compare(bytesAt(store.tree, 'song.mp3'), spliced(noise(500, 4), SHARED, noise(900, 5)))).toBe(0);
    expect(await verify(store)).toMatchObject({ hit: [], problems: [] });
    expect(store.parts.files.names('packs')).toHaveLength(1);
  });

  it('says the same before, and does nothing then', async () => {
    using store = await storeWithGarbage();
    const foreseen = await collect(store, true);
    expect(store.parts.files.size('packs/00000001')).toBe(foreseen.packBytesBefore);
    const done = await collect(store);
    expect(foreseen.packsRemoved).toBe(done.packsRemoved);
    expect(Math.abs(foreseen.packBytesAfter - done.packBytesAfter)).toBeLessThan(1000);
  });

  it('finds nothing to do a second time', async () => {
    using store = await storeWithGarbage();
    await collect(store);
    expect(await collect(store)).toMatchObject({ packsRemoved: 0, movedBytes: 0, blobsRemoved: 0 });
  });

  it('does not disturb who reads by what was there before', async () => {
    using store = await storeWithGarbage();
    using reader = openTestStore(store.folder);
    const { id } = reader.tree.resolve('/song.mp3');
    const part = new Uint8Array(1000);
    reader.tree.read(id, 0, part);
    await collect(store);
    const bytes = bytesAt(reader.tree, 'song.mp3');
    expect(Buffer.compare(bytes, spliced(noise(500, 4), SHARED, noise(900, 5)))).toBe(0);
  });

  it('still finds what was moved', async () => {
    using store = await storeWithGarbage();
    await collect(store);
    const [told] = await take(store, [itemOf('again.mp3', spliced(noise(60, 6), SHARED))]);
    expect(told?.outcome).toMatchObject({ kind: 'done' });
    const newBytes = told?.outcome.kind === 'done' ? told.outcome.value.newBytes : Number.NaN;
    expect(newBytes).toBeLessThan(200);
  });

  it('leaves a damaged pack as it is, and says so', async () => {
    using store = await storeWithGarbage();
    const { offset, length } = store.parts.database.blobsAfter(0, 100).at(-1)!;
    store.parts.files.write('packs/00000001', offset + 64 + Math.floor(length / 2), Uint8Array.of(1, 2, 3));
    using later = openTestStore(store.folder);
    const report = await collect(later);
    expect(report.keptDamaged).toEqual(['packs/00000001']);
    expect(later.parts.files.size('packs/00000001')).toBe(report.packBytesBefore);
  });

  it('leaves nothing of what no file uses any more', async () => {
    using store = await storeWithGarbage();
    await collect(store);
    const { database } = store.parts;
    expect(database.totals()).toMatchObject({ packs: 1 });
    store.tree.unlink(1, 'song.mp3');
    await collect(store);
    expect(database.totals()).toMatchObject({ blobs: 0, packs: 0 });
  });
});
