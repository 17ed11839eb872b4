/** What the engine refuses, whoever asks. On real folders, because links and inodes are what it is about. */
import { linkSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError, type BytePath } from '#kernel';
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
import { assertSound } from './guard.ts';
import type { Plan, PlanItem } from './plan.ts';
import { emptyTrash, trashEntries } from './trash.ts';
import { takeBack } from './undo.ts';

let place: FilingPlace;
beforeEach(() => {
  place = createFilingPlace();
});
afterEach(() => place[Symbol.dispose]());

function file(name: string, content = name): BytePath {
  const path = withFolder(place.at(`music/${name}`));
  writeFileSync(path, content);
  return path;
}

const move = (n: number, source: BytePath, destination = 'music/out/moved.mp3'): PlanItem =>
  itemOf(place, n, 'move', source, { destination: place.at(destination) });

const trash = (n: number, source: BytePath, keeper: BytePath): PlanItem =>
  itemOf(place, n, 'trash', source, { keeper, sameBytes: false });

/** The codes of what was not done; `done` for the others. Nothing at all may have changed where nothing was. */
async function outcomes(plan: Plan, protectedPaths: readonly BytePath[] = []): Promise<readonly string[]> {
  const before = snapshot(place.at('music'));
  using parts = place.open();
  const { items } = await applyPlan(plan, parts, quietly({ protectedPaths }));
  if (items.every(({ outcome }) => outcome !== 'done')) expect(snapshot(place.at('music'))).toEqual(before);
  return items.map(({ outcome, error }) => (error === null ? outcome : `${error.code} ${error.kind}`));
}

const PROTECTED = ['filing/protected refused'];
const LAST_COPY = ['filing/last-copy refused'];

describe('what is protected', () => {
  it('stays: the file itself, and all below a folder', async () => {
    const song = file('reference/deep/a.mp3');
    const plan = planOf(place, [move(1, song)]);
    expect(await outcomes(plan, [song])).toEqual(PROTECTED);
    expect(await outcomes(plan, [place.at('music/reference')])).toEqual(PROTECTED);
    expect(await outcomes(plan, ['/' as BytePath])).toEqual(PROTECTED);
    expect(await outcomes({ ...plan, protected: [place.at('music/reference/deep')] })).toEqual(PROTECTED);
    expect(await outcomes(plan, [place.at('music/refer'), place.at('music/reference/deep/a')])).toEqual(['done']);
  });

  it('stays where the protected name is a symbolic link to it', async () => {
    const song = file('reference/a.mp3');
    symlinkSync(place.at('music/reference'), place.at('a link'));
    symlinkSync(song, place.at('a link to the song'));
    const plan = planOf(place, [move(1, song)]);
    expect(await outcomes(plan, [place.at('a link')])).toEqual(PROTECTED);
    expect(await outcomes(plan, [place.at('a link to the song')])).toEqual(PROTECTED);
  });

  it('stays where the plan reaches it by a symbolic link', async () => {
    const song = file('reference/a.mp3');
    symlinkSync(place.at('music/reference'), place.at('music/incoming'));
    const item = move(1, song);
    const spelled = { ...item, source: { ...item.source, path: place.at('music/incoming/a.mp3') } };
    // Refused in any case: first because no path of a plan may lead through a link.
    expect(await outcomes(planOf(place, [spelled]), [place.at('music/reference')])).toEqual([
      'filing/changed conflict',
    ]);
  });

  it('stays under every name that it has', async () => {
    const song = file('reference/a.mp3');
    const other = place.at('music/incoming.mp3');
    linkSync(song, other);
    expect(await outcomes(planOf(place, [move(1, other)]), [song])).toEqual(PROTECTED);
  });

  it('gets nothing put into it, by no way', async () => {
    const song = file('incoming/a.mp3');
    mkdirSync(place.at('music/reference'));
    symlinkSync(place.at('music/reference'), place.at('music/way in'));
    const protect = [place.at('music/reference')];
    for (const destination of ['music/reference/a.mp3', 'music/reference/new/deep/a.mp3', 'music/way in/new/a.mp3']) {
      expect(await outcomes(planOf(place, [move(1, song, destination)]), protect)).toEqual(PROTECTED);
      const copy = { ...move(1, song, destination), verb: 'copy' as const };
      expect(await outcomes(planOf(place, [copy]), protect)).toEqual(PROTECTED);
    }
  });

  it('may be copied, for that changes nothing there', async () => {
    const song = file('reference/a.mp3');
    const copy = { ...move(1, song, 'music/out/a.mp3'), verb: 'copy' as const };
    expect(await outcomes(planOf(place, [copy]), [place.at('music/reference')])).toEqual(['done']);
  });

  it('need not be there', async () => {
    const song = file('a.mp3');
    symlinkSync('/nowhere at all', place.at('dangling'));
    const nowhere = [place.at('away'), place.at('dangling')];
    expect(await outcomes(planOf(place, [move(1, song)]), nowhere)).toEqual(['done']);
  });

  it('stays, and the rest of the plan goes on', async () => {
    const [safe, other] = [file('reference/a.mp3'), file('incoming/a.mp3')];
    const plan = planOf(place, [move(1, safe), move(2, other)]);
    expect(await outcomes(plan, [place.at('music/reference')])).toEqual([...PROTECTED, 'done']);
  });
});

describe('the last copy', () => {
  it('stays: a keeper does not leave by the same plan, also not in a circle', () => {
    const [a, b, c] = [file('a.mp3'), file('b.mp3'), file('c.mp3')];
    for (const items of [
      [trash(1, a, b), trash(2, b, a)],
      [trash(1, a, b), trash(2, b, c), trash(3, c, a)],
      [trash(1, a, b), move(2, b)],
      [move(1, b), trash(2, a, b)],
    ]) {
      expect(() => assertSound(planOf(place, items))).toThrow(
        expect.objectContaining({ code: 'filing/last-copy', kind: 'refused' }),
      );
    }
    expect(() => assertSound(planOf(place, [trash(1, a, c), trash(2, b, c)]))).not.toThrow();
  });

  it('stays where a keeper leaves by another of its names', async () => {
    const [a, b] = [file('a.mp3'), file('b.mp3')];
    const alias = place.at('music/b again.mp3');
    linkSync(b, alias);
    expect(await outcomes(planOf(place, [trash(1, a, b), move(2, alias)]))).toEqual(['done', ...LAST_COPY]);
  });

  it('stays where the plan keeps a file for its own other name', async () => {
    const a = file('a.mp3');
    const alias = place.at('music/b.mp3');
    linkSync(a, alias);
    const items = planOf(place, [trash(1, alias, a)]);
    expect(await outcomes(items)).toEqual(LAST_COPY);
  });

  it('stays where the keeper is reached by a symbolic link to its folder, or is one', async () => {
    const a = file('a.mp3');
    file('kept/a.mp3', 'a.mp3');
    symlinkSync(place.at('music/kept'), place.at('music/link'));
    symlinkSync(a, place.at('music/link.mp3'));
    expect(await outcomes(planOf(place, [trash(1, a, place.at('music/link/a.mp3'))]))).toEqual([
      'filing/changed conflict',
    ]);
    expect(await outcomes(planOf(place, [trash(1, a, place.at('music/link.mp3'))]))).toEqual(LAST_COPY);
  });

  it('stays where the keeper is gone, changed or another file by now', async () => {
    const [a, b] = [file('a.mp3', 'same'), file('b.mp3', 'same')];
    const plan = planOf(place, [trash(1, a, b)]);
    writeFileSync(b, 'other');
    expect(await outcomes(plan)).toEqual(['filing/changed conflict']);
    renameSync(b, place.at('away.mp3'));
    expect(await outcomes(plan)).toEqual(['filing/gone conflict']);
    renameSync(a, b);
    expect(await outcomes(plan)).toEqual(['filing/gone conflict']);
  });

  it('stays where the bytes differ, though size and time do not', async () => {
    const [a, b] = [file('a.mp3', 'this'), file('b.mp3', 'that')];
    expect(await outcomes(planOf(place, [itemOf(place, 1, 'trash', a, { keeper: b })]))).toEqual([
      'filing/not-equal conflict',
    ]);
  });
});

describe('a plan that contradicts itself is refused as a whole', () => {
  const cases: readonly (readonly [string, string, () => readonly PlanItem[]])[] = [
    ['two items of one number', 'has a number', () => [move(1, file('a')), move(1, file('b'))]],
    ['two items about one file', 'as another item is', () => [move(1, file('a')), move(2, file('a'))]],
    [
      'an item that follows a later one',
      'follows item 2',
      () => [{ ...move(1, file('a')), follows: [2] }, move(2, file('b'))],
    ],
    ['an item that follows itself', 'follows item 1', () => [{ ...move(1, file('a')), follows: [1] }]],
    ['a move to nowhere', 'needs a destination', () => [{ ...move(1, file('a')), destination: null }]],
    ['a copy to nowhere', 'needs a destination', () => [itemOf(place, 1, 'copy', file('a'))]],
    [
      'a destination that nothing needs',
      'has a destination',
      () => [{ ...trash(1, file('a'), file('b')), destination: place.at('x') }],
    ],
    ['a file kept for itself', 'names the file itself', () => [trash(1, file('a'), file('a'))]],
    [
      'a hard link to other bytes',
      'same bytes',
      () => [itemOf(place, 1, 'hardlink', file('a'), { keeper: file('b'), sameBytes: false })],
    ],
    [
      'a reflink to other bytes',
      'same bytes',
      () => [itemOf(place, 1, 'reflink', file('a'), { keeper: file('b'), sameBytes: false })],
    ],
    [
      'a playlist in which nothing changes',
      'says nothing',
      () => [itemOf(place, 1, 'replace-in-place', file('a.m3u'))],
    ],
  ];

  it.each(cases)('%s', async (_name, says, items) => {
    const plan = planOf(place, items());
    const before = snapshot(place.folder);
    using parts = place.open();
    const refusal = await applyPlan(plan, parts, quietly()).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AppError);
    expect(refusal).toMatchObject({ code: 'plan/unsound', kind: 'usage', message: expect.stringContaining(says) });
    expect(parts.journal.entries({})).toEqual([]);
    expect(snapshot(place.at('music'))).toEqual(new Map([...before].flatMap(([name, facts]) => within(name, facts))));
  });

  it.each(['trash', 'hardlink', 'reflink', 'link'] as const)('a %s for which nothing stays', (verb) => {
    const plan = planOf(place, [itemOf(place, 1, verb, file('a'), { sameBytes: true })]);
    expect(() => assertSound(plan)).toThrow(expect.objectContaining({ code: 'filing/no-keeper', kind: 'refused' }));
  });

  it('but not a sidecar that goes with its file', () => {
    const sidecar = itemOf(place, 2, 'trash', file('a.lrc'), { follows: [1] });
    expect(() => assertSound(planOf(place, [trash(1, file('a'), file('b')), sidecar]))).not.toThrow();
  });
});

function within(name: string, facts: string): [string, string][] {
  return name.startsWith('/music') ? [[name.slice('/music'.length), facts]] : [];
}

describe('what earlier plans and the trash have to do with it', () => {
  const kept = (source: BytePath, keeper: BytePath, more: Partial<PlanItem> = {}): PlanItem => ({
    ...trash(1, source, keeper),
    ...more,
  });

  it.each([
    ['a keeper', () => kept(file('a'), file('.reprise-trash/p/a'))],
    ['a source', () => kept(file('.reprise-trash/p/a'), file('a'))],
    ['a destination', () => move(1, file('a'), 'music/.reprise-trash/p/a')],
  ])('refuses %s in the trash', (_, item) => {
    const refused = expect.objectContaining({ code: 'filing/in-trash', kind: 'refused' });
    expect(() => assertSound(planOf(place, [item()]))).toThrow(refused);
  });

  it('lets only sidecars go without a keeper, after a file that leaves for one', () => {
    const [song, keeper] = [file('a.mp3'), file('kept/a.mp3')];
    const follower = (source: BytePath): PlanItem => itemOf(place, 2, 'trash', source, { follows: [1] });
    const refused = expect.objectContaining({ code: 'filing/no-keeper', kind: 'refused' });
    const copied = { ...move(1, song), verb: 'copy' as const };
    expect(() => assertSound(planOf(place, [copied, follower(file('b.lrc'))]))).toThrow(refused);
    expect(() => assertSound(planOf(place, [trash(1, song, keeper), follower(file('b.mp3'))]))).toThrow(refused);
    expect(() => assertSound(planOf(place, [trash(1, song, keeper), follower(file('a.lrc'))]))).not.toThrow();
  });

  it('rewrites nothing but playlists', () => {
    const song = file('a.flac');
    const item = itemOf(place, 1, 'replace-in-place', song, { edits: [{ from: song, to: file('b') }] });
    expect(() => assertSound(planOf(place, [item]))).toThrow('is no playlist');
  });

  it('keeps what a symbolic link of an earlier plan leads to', async () => {
    const [target, other, third] = [file('a', 'same'), file('b', 'same'), file('c', 'same')];
    const link = itemOf(place, 1, 'link', other, { keeper: target });
    expect(await outcomes({ ...planOf(place, [link]), id: 'links' })).toEqual(['done']);
    const away = itemOf(place, 1, 'trash', target, { keeper: third });
    expect(await outcomes({ ...planOf(place, [away]), id: 'away' })).toEqual(LAST_COPY);
  });

  it('looks at source and keeper once more right before the act', async () => {
    const [song, keeper, other, large] = [file('a', 'x'), file('k', 'x'), file('b', 'y'), file('l', 'y')];
    const items = [itemOf(place, 1, 'trash', song, { keeper }), itemOf(place, 2, 'trash', other, { keeper: large })];
    using parts = place.open();
    const acts = {
      ...parts.acts,
      // While the second pair is compared, the copy that stays for the first one goes.
      haveSameBytes: async (...args: Parameters<typeof parts.acts.haveSameBytes>) => {
        if (args[0] === other) renameSync(keeper, place.at('music/taken away'));
        return parts.acts.haveSameBytes(...args);
      },
    };
    const pace = { width: 1, retries: 0, retryDelayMs: 0 };
    const { items: ended } = await applyPlan(planOf(place, items), { ...parts, acts }, quietly({ pace }));
    expect(ended.map(({ outcome, error }) => error?.code ?? outcome)).toEqual(['filing/changed', 'done']);
  });

  it('neither empties the last copy from the trash nor takes back a copy whose original is gone', async () => {
    const [song, keeper, original] = [file('a', 'x'), file('k', 'x'), file('o', 'z')];
    const copy = itemOf(place, 2, 'copy', original, { destination: place.at('music/copy of o') });
    expect(await outcomes(planOf(place, [trash(1, song, keeper), copy]))).toEqual(['done', 'done']);
    for (const gone of [keeper, original]) renameSync(gone, place.at(`gone ${gone.at(-1)}`));
    using parts = place.open();
    const { signal, pace } = quietly();
    const emptied = await emptyTrash(trashEntries(parts.journal), parts, { signal, pace, dryRun: false });
    expect(emptied.map(({ error }) => error?.code)).toEqual(['trash/last-copy']);
    const copies = parts.journal.entries({ states: ['done'] }).filter(({ verb }) => verb === 'copy');
    const undone = await takeBack(copies, parts, quietly());
    expect(undone.map(({ error }) => error?.code)).toEqual(['undo/only-copy']);
  });
});
