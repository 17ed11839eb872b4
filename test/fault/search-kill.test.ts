/** The search for related pairs under kill -9, while it indexes, merges, asks and records: nothing may be lost by it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openSearchFolder } from '#adapters/search-files';
import { openCatalogue } from '#adapters/sqlite';
import { readComparisons } from '#catalogue';
import { systemClock } from '#kernel';
import { MATCH_METHOD, readTables } from '#matching';
import { pairsIn } from '../support/comparisons.ts';
import { createRandom } from '../support/music.ts';
import { makeSounds, nameOf, relatedIn } from '../support/search-library.ts';

const IS_LONG = process.env['REPRISE_LONG'] !== undefined;
const [ROUNDS, FAMILIES, STEPS] = IS_LONG ? [50, 24, 20] : [3, 4, 4];

/** Runs until it ends or, where that is said, until it has told so many lines and some milliseconds are over. Was it killed? */
async function run(folder: string, lines = Number.POSITIVE_INFINITY, milliseconds = 0): Promise<boolean> {
  const script = path.join(import.meta.dirname, '../support/search-process.ts');
  const child = spawn(process.execPath, ['--conditions=source', script, folder, `${FAMILIES}`, `${STEPS}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<string | number | null>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  let told = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    const before = told;
    told += chunk.toString().split('\n').length - 1;
    if (before < lines && told >= lines) void setTimeout(milliseconds).then(() => child.kill('SIGKILL'));
  });
  const how = await ended;
  expect(['SIGKILL', 0]).toContain(how);
  return how === 'SIGKILL';
}

/** Every record by name, and where it says that the second sound begins. */
async function recordsIn(folder: string): Promise<string[]> {
  await using store = await openCatalogue(path.join(folder, 'catalogue'), { clock: systemClock, owner: 'test' });
  const pairs = pairsIn(await readComparisons(store, MATCH_METHOD));
  return pairs.map(({ a, b, verdict }) => `${nameOf(a)} + ${nameOf(b)} ${verdict.offsetSeconds?.toFixed(2)}`).sort();
}

/** How often each sound is in the index. */
function soundsIndexed(folder: string): number[] {
  const segments = openSearchFolder(path.join(folder, 'index'), readTables).segments(MATCH_METHOD);
  return segments.flatMap(({ sounds }) => [...sounds]).sort((one, other) => one - other);
}

it(`killed ${ROUNDS} times ends as if it had not been`, { timeout: 1_800_000 }, async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'reprise-search-kill-'));
  const [disturbed, undisturbed] = [path.join(home, 'disturbed'), path.join(home, 'undisturbed')];
  try {
    const random = createRandom(Number(process.env['REPRISE_SEED'] ?? 1));
    let killed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      // A round that goes on tells of what is left, so that kills fall ever later in the whole.
      if (await run(disturbed, 1 + Math.floor(random() * 6), random() * 60)) killed++;
    }
    expect(killed).toBeGreaterThan(ROUNDS / 2);
    await run(disturbed);
    const files = readdirSync(path.join(disturbed, 'index'));
    expect(files.filter((name) => !/^segment-\d+\.idx$/.test(name))).toEqual([]);
    await run(undisturbed);
    const records = await recordsIn(undisturbed);
    expect(await recordsIn(disturbed)).toEqual(records);
    for (const pair of relatedIn(makeSounds(FAMILIES))) {
      const [one, other] = pair.split(' + ') as [string, string];
      expect(
        records.some((record) => record.includes(`${one} `) && record.includes(`${other} `)),
        pair,
      ).toBe(true);
    }
    expect(soundsIndexed(disturbed)).toEqual(soundsIndexed(undisturbed));
    expect(new Set(soundsIndexed(disturbed)).size).toBe(4 * FAMILIES);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
