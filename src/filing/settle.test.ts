/** Interrupted acts that somebody else meets, and disks that go away in between. */
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError, type BytePath } from '#kernel';
import {
  createFilingPlace,
  Death,
  type Faults,
  type FilingPlace,
  itemOf,
  planOf,
  quietly,
  snapshot,
  withFolder,
} from '../../test/support/filing.ts';
import { applyPlan } from './apply.ts';
import type { Plan } from './plan.ts';
import { recover } from './recover.ts';
import type { ApplyReport } from './reports.ts';
import { takeBack } from './undo.ts';

let place: FilingPlace;
let song: BytePath;
let kept: BytePath;
beforeEach(() => {
  place = createFilingPlace();
  song = withFolder(place.at('music/disk/song.mp3'));
  kept = withFolder(place.at('music/kept/song.mp3'));
  for (const file of [song, kept]) writeFileSync(file, 'a song');
});
afterEach(() => place[Symbol.dispose]());

const text = (file: BytePath): string => readFileSync(file, 'utf8');
const hardLinking = (): Plan => planOf(place, [itemOf(place, 1, 'hardlink', song, { keeper: kept })]);
const trashing = (): Plan => planOf(place, [itemOf(place, 1, 'trash', song, { keeper: kept })]);

async function apply(plan: Plan, faults: Faults = {}): Promise<ApplyReport> {
  using parts = place.open(faults);
  await recover(parts);
  return await applyPlan(plan, parts, quietly());
}

async function dyingApply(plan: Plan, faults: Faults): Promise<void> {
  await expect(apply(plan, faults)).rejects.toThrow(Death);
}

async function undo() {
  using parts = place.open();
  await recover(parts);
  const done = parts.journal.entries({ states: ['done'] }).filter(({ verb }) => verb !== 'undo');
  return await takeBack(done, parts, quietly());
}

async function recovered(): Promise<readonly string[]> {
  using parts = place.open();
  return (await recover(parts)).map(({ state }) => state);
}

/** Does something right before the n-th rename. */
function beforeRename(nth: number, act: () => void): Faults {
  let renames = 0;
  const acts = (_: number, name: string): void => {
    if (name === 'rename' && ++renames === nth) act();
  };
  return { withoutExchange: true, acts };
}

function die(): never {
  throw new Death();
}

/** All names below the place that are our own and temporary. */
const temporary = (): string[] =>
  readdirSync(place.folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(tmp|swap)$/.test(name));

describe('a name that somebody takes between the steps of an exchange', () => {
  const stranger = (): void => writeFileSync(song, 'written by somebody else');

  it('stays theirs, and the former file lies in the trash', async () => {
    const { items } = await apply(hardLinking(), beforeRename(2, stranger));
    expect(items[0]?.outcome).toBe('done');
    expect(text(song)).toBe('written by somebody else');
    expect([text(items[0]?.item.source.path as BytePath), text(items[0]?.now as BytePath)]).toEqual([
      ...['written by somebody else', 'a song'],
    ]);
    expect([temporary(), (await undo()).map(({ error }) => error?.code)]).toEqual([[], ['undo/changed']]);
    expect(text(song)).toBe('written by somebody else');
  });

  it('stays theirs also where the process died in that moment', async () => {
    await dyingApply(hardLinking(), beforeRename(2, die));
    stranger();
    expect(await recovered()).toEqual(['done']);
    expect([text(song), temporary()]).toEqual(['written by somebody else', []]);
    using parts = place.open();
    expect(text(parts.journal.entries({})[0]?.to as BytePath)).toBe('a song');
  });

  it('stays theirs while an exchange is taken back, and what lay in the trash stays there', async () => {
    const { items } = await apply(hardLinking());
    using parts = place.open(beforeRename(2, stranger));
    const [report] = await takeBack(parts.journal.entries({}), parts, quietly());
    expect(report?.error?.code).toBe('files/exists');
    expect([text(song), text(items[0]?.now as BytePath), temporary()]).toEqual([
      ...['written by somebody else', 'a song', []],
    ]);
    expect(parts.journal.entries({}).map(({ state }) => state)).toEqual(['done', 'abandoned']);
  });

  it('is given back where what was to come there is gone', async () => {
    await dyingApply(hardLinking(), beforeRename(2, die));
    using parts = place.open();
    rmSync(parts.journal.entries({})[0]?.to as BytePath);
    expect((await recover(parts)).map(({ state }) => state)).toEqual(['abandoned']);
    expect([text(song), temporary()]).toEqual(['a song', []]);
  });
});

describe('a disk that was away when an interrupted act was looked at', () => {
  const away = (): void => {
    renameSync(place.at('music/disk'), place.at('disk that is away'));
    mkdirSync(place.at('music/disk'));
  };
  const back = (): void => {
    rmSync(place.at('music/disk'), { recursive: true });
    renameSync(place.at('disk that is away'), place.at('music/disk'));
  };
  const onDisk = (): Plan => ({ ...trashing(), roots: [place.at('music/disk')] });

  it.each([
    ['before its step', 'abandoned', beforeRename(1, die)],
    ['after its step', 'done', { acts: (_: number, name: string) => name === 'sync' && die() } as Faults],
  ] as const)('%s: it is looked at again when the disk is back', async (_name, state, faults) => {
    const plan = onDisk();
    const before = snapshot(place.at('music'), { withTimes: false });
    await dyingApply(plan, faults);
    away();
    expect(await recovered()).toEqual(['unclear']);
    // A person was told; what is new may begin.
    expect(await recovered()).toEqual([]);
    back();
    expect(await recovered()).toEqual([state]);
    const { items } = await apply(plan);
    expect(items.map(({ outcome }) => outcome)).toEqual([state === 'done' ? 'done-before' : 'done']);
    expect((await undo()).map(({ error }) => error)).toEqual([null]);
    expect(snapshot(place.at('music'), { withTimes: false })).toEqual(before);
  });

  it('is a conflict for what is planned there, and for what is taken back', async () => {
    const plan = onDisk();
    away();
    expect((await apply(plan)).items.map(({ error }) => error?.code)).toEqual(['filing/gone']);
    back();
    await apply(plan);
    away();
    expect((await undo()).map(({ error }) => [error?.code, error?.kind])).toEqual([['undo/gone', 'conflict']]);
    back();
    expect((await undo()).map(({ error }) => error)).toEqual([null]);
    expect(text(song)).toBe('a song');
  });
});

it('a file that died with both its names loses the old one, and is taken back like any other', async () => {
  const before = snapshot(place.at('music'), { withTimes: false });
  await dyingApply(trashing(), beforeRename(1, die));
  {
    using parts = place.open();
    linkSync(song, parts.journal.entries({})[0]?.to as BytePath);
    expect((await recover(parts)).map(({ state }) => state)).toEqual(['done']);
  }
  expect(place.acts.state(song)).toBeUndefined();
  expect((await undo()).map(({ error }) => error)).toEqual([null]);
  expect(snapshot(place.at('music'), { withTimes: false })).toEqual(before);
});

it('one item whose names cannot be looked at does not stop the others', async () => {
  const other = withFolder(place.at('music/other.mp3'));
  writeFileSync(other, 'another song');
  const deep = `music/${`${'x'.repeat(200)}/`.repeat(25)}a.mp3`;
  const items = [
    itemOf(place, 1, 'move', song, { destination: place.at(deep) }),
    itemOf(place, 2, 'move', other, { destination: place.at('music/new/a.mp3') }),
  ];
  const { items: ended } = await apply(planOf(place, items));
  expect(ended.map(({ outcome, error }) => [outcome, error?.code])).toEqual([
    ['failed', 'files/name-too-long'],
    ['done', undefined],
  ]);
  expect(ended[0]?.error).toBeInstanceOf(AppError);
});
