/** Many files at once, half of them copies of each other, with four workers: one of each track comes in, and none fails. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writeArrivals, wrongVerdicts } from '../support/arrivals.ts';
import { readGateFacts } from '../support/gate-facts.ts';
import { createWorkplace, PRODUCT } from '../support/product.ts';

/** Sounds; each arrives twice. */
const COUNT = process.env['REPRISE_LONG'] === undefined ? 100 : 500;

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
