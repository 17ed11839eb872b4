/** What the commands promise beside each other, and after one of them has died. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BytePath, noProgress } from '#kernel';
import { openAnchorFile, openStoreLock, useStore } from '../../src/adapters/store/index.ts';
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

async function contentsOf(name: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of app.cat(store, name as BytePath)) parts.push(Uint8Array.from(part));
  return Buffer.concat(parts);
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

it('a repair is for what was a store, and touches no other folder', async () => {
  const other = path.join(home, 'notes');
  mkdirSync(other);
  writeFileSync(path.join(other, 'users'), 'my notes');
  for (const folder of [other, path.join(home, 'nothing')]) {
    const repairing = app.repair(folder as BytePath, { ...run, dryRun: false });
    await expect(repairing).rejects.toMatchObject({ code: 'store/missing' });
  }
  expect(readdirSync(other)).toEqual(['users']);
  expect(readFileSync(path.join(other, 'users'), 'utf8')).toBe('my notes');
});

it('a collection frees nothing where a damaged row may not say what is needed', async () => {
  {
    using opened = openTestStore(store);
    const file = opened.tree.make(1, 'written', { kind: 'file', mode: 0o644, uid: 0, gid: 0 }).id;
    opened.tree.write(file, 0, SONG);
  }
  const db = new DatabaseSync(path.join(store, 'meta.db'));
  db.exec('delete from nodes where id = 2');
  db.close();
  await expect(app.collect(store, { ...run, dryRun: false })).rejects.toMatchObject({ code: 'store/damaged' });
  expect(readdirSync(path.join(store, 'raw'))).toEqual(['2']);
  await app.repair(store, { ...run, dryRun: false });
  expect(await contentsOf('written')).toEqual(Buffer.from(SONG));
});

it('a store is not written out into itself', async () => {
  await importFiles('day', { 'song.mp3': SONG });
  symlinkSync(path.join(store, 'packs'), path.join(home, 'way-in'));
  for (const folder of [store, path.join(store, 'packs'), path.join(store, 'new'), path.join(home, 'way-in')]) {
    const exporting = app.export(store, folder as BytePath, [], { ...run, onFile: () => undefined });
    await expect(exporting).rejects.toMatchObject({ code: 'store/inside-itself' });
  }
  expect(readdirSync(path.join(store, 'packs'))).toEqual(['00000001']);
});

it('who waits for another to be done can be stopped', async () => {
  using lock = openStoreLock(store, 1000);
  using _held = lock.take();
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 300);
  await expect(app.collect(store, { ...run, signal: stop.signal, dryRun: false })).rejects.toMatchObject({
    kind: 'cancelled',
  });
});

it.each(['/proc/reprise-store', '/proc/reprise/store'])(
  'no store is made where the system makes no folders: %s',
  async (folder) => {
    await expect(app.init(folder as BytePath, 'small')).rejects.toMatchObject({ code: 'store/denied' });
  },
);

it('an import first learns what the index has missed', async () => {
  await importFiles('monday', { 'song.mp3': SONG });
  {
    using anchors = openAnchorFile(store, 1000);
    anchors.clear();
  }
  const report = await importFiles('tuesday', { 'again.mp3': SONG });
  expect(report).toMatchObject({ imported: 1, newBytes: 0 });
});
