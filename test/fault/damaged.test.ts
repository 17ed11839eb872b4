/** Damaged, disguised and special files through the real workers: each has its own outcome, and none stops the others. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Content, SoundWorkers } from '#catalogue';
import { type BytePath, pathFromBytes } from '#kernel';
import { createSoundWorkers } from '../../src/adapters/workers/index.ts';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const title = 'damaged files';
const FORMATS = ['mp3', 'flac', 'ogg', 'opus', 'm4a', 'wav', 'wma', 'wv', 'aiff'];
const UNREADABLE = ['decode/not-audio', 'decode/broken', 'decode/no-sound'];

describe.skipIf(!hasFfmpeg)(hasFfmpeg ? title : `${title} (skipped: ffmpeg is not installed)`, () => {
  let folder = '';
  let workers: SoundWorkers;
  const outcomes = new Map<string, Content | string>();
  const at = (name: string): BytePath => pathFromBytes(Buffer.from(path.join(folder, name)));

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'reprise-damaged-'));
    execFileSync(process.execPath, ['tools/make-damaged.mjs', folder, '7']);
    copyFileSync(path.join(folder, 'whole.flac'), path.join(folder, 'flac-named.mp3'));
    copyFileSync(path.join(folder, 'whole.mp3'), path.join(folder, 'mp3-named.flac'));
    copyFileSync(path.join(folder, 'whole.m4a'), path.join(folder, 'm4a-without-extension'));
    copyFileSync(path.join(folder, 'whole.wav'), path.join(folder, 'unreadable.wav'));
    chmodSync(path.join(folder, 'unreadable.wav'), 0);
    execFileSync('mkfifo', [path.join(folder, 'fifo.mp3')]);
    symlinkSync('/dev/zero', path.join(folder, 'device.mp3'));
    const entry = path.resolve('src/main/worker.ts');
    const limits = { width: 2, secondsPerFile: 20, memoryBytes: 500 * 2 ** 20, filesPerChild: 200 };
    workers = createSoundWorkers({ ...limits, entry, producer: 'test' });
    await Promise.all(readdirSync(folder).map(async (name) => outcomes.set(name, await outcomeOf(workers, at(name)))));
  }, 120_000);
  afterAll(async () => {
    await workers[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const contentOf = (name: string): Content => {
    const outcome = outcomes.get(name);
    if (outcome === undefined || typeof outcome === 'string') throw new Error(`${name}: ${outcome}`);
    return outcome;
  };
  const codeOf = (name: string): string => contentOf(name).failure?.code ?? 'sound';

  it.each(FORMATS)('reads a whole %s without complaint', (format) => {
    const { sound } = contentOf(`whole.${format}`);
    expect(sound?.integrity).toMatchObject({ errors: 0, complaints: [] });
    expect(sound?.durationSeconds).toBeCloseTo(12, 0);
    expect(sound?.fingerprint.map(({ length }) => length > 50)).toEqual([true, true, true, true]);
  });

  it.each(FORMATS)('says of every damaged %s what it is', (format) => {
    expect(codeOf(`empty.${format}`)).toBe('decode/empty');
    expect(codeOf(`zeros.${format}`)).toBe('decode/not-audio');
    expect(codeOf(`garbage.${format}`)).toBe('decode/not-audio');
    for (const way of ['cut', 'few-flips', 'many-flips', 'broken-header', 'hole', 'junk-in-front']) {
      expect(['sound', ...UNREADABLE], `${way}.${format}`).toContain(codeOf(`${way}.${format}`));
    }
  });

  it.each(FORMATS)('does not take a cut %s for a whole one', (format) => {
    const { sound, failure } = contentOf(`cut.${format}`);
    expect(sound?.integrity.complaints ?? [failure?.message]).not.toEqual([]);
  });

  it('gives every file its content hash, readable or not', () => {
    const contents = [...outcomes.values()].filter((outcome) => typeof outcome !== 'string');
    expect(contents.length).toBeGreaterThanOrEqual(93);
    for (const { contentHash } of contents) expect(contentHash).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('goes by content, not by extension', () => {
    expect(contentOf('flac-named.mp3').sound?.stream.codec).toBe('flac');
    expect(contentOf('mp3-named.flac').sound?.stream.codec).toBe('mp3');
    expect(contentOf('m4a-without-extension').sound?.stream.codec).toBe('aac');
  });

  it('never opens pipes and devices', () => {
    expect(outcomes.get('fifo.mp3')).toBe('files/not-regular');
    expect(outcomes.get('device.mp3')).toBe('files/not-regular');
  });

  it('says that a file may not be read, except to root, who may', () => {
    const isRoot = process.getuid?.() === 0;
    const outcome = outcomes.get('unreadable.wav');
    expect(typeof outcome === 'string' ? outcome : 'read').toBe(isRoot ? 'read' : 'files/denied');
  });
});

/** The content, or the code of the error. */
async function outcomeOf(workers: SoundWorkers, file: BytePath): Promise<Content | string> {
  try {
    const analysis = await workers.analyse(file, { known: [] });
    return analysis.kind === 'new' ? analysis.content : 'known';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
