/** What the commands promise beside each other, and after one of them has died. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BytePath, noProgress } from '#kernel';
import { openAnchorFile, useStore } from '../../src/adapters/store/index.ts';
import { createStoreApp } from '../../src/main/store-app.ts';
import { openTestStore } from '../support/store.ts';
import { noise } from '../support/store-songs.ts';

const app = createStoreApp();
const run = { signal: new AbortController().signal, progress: noProgress };
const SONG = noise(300_000, 1);

let home: string;
let store: BytePath;
beforeEach(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'reprise-store-app-'));
  store = path.join(home, 'store') as BytePath;
  await app.init(store, 'small');
});
afterEach(() => rmSync(home, { recursive: true }));

function importFiles(name: string, files: Record<string, Uint8Array>) {
  const folder = path.join(home, name);
  mkdirSync(folder);
  for (const [file, bytes] of Object.entries(files)) writeFileSync(path.join(folder, file), bytes);
  return app.import(store, [folder as BytePath], { ...run, isThorough: false, dryRun: false, onFile: () => undefined });
}

/** A process that died while it had a file open that has no name any more. */
function leaveNamelessFile(): void {
  using opened = openTestStore(store);
  const { tree } = opened;
  const file = tree.make(1, 'gone', { kind: 'file', mode: 0o644, uid: 0, gid: 0 }).id;
  tree.open(file, { write: true });
  tree.write(file, 0, SONG);
  tree.unlink(1, 'gone');
}

function namelessFiles(): readonly number[] {
  using opened = openTestStore(store);
  return opened.parts.database.orphans();
}

it('a collection frees what a crash has left without a name', async () => {
  leaveNamelessFile();
  expect(namelessFiles()).toHaveLength(1);
  await app.collect(store, { ...run, dryRun: true });
  expect(namelessFiles()).toHaveLength(1);
  await app.collect(store, { ...run, dryRun: false });
  expect(namelessFiles()).toEqual([]);
  expect(readdirSync(path.join(store, 'raw'))).toEqual([]);
});

it('a collection leaves alone what somebody else may have open', async () => {
  leaveNamelessFile();
  using _user = useStore(store, 1000);
  await app.collect(store, { ...run, dryRun: false });
  expect(namelessFiles()).toHaveLength(1);
});

it('a repair exchanges no tables beneath who has the store open', async () => {
  await importFiles('day', { 'song.mp3': SONG });
  const before = readFileSync(path.join(store, 'meta.db'));
  {
    using _user = useStore(store, 1000);
    await expect(app.repair(store, { ...run, dryRun: false })).rejects.toMatchObject({ code: 'store/locked' });
  }
  expect(readFileSync(path.join(store, 'meta.db')).equals(before)).toBe(true);
  expect(existsSync(path.join(store, 'meta.db.damaged'))).toBe(false);
  expect(await app.repair(store, { ...run, dryRun: false })).toMatchObject({ isRebuilt: false, lostRows: 0 });
});

it('an import first learns what the index has missed', async () => {
  await importFiles('monday', { 'song.mp3': SONG });
  {
    using anchors = openAnchorFile(store, 1000);
    anchors.clear();
  }
  const report = await importFiles('tuesday', { 'again.mp3': SONG });
  expect(report).toMatchObject({ imported: 1, newBytes: 0 });
});
