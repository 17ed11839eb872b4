// The import gate on a small library of real music: every decision, live and as a backfill. The whole: `npm run accuracy -- --gate`.
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

interface Score {
  readonly all: number;
  readonly wrong: readonly string[];
}

describe.skipIf(absent.length > 0)(`the gate on a small library of known truth${because}`, () => {
  it('decides every case rightly, live and newest first', { timeout: 300_000 }, ({ skip }) => {
    const argv = ['tools/accuracy.mjs', '--gate', '--set', 'small', '--workers', '2', '--json'];
    const ran = spawnSync(process.execPath, argv, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (ran.status === SKIPPED) skip('the music of the small library cannot be had here');
    const { live, backfill } = (JSON.parse(ran.stdout) as { scores: Record<'live' | 'backfill', Score> }).scores;
    expect([...live.wrong, ...backfill.wrong]).toEqual([]);
    expect(Math.min(live.all, backfill.all)).toBeGreaterThan(40);
  });
});
