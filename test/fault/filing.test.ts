/** Filing that dies or fails at every single step, for every verb: nothing is lost, and the end is the same. */
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyPlan, type Plan, type PlanItem, recover, takeBack, trashEntries, type Verb } from '#filing';
import { AppError, type BytePath, bytesOfPath, type ErrorKind, joinPath, pathFromBytes } from '#kernel';
import {
  contentsOf,
  createFilingPlace,
  Death,
  type Faults,
  type FilingPlace,
  itemOf,
  planOf,
  quietly,
  setComment,
  snapshot,
  withFolder,
} from '../support/filing.ts';
import { mountSmall, whyNot } from '../support/loop-mounts.ts';
import { makeSound, picture, RICH, tag } from '../support/tagged.ts';

const IS_LONG = process.env['REPRISE_LONG'] !== undefined;

/** Another file system in memory, where one can be had: on a real disk each of thousands of copies waits for it. */
const otherDisk = whyNot('tmpfs') === undefined ? mountSmall('tmpfs') : undefined;
afterAll(() => otherDisk?.[Symbol.dispose]());
const createPlace = (): FilingPlace => createFilingPlace({ elsewhere: otherDisk?.folder });

/** Names that programs stumble over. */
const NAMES: readonly BytePath[] = [
  'plain.mp3',
  `it's "quoted" $HOME.mp3`,
  'two\nlines.mp3',
  `${'long'.repeat(62)}.mp3`,
  'caf\u00e9.mp3',
  'cafe\u0301.mp3',
  pathFromBytes(Uint8Array.of(0x6f, 0xff, 0x6f, 0x2e, 0x6d, 0x70, 0x33)),
] as BytePath[];

/** Where each single step is gone through: steps grow with the files, and the time with the square of the steps. */
const STEPPED = IS_LONG ? NAMES : NAMES.filter((_, at) => [0, 6].includes(at));

interface Pair {
  readonly source: BytePath;
  readonly keeper: BytePath;
}

/** Each name twice: a copy that stays and one that leaves. */
function fill(place: FilingPlace, names: readonly BytePath[]): readonly Pair[] {
  const pairs = names.map((name, at) => {
    const keeper = withFolder(place.at(`music/kept/${name}`));
    const source = withFolder(place.at(`music/incoming/${at % 2 === 0 ? 'one' : 'two'}/${name}`));
    for (const [file, mode] of [
      [keeper, 0o644],
      [source, 0o640],
    ] as const) {
      writeFileSync(Buffer.from(bytesOfPath(file)), `sound number ${at}`);
      chmodSync(Buffer.from(bytesOfPath(file)), mode);
    }
    setComment(source, `comment ${at}`);
    // Copies often have the time of their original, and then only their inodes tell them apart.
    for (const file of at % 2 === 0 ? [source, keeper] : [source]) {
      utimesSync(Buffer.from(bytesOfPath(file)), 1_500_000_000, 1_400_000_000.125 + at);
    }
    return { source, keeper };
  });
  linkSync(place.at('music/incoming/one/plain.mp3'), place.at('music/incoming/second name of plain.mp3'));
  symlinkSync('/nowhere', place.at('music/incoming/a link'));
  return pairs;
}

function itemsOf(place: FilingPlace, verb: Verb, names: readonly BytePath[]): readonly PlanItem[] {
  const pairs = fill(place, names);
  // All to one name: each gets its own.
  const destination = place.at(verb === 'move' ? 'music/out/deep/same name.mp3' : 'music/new/deep/copy.mp3');
  return pairs.map(({ source, keeper }, at) => {
    return itemOf(place, at + 1, verb, source, GOES.has(verb) ? { keeper, destination } : { keeper });
  });
}

const GOES: ReadonlySet<Verb> = new Set(['move', 'copy', 'place-hardlink', 'place-link']);

/** A playlist and what it names. */
function playlistItems(place: FilingPlace, names: readonly BytePath[]): readonly PlanItem[] {
  const [{ source, keeper }] = fill(place, names) as readonly [Pair];
  const playlist = place.at('music/list.m3u8');
  writeFileSync(playlist, '#EXTM3U\r\nincoming/one/plain.mp3\r\nkept/plain.mp3\r\n');
  setComment(playlist, 'mine');
  return [
    itemOf(place, 1, 'trash', source, { keeper }),
    itemOf(place, 2, 'replace-in-place', playlist, { follows: [1], edits: [{ from: source, to: keeper }] }),
  ];
}

const swapFolder = mkdtempSync(path.join(tmpdir(), 'reprise-swap-'));
afterAll(() => rmSync(swapFolder, { recursive: true }));
const [formerSound, betterSound] = ['former', 'better'].map((name) => path.join(swapFolder, `${name}.mp3`)) as [
  string,
  string,
];
beforeAll(async () => {
  makeSound(formerSound, { hz: 440, seconds: 0.3 });
  makeSound(betterSound, { hz: 660, seconds: 0.4 });
  await tag(formerSound, RICH, picture(7, 40));
});

/** A file whose sound is replaced by a better one. */
function swapItems(place: FilingPlace): readonly PlanItem[] {
  const [old, better] = [place.at('music/A/song.mp3'), place.at('music/in/new.mp3')];
  copyFileSync(formerSound, withFolder(old));
  copyFileSync(betterSound, withFolder(better));
  setComment(old, 'mine');
  utimesSync(old, 1_500_000_000, 1_400_000_000.125);
  return [itemOf(place, 1, 'replace-in-place', old, { replacement: place.planned(better) })];
}

interface Scenario {
  readonly name: string;
  readonly items: (place: FilingPlace, names: readonly BytePath[]) => readonly PlanItem[];
  readonly withoutExchange?: boolean;
}

const SCENARIOS: readonly Scenario[] = [
  ...(['move', 'trash', 'copy', 'hardlink', 'link', 'place-hardlink', 'place-link'] as const).map(
    (verb): Scenario => ({ name: verb, items: (place, names) => itemsOf(place, verb, names) }),
  ),
  { name: 'move to another file system', items: itemsElsewhere },
  { name: 'replace-in-place', items: playlistItems },
  { name: 'replace-in-place by a better sound', items: swapItems },
  {
    ...{ name: 'replace-in-place by a better sound, without exchange', withoutExchange: true },
    items: swapItems,
  },
  {
    ...{ name: 'hardlink, without exchange', withoutExchange: true },
    items: (place, names) => itemsOf(place, 'hardlink', names),
  },
];

function itemsElsewhere(place: FilingPlace, names: readonly BytePath[]): readonly PlanItem[] {
  const items = itemsOf(place, 'move', names);
  rmSync(place.at('music/incoming/second name of plain.mp3'));
  return items.map((item) => ({ ...item, destination: joinPath(place.elsewhere, 'deep/same name.mp3' as BytePath) }));
}

async function apply(place: FilingPlace, plan: Plan, faults: Faults) {
  using parts = place.open(faults);
  await recover(parts);
  return await applyPlan(plan, parts, quietly());
}

async function undoAll(place: FilingPlace, faults: Faults) {
  using parts = place.open(faults);
  await recover(parts);
  const done = parts.journal.entries({ states: ['done'] }).filter(({ concerns }) => concerns === null);
  return await takeBack(done, parts, quietly());
}

/** Counts the calls of a whole run, then goes through them one by one. */
async function throughEveryCall(
  scenario: Scenario,
  round: (place: FilingPlace, plan: Plan, call: number) => Promise<boolean>,
): Promise<number> {
  for (let call = 1; ; call++) {
    using place = createPlace();
    const plan = planOf(place, scenario.items(place, STEPPED));
    if (!(await round(place, plan, call))) return call - 1;
  }
}

/** The tree after an undisturbed run, with paths alone where times differ from run to run. */
async function undisturbed(scenario: Scenario): Promise<readonly string[]> {
  using place = createPlace();
  await apply(place, planOf(place, scenario.items(place, STEPPED)), scenario);
  return endOf(place);
}

function endOf(place: FilingPlace): readonly string[] {
  return [place.at('music'), place.elsewhere].flatMap((folder) => [...snapshot(folder, { withTimes: false }).keys()]);
}

/** All at every step, or one kind after the other. */
const TROUBLES: readonly { readonly name: string; readonly kinds: readonly ErrorKind[] }[] = IS_LONG
  ? [
      { name: 'an error of the disk', kinds: ['unavailable'] },
      { name: 'a full disk', kinds: ['exhausted'] },
      { name: 'missing rights', kinds: ['denied'] },
    ]
  : [
      {
        name: 'every trouble in turn',
        kinds: ['unavailable', 'exhausted', 'denied'],
      },
    ];

describe.each(SCENARIOS)('$name', (scenario) => {
  it('is taken back to the last byte, time, owner, attribute and link', async () => {
    using place = createPlace();
    const plan = planOf(place, scenario.items(place, NAMES));
    const before = snapshot(place.at('music'));
    const { items } = await apply(place, plan, scenario);
    expect(items.map(({ outcome }) => outcome)).toEqual(plan.items.map(() => 'done'));
    expect(snapshot(place.at('music'))).not.toEqual(before);
    const reports = await undoAll(place, scenario);
    expect(reports.map(({ error }) => error)).toEqual(plan.items.map(() => null));
    expect(snapshot(place.at('music'))).toEqual(before);
  });

  it('killed before any of its steps, then recovered and applied again, ends as if undisturbed', async () => {
    const goal = await undisturbed(scenario);
    const steps = await throughEveryCall(scenario, async (place, plan, call) => {
      const contents = contentsOf(place.at('music'), place.elsewhere);
      const before = snapshot(place.at('music'), { withTimes: false });
      const died = await dies(apply(place, plan, { ...scenario, ...dieAt(call) }));
      expect(contentsOf(place.at('music'), place.elsewhere)).toEqual(expect.arrayContaining([...contents]));
      {
        using parts = place.open();
        const recovered = await recover(parts);
        expect(recovered.filter(({ state }) => state === 'unclear')).toEqual([]);
        expect(parts.journal.entries({ states: ['intended', 'prepared'] })).toEqual([]);
      }
      expect(endOf(place).filter((name) => name.endsWith('.tmp') || name.endsWith('.swap'))).toEqual([]);
      const { items } = await apply(place, plan, scenario);
      expect(items.filter(({ outcome }) => outcome !== 'done' && outcome !== 'done-before')).toEqual([]);
      expect(endOf(place)).toEqual(goal);
      await undoAll(place, scenario);
      expect(snapshot(place.at('music'), { withTimes: false })).toEqual(before);
      return died;
    });
    expect(steps).toBeGreaterThan(20);
  });

  it('killed while it is taken back, and taken back again, ends as it began', async () => {
    await throughEveryCall(scenario, async (place, plan, call) => {
      const before = snapshot(place.at('music'), { withTimes: false });
      await apply(place, plan, scenario);
      const died = await dies(undoAll(place, { ...scenario, ...dieAt(call) }));
      const reports = await undoAll(place, scenario);
      expect(reports.filter(({ error }) => error !== null)).toEqual([]);
      expect(snapshot(place.at('music'), { withTimes: false })).toEqual(before);
      return died;
    });
  });

  it.each(TROUBLES)('loses nothing by $name at any step, and can be applied again', async ({ kinds }) => {
    const goal = await undisturbed(scenario);
    await throughEveryCall(scenario, async (place, plan, call) => {
      const kind = kinds[call % kinds.length] as ErrorKind;
      const before = contentsOf(place.at('music'), place.elsewhere);
      let reached = false;
      const fails = (at: number): void => {
        if (at !== call) return;
        reached = true;
        throw new AppError('files/unavailable', 'an injected error', { kind });
      };
      const reports = await apply(place, plan, { ...scenario, acts: fails }).catch((error: unknown) => {
        if (error instanceof AppError) return null;
        throw error;
      });
      expect(contentsOf(place.at('music'), place.elsewhere)).toEqual(expect.arrayContaining([...before]));
      if (reached && reports !== null) {
        for (const { error } of reports.items) if (error !== null) expect(error.kind).toBe(kind);
      }
      await apply(place, plan, scenario);
      expect(endOf(place)).toEqual(goal);
      return reached;
    });
  });
});

it('a swap that is taken back where what came is nowhere else loses neither sound, killed at whatever step', async () => {
  for (const withoutExchange of [false, true]) {
    for (let call = 1, died = true; died; call++) {
      using place = createPlace();
      const [item] = swapItems(place) as readonly [PlanItem];
      const before = snapshot(place.at('music/A'), { withTimes: false });
      await apply(place, planOf(place, [item]), { withoutExchange });
      const contents = contentsOf(place.at('music'));
      rmSync(item.replacement?.path ?? '');
      const left = contentsOf(place.at('music'));
      died = await dies(undoAll(place, { withoutExchange, ...dieAt(call) }));
      const reports = await undoAll(place, { withoutExchange });
      expect(reports.filter(({ error }) => error !== null)).toEqual([]);
      expect(snapshot(place.at('music/A'), { withTimes: false })).toEqual(before);
      expect(contentsOf(place.at('music'))).toEqual(left);
      expect(contents).toEqual(expect.arrayContaining([...left]));
      using parts = place.open();
      expect(trashEntries(parts.journal).map(({ from }) => from)).toEqual([item.source.path]);
    }
  }
});

function dieAt(call: number): Faults {
  // Once dead, nothing more is done: whatever still runs in parallel dies as well.
  const all = (at: number): void => {
    if (at >= call) throw new Death();
  };
  return { all };
}

async function dies(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (error instanceof Death) return true;
    throw error;
  }
}

it('tries again what may pass, with growing patience', async () => {
  using place = createFilingPlace();
  const [item] = itemsOf(place, 'trash', STEPPED);
  const waits: number[] = [];
  let failures = 3;
  const acts = (_: number, name: string): void => {
    if (name === 'rename' && failures-- > 0) throw new AppError('files/unavailable', 'busy', { kind: 'unavailable' });
  };
  using parts = place.open({ acts });
  const pace = { width: 1, retries: 3, retryDelayMs: 100 };
  const wait = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
  const { items } = await applyPlan(planOf(place, [item as PlanItem]), { ...parts, wait }, quietly({ pace }));
  expect(items.map(({ outcome }) => outcome)).toEqual(['done']);
  expect(waits).toEqual([100, 200, 400]);
});

it('400 equally named files moved by 8 workers all arrive', async () => {
  using place = createFilingPlace();
  const items = Array.from({ length: 400 }, (_, at) => {
    const source = withFolder(place.at(`music/${at}/01 Intro.mp3`));
    writeFileSync(source, `intro ${at}`);
    return itemOf(place, at + 1, 'move', source, { destination: place.at('out/01 Intro.mp3') });
  });
  const before = contentsOf(place.at('music'), place.elsewhere);
  const { items: ended } = await apply(place, planOf(place, items), {});
  expect(ended.every(({ outcome }) => outcome === 'done')).toBe(true);
  expect(contentsOf(place.at('out'))).toEqual(before);
  expect(new Set(ended.map(({ now }) => now)).size).toBe(400);
  expect([ended[0]?.now, ended[1]?.now]).toEqual([place.at('out/01 Intro.mp3'), place.at('out/01 Intro_1.mp3')]);
});
