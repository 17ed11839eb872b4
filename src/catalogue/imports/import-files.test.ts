/** Imports of real files into a real catalogue. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileTree, openFile } from '#adapters/files';
import { decompressFingerprint } from '#fingerprint';
import { type BytePath, noProgress } from '#kernel';
import { music, pcmOf } from '../../../test/support/music.ts';
import { openStore } from '../../../test/support/music-folder.ts';
import { writeWav } from '../../../test/support/wav.ts';
import type { CatalogueStore } from '../ports.ts';
import { importFiles } from './import-files.ts';
import type { ForeignReport, ImportTrouble } from './report.ts';

let folder: string;
let store: CatalogueStore;
beforeEach(async () => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-import-')));
  store = await openStore({ catalogue: path.join(folder, 'catalogue.db') });
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): BytePath => path.join(folder, name) as BytePath;
function put(name: string, content: string | Uint8Array): BytePath {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
  return at(name);
}

interface Options {
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly onTrouble?: (trouble: ImportTrouble) => void;
}
function run(paths: readonly BytePath[], options: Options = {}): Promise<ForeignReport> {
  const { dryRun = false, signal = new AbortController().signal, onTrouble = () => {} } = options;
  const parts = { tree: createFileTree(), open: openFile, store: async () => store };
  return importFiles(parts, paths, { signal, progress: noProgress, dryRun, onTrouble });
}

async function prints(): Promise<Record<string, number[]>> {
  const all: [string, number[]][] = [];
  for await (const page of store.importedFingerprints()) {
    all.push(...page.map((one): [string, number[]] => [one.path, [...decompressFingerprint(one.fingerprint).items]]));
  }
  return Object.fromEntries(all);
}
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

const hasFpcalc = spawnSync('fpcalc', ['-version']).error === undefined;
if (!hasFpcalc) console.warn('SKIPPED: imports are not held against fpcalc, which is not there.');

describe('an import', () => {
  it.runIf(hasFpcalc)('reads the same in whatever form fpcalc printed it', async () => {
    writeWav(at('song.wav'), pcmOf(music(1, 20)));
    const forms = [['-raw'], ['-raw', '-signed'], ['-json'], ['-raw', '-json'], []];
    const caches = forms.map((form, index) => {
      const { stdout } = spawnSync('fpcalc', ['-length', '0', ...form, at('song.wav')], { encoding: 'utf8' });
      return put(`${index}.wav.fpcalc`, stdout);
    });
    expect(await run(caches)).toMatchObject({ fingerprints: forms.length, failures: [] });
    const [first, ...others] = Object.values(await prints());
    expect(first?.length).toBeGreaterThan(100);
    for (const other of others) expect(other).toEqual(first);
  });

  it('takes what is right of a damaged file, and names every other line', async () => {
    const file = put(
      'fingerprints.jsonl',
      Buffer.concat([
        Buffer.from('\ufeff{"path":"/m/one","duration":3,"fingerprint":[1,2,4294967295]}\r\n\r\n'),
        Buffer.from('{"path":"/m/nan","duration":NaN,"fingerprint":[1]}\n'),
        Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d, 0x0a]),
        Buffer.from('{"path":"/m/odd\\udcff","chp_duration":3,"chp_fingerprint":[7]}\n'),
        Buffer.from('{"path":"/m/one","duration":3,"fingerprint":[9]}\n'),
        Buffer.from('{"path":"/m/cut","duration":3,"fingerprint":[1,2'),
      ]),
    );
    const report = await run([file]);
    expect(report).toMatchObject({ fingerprints: 2, pairs: 0, damaged: 3 });
    expect(report.files).toEqual([
      {
        ...{ path: file, form: { tool: 'cometa', kind: 'fingerprints' }, outcome: 'imported' },
        ...{ lines: 6, kept: 2, repeated: 1, damaged: 3 },
      },
    ]);
    expect(report.failures.map((trouble) => [trouble.line, trouble.code, trouble.message])).toEqual([
      [3, 'import/damaged', `${file}, line 3: it holds NaN or Infinity, which are no figures.`],
      [4, 'import/damaged', `${file}, line 4: it is not UTF-8.`],
      [7, 'import/damaged', `${file}, line 7: it is no JSON, or breaks off.`],
    ]);
    expect(await prints()).toEqual({ '/m/one': [1, 2, 4294967295], '/m/odd\udcff': [7] });
  });

  it('reads a file once, and again when it was written to', async () => {
    const file = put('correlations_filtered.jsonl', line({ a: '/x', b: '/y', corr: 0.9, method: 'mpz' }));
    expect(await run([file])).toMatchObject({ pairs: 1, files: [{ outcome: 'imported' }] });
    expect(await run([file])).toMatchObject({ pairs: 0, files: [{ outcome: 'unchanged', kept: 1, lines: 1 }] });
    appendFileSync(file, line(['/y', '/z', 0.75, 2]));
    expect(await run([file])).toMatchObject({ pairs: 2, files: [{ outcome: 'imported', kept: 2 }] });
    const { strongest } = await store.importedPairs('/y' as BytePath, 10);
    expect(strongest.map(({ path: other, value, offsetItems }) => [other, value, offsetItems])).toEqual([
      ['/x', 0.9, null],
      ['/z', 0.75, 2],
    ]);
  });

  it('searches a folder for what it knows, and passes over the rest', async () => {
    put('music/a.mp3', 'not looked at: {"path":"x","fingerprint":[1]}');
    put('music/a.mp3.fpcalc', 'DURATION=3\nFINGERPRINT=1,2\n');
    put('music/deep/b.mp3.fpcalc', '{"duration": 2.5, "fingerprint": "AQAAAA"}');
    put('music/processed_elapsed.jsonl', '{"batch_size":3}\n');
    put('music/desktop.ini', '[.ShellClassInfo]\nIcon=1\n');
    put('music/main.ini', '[live]\nmusic_data_dir = /d\nmusic_dir_0 = /m\nthreshold 3\n');
    const report = await run([at('music'), at('music/deep')]);
    expect(report.files.map(({ path: file, outcome, kept }) => [path.relative(folder, file), outcome, kept])).toEqual([
      ['music/a.mp3.fpcalc', 'imported', 1],
      ['music/desktop.ini', 'skipped', 0],
      ['music/main.ini', 'imported', 1],
      ['music/processed_elapsed.jsonl', 'skipped', 0],
      ['music/deep/b.mp3.fpcalc', 'imported', 0],
    ]);
    expect(report.failures.map(({ message }) => message)).toEqual([
      `${at('music/main.ini')}, line 4: it is neither a section nor a key with a value.`,
      `${at('music/deep/b.mp3.fpcalc')}, line 1: its fingerprint is empty.`,
    ]);
    expect(report.profiles).toMatchObject([{ name: 'live', roots: ['/m'], source: at('music/main.ini') }]);
    expect(await prints()).toEqual({ [at('music/a.mp3')]: [1, 2] });
  });

  it('takes no collection of settings that it cannot read whole', async () => {
    const header = Buffer.from([0x5b, 0xcf, 0xe5, 0xf1, 0xed, 0xe8, 0x5d, 0x0a]);
    const [one, two] = ['[one]\nmusic_dir_0 = /a\n', 'music_dir_1 = /b\n'].map((text) => Buffer.from(text));
    const file = put('main.ini', Buffer.concat([one as Buffer, header, two as Buffer]));
    const report = await run([file]);
    expect(report.profiles).toEqual([]);
    expect(report.files).toMatchObject([{ outcome: 'failed', lines: 4, kept: 0, damaged: 1 }]);
    expect(report.failures.map(({ message }) => message)).toEqual([
      `${file}, line 3: it is not UTF-8, so no collection was taken; save the file as UTF-8 and import it again.`,
    ]);
  });

  it('lets no bad file stop the others, but says of an only one what is wrong', async () => {
    const bad = put('notes.txt', 'hello\n');
    const closed = put('closed.fpcalc', 'DURATION=3\nFINGERPRINT=1\n');
    const good = put('b.fpcalc', 'DURATION=3\nFINGERPRINT=1\n');
    if (process.getuid?.() !== 0) chmodSync(closed, 0);
    const report = await run(process.getuid?.() === 0 ? [bad, good] : [bad, closed, good]);
    expect(report.files.at(-1)).toMatchObject({ path: good, outcome: 'imported' });
    expect(report.failures[0]).toMatchObject({ path: bad, line: null, code: 'import/unknown' });
    await expect(run([bad])).rejects.toMatchObject({ code: 'import/unknown', kind: 'unsupported' });
    await expect(run([good, at('none')])).rejects.toMatchObject({ code: 'files/missing' });
  });

  it('keeps nothing in a dry run', async () => {
    const file = put('fingerprints.jsonl', line({ path: '/m/a', duration: 1, fingerprint: [1] }));
    expect(await run([file], { dryRun: true })).toMatchObject({ fingerprints: 1 });
    expect(await store.importedFigures()).toEqual({ sources: 0, fingerprints: 0, pairs: 0 });
  });

  it('lists the first of many troubles and tells them all', async () => {
    const file = put('fingerprints.jsonl', '{"pa\n'.repeat(3000));
    let told = 0;
    const report = await run([file], { onTrouble: () => told++ });
    expect([report.damaged, report.failures.length, told]).toEqual([3000, 1000, 3000]);
  });

  it('that is interrupted goes on from the start of the file, and ends as one that was not', async () => {
    const pairs = Array.from({ length: 40_000 }, (_, n) => line([`/m/${n}`, `/m/${n + 1}`, 0.5, 0]));
    const file = put('correlations_001.jsonl', pairs.join(''));
    const controller = new AbortController();
    const parts = { tree: createFileTree(), open: openFile, store: async () => store };
    const interrupted = importFiles(parts, [file], {
      ...{ signal: controller.signal, dryRun: false, onTrouble: () => {} },
      progress: () => controller.abort(),
    });
    await expect(interrupted).rejects.toMatchObject({ code: 'run/cancelled' });
    expect((await store.importedPairs('/m/1' as BytePath, 9)).total).toBe(2);
    expect(await store.importedSource(file)).toBeUndefined();
    expect(await run([file])).toMatchObject({ pairs: 40_000 });
    expect(await store.importedFigures()).toEqual({ sources: 1, fingerprints: 0, pairs: 40_000 });
  });
});
