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

interface GateScore {
  readonly all: number;
  readonly wrong: readonly string[];
}

/** What the tool says of the small library; nothing where its music cannot be had. */
function measured<T>(...more: readonly string[]): T | undefined {
  const argv = ['tools/accuracy.mjs', ...more, '--set', 'small', '--workers', '2', '--json'];
  const ran = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return ran.status === SKIPPED ? undefined : (JSON.parse(ran.stdout) as T);
}

describe.skipIf(absent.length > 0)(`a small library of known truth${because}`, () => {
  it('is searched: what is there twice is found, and nothing else', { timeout: 300_000 }, ({ skip }) => {
    const found = measured<Scores>();
    if (!found) return skip('the music of the small library cannot be had here');
    const { broken, scores } = found;
    expect(broken).toEqual([]);
    expect(scores.acoustic.pairs.true).toBeGreaterThan(50);
    expect(scores.acoustic.best.groups).toBeGreaterThan(5);
  });

  it('passes the gate: every case is decided rightly, live and newest first', { timeout: 300_000 }, ({ skip }) => {
    const found = measured<{ scores: Record<'live' | 'backfill', GateScore> }>('--gate');
    if (!found) return skip('the music of the small library cannot be had here');
    const { live, backfill } = found.scores;
    expect([...live.wrong, ...backfill.wrong]).toEqual([]);
    expect(Math.min(live.all, backfill.all)).toBeGreaterThan(40);
  });
});
