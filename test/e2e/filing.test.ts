/** Plans, journal, undo and trash, as a person uses them: every command, every way that it ends. */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '#cli';
import type { PlanItem } from '#filing';
import { type BytePath, bytesOfPath, pathFromBytes } from '#kernel';
import { createApp } from '../../src/main/wire.ts';
import { DOCUMENT_SCHEMAS, type DocumentName } from '../../tools/document-schemas.mts';
import { scripted } from '../support/command-session.ts';
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
import { createWorkplace, PRODUCT, type Workplace } from '../support/product.ts';
import { heard, makeSound, RICH, tag, tagsByTagLib } from '../support/tagged.ts';
import { unprivileged } from '../support/unprivileged.ts';

let work: Workplace;
let place: FilingPlace;
beforeEach(() => {
  work = createWorkplace();
  place = createFilingPlace();
});
afterEach(() => {
  work[Symbol.dispose]();
  place[Symbol.dispose]();
});

interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The whole product in this process, which is a second quicker than one of its own. */
async function reprise(...args: string[]): Promise<Run> {
  const { surroundings, out, talk } = scripted(work.environment['HOME'] ?? '', [...args, '--data', work.data]);
  const { environment } = work;
  const status = await runCommandLine({ ...surroundings, environment, now: () => Date.now(), createApp });
  return { status, stdout: out.join(''), stderr: talk.join('') };
}

/** What a command printed as JSON, held to its schema, and what it ended with. */
async function json(
  schema: DocumentName,
  ...args: string[]
): Promise<[status: number | null, document: Record<string, unknown>]> {
  const { status, stdout, stderr } = await reprise(...args, '--json');
  const document = JSON.parse(stdout || 'null') as Record<string, unknown>;
  expect(DOCUMENT_SCHEMAS[schema].safeParse(document).error, stderr).toBeUndefined();
  return [status, document];
}

/** What a command ended with, and the first line that it said about it. */
async function said(...args: string[]): Promise<[status: number | null, sentence: string]> {
  const { status, stderr } = await reprise(...args);
  return [status, stderr.split('\n')[0] ?? ''];
}

const ODD = pathFromBytes(Uint8Array.of(0x6f, 0xff, 0x0a, 0x27, 0x2e, 0x6d, 0x70, 0x33));

/** Three songs in two copies each; of one the name is no UTF-8. */
function songs(): readonly (readonly [source: BytePath, kept: BytePath])[] {
  return ['one.mp3', 'two.mp3', ODD].map((name, at) => {
    const pair = [`music/in/${name}`, `music/kept/${name}`].map((each) => withFolder(place.at(each)));
    for (const file of pair) {
      writeFileSync(raw(file), `song ${at}`);
      utimesSync(raw(file), 1_500_000_000, 1_400_000_000 + at);
    }
    return pair as unknown as readonly [BytePath, BytePath];
  });
}

const raw = (file: BytePath): Buffer => Buffer.from(bytesOfPath(file));

const trashItems = (): readonly PlanItem[] =>
  songs().map(([source, keeper], at) => itemOf(place, at + 1, 'trash', source, { keeper }));
const planFile = (items: readonly PlanItem[] = trashItems(), more: object = {}): string =>
  writePlan({ ...planOf(place, items), ...more }, place.at('plan.json'));
const tree = (): ReadonlyMap<string, string> => snapshot(place.at('music'));

it('places a file and swaps another, tells both, and takes both back', { timeout: 120_000 }, async () => {
  const [old, better] = [withFolder(place.at('music/A/song.flac')), withFolder(place.at('music/in/new.flac'))];
  makeSound(old, { hz: 440, seconds: 1 });
  makeSound(better, { hz: 660, seconds: 1 });
  await tag(old, RICH);
  const [tags, sound] = [await tagsByTagLib(old), heard(better)];
  const items = [
    itemOf(place, 1, 'place-hardlink', better, { destination: place.at('music/B/song.flac') }),
    itemOf(place, 2, 'replace-in-place', old, { replacement: place.planned(better) }),
  ];
  const before = tree();
  const file = planFile(items);
  expect(await json('plan', 'plan', 'show', file)).toEqual([0, JSON.parse(readFileSync(file, 'utf8'))]);
  expect((await reprise('plan', 'show', file)).stdout).toMatch(
    /place hard link {2}.*new.flac[\s\S]*swap {13}.*song.flac/,
  );
  expect(await json('applied', 'apply', file)).toMatchObject([0, { done: 2 }]);
  expect([heard(old), await tagsByTagLib(old)]).toEqual([sound, tags]);
  expect(await json('applied', 'apply', file)).toMatchObject([0, { doneBefore: 2 }]);
  expect(await json('journal', 'journal')).toMatchObject([
    0,
    { entries: [{ verb: 'place-hardlink' }, { verb: 'replace-in-place', replacement: better }] },
  ]);
  expect(await json('trash', 'trash', 'list')).toMatchObject([0, { files: [{ path: old, verb: 'replace-in-place' }] }]);
  expect(await json('entries', 'undo')).toMatchObject([0, { done: 2 }]);
  expect(tree()).toEqual(before);
});

describe('plan show', { timeout: 120_000 }, () => {
  it('prints the plan, for people and for programs', async () => {
    const file = planFile();
    const [status, document] = await json('plan', 'plan', 'show', file);
    expect([status, document]).toEqual([0, JSON.parse(readFileSync(file, 'utf8'))]);
    const { stdout } = await reprise('plan', 'show', file);
    expect(stdout).toMatch(/3 files to go into the trash.*\n[\s\S]*one\.mp3[\s\S]*a test/);
    expect(tree().size).toBe(9);
    expect(existsSync(path.join(work.data, 'journal.sqlite'))).toBe(false);
  });

  it('reads what a person wrote by hand, from a pipe', async () => {
    const item = { n: 1, verb: 'move', source: '/a', destination: '/b', sizeBytes: 1, mtimeNs: '5' };
    const input = JSON.stringify({ v: 1, id: 'mine', items: [item] });
    const args = [...PRODUCT, 'plan', 'show', '-', '--json'];
    const { status, stdout } = spawnSync(process.execPath, args, { env: work.environment, input, encoding: 'utf8' });
    expect(DOCUMENT_SCHEMAS.plan.safeParse(JSON.parse(stdout)).error).toBeUndefined();
    expect([status, JSON.parse(stdout)]).toMatchObject([
      0,
      { id: 'mine', items: [{ source: '/a', destination: '/b' }] },
    ]);
  });

  it.each([
    ['no such file', undefined, 4, 'does not exist'],
    ['no JSON', 'move everything', 2, 'This is not a plan: it is not JSON'],
    ['a broken-off plan', '{"v":1,"id":"a","items":[{', 2, 'This is not a plan: it is not JSON'],
    ['another document', '{"v":1,"groups":[]}', 2, 'This is not a plan: it has no "v": 1 with a list of "items"'],
    ['a plan of the future', '{"v":7,"id":"a","items":[]}', 6, 'The plan is of version 7'],
    ['a malformed item', '{"v":1,"id":"a","items":[{"n":1,"verb":"delete"}]}', 2, "Entry 1 of the plan's items needs"],
  ])('and apply refuse %s', async (_name, text, status, sentence) => {
    const file = place.at('plan.json');
    if (text !== undefined) writeFileSync(file, text);
    for (const command of [['plan', 'show'], ['apply']]) {
      expect(await said(...command, file)).toEqual([status, expect.stringContaining(sentence)]);
    }
  });

  it('is told what is wrong with its arguments', async () => {
    expect(await said('plan', 'show')).toEqual([2, expect.stringContaining('needs more')]);
    expect(await said('plan', 'make', 'x')).toEqual([2, 'reprise: "plan" cannot "make".']);
    expect(await said('plan', 'show', place.at('music'))).toEqual([2, expect.stringContaining('is a folder')]);
    expect(await said('apply', planFile(), '--threads', '0')).toEqual([
      2,
      expect.stringContaining('--threads must be'),
    ]);
    expect(await said('apply')).toEqual([2, expect.stringContaining('needs more')]);
  });
});

describe('apply', { timeout: 120_000 }, () => {
  it('does what the plan says, once, and undo takes it back', async () => {
    const file = planFile();
    const before = tree();
    const [status, document] = await json('applied', 'apply', file);
    expect([status, document]).toMatchObject([0, { done: 3, doneBefore: 0, failed: 0, skipped: 0, dryRun: false }]);
    const after = tree();
    expect([...after.keys()].filter((name) => name.startsWith('/in/'))).toEqual([]);
    const [, journal] = await json('journal', 'journal');
    expect(await json('applied', 'apply', file)).toMatchObject([0, { done: 0, doneBefore: 3 }]);
    expect([tree(), (await json('journal', 'journal'))[1]]).toEqual([after, journal]);
    expect((await reprise('apply', file)).stdout).toContain('0 items done, 3 done before');
    expect(await json('entries', 'undo')).toMatchObject([0, { done: 3, failed: 0 }]);
    expect(tree()).toEqual(before);
    expect(await json('applied', 'apply', file)).toMatchObject([0, { done: 3, doneBefore: 0 }]);
  });

  it('tells people how to take it back', async () => {
    const { stdout, stderr } = await reprise('apply', planFile());
    expect([stdout, stderr]).toEqual([
      'Plan test-plan: 3 items done.\n',
      expect.stringContaining('undo --plan test-plan'),
    ]);
  });

  it('--dry-run changes nothing at all, and says what would fail', async () => {
    const out = place.at('out/deep/one.mp3');
    const [, , ...others] = trashItems();
    const [[source] = []] = songs();
    const move = itemOf(place, 1, 'move', source as BytePath, { destination: out });
    const file = planFile([move, ...others]);
    const before = snapshot(place.folder);
    expect(await json('applied', 'apply', file, '--dry-run')).toMatchObject([0, { done: 2, dryRun: true }]);
    expect((await reprise('apply', file, '--dry-run')).stdout).toBe('Plan test-plan: 2 items could be done.\n');
    expect(snapshot(place.folder)).toEqual(before);
    expect(await json('journal', 'journal')).toEqual([0, { v: 1, entries: [] }]);
    appendFileSync(source as BytePath, 'more');
    const changed = snapshot(place.folder);
    expect(await json('applied', 'apply', file, '--dry-run')).toMatchObject([3, { done: 1, failed: 1 }]);
    expect(snapshot(place.folder)).toEqual(changed);
  });

  it('leaves alone what has changed since yesterday: all of it 5, some of it 3', async () => {
    const file = planFile();
    appendFileSync(place.at('music/in/one.mp3'), 'new tags');
    utimesSync(place.at('music/kept/two.mp3'), 1, 2);
    const before = tree();
    expect(await json('applied', 'apply', file)).toMatchObject([
      ...[3, { done: 1, failed: 2, items: [{ code: 'filing/changed' }, { code: 'filing/changed' }, { code: null }] }],
    ]);
    expect([...before].filter(([name]) => /one|two/.test(name))).toEqual(
      [...tree()].filter(([name]) => /one|two/.test(name)),
    );
    const other = writePlan(planOf(place, trashItems().slice(0, 1), 'another'), place.at('other.json'));
    writeFileSync(place.at('music/in/one.mp3'), 'song 9');
    expect(await json('applied', 'apply', other)).toMatchObject([5, { failed: 1 }]);
    expect(readFileSync(place.at('music/in/one.mp3'), 'utf8')).toBe('song 9');
  });

  it.each<[string, () => string]>([
    ['a plan that protects it', () => planFile(trashItems(), { protected: [place.at('music/in')] })],
    [
      'a setting that protects it by the name of a symbolic link',
      () => {
        symlinkSync(place.at('music/in'), place.at('originals'));
        work.environment['REPRISE_FILING__PROTECTED'] = place.at('originals');
        return planFile();
      },
    ],
    [
      'two copies that are each to stay for the other',
      () => {
        const [[a, b] = []] = songs();
        const [one, other] = [a as BytePath, b as BytePath];
        return planFile([
          itemOf(place, 1, 'trash', one, { keeper: other }),
          itemOf(place, 2, 'trash', other, { keeper: one }),
        ]);
      },
    ],
    [
      'a hard link to the copy that stays',
      () => {
        const [[kept] = []] = songs();
        const link = place.at('music/link.mp3');
        linkSync(kept as BytePath, link);
        return planFile([itemOf(place, 1, 'trash', link, { keeper: kept as BytePath })]);
      },
    ],
  ])('is refused by %s', async (_name, make) => {
    const file = make();
    const before = tree();
    const { status, stderr, stdout } = await reprise('apply', file);
    expect(status, stderr + stdout).toBe(20);
    expect(tree()).toEqual(before);
  });

  it('gives equal names numbers, and never replaces what is there', async () => {
    const destination = place.at('out/song.mp3');
    writeFileSync(withFolder(destination), 'was here before');
    const items = songs().map(([source], at) => itemOf(place, at + 1, 'move', source, { destination }));
    const [status, document] = await json('applied', 'apply', planFile(items));
    expect(status).toBe(0);
    expect((document['items'] as { now: string }[]).map(({ now }) => path.basename(now))).toEqual([
      ...['song_1.mp3', 'song_2.mp3', 'song_3.mp3'],
    ]);
    expect(readFileSync(destination, 'utf8')).toBe('was here before');
    expect((await reprise('undo')).status).toBe(0);
    expect(readdirSync(place.at('out'))).toEqual(['song.mp3']);
  });

  it('files empty files and odd names like any other', async () => {
    const empty = withFolder(place.at('music/in/empty.mp3'));
    writeFileSync(empty, '');
    const [, , [odd] = []] = songs();
    const items = [empty, odd as BytePath].map((source, at) =>
      itemOf(place, at + 1, 'move', source, { destination: place.at(`out/${path.basename(source)}`) }),
    );
    const before = tree();
    const [status, document] = await json('applied', 'apply', planFile(items));
    expect([status, document]).toMatchObject([0, { items: [{}, { nowPathBase64: expect.any(String) }] }]);
    expect(place.acts.list(place.at('out'))).toEqual(['empty.mp3', ODD]);
    await json('journal', 'journal');
    expect([(await reprise('undo')).status, tree()]).toEqual([0, before]);
  });

  it('without the right to change a folder says so and goes on elsewhere', async () => {
    const items = trashItems();
    const file = planFile(items, { roots: [] });
    chmodSync(place.at('music/in'), 0o555);
    const run = (plan: string): SpawnSyncReturns<string> => {
      const args = [...PRODUCT, 'apply', plan, '--json', '--data', work.data];
      const [program, rest] = unprivileged(process.execPath, args);
      return spawnSync(program, rest, { env: work.environment, encoding: 'utf8' });
    };
    const before = tree();
    const { status, stdout } = run(file);
    expect([status, JSON.parse(stdout)]).toMatchObject([15, { failed: 3, items: [{ code: 'files/denied' }, {}, {}] }]);
    expect(tree()).toEqual(before);
    const copy = itemOf(place, 4, 'copy', place.at('music/kept/one.mp3'), { destination: place.at('out/one.mp3') });
    const partly = run(planFile([...items, copy], { id: 'partly', roots: [] }));
    expect([partly.status, JSON.parse(partly.stdout)]).toMatchObject([3, { done: 1, failed: 3 }]);
    chmodSync(place.at('music/in'), 0o755);
    expect(await json('applied', 'apply', file)).toMatchObject([0, { done: 3 }]);
  });

  it('interrupted by Ctrl-C ends with 130, and the same command goes on', async () => {
    const items = Array.from({ length: 3000 }, (_, at) => {
      const source = withFolder(place.at(`music/in/${at % 50}/${at}.mp3`));
      writeFileSync(source, `song ${at}`);
      return itemOf(place, at + 1, 'move', source, { destination: place.at(`out/${at}.mp3`) });
    });
    const file = planFile(items);
    const before = contentsOf(place.folder);
    const args = [...PRODUCT, 'apply', file, '--data', work.data];
    const child = spawn(process.execPath, args, { env: work.environment, stdio: ['ignore', 'ignore', 'pipe'] });
    let talk = '';
    child.stderr.on('data', (chunk) => {
      talk += chunk;
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    while (!existsSync(place.at('out/0.mp3'))) await setTimeout(2);
    child.kill('SIGINT');
    expect([await ended, talk]).toEqual([130, expect.stringContaining('interrupted')]);
    const moved = readdirSync(place.at('out')).length;
    expect(moved).toBeLessThan(3000);
    expect(contentsOf(place.folder)).toEqual(before);
    expect(await json('applied', 'apply', file)).toMatchObject([0, { done: 3000 - moved, doneBefore: moved }]);
    expect(readdirSync(place.at('out'))).toHaveLength(3000);
  });

  it('is refused while another run has the journal', async () => {
    const file = planFile();
    const program = path.resolve(import.meta.dirname, '../support/journal-process.ts');
    const journal = path.join(work.data, 'journal.sqlite');
    const child = spawn(process.execPath, ['--conditions=source', program, journal], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.stdout.resume();
    const before = tree();
    try {
      expect(await said('apply', file)).toEqual([5, expect.stringContaining('in use by another process')]);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    expect(tree()).toEqual(before);
  });

  it('writes a log that can be acted on', async () => {
    const log = place.at('filing.log');
    await reprise('apply', planFile(), '--log-file', log);
    const text = readFileSync(log, 'utf8');
    expect(text.split('\n').filter((line) => line.includes('item.done'))).toHaveLength(3);
    expect(text).toContain('\\xff');
  });
});

describe('undo and journal', { timeout: 120_000 }, () => {
  it('take back an entry, a plan or the last hours, and say what they cannot', async () => {
    const file = planFile();
    expect(await said('undo')).toEqual([4, 'reprise: There is nothing to take back.']);
    expect(await said('undo', '1')).toEqual([4, 'reprise: The journal has no entry 1.']);
    const before = tree();
    await reprise('apply', file);
    expect(await json('entries', 'undo', '2', '--dry-run')).toMatchObject([0, { done: 1, dryRun: true }]);
    expect(await json('entries', 'undo', '2')).toMatchObject([0, { entries: [{ n: 2, code: null }] }]);
    expect(existsSync(place.at('music/in/two.mp3'))).toBe(true);
    expect(await json('entries', 'undo', '2')).toMatchObject([5, { entries: [{ n: 2, code: 'undo/not-done' }] }]);
    expect(await said('undo', '--plan', 'no-such-plan')).toEqual([4, expect.stringContaining('no-such-plan')]);
    expect(await json('entries', 'undo', '--plan', 'test-plan')).toMatchObject([0, { done: 2 }]);
    expect(tree()).toEqual(before);
    await reprise('apply', file);
    expect(await json('entries', 'undo', '--since', '1h')).toMatchObject([0, { done: 3 }]);
    expect(tree()).toEqual(before);
  });

  it('never overwrite newer work', async () => {
    const file = planFile();
    await reprise('apply', file);
    writeFileSync(place.at('music/in/one.mp3'), 'newer work');
    const [, { entries }] = await json('journal', 'journal');
    const kept = (entries as { source: string; destination: string }[]).find(({ source }) =>
      source.endsWith('two.mp3'),
    );
    appendFileSync(kept?.destination ?? '', 'worked on in the trash');
    const run = await json('entries', 'undo');
    expect(run).toMatchObject([3, { done: 1, failed: 2 }]);
    expect((run[1]['entries'] as { code: string | null }[]).map(({ code }) => code).sort()).toEqual([
      ...[null, 'undo/changed', 'undo/taken'].sort(),
    ]);
    expect(readFileSync(place.at('music/in/one.mp3'), 'utf8')).toBe('newer work');
    expect((await reprise('undo')).stdout).toContain('0 files back in place, 2 left as they are');
  });

  it('list every act, with filters', async () => {
    await reprise('apply', planFile());
    await reprise('undo');
    const [, { entries }] = await json('journal', 'journal');
    expect((entries as object[]).map((entry) => entry)).toMatchObject([
      ...[1, 2, 3].map((n) => ({ n, verb: 'trash', state: 'undone', item: n, plan: 'test-plan' })),
      ...[4, 5, 6].map((n) => ({ n, verb: 'undo', state: 'done', item: null })),
    ]);
    expect(await json('journal', 'journal', '--plan', 'another')).toEqual([0, { v: 1, entries: [] }]);
    expect((await json('journal', 'journal', '--since', '2100-01-01'))[1]).toEqual({ v: 1, entries: [] });
    expect((await reprise('journal')).stdout).toMatch(/taken back .*one\.mp3/);
  });

  it('are told what is wrong with their arguments', async () => {
    expect(await said('undo', 'x')).toEqual([2, 'reprise: "x" is no number of an entry.']);
    expect(await said('undo', '1', '--plan', 'a')).toEqual([2, expect.stringContaining('one of them')]);
    expect(await said('undo', '--since', 'tomorrow')).toEqual([2, expect.stringContaining('must be a moment')]);
    expect(await said('journal', '1')).toEqual([2, expect.stringContaining('one too many')]);
  });
});

describe('trash', { timeout: 120_000 }, () => {
  it('is listed and restored, by number or by path', async () => {
    expect((await reprise('trash', 'list')).stdout).toBe('The trash is empty.\n');
    const before = tree();
    const file = planFile();
    const planned = tree();
    await reprise('apply', file);
    expect(await json('trash', 'trash', 'list')).toMatchObject([
      0,
      { bytes: 18, files: [{ n: 1, isThere: true }, {}, {}] },
    ]);
    expect(await json('entries', 'trash', 'restore', '1')).toMatchObject([0, { done: 1 }]);
    expect(await json('entries', 'trash', 'restore', place.at('music/in/two.mp3'))).toMatchObject([0, { done: 1 }]);
    expect(await json('trash', 'trash', 'list')).toMatchObject([0, { files: { length: 1 } }]);
    expect(await said('trash', 'restore', place.at('music/in/one.mp3'))).toEqual([
      4,
      expect.stringContaining('came from'),
    ]);
    expect(await json('entries', 'trash', 'restore', '3')).toMatchObject([0, { done: 1 }]);
    expect([before.size, tree()]).toEqual([1, planned]);
  });

  it('is emptied when a person says so, and by nothing else', async () => {
    await reprise('apply', planFile());
    const full = tree();
    expect(await said('trash', 'empty')).toEqual([2, 'reprise: Nobody is there to be asked.']);
    expect(await json('entries', 'trash', 'empty', '--dry-run')).toMatchObject([0, { done: 3, dryRun: true }]);
    expect(await json('entries', 'trash', 'empty', '--yes', '--older-than', '1d')).toMatchObject([0, { done: 0 }]);
    expect(tree()).toEqual(full);
    expect(await json('entries', 'trash', 'empty', '--yes')).toMatchObject([0, { done: 3, failed: 0 }]);
    expect([...tree().keys()].filter((name) => name.includes('.reprise-trash'))).toEqual([]);
    expect(contentsOf(place.at('music'))).toHaveLength(3);
    expect(await json('entries', 'undo', '1')).toMatchObject([5, { entries: [{ code: 'undo/emptied' }] }]);
    expect(await json('trash', 'trash', 'list')).toEqual([0, { v: 1, bytes: 0, files: [] }]);
  });

  it('keeps what somebody has worked on', async () => {
    await reprise('apply', planFile());
    const [, { files }] = await json('trash', 'trash', 'list');
    const [first] = files as { keptAt: string }[];
    appendFileSync(first?.keptAt ?? '', 'worked on');
    expect(await json('entries', 'trash', 'empty', '--yes')).toMatchObject([
      ...[3, { done: 2, failed: 1, entries: [{ code: 'trash/changed' }, {}, {}] }],
    ]);
    expect(readFileSync(first?.keptAt ?? '', 'utf8')).toBe('song 0worked on');
  });

  it.each<[string, string[], boolean]>([
    ['y', [], true],
    ['YES', [], true],
    ['n', [], false],
    ['', [], false],
    ['', ['--yes'], true],
  ])('asks a person, who says %j %j', async (answer, more, isEmptied) => {
    let emptied = false;
    const entry = { at: 0, to: '/x', from: '/y', was: { sizeBytes: 5 } };
    const app = {
      trash: async () => [{ entry, isThere: true }],
      emptyTrash: async () => {
        emptied = true;
        return [];
      },
    };
    const session = scripted(place.folder, ['trash', 'empty', ...more], { answers: [answer], app: app as never });
    expect([await runCommandLine(session.surroundings), emptied]).toEqual([0, isEmptied]);
  });

  it('is told what is wrong with its arguments', async () => {
    expect(await said('trash', 'burn')).toEqual([2, 'reprise: "trash" cannot "burn".']);
    expect(await said('trash', 'restore')).toEqual([2, 'reprise: "trash restore" needs to know what.']);
    expect(await said('trash', 'list', 'x')).toEqual([2, expect.stringContaining('one too many')]);
    expect(await said('trash', 'empty', '--older-than', 'long')).toEqual([
      2,
      expect.stringContaining('must be a time span'),
    ]);
  });
});
