/** Files that are brought to a place of their own, and back. */
import {
  appendFileSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BytePath } from '#kernel';
import {
  createFilingPlace,
  type FilingPlace,
  itemOf,
  planOf,
  quietly,
  snapshot,
  withFolder,
} from '../../test/support/filing.ts';
import { applyPlan } from './apply.ts';
import { type PlacementKind, placementPlan } from './placement.ts';
import type { Plan } from './plan.ts';
import { recover } from './recover.ts';
import type { EntryReport, ItemReport } from './reports.ts';
import { takeBack } from './undo.ts';

let place: FilingPlace;
let song: BytePath;
let placed: BytePath;
beforeEach(() => {
  place = createFilingPlace();
  song = withFolder(place.at('music/in/song.mp3'));
  placed = place.at('music/library/A/B/01 Song.mp3');
  writeFileSync(song, 'a song');
});
afterEach(() => place[Symbol.dispose]());

const plan = (how: PlacementKind, more: { readonly id?: string; readonly sidecars?: readonly BytePath[] } = {}): Plan =>
  placementPlan({
    ...{ id: more.id ?? 'place-1', made: '2026-01-02T00:00:00.000Z', how, destination: placed },
    ...{ source: place.planned(song), roots: [place.at('music')], reasons: ['a test'] },
    sidecars: (more.sidecars ?? []).map(place.planned),
  });

async function apply(what: Plan): Promise<readonly ItemReport[]> {
  using parts = place.open();
  await recover(parts);
  return (await applyPlan(what, parts, quietly())).items;
}

async function undo(): Promise<readonly EntryReport[]> {
  using parts = place.open();
  const done = parts.journal.entries({ states: ['done'] }).filter(({ verb }) => verb !== 'undo');
  return await takeBack(done, parts, quietly());
}

const codes = (reports: readonly (ItemReport | EntryReport)[]): readonly (string | undefined)[] =>
  reports.map(({ error }) => error?.code);

/** What can be done on any file system; reflinks are tried on one that has them. */
const KINDS = ['copy', 'move', 'hardlink', 'symlink'] as const;

describe.each(KINDS)('a placement by %s', (how) => {
  it('is done once, however often it is applied, and tells where the file lies', async () => {
    writeFileSync(withFolder(placed), 'somebody else');
    const now = place.at('music/library/A/B/01 Song_1.mp3');
    const made = plan(how);
    expect(await apply(made)).toMatchObject([{ outcome: 'done', now }]);
    const before = snapshot(place.at('music'));
    expect(await apply(made)).toMatchObject([{ outcome: 'done-before', now }]);
    expect(snapshot(place.at('music'))).toEqual(before);
    expect([readFileSync(now, 'utf8'), readFileSync(placed, 'utf8')]).toEqual(['a song', 'somebody else']);
  });

  it('takes along what belongs to the file, under the name that it got', async () => {
    const lyrics = place.at('music/in/song.lrc');
    writeFileSync(lyrics, 'la la');
    writeFileSync(withFolder(placed), 'somebody else');
    const reports = await apply(plan(how, { sidecars: [lyrics] }));
    expect(reports.map(({ now }) => now)).toEqual(
      ['01 Song_1.mp3', '01 Song_1.lrc'].map((name) => place.at(`music/library/A/B/${name}`)),
    );
    expect(readdirSync(place.at('music/in'))).toEqual(how === 'move' ? [] : ['song.lrc', 'song.mp3']);
  });

  it('is taken back with the folders that it made', async () => {
    const before = snapshot(place.at('music'));
    await apply(plan(how));
    expect(snapshot(place.at('music'))).not.toEqual(before);
    expect(codes(await undo())).toEqual([undefined]);
    expect(snapshot(place.at('music'))).toEqual(before);
    expect(await apply(plan(how))).toMatchObject([{ outcome: 'done' }]);
  });

  it('is not taken back where something else lies there now', async () => {
    await apply(plan(how));
    rmSync(placed);
    writeFileSync(placed, 'another song');
    expect(codes(await undo())).toEqual(['undo/changed']);
    rmSync(placed);
    expect(codes(await undo())).toEqual(['undo/gone']);
  });

  it('is refused where the file has changed since', async () => {
    const made = plan(how);
    appendFileSync(song, ' with more');
    expect(codes(await apply(made))).toEqual(['filing/changed']);
  });
});

it.each(KINDS)('many by %s at once to one name each get one of their own', async (how) => {
  using parts = place.open();
  const plans = Array.from({ length: 30 }, (_, at) => {
    song = withFolder(place.at(`music/in/${at}/song.mp3`));
    writeFileSync(song, `song ${at}`);
    return plan(how, { id: `place-${at}` });
  });
  const reports = await Promise.all(plans.map((each) => applyPlan(each, parts, quietly())));
  expect(reports.map(({ items }) => items.map(({ error }) => error))).toEqual(plans.map(() => [null]));
  const names = reports.map(({ items }) => items[0]?.now ?? '');
  expect(names.map((name) => readFileSync(name, 'utf8'))).toEqual(plans.map((_, at) => `song ${at}`));
  expect(new Set(names).size).toBe(30);
});

it('one plan is applied by one at a time, and by the next when that is done', async () => {
  using parts = place.open();
  const what = plan('copy');
  const placing = applyPlan(what, parts, quietly());
  await expect(applyPlan(what, parts, quietly())).rejects.toMatchObject({
    code: 'filing/in-hand',
    kind: 'unavailable',
  });
  await placing;
  expect((await applyPlan(what, parts, quietly())).items).toMatchObject([{ outcome: 'done-before', now: placed }]);
});

it('recovery leaves alone what is under way', async () => {
  writeFileSync(song, Buffer.alloc(50 << 20, 'a song '));
  using parts = place.open();
  const placing = applyPlan(plan('copy'), parts, quietly());
  const grows = (): boolean =>
    place.acts.list(withFolder(placed).slice(0, placed.lastIndexOf('/')) as BytePath).length > 0;
  while (!grows()) await new Promise((resolve) => setImmediate(resolve));
  expect(await recover(parts)).toEqual([]);
  expect((await placing).items.map(({ outcome, now }) => [outcome, now])).toEqual([['done', placed]]);
  expect(await recover(parts)).toEqual([]);
});

it('makes what it says', async () => {
  await apply(plan('hardlink', { id: 'one' }));
  await apply(plan('symlink', { id: 'two' }));
  expect(statSync(placed).ino).toBe(statSync(song).ino);
  expect(readlinkSync(place.at('music/library/A/B/01 Song_1.mp3'))).toBe(song);
});

describe('of a hard link', () => {
  it('the made name goes although the file was written to, for nothing is lost', async () => {
    await apply(plan('hardlink'));
    appendFileSync(song, ' with more');
    expect(codes(await undo())).toEqual([undefined]);
    expect(readFileSync(song, 'utf8')).toBe('a song with more');
    expect(lstatSync(song).nlink).toBe(1);
  });

  it.each([
    ['is gone', () => rmSync(song)],
    [
      'is another file now',
      () => {
        rmSync(song);
        writeFileSync(song, 'another song');
      },
    ],
    [
      'is the same name by a folder that leads there',
      () => {
        rmSync(place.at('music/in'), { recursive: true });
        symlinkSync(place.at('music/library/A/B'), place.at('music/in'));
      },
    ],
  ])('the made name stays where the other one %s', async (_, happens) => {
    placed = place.at('music/library/A/B/song.mp3');
    await apply(plan('hardlink'));
    happens();
    expect(codes(await undo())).toEqual(['undo/only-copy']);
    expect(readFileSync(placed, 'utf8')).toBe('a song');
  });
});

describe('a symbolic link', () => {
  it('goes although what it leads to is not there any more', async () => {
    await apply(plan('symlink'));
    rmSync(song);
    expect(codes(await undo())).toEqual([undefined]);
    expect(lstatSync(placed, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('keeps what it leads to from leaving, as long as it is there', async () => {
    await apply(plan('symlink'));
    const away = planOf(
      place,
      [itemOf(place, 1, 'move', song, { destination: place.at('out/song.mp3') })],
      'another plan',
    );
    expect(codes(await apply(away))).toEqual(['filing/last-copy']);
    rmSync(placed);
    expect(codes(await apply(away))).toEqual([undefined]);
  });
});
