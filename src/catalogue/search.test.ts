import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noProgress, type Progress, systemClock } from '#kernel';
import { mirrorOffset } from '#matching';
import { bytePath } from '../../test/support/music-folder.ts';
import {
  addSounds,
  type MadeSound,
  makeSounds,
  nameOf,
  openSearchIn,
  relatedIn,
} from '../../test/support/search-library.ts';
import { openCatalogue } from '../adapters/sqlite/index.ts';
import type { CatalogueStore } from './ports.ts';
import { type SearchParts, searchPairs } from './search.ts';
import { updateIndex } from './search-index.ts';

const METHOD = 'method 1';
const SOUNDS = makeSounds(5);
/** Those of another catalogue. */
const OTHERS = makeSounds(5, 3);
/** The order of names in a pair. */
const RANKS = new Map([...SOUNDS, ...OTHERS].map(({ name }, rank) => [name, rank]));
/** Families meet across quarters. */
const quarter = (n: number): MadeSound[] => SOUNDS.filter((_, i) => i % 4 === n);

let folder: string;
let index: string;
let store: CatalogueStore;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'reprise-search-'));
  index = path.join(folder, 'index');
  store = await openStore('catalogue');
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const openStore = (name: string): Promise<CatalogueStore> =>
  openCatalogue(path.join(folder, name), { clock: systemClock, owner: 'test' });

async function replaceStore(): Promise<void> {
  await store[Symbol.asyncDispose]();
  store = await openStore('another catalogue');
}

interface Run {
  readonly parts?: Omit<SearchParts, 'store'>;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
}

/** Pairs by name, with all offsets and their votes, each pair in the order of `RANKS`. */
async function search({ parts = openSearchIn(index), signal, progress = noProgress }: Run = {}): Promise<string[]> {
  const [present, fresh] = [await store.presentSounds(), await store.unmatched(METHOD)];
  const options = { signal: signal ?? new AbortController().signal, progress };
  const { pairs } = await searchPairs({ ...parts, store }, { method: METHOD, present, fresh }, options);
  const names = new Map([...(await store.soundNumbers())].map(([hash, number]) => [number, nameOf(hash)]));
  const told = pairs.map(({ a, b, offsets }) => {
    const [one, other] = [names.get(a) as string, names.get(b) as string];
    const isTurned = (RANKS.get(one) ?? 0) > (RANKS.get(other) ?? 0);
    const own = isTurned ? offsets.map(mirrorOffset) : offsets;
    const all = own.map(({ offsetSeconds, votes }) => `${offsetSeconds.toFixed(3)} ${votes}`).sort();
    return `${isTurned ? `${other} + ${one}` : `${one} + ${other}`}: ${all.join(', ')}`;
  });
  return told.sort();
}

const segmentNames = (): string[] =>
  readdirSync(index)
    .filter((name) => name.startsWith('segment'))
    .sort();

describe('a search finds', { timeout: 120_000 }, () => {
  it('what is related and nothing that met by chance, with any number of threads', async () => {
    await addSounds(store, SOUNDS);
    const found = await search({ parts: openSearchIn(index, { width: 1 }) });
    expectRelated(found, SOUNDS);
    rmSync(index, { recursive: true });
    expect(await search({ parts: openSearchIn(index, { width: 3 }) })).toEqual(found);
  });

  it('the same step by step as at once, while small segments become one', async () => {
    const found: string[] = [];
    for (const [step, sounds] of [0, 1, 2, 3].map(quarter).entries()) {
      await addSounds(store, sounds, 1 + 100 * step);
      found.push(...(await search()));
      // As matching does when it is through.
      await store.recordComparisons(METHOD, new Uint8Array(), [...(await store.unmatched(METHOD))]);
      openSearchIn(index).files.endPlan();
    }
    expect(readdirSync(index)).toEqual(['segment-000005.idx']);
    await replaceStore();
    rmSync(index, { recursive: true });
    await addSounds(store, [...quarter(2), ...quarter(0), ...quarter(3), ...quarter(1)]);
    expect(await search()).toEqual(found.sort());
    expectRelated(found, SOUNDS);
  });

  it('no pair with a sound whose file is gone', async () => {
    await addSounds(store, SOUNDS);
    const found = await search();
    const { name } = SOUNDS[0] as MadeSound;
    await takeAway(name);
    const left = found.filter((pair) => !pair.includes(`${name} `));
    expect(await search()).toEqual(left);
    expect(left.length).toBeLessThan(found.length);
  });

  it('other pairs where another catalogue with the same numbers lies there', async () => {
    await addSounds(store, SOUNDS);
    await search();
    await replaceStore();
    // In another order, so that other numbers are related.
    await addSounds(store, OTHERS.toReversed());
    expectRelated(await search(), OTHERS);
    expect(segmentNames()).toEqual(['segment-000002.idx']);
  });

  it('other pairs also where a kill came when the index of the other catalogue was gone', async () => {
    await addSounds(store, SOUNDS);
    await search();
    await replaceStore();
    // In another order, so that other numbers are related.
    await addSounds(store, OTHERS.toReversed());
    openSearchIn(index).files.removeSegments(segmentNames());
    expectRelated(await search(), OTHERS);
  });
});

describe('a search that was disturbed', { timeout: 120_000 }, () => {
  it('goes on where it was stopped, does no piece twice, and finds the same', async () => {
    await addSounds(store, SOUNDS);
    expect(await stagesUntil('Indexing')).toEqual(['Indexing']);
    expect(await stagesUntil('Searching')).toEqual(['Searching']);
    const pieces = readdirSync(index).filter((name) => name.startsWith('piece'));
    expect(pieces).toHaveLength(1);
    const stages = new Set<string>();
    const resumed = await search({ progress: ({ stage }) => void stages.add(stage) });
    expect([...stages]).toEqual(['Screening']);
    expectRelated(resumed, SOUNDS);
    rmSync(index, { recursive: true });
    expect(await search()).toEqual(resumed);
  });

  it('makes a damaged segment anew, and no other one', async () => {
    await addSounds(store, SOUNDS.slice(0, 12));
    await indexInParts(3);
    const before = segmentNames();
    expect(before).toEqual(['segment-000001.idx', 'segment-000002.idx', 'segment-000003.idx']);
    flip(path.join(index, before[1] as string));
    expectRelated(await search(), SOUNDS.slice(0, 12));
    expect(segmentNames()).toEqual(['segment-000001.idx', 'segment-000003.idx', 'segment-000004.idx']);
  });

  it('makes a segment anew that turns out to be damaged when several become one', async () => {
    await addSounds(store, SOUNDS);
    await indexInParts(4, 3);
    flip(path.join(index, segmentNames()[1] as string));
    expectRelated(await search(), SOUNDS);
    expect(
      openSearchIn(index)
        .files.segments(METHOD)
        .flatMap(({ sounds }) => [...sounds])
        .sort(byNumber),
    ).toEqual([...(await store.presentSounds()).numbers]);
  });
});

const byNumber = (one: number, other: number): number => one - other;

/** Searches, stops when a stage begins to tell, and gives the stages that were seen. */
async function stagesUntil(stopAt: string): Promise<string[]> {
  const stop = new AbortController();
  const seen = new Set<string>();
  const progress: Progress = ({ stage }) => {
    seen.add(stage);
    if (stage === stopAt) stop.abort();
  };
  await search({ signal: stop.signal, progress }).catch((error) => {
    expect(error).toMatchObject({ code: 'run/cancelled' });
  });
  return [...seen];
}

/** Indexes the first parts of so many equal ones, each as a segment. */
async function indexInParts(parts: number, wanted = parts): Promise<void> {
  const { numbers, checks } = await store.presentSounds();
  for (let part = 1; part <= wanted; part++) {
    const end = (numbers.length * part) / parts;
    const present = { numbers: numbers.subarray(0, end), checks: checks.subarray(0, end) };
    const options = { signal: new AbortController().signal, progress: noProgress };
    await updateIndex({ ...openSearchIn(index), store }, METHOD, present, options);
  }
}

/** Changes a bit of a segment's body. */
function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[300] = bytes[300]! ^ 4;
  writeFileSync(file, bytes);
}

async function takeAway(name: string): Promise<void> {
  const files = await store.filesIn(bytePath('/music'), 'test 1');
  const file = files.find((known) => known.path === bytePath(`/music/${name}`));
  await store.apply([{ kind: 'missing', id: file?.id as number }]);
}

/** All that must be found is there, and no stranger. */
function expectRelated(found: readonly string[], sounds: readonly MadeSound[]): void {
  const pairs = found.map((pair) => pair.split(':')[0] as string);
  expect(pairs).toEqual(expect.arrayContaining(relatedIn(sounds)));
  expect(pairs.filter((pair) => pair.includes('stranger'))).toEqual([]);
}
