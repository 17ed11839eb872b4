import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compressFingerprint, createFingerprinter, packAlteredQuestions } from '#fingerprint';
import { AppError, type BytePath, noProgress, pathFromBytes, systemClock } from '#kernel';
import {
  createComparisonKernel,
  createJudgeTools,
  findLikeness,
  groupSounds,
  type JudgeTools,
  judgeSounds,
  MATCH_METHOD,
  openSharedMemory,
  quickVerdict,
  type RecordedPair,
  readTables,
} from '#matching';
import { createSketcher, readSketch } from '#signal';
import { pairsIn } from '../../test/support/comparisons.ts';
import { cut, faster, joined, mixed, music, noise, pcmOf, scaled, silence } from '../../test/support/music.ts';
import { openSearchFolder } from '../adapters/search-files/index.ts';
import { openCatalogue } from '../adapters/sqlite/index.ts';
import { startSearchThreads } from '../adapters/threads/index.ts';
import { comparedPrints, compareFiles } from './compare.ts';
import { readComparisons } from './comparisons.ts';
import { type MatchParts, type MatchReport, match } from './match.ts';
import { type Content, keyOfStamp, type PhaseFingerprints } from './model.ts';
import type { CatalogueStore, JudgeRequest, SoundWorkers } from './ports.ts';

const song = music(21, 20);
const other = music(22, 20);
/** By file name. `copy` has the samples of `song` in another file format. */
const SOUNDS: ReadonlyMap<string, Float32Array> = new Map([
  ['song', song],
  ['copy', song],
  ['quiet', mixed(scaled(song, 2000), noise(5, 20, 4))],
  ['late', joined(silence(3), scaled(song, 5000))],
  ['stops', cut(song, 0, 13)],
  ['other', other],
  ['medley', joined(cut(song, 0, 11), cut(other, 0, 11))],
  ['short', cut(other, 0, 2)],
  ['fast', faster(song, 1.03)],
]);
const pathOf = (name: string): BytePath => pathFromBytes(new TextEncoder().encode(`/music/${name}`));
const hashOf = (name: string): string => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0')}`;

/** Fingerprints are made once: they are what costs. */
const contents = new Map([...SOUNDS].map(([name, sound]) => [name, contentOf(name, pcmOf(sound))]));

function contentOf(name: string, pcm: Int16Array): Content {
  const fingerprinter = createFingerprinter({ phases: 4 });
  fingerprinter.push(pcm);
  const sketcher = createSketcher();
  sketcher.push(pcm);
  const phases = fingerprinter.finish().map((items) => compressFingerprint(items));
  const stream = { codec: 'flac', container: 'flac', sampleRateHz: 11_025, channels: 1, bitsPerSample: 16 };
  return {
    contentHash: hashOf(name),
    sizeBytes: pcm.length,
    tags: null,
    failure: null,
    sound: {
      stream: { ...stream, bitRate: null, lossless: true, declaredSeconds: null },
      durationSeconds: pcm.length / 11_025,
      audioHash: hashOf(name),
      sampleHash: name === 'song' || name === 'copy' ? hashOf('samples of song') : null,
      levels: { rms: 0.1, peak: 0.3, clippedSamples: 0 },
      integrity: { decodedSeconds: pcm.length / 11_025, errors: 0, checksumHolds: null, complaints: [] },
      fingerprint: phases as unknown as PhaseFingerprints,
      altered: packAlteredQuestions(fingerprinter.alteredQuestions()),
      sketch: sketcher.finish(),
      producer: 'test 1',
    },
  };
}

let folder: string;
let store: CatalogueStore;
let tools: JudgeTools | undefined;
let asked: string[];

/** The real judge in this process; notes what it was asked. */
const workers: Pick<SoundWorkers, 'judge' | 'judgeSketches' | 'liken' | 'width'> = {
  liken: async ({ a, b }) => findLikeness(comparedPrints(a), comparedPrints(b), createComparisonKernel()),
  width: 2,
  judgeSketches: async () => undefined,
  judge: async ({ a, b, offsets }: JudgeRequest) => {
    tools ??= createJudgeTools();
    asked.push(`${nameOf(a.path)} ${nameOf(b.path)}`);
    return judgeSounds(heard(a), heard(b), offsets, tools);
  },
};
const nameOf = (file: BytePath): string => path.basename(file);
const heard = ({ path: file, decodeErrors }: JudgeRequest['a']) => {
  return { pcm: pcmOf(SOUNDS.get(nameOf(file)) as Float32Array), decodeErrors };
};

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'reprise-match-'));
  store = await openCatalogue(path.join(folder, 'catalogue'), { clock: systemClock, owner: 'test' });
  asked = [];
});

afterEach(async () => {
  await store[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

let inode = 0;
async function add(...names: readonly string[]): Promise<void> {
  const stamp = { device: 1n, sizeBytes: 1, mtimeNs: 1n, ctimeNs: 1n };
  await store.apply(
    names.map((name) => {
      const content = { kind: 'new', content: contents.get(name) as Content, producer: 'test 1' } as const;
      return {
        kind: 'added',
        path: pathOf(name),
        stamp: keyOfStamp({ ...stamp, inode: BigInt(++inode) }),
        content,
      } as const;
    }),
  );
}

const run = (parts = workers, signal = new AbortController().signal): Promise<MatchReport> =>
  match({ store, workers: parts, search: searchParts(), clock: systemClock }, { signal, progress: noProgress });

/** The real index and real threads, as the program has them. */
function searchParts(): MatchParts['search'] {
  const index = path.join(folder, 'index');
  const entry = path.resolve(import.meta.dirname, '../main/searcher.ts');
  return {
    files: openSearchFolder(index, readTables),
    startThreads: () => startSearchThreads({ entry, width: 2, folder: index, memory: openSharedMemory().memory }),
    memoryBytes: 2 ** 30,
  };
}

const verdicts = async (): Promise<RecordedPair[]> => pairsIn(await readComparisons(store, MATCH_METHOD));

async function groups(): Promise<string[]> {
  const samples = new Map([...contents.values()].map(({ sound }) => [sound!.audioHash, sound!.sampleHash]));
  const table = await readComparisons(store, MATCH_METHOD);
  const sampleHashes = table.sounds.map((hash) => samples.get(hash) ?? null);
  const name = (hash: string): string => [...SOUNDS.keys()].find((key) => hashOf(key) === hash) as string;
  const found = groupSounds(table, sampleHashes).groups.filter((group) => group.sounds.length > 1);
  return found.map((group) => group.sounds.map(name).sort().join(' ')).sort();
}

describe('matching', () => {
  it('finds the copies of a recording and nothing else, and judges exact twins once', async () => {
    await add(...[...SOUNDS.keys()].filter((name) => name !== 'fast'));
    const report = await run();
    expect(await groups()).toEqual(['copy late quiet song stops']);
    expect(report).toMatchObject({ tracks: 8, newTracks: 8, failures: [] });
    expect(report.judgedPairs).toBeLessThan(report.candidatePairs);
    expect(asked).not.toContain('copy song');
    const [pair] = (await verdicts()).filter(({ verdict }) => verdict.relation === 'same-recording');
    expect(pair?.verdict.similarity).toBeGreaterThan(0.8);
  });

  it('looks for other speeds in a large library where that is asked for, and judges what was never met', async () => {
    await add('song', 'quiet', 'other', 'fast');
    const large = { ...searchParts(), alteredUpTo: 3 };
    const options = { signal: new AbortController().signal, progress: noProgress };
    const parts = { store, workers, search: large, clock: systemClock };
    expect(await match(parts, options)).toMatchObject({ newTracks: 4, speedsSearched: false });
    expect((await verdicts()).map(({ verdict }) => verdict.relation)).not.toContain('other-speed');
    asked = [];
    expect(await match(parts, { ...options, speeds: true })).toMatchObject({
      newTracks: 0,
      tracks: 4,
      speedsSearched: true,
    });
    expect(asked.length).toBeGreaterThan(0);
    for (const pair of asked) expect(pair).toContain('fast');
    const speeds = (await verdicts()).filter(({ verdict }) => verdict.relation === 'other-speed');
    expect(speeds.length).toBeGreaterThan(0);
    asked = [];
    await match(parts, { ...options, speeds: true });
    expect(asked).toEqual([]);
  });

  it('does nothing at all when nothing is new', async () => {
    await add('song', 'quiet', 'short');
    await run();
    asked = [];
    const silent = {
      ...store,
      printsOf: () => {
        throw new Error('Fingerprints were read.');
      },
    };
    const options = { signal: new AbortController().signal, progress: noProgress };
    expect(await match({ store: silent, workers, search: searchParts(), clock: systemClock }, options)).toMatchObject({
      newTracks: 0,
      judgedPairs: 0,
    });
    expect(asked).toEqual([]);
  });

  it('comes to the same verdicts step by step as at once', async () => {
    await add('song', 'medley');
    await run();
    await add('quiet', 'other');
    await run();
    asked = [];
    await add('stops');
    await run();
    for (const pair of asked) expect(pair).toContain('stops');
    const stepwise = await verdicts();
    await store[Symbol.asyncDispose]();
    rmSync(path.join(folder, 'catalogue'), { force: true });
    store = await openCatalogue(path.join(folder, 'anew'), { clock: systemClock, owner: 'test' });
    await add('stops', 'other', 'quiet', 'medley', 'song');
    await run();
    expect(await verdicts()).toEqual(stepwise);
  });

  it('decodes only what sketches cannot tell, and comes to the same relations', async () => {
    const relations = async () => (await verdicts()).map(({ a, b, verdict }) => [a, b, verdict.relation]);
    await add('song', 'copy', 'quiet', 'late', 'stops', 'medley', 'other');
    const decoding = await run();
    const [expected, decoded] = [await relations(), asked.length];
    await store[Symbol.asyncDispose]();
    store = await openCatalogue(path.join(folder, 'anew'), { clock: systemClock, owner: 'test' });
    await add('song', 'copy', 'quiet', 'late', 'stops', 'medley', 'other');
    asked = [];
    const report = await run({
      ...workers,
      judgeSketches: async ({ a, b, offsets }) => {
        const [one, other] = [readSketch(a.sketch), readSketch(b.sketch)];
        if (!one || !other) throw new Error('A sketch was not kept whole.');
        return quickVerdict({ ...a, sketch: one }, { ...b, sketch: other }, offsets);
      },
    });
    expect(await relations()).toEqual(expected);
    expect(decoding.sketchedPairs).toBe(0);
    expect(report.sketchedPairs).toBeGreaterThan(2);
    expect(report.sketchedPairs + report.judgedPairs).toBe(decoding.judgedPairs);
    expect(asked.length).toBe(decoded - report.sketchedPairs);
    const same = (await verdicts()).filter(({ verdict }) => verdict.relation === 'same-recording');
    for (const { verdict } of same) expect(verdict.similarity).toBeGreaterThan(0.8);
  });

  it('goes on where it was stopped and judges nothing twice but the track in hand', async () => {
    await add('song', 'quiet', 'late', 'stops');
    const stop = new AbortController();
    const interrupted: typeof workers = {
      ...workers,
      width: 1,
      judge: async (pair, options) => {
        if (asked.length === 3) {
          stop.abort();
          throw new AppError('run/cancelled', 'The run was interrupted.', { kind: 'cancelled' });
        }
        return workers.judge(pair, options);
      },
    };
    await expect(run(interrupted, stop.signal)).rejects.toMatchObject({ code: 'run/cancelled' });
    const before = asked.length;
    await run();
    expect(await groups()).toEqual(['late quiet song stops']);
    expect(asked.length - before).toBeLessThan(6);
  });

  it('tries files again that have gone or that this machine failed at; broken sounds stay undecided', async () => {
    await add('song', 'quiet', 'late');
    const failing = (code: string): typeof workers => ({
      ...workers,
      width: 1,
      judge: async (pair, options) => {
        if (nameOf(pair.a.path) !== 'late' && nameOf(pair.b.path) !== 'late') return workers.judge(pair, options);
        throw new AppError(code, 'It cannot be read.', { kind: 'missing' });
      },
    });
    expect((await run(failing('files/missing'))).failures).toHaveLength(2);
    for (const code of [
      'decode/timeout',
      'decode/memory',
      'decode/crashed',
      'decode/unavailable',
      'workers/not-started',
    ])
      expect((await run(failing(code))).failures.map((failure) => failure.code)).toEqual([code, code]);
    expect((await run(failing('decode/broken'))).failures).toEqual([]);
    expect((await verdicts()).map(({ verdict }) => verdict.relation).sort()).toEqual([
      'same-recording',
      'unsure',
      'unsure',
    ]);
    expect(await run()).toMatchObject({ newTracks: 0 });
  });
});

describe('comparing two files', () => {
  const stamp = keyOfStamp({ device: 1n, inode: 1n, sizeBytes: 1, mtimeNs: 1n, ctimeNs: 1n });
  const side = (name: string) => ({ path: pathOf(name), stamp, content: contents.get(name) as Content });
  const compare = async (a: string, b: string) =>
    (await compareFiles(workers, side(a), side(b), { signal: new AbortController().signal })).verdict;

  it('listens only where nothing is equal', async () => {
    expect(await compare('song', 'song')).toMatchObject({ relation: 'same-bytes' });
    expect(await compare('song', 'copy')).toMatchObject({ relation: 'same-audio', similarity: 1 });
    expect(await compare('song', 'short')).toMatchObject({ relation: 'different' });
    expect(asked).toEqual([]);
    expect(await compare('stops', 'late')).toMatchObject({ relation: 'same-recording', truncated: 'a' });
    expect((await compare('song', 'late')).offsetSeconds).toBeCloseTo(-3, 2);
  });
});
