import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError, type BytePath } from '#kernel';
import { createIngest, type ImportedFile, importItems, listStore, ROOT, watchFolder } from '#store';
import { createSources } from '../../src/adapters/files/index.ts';
import { createScratchFiles } from '../../src/adapters/store/index.ts';
import { createTestStore, type TestStore } from '../support/store.ts';
import { bytesAt, itemOf, noise, take } from '../support/store-songs.ts';

const skipped = { kind: 'skipped', reason: 'in the store already' };

function pathsIn({ tree }: TestStore): string[] {
  return [...listStore(tree, '' as BytePath, true)].map((entry) => entry.path);
}

describe('an import', () => {
  it('replaces nothing: another file of a name comes in under a number, the same one is passed by', async () => {
    using store = createTestStore();
    const [first, second] = [noise(9000, 1), noise(9000, 2)];
    await take(store, [itemOf('day/a.mp3', first)]);
    const [again] = await take(store, [itemOf('day/a.mp3', first)]);
    expect(again).toMatchObject({ path: 'day/a.mp3', outcome: skipped });
    const [other] = await take(store, [itemOf('day/a.mp3', second, { mtimeNs: 5n })]);
    expect(other).toMatchObject({ path: 'day/a_1.mp3', outcome: { kind: 'done', value: { isRenamed: true } } });
    const [otherAgain] = await take(store, [itemOf('day/a.mp3', second, { mtimeNs: 5n })]);
    expect(otherAgain).toMatchObject({ path: 'day/a_1.mp3', outcome: skipped });
    expect(Buffer.compare(bytesAt(store.tree, 'day/a.mp3'), first)).toBe(0);
    expect(Buffer.compare(bytesAt(store.tree, 'day/a_1.mp3'), second)).toBe(0);
  });

  it('knows a file by its bytes where its time differs', async () => {
    using store = createTestStore();
    await take(store, [itemOf('a.mp3', noise(9000, 1))]);
    const [again] = await take(store, [itemOf('a.mp3', noise(9000, 1), { mtimeNs: 77n })]);
    expect(again).toMatchObject({ path: 'a.mp3', outcome: { kind: 'done', value: { newBytes: 0, isRenamed: false } } });
    expect(pathsIn(store)).toEqual(['a.mp3']);
  });

  it('believes bytes alone where the source is to go', async () => {
    using store = createTestStore();
    await take(store, [itemOf('a.mp3', noise(9000, 1))]);
    const twin = itemOf('a.mp3', noise(9000, 2));
    const [told] = await take(store, [twin], { isThorough: true });
    expect(told).toMatchObject({ path: 'a_1.mp3', outcome: { kind: 'done' } });
  });

  it('keeps mode, owner and times to the nanosecond, of folders too', async () => {
    using store = createTestStore();
    const folder = { kind: 'folder', sizeBytes: 0, mode: 0o2751, mtimeNs: 123_456_789_000_000_001n } as const;
    await take(store, [itemOf('night', new Uint8Array(), folder), itemOf('night/a.mp3', noise(10, 1))]);
    expect(store.tree.resolve('/night')).toMatchObject({
      mode: 0o2751,
      uid: 3,
      gid: 4,
      mtimeNs: 123_456_789_000_000_001n,
    });
    const file = { mode: 0o640, uid: 3, atimeNs: 1_500_000_000_000_000_001n, mtimeNs: 1_500_000_000_000_000_002n };
    expect(store.tree.resolve('/night/a.mp3')).toMatchObject(file);
  });

  it('goes on after a file that cannot be taken, and says which', async () => {
    using store = createTestStore();
    const changing = itemOf('b.mp3', noise(5000, 2));
    const unsteady = { ...changing, open: () => ({ ...changing.open(), hasChanged: () => true }) };
    const told = await take(store, [itemOf('a.mp3', noise(5000, 1)), unsteady, itemOf('c.mp3', noise(5000, 3))]);
    expect(told.map(({ path: at, outcome }) => [at, outcome.kind]).sort()).toEqual(
      [
        [null, 'failed'],
        ['a.mp3', 'done'],
        ['c.mp3', 'done'],
      ].sort(),
    );
    expect(pathsIn(store)).toEqual(['a.mp3', 'c.mp3']);
  });

  it('estimates without a trace', async () => {
    using store = createTestStore();
    await take(store, [itemOf('a.mp3', noise(50_000, 1))]);
    const before = store.parts.files.size('packs/00000001');
    using scratch = createScratchFiles(store.folder);
    const rehearsed = { parts: { ...store.parts, files: scratch }, tree: store.tree };
    const told: ImportedFile[] = [];
    const items = [
      itemOf('b.mp3', noise(50_000, 1)),
      itemOf('c.mp3', noise(2_000_000, 2)),
      itemOf('d.mp3', noise(2_000_000, 2)),
    ];
    const report = await importItems(
      { database: rehearsed.parts.database, acts: store.tree.acts },
      createIngest(rehearsed.parts, { isRehearsal: true }),
      items,
      {
        ...{ isThorough: false, dryRun: true, signal: new AbortController().signal, progress: () => undefined },
        onFile: (file) => void told.push(file),
      },
    );
    expect(report).toMatchObject({ imported: 3, bytes: 4_050_000, newBytes: 2_000_000 });
    expect(pathsIn(store)).toEqual(['a.mp3']);
    expect(store.parts.files.names('packs')).toEqual(['00000001']);
    expect(store.parts.files.size('packs/00000001')).toBe(before);
    expect(store.parts.database.totals()).toMatchObject({ files: 1, blobs: 1 });
  });

  it('keeps what is whole when it is interrupted', async () => {
    using store = createTestStore();
    const stop = new AbortController();
    let files = 0;
    const items = Array.from({ length: 50 }, (_, n) => itemOf(`${n}.mp3`, noise(1000, n)));
    const run = importItems(
      { database: store.parts.database, acts: store.tree.acts },
      createIngest(store.parts),
      items,
      {
        ...{ isThorough: false, dryRun: false, signal: stop.signal, onFile: () => undefined },
        progress: () => {
          files += 1;
          if (files === 20) stop.abort();
        },
      },
    );
    await expect(run).rejects.toMatchObject({ kind: 'cancelled' });
    const kept = pathsIn(store).length;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(50);
    const told = await take(store, items);
    expect(told.filter(({ outcome }) => outcome.kind === 'skipped')).toHaveLength(kept);
    expect(pathsIn(store)).toHaveLength(50);
  });
});

describe('a watched folder', () => {
  it('is taken in file by file, as each is left alone; what is incomplete waits', async () => {
    using store = createTestStore();
    const folder = mkdtempSync(path.join(tmpdir(), 'reprise-station-'));
    try {
      const at = (...names: string[]): string => path.join(folder, ...names);
      mkdirSync(at('Dev FM', 'incomplete'), { recursive: true });
      writeFileSync(at('Dev FM', 'a.mp3'), noise(5000, 1));
      writeFileSync(at('Dev FM', 'incomplete', 'b.mp3'), noise(5000, 2));
      symlinkSync('a.mp3', at('Dev FM', 'link.mp3'));
      for (const name of ['a.mp3', 'incomplete/b.mp3']) utimesSync(at('Dev FM', name), 1e9, 1e9);
      const stop = new AbortController();
      let rounds = 0;
      const report = await watchFolder(
        { database: store.parts.database, acts: store.tree.acts },
        createIngest(store.parts),
        createSources(store.folder as BytePath),
        folder as BytePath,
        {
          ...{ isThorough: false, dryRun: false, quietSeconds: 5, signal: stop.signal, now: () => Date.now() + 60_000 },
          ...{ progress: () => undefined, onFile: () => undefined },
          sleep: async () => {
            rounds += 1;
            if (rounds === 3) {
              expect(pathsIn(store)).not.toContain(`${path.basename(folder)}/Dev FM/b.mp3`);
              renameSync(at('Dev FM', 'incomplete', 'b.mp3'), at('Dev FM', 'b.mp3'));
            }
            if (rounds === 6) stop.abort();
          },
        },
      );
      const name = path.basename(folder);
      expect(report.imported).toBe(2);
      expect(pathsIn(store)).toEqual([
        name,
        `${name}/Dev FM`,
        `${name}/Dev FM/a.mp3`,
        `${name}/Dev FM/b.mp3`,
        `${name}/Dev FM/link.mp3`,
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('goes on when somebody else had the store, takes what is dated tomorrow, and leaves settled folders alone', async () => {
    using store = createTestStore();
    const folder = mkdtempSync(path.join(tmpdir(), 'reprise-station-'));
    try {
      writeFileSync(path.join(folder, 'a.mp3'), noise(5000, 1));
      utimesSync(path.join(folder, 'a.mp3'), 4e9, 4e9);
      const stop = new AbortController();
      const told: ImportedFile[] = [];
      const pauses: number[] = [];
      const ingest = createIngest(store.parts);
      let refusals = 2;
      const report = await watchFolder(
        { database: store.parts.database, acts: store.tree.acts },
        {
          ...ingest,
          begin() {
            refusals -= 1;
            if (refusals < 0) return ingest.begin();
            throw new AppError('store/locked', 'The store is in use.', { kind: 'conflict', hint: 'Wait.' });
          },
        },
        createSources(store.folder as BytePath),
        folder as BytePath,
        {
          ...{ isThorough: false, dryRun: false, quietSeconds: 0, signal: stop.signal, now: () => Date.now() },
          ...{ progress: () => undefined, onFile: (file) => void told.push(file) },
          sleep: async (milliseconds) => {
            pauses.push(milliseconds);
            if (pauses.length === 5) store.tree.change(folderIn(store), { mode: 0o700 });
            if (pauses.length === 8) stop.abort();
          },
        },
      );
      expect(report.imported).toBe(1);
      expect(told.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'done']);
      expect(pauses.filter((pause) => pause >= 10_000)).toHaveLength(2);
      expect(store.tree.node(folderIn(store)).mode).toBe(0o700);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** The one folder at the root. */
function folderIn({ tree }: TestStore): number {
  return tree.list(ROOT, 0, 10)[0]!.node.id;
}
