// Made libraries: their fingerprints are by the product's own arithmetic, they depend on seed and number alone, and what
// was planted is there to be found.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MatchTrack, StoredPrints } from '#catalogue';
import { compressFingerprint, createFingerprinter, decompressFingerprint } from '#fingerprint';
import { systemClock } from '#kernel';
import { findCandidates, type PhaseItems } from '#matching';
import { openCatalogue } from '../../src/adapters/sqlite/index.ts';
import { music } from '../support/music.ts';

interface Kernel {
  readonly image: Float32Array;
  fingerprint(frames: number): void;
  itemsOf(phase: number, frames: number): Uint32Array;
  packedItemsOf(phase: number, frames: number): Uint8Array;
}
interface Planted {
  readonly a: number;
  readonly b: number;
  readonly kind: string;
  readonly offsetSeconds: number;
}
interface Tools {
  createKernel(poolFrames: number): Kernel;
  chromaImage(pcm: Int16Array): Float64Array;
  writePool(pieces: readonly { readonly label: string; readonly image: Float32Array }[], file: string): void;
  makeLibrary(options: object): Promise<{ readonly catalogue: string; readonly made: number }>;
  plantedPairs(seed: string, tracks: number): Iterable<Planted>;
  audioHashOf(seed: string, number: number): string;
}

const load = (name: string): Promise<object> => import(new URL(`../../tools/scale/${name}`, import.meta.url).href);
const files = ['kernel.mjs', 'pool.mjs', 'library.mjs', 'roles.mjs'];
const tools = Object.assign({}, ...(await Promise.all(files.map(load)))) as Tools;
const { createKernel, chromaImage, plantedPairs, audioHashOf } = tools;

const pcmOf = (seed: number, seconds: number): Int16Array => Int16Array.from(music(seed, seconds));
const PHASES = [0, 1, 2, 3];

describe('the kernel', () => {
  it.each([1, 2, 3])('gives the items of the product, and its compressed form (sound %i)', (seed) => {
    const pcm = pcmOf(seed, 20 + seed);
    const image = Float32Array.from(chromaImage(pcm));
    const kernel = createKernel(2);
    kernel.image.set(image);
    const frames = image.length / 12;
    kernel.fingerprint(frames);
    const fingerprinter = createFingerprinter({ phases: 4 });
    fingerprinter.push(pcm);
    const expected = fingerprinter.finish();
    expect(PHASES.map((phase) => kernel.itemsOf(phase, frames))).toEqual(expected);
    const packed = PHASES.map((phase) => kernel.packedItemsOf(phase, frames));
    expect(packed).toEqual(expected.map((items) => compressFingerprint(items)));
  });
});

describe('a made library', () => {
  let scratch: string;
  const seed = 'test';
  const makeIn = (name: string, tracks: number, own = seed) =>
    tools.makeLibrary({ folder: path.join(scratch, name), tracks, seed: own, poolFile: path.join(scratch, 'pool') });
  const open = (catalogue: string) => openCatalogue(catalogue, { clock: systemClock, owner: 'test' });

  type MadeTrack = MatchTrack & StoredPrints;

  /** In the order of their hashes. */
  async function tracksOf(catalogue: string): Promise<MadeTrack[]> {
    await using store = await open(catalogue);
    const tracks: MadeTrack[] = [];
    for (const sound of await store.lowestSounds(1000)) {
      const [track, prints] = [await store.matchTrack(sound), await store.printsOf(sound)];
      if (track && prints) tracks.push({ ...track, ...prints });
    }
    return tracks;
  }

  beforeAll(() => {
    scratch = mkdtempSync(path.join(tmpdir(), 'reprise-scale-test-'));
    const image = (piece: number): Float32Array => Float32Array.from(chromaImage(pcmOf(100 + piece, 45)));
    const pieces = Array.from({ length: 6 }, (_, piece) => ({ label: String(piece), image: image(piece) }));
    tools.writePool(pieces, path.join(scratch, 'pool'));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('depends on seed and number alone: a small one is the beginning of a large one', async () => {
    const small = await tracksOf((await makeIn('small', 40)).catalogue);
    const large = await tracksOf((await makeIn('large', 100)).catalogue);
    const other = await tracksOf((await makeIn('other', 40, 'other')).catalogue);
    expect(small).toHaveLength(40);
    expect(large).toHaveLength(100);
    const known = new Map(large.map((track) => [track.audioHash, track]));
    for (const track of small) expect(known.get(track.audioHash)).toEqual(track);
    const before = new Set(small.map(({ fingerprint }) => Buffer.from(fingerprint[0]).toString('base64')));
    for (const { fingerprint } of other) expect(before.has(Buffer.from(fingerprint[0]).toString('base64'))).toBe(false);
    expect((await makeIn('small', 40)).made).toBe(0);
  });

  it('holds what was planted, where it was planted', async () => {
    const tracks = await tracksOf((await makeIn('large', 100)).catalogue);
    const places = new Map(tracks.map(({ audioHash }, place) => [audioHash, place]));
    const itemsOf = ({ fingerprint }: MadeTrack) => fingerprint.map((bytes) => decompressFingerprint(bytes).items);
    const pairs = findCandidates(tracks.map((track) => itemsOf(track) as unknown as PhaseItems));
    const found = new Map(pairs.map(({ a, b, offsets }) => [`${a} ${b}`, offsets]));
    const planted = [...plantedPairs(seed, 100)];
    expect(planted.length).toBeGreaterThan(8);
    for (const { a, b, offsetSeconds } of planted) {
      const [one, other] = [a, b].map((number) => places.get(audioHashOf(seed, number)) ?? -1) as [number, number];
      const isFirst = one < other;
      const offsets = found.get(isFirst ? `${one} ${other}` : `${other} ${one}`) ?? [];
      const distance = offsets.map((offset) => Math.abs((isFirst ? 1 : -1) * offset.offsetSeconds - offsetSeconds));
      // A copy's other speed moves it by a second over its length.
      expect(Math.min(...distance)).toBeLessThan(1);
    }
  });
});
