/** Stores to be damaged: a small one with everything that a store can hold, and a larger one with several packs. */
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type BytePath, noProgress } from '#kernel';
import { createBlobReader } from '#store';
import { createPlainOggWindow } from '../../src/chunking/containers/ogg-window-plain.ts';
import { createStoreApp } from '../../src/main/store-app.ts';
import { packRecipe } from '../../src/store/recipe.ts';
import { createRandom } from './music.ts';
import { openTestStore, type TestStore } from './store.ts';

const app = createStoreApp();
const run = { signal: new AbortController().signal, progress: noProgress };
const OWNER = { uid: 1000, gid: 100 };

function noise(seed: number, length: number): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from({ length }, () => random() * 256);
}

/** Pages of 8 KB of one stream after another, each with a serial number of its own. */
function oggOf(seeds: readonly number[]): Uint8Array {
  const window = createPlainOggWindow(70_000);
  const pages = seeds.flatMap((seed) =>
    Array.from({ length: 4 }, (_, sequence) => {
      const lacing = new Uint8Array(32).fill(255);
      const page = Buffer.concat([Buffer.alloc(27), lacing, noise(100 * seed + sequence, 32 * 255)]);
      page.write('OggS');
      page.writeUInt32LE(seed, 14);
      page.writeUInt32LE(sequence, 18);
      page[26] = lacing.length;
      window.bytes.set(page);
      page.writeUInt32LE(window.checksum(0, page.length), 22);
      return page;
    }),
  );
  return Buffer.concat(pages);
}

async function importInto(store: string, ...sources: string[]): Promise<void> {
  const options = { ...run, dryRun: false, isThorough: false, onFile: () => undefined };
  const { failed } = await app.import(store as BytePath, sources as BytePath[], options);
  if (failed > 0) throw new Error(`${failed} files could not be imported.`);
}

/** Files in two folders and the root, links of both kinds, a chain of Ogg, attributes, a raw file, a name that is no UTF-8. */
export async function makeSmallStore(store: string): Promise<void> {
  const source = mkdtempSync(path.join(path.dirname(store), 'source-'));
  const [one, two, three] = [1, 2, 3].map((seed) => noise(seed, 20_000)) as [Uint8Array, Uint8Array, Uint8Array];
  const station = path.join(source, 'station');
  mkdirSync(path.join(station, 'night'), { recursive: true });
  const write = (name: string, ...parts: Uint8Array[]): void =>
    writeFileSync(path.join(station, name), Buffer.concat(parts));
  write('morning.mp3', one, two, three);
  write('night/late.mp3', noise(4, 3000), three, one);
  write('night/chain.ogg', oggOf([11, 12]));
  write('night/again.ogg', oggOf([13, 11]));
  write('silent.mp3');
  write('removed.mp3', noise(7, 90_000));
  symlinkSync('night/late.mp3', path.join(station, 'latest'));
  await app.init(store as BytePath, 'small');
  await importInto(store, station);
  // The second copy is made anew here; what follows is in its log alone.
  await app.repair(store as BytePath, { ...run, dryRun: false });
  {
    using opened = openTestStore(store);
    const { tree } = opened;
    const folder = tree.resolve('/station');
    const live = tree.make(folder.id, 'live.mp3', { kind: 'file', mode: 0o640, ...OWNER });
    tree.write(live.id, 0, noise(5, 9000));
    tree.sync(live.id);
    tree.setAttribute(tree.resolve('/station/night/late.mp3').id, 'user.title', Buffer.from('Late'));
    tree.setAttribute(folder.id, 'user.url', Buffer.from('http://station.example/'));
    tree.link(tree.resolve('/station/morning.mp3').id, 1, 'second name.mp3');
    const other = tree.make(1, Buffer.from([0x6e, 0xff, 0x2e]), { kind: 'file', mode: 0o600, ...OWNER });
    tree.write(other.id, 0, Buffer.concat([two, noise(6, 100)]));
    opened.deduplicate(other.id);
    // So that a collection of garbage has something to do.
    tree.unlink(folder.id, 'removed.mp3');
    tree.settle();
  }
  rmSync(source, { recursive: true });
}

const STATIONS = 4;
const DAYS = 60;
const SONGS = 32;

/** Days of four stations, spliced from songs, in four packs; folders, recipes and tables of several pages. */
export async function makeLargerStore(store: string): Promise<void> {
  const source = mkdtempSync(path.join(path.dirname(store), 'source-'));
  const random = createRandom(77);
  const songs = Array.from({ length: SONGS }, (_, n) => noise(1000 + n, 6000 + Math.floor(random() * 14_000)));
  const day = (n: number): Uint8Array =>
    Buffer.concat(
      Array.from({ length: 2 + Math.floor(random() * 2) }, (_, part) => [
        noise(5000 + 10 * n + part, 300 + Math.floor(random() * 1500)),
        songs[Math.floor(random() * SONGS)]!,
      ]).flat(),
    );
  await app.init(store as BytePath, 'small');
  for (let station = 0; station < STATIONS; station++) {
    const folder = path.join(source, `station ${station}`);
    mkdirSync(folder);
    for (let n = 0; n < DAYS; n++) writeFileSync(path.join(folder, `day ${n}.mp3`), day(station * DAYS + n));
    for (let n = 0; n < 3; n++) writeFileSync(path.join(folder, `show ${n}.ogg`), oggOf([n, 3 + station, 20 + n]));
    symlinkSync(`day ${station}.mp3`, path.join(folder, 'latest'));
    await inNewPack(store, () => importInto(store, folder));
  }
  await app.repair(store as BytePath, { ...run, dryRun: false });
  {
    using opened = openTestStore(store);
    const { tree } = opened;
    const folder = tree.resolve('/station 1');
    for (let n = 0; n < 5; n++) {
      const live = tree.make(folder.id, `live ${n}.mp3`, { kind: 'file', mode: 0o640, ...OWNER });
      tree.write(live.id, 0, noise(900 + n, 20_000));
      tree.sync(live.id);
      tree.setAttribute(tree.resolve(`/station 2/day ${n}.mp3`).id, 'user.title', Buffer.from(`Day ${n}`));
      tree.link(tree.resolve(`/station 3/day ${n}.mp3`).id, 1, `kept ${n}.mp3`);
      tree.unlink(tree.resolve('/station 0').id, `day ${n}.mp3`);
    }
    addPatchwork(opened);
    tree.settle();
  }
  rmSync(source, { recursive: true });
}

/** Nothing is added to a pack that is shorter than it ought to be. */
async function inNewPack(store: string, work: () => Promise<void>): Promise<void> {
  const packs = path.join(store, 'packs');
  const last = readdirSync(packs).sort().at(-1);
  const file = path.join(packs, last ?? '');
  const bytes = last === undefined ? undefined : readFileSync(file);
  if (bytes !== undefined) truncateSync(file, bytes.length - 1);
  await work();
  if (bytes !== undefined) writeFileSync(file, bytes);
}

/** A file of so many extents that its recipe has several pages. */
function addPatchwork({ parts: { database, files }, tree }: TestStore): void {
  const reader = createBlobReader(files, database.blob);
  const blobs = database.blobsAfter(0, 1000);
  const hash = createHash('sha256');
  const extents = Array.from({ length: 700 }, (_, n) => {
    const { id: blob, length } = blobs[n % blobs.length]!;
    const bytes = new Uint8Array(60);
    const offset = (n * 9973) % (length - bytes.length);
    reader.read(blob, offset, bytes);
    hash.update(bytes);
    return { blob, offset, length: bytes.length };
  });
  const size = extents.length * 60;
  database.transact(() => {
    const content = database.addContent({ size, hash: hash.digest(), container: '', record: null });
    const pages = packRecipe(extents).map((page) => ({ ...page, content }));
    for (const page of pages) database.addPage(page);
    tree.acts.addFile(1, 'patchwork.mp3', { mode: 0o644, ...OWNER, atimeNs: 1n, mtimeNs: 2n, content, size });
  });
}

/** The files of a store but its packs and raw files, by name. */
export function metadataOf(store: string): readonly string[] {
  return readdirSync(store)
    .filter((name) => name !== 'packs' && name !== 'raw')
    .sort();
}

export function copyStore(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
}
