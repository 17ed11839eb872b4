/** What other programs left behind, imported as a person does. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENT_SCHEMAS, type DocumentName } from '../../tools/document-schemas.mts';
import { music, pcmOf } from '../support/music.ts';
import { createWorkplace, type Workplace } from '../support/product.ts';
import { writeWav } from '../support/wav.ts';

let place: Workplace;
let left: string;
const at = (name: string): string => path.join(left, name);
const song = (): string => path.join(place.music, 'song.wav');
const settings = (): string => path.join(place.environment['HOME'] ?? '', '.config/reprise/config.toml');

const hasFpcalc = spawnSync('fpcalc', ['-version']).error === undefined;
if (!hasFpcalc) console.warn('SKIPPED: imports are not held against fpcalc, which is not there.');

beforeAll(() => {
  place = createWorkplace();
  left = path.join(place.music, '../cometa');
  mkdirSync(left);
  writeWav(song(), pcmOf(music(1, 14)));
  const gone = '/gone/b "quoted".mp3';
  writeFileSync(
    at('fingerprints.jsonl'),
    `${JSON.stringify({ path: gone, duration: 200, fingerprint: [1, 2, 3] })}\n{"pa`,
  );
  const pair = { a: gone, b: song(), corr: 0.9321, method: 'mpz' };
  writeFileSync(at('correlations_filtered.jsonl'), `${JSON.stringify(pair)}\n${JSON.stringify(pair)}\n`);
  writeFileSync(
    at('main.ini'),
    `[Live music]\nmusic_data_dir = ${left}\nmusic_dir_0 = ${place.music}\n\n[Windows]\nmusic_dir_0 = E:\\music\n`,
  );
});
afterAll(() => place[Symbol.dispose]());

function json(schema: DocumentName, ...args: string[]): Record<string, unknown> {
  const { stdout, stderr } = place.reprise(...args, '--json');
  const document = JSON.parse(stdout || 'null') as Record<string, unknown>;
  expect(DOCUMENT_SCHEMAS[schema].safeParse(document).error, stderr).toBeUndefined();
  return document;
}

describe('import', { timeout: 120_000 }, () => {
  it('shows in a dry run what would be, and does none of it', () => {
    const run = place.reprise('import', left, '--dry-run');
    expect(run.status).toBe(3);
    expect(run.stdout).toContain('Would import 1 fingerprint and 2 pairs from 2 files. Nothing was kept.');
    expect(run.stdout).toContain(`[profiles.Live-music]\nroots = ["${place.music}"]`);
    expect(() => readFileSync(settings())).toThrow(/ENOENT/);
    expect(json('library', 'info')).toMatchObject({ imported: { sources: 0, fingerprints: 0, pairs: 0 } });
  });

  it('takes what is right, says what is not, and ends with "some failed"', () => {
    const run = place.reprise('import', left);
    expect(run.status).toBe(3);
    expect(run.stdout).toContain('Imported 1 fingerprint and 1 pair from 2 files.');
    expect(run.stderr).toBe(`${at('fingerprints.jsonl')}, line 2: it is no JSON, or breaks off. (import/damaged)\n`);
    expect(json('library', 'info')).toMatchObject({ imported: { sources: 2, fingerprints: 1, pairs: 1 } });
  });

  it('makes profiles that work, once, and says what could not be one', () => {
    expect(readFileSync(settings(), 'utf8')).toMatch(
      /\n# "Live music" of .*main\.ini\n\[profiles\.Live-music\]\nroots = \[".*Music"\]\n$/,
    );
    const { settings: list } = json('settings', 'config', 'show', '--profile', 'Live-music') as {
      settings: { key: string; value: unknown }[];
    };
    expect(list.find(({ key }) => key === 'roots')?.value).toEqual([place.music]);
    appendFileSync(settings(), 'workers = 1 # mine\n');
    const before = readFileSync(settings(), 'utf8');
    const { profiles } = json('import', 'import', at('main.ini')) as { profiles: unknown };
    expect(profiles).toMatchObject([
      { collection: 'Live music', name: 'Live-music', outcome: 'known' },
      { collection: 'Windows', outcome: 'empty', notes: [expect.stringContaining('E:\\music is left out')] },
    ]);
    expect(readFileSync(settings(), 'utf8')).toBe(before);
  });

  it('leaves a profile with other roots as it is', () => {
    const file = at('other.ini');
    writeFileSync(file, '[Live music]\nmusic_dir_0 = /elsewhere\n');
    const run = place.reprise('import', file);
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(run.stdout).toContain('left out, because the profile Live-music is there with other roots');
    expect(readFileSync(settings(), 'utf8')).not.toContain('/elsewhere');
  });

  it('shows what was said about a file, and calls nothing a duplicate because of it', () => {
    const info = place.reprise('info', song()).stdout;
    expect(info).toContain('What other programs said (no verdict)');
    expect(info).toMatch(/Cometa said 0\.93 {2}\/gone\/b "quoted"\.mp3 {2}mpz, .*correlations_filtered\.jsonl/);
    expect(json('file', 'info', song())).toMatchObject({ imported: { total: 1, strongest: [{ value: 0.9321 }] } });
    expect(JSON.parse(place.reprise('find', place.music, '--json').stdout)).toMatchObject({ groups: [], related: [] });
  });

  it('changes nothing the second time', () => {
    const data = ['fingerprints.jsonl', 'correlations_filtered.jsonl'].map(at);
    expect(json('import', 'import', ...data)).toMatchObject({
      ...{ fingerprints: 0, pairs: 0, damaged: 1 },
      files: [
        { outcome: 'unchanged', kept: 1, damaged: 1 },
        { outcome: 'unchanged', kept: 1, repeated: 1 },
      ],
    });
  });

  it('logs every line that it leaves out', () => {
    const log = at('import.log');
    appendFileSync(at('fingerprints.jsonl'), `\n${'[]\n'.repeat(50)}`);
    const { stderr, status } = place.reprise('import', left, '--quiet', '--log-file', log);
    expect(status).toBe(3);
    expect(stderr.trim().split('\n')).toHaveLength(21);
    expect(stderr).toContain('and 31 more; --log-file FILE keeps them all');
    expect(readFileSync(log, 'utf8').match(/import\.failed path=\S+ line=\d+ code=import\/damaged/g)).toHaveLength(51);
  });

  it('says in one sentence what it cannot do', () => {
    const said = (...args: string[]): [number | null, string] => {
      const { status, stderr } = place.reprise('import', ...args);
      return [status, stderr.split('\n')[0] ?? ''];
    };
    expect(said()).toEqual([2, expect.stringContaining('needs')]);
    expect(said(at('nowhere'))).toEqual([4, expect.stringContaining('does not exist')]);
    expect(said(song())).toEqual([6, `reprise: ${song()} is nothing that can be imported.`]);
  });

  it.runIf(hasFpcalc)('takes what fpcalc prints in each of its forms', () => {
    const kept: string[] = [];
    for (const [index, form] of [['-raw'], ['-json'], ['-raw', '-json'], []].entries()) {
      const named = path.join(place.music, `form ${index}.wav`);
      const { stdout } = spawnSync('fpcalc', ['-length', '0', ...form, song()], { encoding: 'utf8' });
      writeFileSync(`${named}.fpcalc`, stdout);
      kept.push(`${named}.fpcalc`);
    }
    expect(json('import', 'import', ...kept)).toMatchObject({ fingerprints: 4, damaged: 0, failures: [] });
  });
});
