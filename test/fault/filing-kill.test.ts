/** A large plan applied by a process that is killed outright again and again, and taken back by one that is, too. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import type { Plan, PlanItem, Verb } from '#filing';
import type { BytePath } from '#kernel';
import { setAttribute } from '../support/attributes.ts';
import {
  contentsOf,
  createFilingPlace,
  type FilingPlace,
  itemOf,
  planOf,
  snapshot,
  withFolder,
  writePlan,
} from '../support/filing.ts';
import { mountSmall, whyNot } from '../support/loop-mounts.ts';
import { createRandom } from '../support/music.ts';

const [ROUNDS, FILES] = process.env['REPRISE_LONG'] === undefined ? [2, 400] : [50, 1000];

/** Another file system in memory, where one can be had. */
const otherDisk = whyNot('tmpfs') === undefined ? mountSmall('tmpfs') : undefined;
afterAll(() => otherDisk?.[Symbol.dispose]());

const program = ['--conditions=source', path.resolve(import.meta.dirname, '../support/filing-process.ts')];

/** What happens to the files, in turn. */
const VERBS: readonly Verb[] = [
  ...(['move', 'trash', 'hardlink', 'copy', 'move', 'trash', 'link', 'place-hardlink', 'place-link'] as const),
];

/** Many files, many of one name, and a playlist that names all that leave. */
function fill(place: FilingPlace): Plan {
  const items = Array.from({ length: FILES - 1 }, (_, at) => itemAbout(place, at));
  const playlist = place.at('music/list.m3u8');
  const leaving = items.filter(({ verb }) => verb === 'trash' || verb === 'move');
  const named = leaving.map(({ source }) => path.relative(place.at('music'), source.path));
  writeFileSync(playlist, ['#EXTM3U', ...named, ''].join('\r\n'));
  place.acts.setModified(playlist, 5n);
  const edits = leaving.map(({ source, keeper, destination }) => ({
    ...{ from: source.path, to: keeper?.path ?? (destination as BytePath) },
  }));
  const rewrite = itemOf(place, FILES, 'replace-in-place', playlist, { follows: leaving.map(({ n }) => n), edits });
  return planOf(place, [...items, rewrite]);
}

function itemAbout(place: FilingPlace, at: number): PlanItem {
  const verb = VERBS[at % VERBS.length] as Verb;
  const kept = withFolder(place.at(`music/kept/${at % 20}/${at}.mp3`));
  const source = withFolder(place.at(`music/in/${at}/${at % 3 === 0 ? 'same name' : at}.mp3`));
  for (const file of [kept, source]) {
    writeFileSync(file, `sound number ${at}`);
    place.acts.setModified(file, 1_400_000_000_000_000_001n + BigInt(at));
  }
  setAttribute(source, 'user.comment', `comment ${at}`);
  if (verb === 'trash' || verb === 'hardlink' || verb === 'link') {
    return itemOf(place, at + 1, verb, source, { keeper: kept });
  }
  const out = at % 4 === 0 && verb !== 'place-hardlink' ? place.elsewhere : place.at('music/out');
  return itemOf(place, at + 1, verb, source, { destination: `${out}/${path.basename(source)}` as BytePath });
}

/** Runs the program to its end, or kills it so long after it has begun. @returns what it ended with; `null`: killed */
async function run(
  place: FilingPlace,
  work: 'apply' | 'undo',
  { killAfterMs, begins }: { readonly killAfterMs?: number; readonly begins?: () => void } = {},
): Promise<number | null> {
  const args = [...program, work, place.at('journal.sqlite'), place.at('plan.json')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  begins?.();
  if (killAfterMs !== undefined) {
    await setTimeout(killAfterMs);
    child.kill('SIGKILL');
  }
  return await ended;
}

/** Runs the program to its end. @returns how long it worked, without what it took to start */
async function timed(place: FilingPlace, work: 'apply' | 'undo'): Promise<number> {
  let begun = 0;
  expect(await run(place, work, { begins: () => (begun = performance.now()) })).toBe(0);
  return performance.now() - begun;
}

/** Kills it round after round, each at its own moment; checks what every round must leave. @returns how often it hit */
async function killAgainAndAgain(
  place: FilingPlace,
  work: 'apply' | 'undo',
  { wholeMs, random, check }: { wholeMs: number; random: () => number; check: () => void },
): Promise<number> {
  let hits = 0;
  for (let round = 0; round < ROUNDS; round++) {
    // On the average all rounds together come two thirds of the way, though each looks again at what was done.
    const killAfterMs = (random() * wholeMs * 4) / (3 * ROUNDS) + random() * 15;
    const killed = (await run(place, work, { killAfterMs })) === null;
    if (killed) hits += 1;
    check();
  }
  return hits;
}

/** Everything but when the playlist was written, links were made and folders changed. */
function endOf(place: FilingPlace): unknown {
  const withoutPlace = (text: string): string =>
    text.replaceAll(place.folder, '').replaceAll(place.elsewhere, '/elsewhere');
  const trees = [place.at('music'), place.elsewhere].map((folder) => {
    const entries = [...snapshot(folder, { withTimes: false })].filter(([name]) => name !== '/list.m3u8');
    return entries.map(([name, facts]) => `${name}: ${withoutPlace(facts).replace(LINK_TIME, '$1')}`);
  });
  return [withoutPlace(readFileSync(place.at('music/list.m3u8'), 'utf8')).split('\r\n'), ...trees];
}

const LINK_TIME = /^(41471 \d+ \d+) \d+/;

const createPlace = (): FilingPlace => createFilingPlace({ elsewhere: otherDisk?.folder });

it(`${FILES} files filed and taken back, killed ${ROUNDS} times each way`, { timeout: 600_000 }, async () => {
  const seed = Number(process.env['REPRISE_SEED'] ?? Date.now() % 1_000_000);
  console.log(`REPRISE_SEED=${seed}`);
  const random = createRandom(seed);
  using undisturbed = createPlace();
  writePlan(fill(undisturbed), undisturbed.at('plan.json'));
  const applyMs = await timed(undisturbed, 'apply');
  const goal = endOf(undisturbed);
  const undoMs = await timed(undisturbed, 'undo');

  using place = createPlace();
  const plan = fill(place);
  writePlan(plan, place.at('plan.json'));
  const before = snapshot(place.at('music'), { withTimes: false });
  const contents = contentsOf(place.at('music'));
  const check = (): void => {
    expect(contentsOf(place.at('music'), place.elsewhere)).toEqual(expect.arrayContaining([...contents]));
  };

  const hits = await killAgainAndAgain(place, 'apply', { wholeMs: applyMs, random, check });
  expect(hits).toBeGreaterThanOrEqual(ROUNDS / 3);
  expect(await run(place, 'apply')).toBe(0);
  expect(endOf(place)).toEqual(goal);
  expect(doneItems(place)).toEqual(plan.items.map(({ n }) => n));

  const undoHits = await killAgainAndAgain(place, 'undo', { wholeMs: undoMs, random, check });
  expect(undoHits).toBeGreaterThanOrEqual(ROUNDS / 3);
  expect(await run(place, 'undo')).toBe(0);
  expect(snapshot(place.at('music'), { withTimes: false })).toEqual(before);
  expect([doneItems(place), [...snapshot(place.elsewhere).keys()]]).toEqual([[], ['']]);
  console.log(`killed at work: ${hits} and ${undoHits} of ${ROUNDS} times`);
});

/** Of the plan, in order; each entry once. Nothing may be open. */
function doneItems(place: FilingPlace): (number | null)[] {
  using parts = place.open();
  expect(parts.journal.entries({ states: ['intended', 'prepared', 'unclear'] })).toEqual([]);
  const done = parts.journal.entries({ states: ['done'] }).filter(({ concerns }) => concerns === null);
  return done.map(({ item }) => item).toSorted((a, b) => Number(a) - Number(b));
}
