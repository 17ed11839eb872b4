/** Many files at once, half of them copies of each other, with four workers: one of each track comes in, and none fails. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { melody, writeArrivals, wrongVerdicts } from '../support/arrivals.ts';
import { readGateFacts } from '../support/gate-facts.ts';
import { createWorkplace, PRODUCT } from '../support/product.ts';
import { writeWav } from '../support/wav.ts';

/** Sounds; each arrives twice. */
const COUNT = process.env['REPRISE_LONG'] === undefined ? 60 : 500;

it(`${2 * COUNT} files, half of them copies: one keeper to each track`, { timeout: 600_000 }, () => {
  using place = createWorkplace();
  const files = writeArrivals(place.music, { count: COUNT, seed: 7, kinds: ['copy', 'retagged', 'quieter'] });
  const args = [...PRODUCT, 'gate', 'import', place.music, '--data', place.data, '--json', '--no-progress'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    ...{ encoding: 'utf8', maxBuffer: 2 ** 26 },
    env: { ...place.environment, REPRISE_WORKERS: '4' },
  });
  expect([status, stderr]).toEqual([0, stderr]);
  expect(stdout.trim().split('\n')).toHaveLength(files.length);
  const { verdicts, told, unfinished } = readGateFacts(place.data);
  const wordOf = (name: string): string | undefined => verdicts.get(path.join(place.music, name))?.verdict;
  expect(wrongVerdicts(files, wordOf)).toEqual([]);
  expect(files.filter(({ name, tuple }) => tuple !== null && wordOf(name) === 'new')).toHaveLength(COUNT);
  expect([verdicts.size, told.size, ...told.values()]).toEqual([files.length, files.length, ...files.map(() => 1)]);
  expect(unfinished).toEqual([]);
});

it('finds the copy among many other sounds in the same place', { timeout: 300_000 }, () => {
  using place = createWorkplace();
  const at = (name: string): string => path.join(place.music, name);
  mkdirSync(at('library'));
  const put = (name: string, pcm: Int16Array, artist: string): void =>
    writeWav(at(name), pcm, { album: 'Greatest Hits', track: '1', artist, title: 'Hit' });
  for (let n = 0; n < 12; n++) put(`library/${n}.wav`, melody(9, n), `Artist ${n}`);
  const quieter = melody(9, 10).map((sample) => Math.round(sample * 0.7));
  put('copy.wav', quieter, 'Somebody');
  put('other.wav', melody(9, 20), 'Somebody');
  const words = (...args: string[]): { path: string; verdict: string; of: string | null; reasons: string[] }[] =>
    place
      .reprise('gate', ...args, '--json')
      .stdout.trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  expect(words('import', at('library')).map(({ verdict }) => verdict)).toEqual(Array(12).fill('new'));
  const [copy, other] = words('check', at('copy.wav'), at('other.wav'));
  expect(copy).toMatchObject({ verdict: 'duplicate', of: at('library/10.wav') });
  expect(other).toMatchObject({ verdict: 'new', of: null });
  expect(other?.reasons).toHaveLength(6);
  expect(other?.reasons.at(-1)).toBe('7 more files stand there, and are other recordings.');
  // A person's word counts whatever the fingerprints share.
  place.reprise('scan', place.music);
  expect(place.reprise('decide', at('other.wav'), at('library/3.wav'), 'same').stderr).toBe('');
  expect(words('check', at('other.wav'))).toMatchObject([{ verdict: 'duplicate', of: at('library/3.wav') }]);
});
