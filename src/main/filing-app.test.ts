/** What the commands get of filing: recovery first, except where nothing may be done. */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { applyPlan, type Plan } from '#filing';
import { type BytePath, noProgress, systemClock } from '#kernel';
import {
  createFilingPlace,
  Death,
  type FilingPlace,
  itemOf,
  planOf,
  quietly,
  snapshot,
  withFolder,
} from '../../test/support/filing.ts';
import { openJournal } from '../adapters/sqlite/index.ts';
import { createFilingApp } from './filing-app.ts';
import { createTagParts } from './tag-parts.ts';

let place: FilingPlace;
let song: BytePath;
let plan: Plan;
beforeEach(() => {
  place = createFilingPlace();
  song = withFolder(place.at('music/in/song.mp3'));
  const kept = withFolder(place.at('music/kept/song.mp3'));
  for (const file of [song, kept]) writeFileSync(file, 'a song');
  plan = planOf(place, [itemOf(place, 1, 'hardlink', song, { keeper: kept })]);
});
afterEach(() => place[Symbol.dispose]());

const DAY_MS = 86_400_000;

function openApp(trashDays: number | null = null, now: () => number = systemClock.now) {
  return createFilingApp({
    settings: { filing: { protected: [], retries: 0, retryDelaySeconds: 0, trashDays } },
    ...{ acts: place.acts, tags: createTagParts(), clock: { ...systemClock, now }, wait: async () => {} },
    openJournal: async () => openJournal(place.at('journal.sqlite')),
  });
}

const run = (dryRun: boolean) => ({
  ...{ signal: new AbortController().signal, progress: noProgress, onItem: () => {}, dryRun, onFiled: () => {} },
});

/** Leaves an act behind that was interrupted right before the n-th call of this name. */
async function interrupt(call: string): Promise<void> {
  const acts = (_: number, name: string): void => {
    if (name === call) throw new Death();
  };
  using parts = place.open({ acts, withoutExchange: true });
  await expect(applyPlan(plan, parts, quietly())).rejects.toThrow(Death);
}

it('a dry run changes nothing, not even what an interrupted run has left', async () => {
  await interrupt('rename');
  const before = snapshot(place.at('music'));
  await using app = openApp();
  await app.applyPlan(plan, run(true));
  await app.undo({ kind: 'since', at: 0 }, run(true)).catch(() => undefined);
  await app.emptyTrash(0, run(true));
  await app.journal({});
  await app.trash();
  expect(snapshot(place.at('music'))).toEqual(before);
  await app.applyPlan(plan, run(false));
  expect((await app.journal({})).map(({ state }) => state)).toEqual(['abandoned', 'done']);
});

it('what a person has to look at is told once, before anything new begins', async () => {
  await interrupt('rename');
  renameSync(song, place.at('somewhere else.mp3'));
  await using app = openApp();
  await expect(app.applyPlan(plan, run(false))).rejects.toMatchObject({ code: 'filing/unclear', kind: 'conflict' });
  expect((await app.applyPlan(plan, run(false))).items[0]?.error?.code).toBe('filing/gone');
  renameSync(place.at('somewhere else.mp3'), song);
  expect((await app.applyPlan(plan, run(false))).items[0]?.outcome).toBe('done');
});

it('the trash is emptied by age only where a person has set one', async () => {
  let now = Date.now();
  const clock = (): number => now;
  const other = { ...plan, id: 'another', items: [] };
  {
    await using app = openApp(null, clock);
    await app.applyPlan(plan, run(false));
    now += 1000 * DAY_MS;
    await app.applyPlan(other, run(false));
    expect(await app.trash()).toMatchObject([{ isThere: true }]);
  }
  now -= 1000 * DAY_MS;
  await using app = openApp(30, clock);
  now += 29 * DAY_MS;
  await app.applyPlan(other, run(false));
  const [kept] = await app.trash();
  expect(kept?.isThere).toBe(true);
  now += 2 * DAY_MS;
  await app.applyPlan(other, run(true));
  expect(existsSync(kept?.entry.to ?? '')).toBe(true);
  await app.applyPlan(other, run(false));
  expect([existsSync(kept?.entry.to ?? ''), await app.trash()]).toEqual([false, []]);
});
