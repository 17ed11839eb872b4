// A small share of `npm run accuracy`, with every test run: a library of some dozens of files is made from real music
// (20 MB of packages, once), found through the built product and held against its truth.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const SKIPPED = 3;
const PROGRAMS = ['apt-get', 'dpkg', 'ffmpeg', 'fluidsynth', 'metaflac', 'unzip'];

const isInstalled = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, program)));
const absent = PROGRAMS.filter((program) => !isInstalled(program));
const because = absent.length > 0 ? ` (SKIPPED: needs ${absent.join(', ')}; npm run setup:system)` : '';

interface Scores {
  readonly broken: readonly string[];
  readonly scores: {
    readonly acoustic: {
      readonly pairs: { readonly true: number };
      readonly best: { readonly right: number; readonly groups: number };
    };
  };
}

describe.skipIf(absent.length > 0)(`find on a small library of known truth${because}`, () => {
  it('finds the recordings that are there twice, and no others', { timeout: 300_000 }, ({ skip }) => {
    const argv = ['tools/accuracy.mjs', '--set', 'small', '--workers', '2', '--json'];
    const ran = spawnSync(process.execPath, argv, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (ran.status === SKIPPED) skip('the music of the small library cannot be had here');
    const { broken, scores } = JSON.parse(ran.stdout) as Scores;
    expect(broken).toEqual([]);
    expect(scores.acoustic.pairs.true).toBeGreaterThan(50);
    expect(scores.acoustic.best.groups).toBeGreaterThan(5);
  });
});
