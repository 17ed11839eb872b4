/** Filing between real file systems: full disks, other devices, shared blocks, disks that go away. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { applyPlan, type Plan, type PlanItem, takeBack } from '#filing';
import type { BytePath } from '#kernel';
import { openJournal } from '../../src/adapters/sqlite/index.ts';
import { setAttribute } from '../support/attributes.ts';
import { describeMounted } from '../support/describe-mounted.ts';
import {
  contentsOf,
  createFilingPlace,
  type FilingPlace,
  itemOf,
  planOf,
  quietly,
  snapshot,
  withFolder,
  writePlan,
} from '../support/filing.ts';
import { fillUp, mountAgain, mountSmall, type SmallMount } from '../support/loop-mounts.ts';
import { createWorkplace } from '../support/product.ts';

const MIB = 1 << 20;
const REFLINKED = 4 * MIB;
const inside = (mount: SmallMount, name: string): BytePath => path.join(mount.folder, name) as BytePath;

/** Files of so many bytes, each with content of its own. */
function fill(place: FilingPlace, count: number, bytes: number): readonly BytePath[] {
  return Array.from({ length: count }, (_, at) => {
    const file = withFolder(place.at(`music/songs/${at}.mp3`));
    writeFileSync(file, Buffer.alloc(bytes, `song ${at} `));
    return file;
  });
}

function goingTo(place: FilingPlace, verb: 'move' | 'copy', files: readonly BytePath[], folder: BytePath): Plan {
  const items = files.map((file, at) =>
    itemOf(place, at + 1, verb, file, { destination: `${folder}/${path.basename(file)}` as BytePath }),
  );
  return planOf(place, items);
}

/** What the journal says was done of the plan, item by item. */
function doneItems(file: string): (number | null)[] {
  using journal = openJournal(file);
  return journal.entries({ states: ['done'] }).map(({ item }) => item);
}

async function apply(place: FilingPlace, plan: Plan): Promise<readonly string[]> {
  using parts = place.open();
  const { items } = await applyPlan(plan, parts, quietly());
  return items.map(({ outcome, error }) => error?.code ?? outcome);
}

async function undo(place: FilingPlace): Promise<readonly unknown[]> {
  using parts = place.open();
  const reports = await takeBack(parts.journal.entries({ states: ['done'] }), parts, quietly());
  return reports.map(({ error }) => error);
}

describeMounted(['ext4'], 'a full disk', () => {
  it.each(['move', 'copy'] as const)(
    'at the end of a %s loses nothing, and the plan goes on when there is room',
    (verb) => {
      using disk = mountSmall('ext4');
      using work = createWorkplace();
      using place = createFilingPlace({ elsewhere: disk.folder });
      const files = fill(place, 5, 2 * MIB);
      const before = contentsOf(place.at('music'));
      const plan = writePlan(goingTo(place, verb, files, inside(disk, 'out')), place.at('plan.json'));
      // Room for two and a half of five.
      writeFileSync(inside(disk, 'filler'), Buffer.alloc(freeBytes(disk) - 5 * MIB));
      const { status, stdout } = work.reprise('apply', plan, '--json', '--threads', '1');
      expect(JSON.parse(stdout)).toMatchObject({ done: 2, failed: 3, skipped: 0 });
      expect(JSON.parse(stdout).items[2]).toMatchObject({ outcome: 'failed', code: 'files/disk-full' });
      expect(status).toBe(8);
      expect(contentsOf(place.at('music'), inside(disk, 'out'))).toEqual(before);
      expect(readdirSync(inside(disk, 'out')).sort()).toEqual(['0.mp3', '1.mp3']);
      rmSync(inside(disk, 'filler'));
      const again = work.reprise('apply', plan, '--json');
      expect([again.status, JSON.parse(again.stdout)]).toMatchObject([
        0,
        { done: 3, doneBefore: 2, failed: 0, skipped: 0 },
      ]);
      expect(contentsOf(inside(disk, 'out'))).toEqual(before);
      expect(contentsOf(place.at('music'))).toEqual(verb === 'move' ? [] : before);
      expect(doneItems(path.join(work.data, 'journal.sqlite')).sort()).toEqual([1, 2, 3, 4, 5]);
      expect(work.reprise('undo').status).toBe(0);
      expect([contentsOf(place.at('music')), readdirSync(disk.folder)]).toEqual([
        before,
        expect.not.arrayContaining(['out']),
      ]);
    },
  );

  it.each([
    ['from the start', 0],
    ['for all but the first of it', 900 * 1024],
  ])('of the journal %s: nothing is done that it does not know', (_name, room) => {
    using disk = mountSmall('ext4');
    using work = createWorkplace({ data: inside(disk, 'data') });
    using place = createFilingPlace();
    const files = fill(place, 1500, 20);
    const before = contentsOf(place.at('music'));
    const tree = snapshot(place.at('music'));
    const plan = writePlan(goingTo(place, 'move', files, place.at('out')), place.at('plan.json'));
    expect(work.reprise('journal').status).toBe(0);
    fillUp(disk.folder);
    truncateSync(inside(disk, 'filler'), statSync(inside(disk, 'filler')).size - room);
    const full = work.reprise('apply', plan);
    expect([full.status, full.stderr]).toEqual([8, expect.stringContaining('no room left')]);
    expect(contentsOf(place.folder)).toEqual(expect.arrayContaining([...before]));
    rmSync(inside(disk, 'filler'));
    const again = work.reprise('apply', plan, '--json');
    expect(again.status, again.stderr).toBe(0);
    const { done, doneBefore } = JSON.parse(again.stdout) as Record<string, number>;
    expect((done ?? 0) + (doneBefore ?? 0)).toBe(1500);
    if (room > 0) expect(doneBefore).toBeGreaterThan(0);
    expect(new Set(doneItems(inside(disk, 'data/journal.sqlite'))).size).toBe(1500);
    expect(doneItems(inside(disk, 'data/journal.sqlite'))).toHaveLength(1500);
    expect([contentsOf(place.at('out')), contentsOf(place.at('music'))]).toEqual([before, []]);
    expect(work.reprise('undo').status).toBe(0);
    expect([...snapshot(place.at('music')).keys()]).toEqual([...tree.keys()]);
  });
});

function freeBytes({ folder }: SmallMount): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

describeMounted(['ext4', 'xfs', 'tmpfs'], 'a move to another file system', () => {
  it.each(['ext4', 'xfs', 'tmpfs'] as const)(
    '%s keeps times, mode, owner and attributes, there and back',
    async (kind) => {
      using disk = mountSmall(kind);
      using place = createFilingPlace({ elsewhere: disk.folder });
      const files = fill(place, 4, 3 * 1024 + 1);
      for (const [at, file] of files.entries()) {
        chownSync(file, 1000 + at, 2000 + at);
        chmodSync(file, [0o644, 0o4711, 0o2750, 0o400][at] ?? 0);
        setAttribute(file, 'user.comment', `comment ${at}`);
        setAttribute(file, 'user.empty', '');
        const times = [1_400_000_000_000_000_001n, -1n, -999_999_999_999_999_999n, 1_784_548_800_123_456_789n];
        place.acts.setModified(file, times[at] ?? 0n);
      }
      const before = snapshot(place.at('music'));
      const facts = filesOf(snapshot(place.at('music/songs')));
      expect(await apply(place, goingTo(place, 'move', files, inside(disk, 'out')))).toEqual(Array(4).fill('done'));
      expect(filesOf(snapshot(inside(disk, 'out')))).toEqual(facts);
      expect(await undo(place)).toEqual(Array(4).fill(null));
      expect(snapshot(place.at('music'))).toEqual(before);
    },
  );

  it('does not cut the names of a file apart', async () => {
    using disk = mountSmall('tmpfs');
    using place = createFilingPlace({ elsewhere: disk.folder });
    const [song, other] = fill(place, 2, 10) as [BytePath, BytePath];
    linkSync(song, place.at('music/second name.mp3'));
    const before = snapshot(place.at('music/songs'));
    const plan = goingTo(place, 'move', [song, other], inside(disk, 'out'));
    expect(await apply(place, plan)).toEqual(['filing/hard-linked', 'done']);
    expect(snapshot(place.at('music/songs')).get('/0.mp3')).toEqual(before.get('/0.mp3'));
    expect(readdirSync(inside(disk, 'out'))).toEqual(['1.mp3']);
  });

  it('puts what is trashed into the trash of its own file system', async () => {
    using disk = mountSmall('tmpfs');
    using place = createFilingPlace({ elsewhere: disk.folder });
    const [kept] = fill(place, 1, 10) as [BytePath];
    const song = withFolder(inside(disk, 'a/b/song.mp3'));
    writeFileSync(song, 'a song');
    const plan = planOf(place, [itemOf(place, 1, 'trash', song, { keeper: kept, sameBytes: false })]);
    expect(await apply(place, { ...plan, roots: ['/' as BytePath] })).toEqual(['done']);
    expect(readdirSync(inside(disk, '.reprise-trash/test-plan/a/b'))).toEqual(['song.mp3']);
  });
});

/** Without the folder itself, whose times are its own. */
function filesOf(all: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return [...all].filter(([name]) => name !== '');
}

describeMounted(['xfs', 'ext4'], 'a reflink', () => {
  const pair = (place: FilingPlace): PlanItem => {
    const [song, kept] = ['music/in/song.mp3', 'music/kept/song.mp3'].map((name) => withFolder(place.at(name)));
    for (const file of [song, kept]) writeFileSync(file as BytePath, Buffer.alloc(REFLINKED, 'a song '));
    chmodSync(song as BytePath, 0o640);
    setAttribute(song as BytePath, 'user.comment', 'mine');
    place.acts.setModified(song as BytePath, 1_400_000_000_000_000_001n);
    return itemOf(place, 1, 'reflink', song as BytePath, { keeper: kept as BytePath });
  };

  it('shares the blocks of the copy that stays, looks as before, and is taken back to the last bit', async () => {
    using disk = mountSmall('xfs');
    using place = createFilingPlace({ here: disk.folder });
    const item = pair(place);
    const before = snapshot(place.at('music'));
    const free = freeBytes(disk);
    expect(sharedBlocks(item.source.path)).toBe(0);
    expect(await apply(place, planOf(place, [item]))).toEqual(['done']);
    expect([item.source.path, item.keeper?.path ?? ''].map(sharedBlocks)).toEqual(Array(2).fill(REFLINKED / 4096));
    expect(free - freeBytes(disk)).toBeLessThan(2 * MIB);
    expect(snapshot(place.at('music')).get('/in/song.mp3')).toEqual(before.get('/in/song.mp3'));
    expect(await undo(place)).toEqual([null]);
    expect(snapshot(place.at('music'))).toEqual(before);
    expect(sharedBlocks(item.source.path)).toBe(0);
  });

  it('is placed at a destination, whose name goes when it is taken back', async () => {
    using disk = mountSmall('xfs');
    using place = createFilingPlace({ here: disk.folder });
    const { source } = pair(place);
    const before = snapshot(place.at('music'));
    const destination = place.at('music/new/song.mp3');
    const item = itemOf(place, 1, 'place-reflink', source.path, { destination });
    expect(await apply(place, planOf(place, [item]))).toEqual(['done']);
    expect([source.path, destination].map(sharedBlocks)).toEqual(Array(2).fill(REFLINKED / 4096));
    expect(snapshot(place.at('music')).get('/new/song.mp3')).toEqual(before.get('/in/song.mp3'));
    expect(await undo(place)).toEqual([null]);
    expect(snapshot(place.at('music'))).toEqual(before);
  });

  it('and a hard link are not placed on another file system, and nothing changes', async () => {
    using disk = mountSmall('xfs');
    using place = createFilingPlace({ elsewhere: disk.folder });
    const { source } = pair(place);
    const before = snapshot(place.at('music'), { withTimes: false });
    for (const verb of ['place-reflink', 'place-hardlink'] as const) {
      const item = itemOf(place, 1, verb, source.path, { destination: `${place.elsewhere}/new/song.mp3` as BytePath });
      expect(await apply(place, planOf(place, [item]))).toEqual([
        verb === 'place-reflink' ? 'files/no-reflink' : 'files/elsewhere',
      ]);
    }
    expect(snapshot(place.at('music'), { withTimes: false })).toEqual(before);
    expect(readdirSync(place.elsewhere)).toEqual([]);
  });

  it('is refused where the file system cannot, and nothing changes', async () => {
    using disk = mountSmall('ext4');
    using place = createFilingPlace({ here: disk.folder });
    const plan = planOf(place, [{ ...pair(place) }]);
    const before = snapshot(place.at('music'), { withTimes: false });
    expect(await apply(place, plan)).toEqual(['files/no-reflink']);
    expect(snapshot(place.at('music'), { withTimes: false })).toEqual(before);
  });
});

/** How many blocks of 4096 bytes a file shares with others. */
function sharedBlocks(file: string): number {
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  const text = execFileSync('filefrag', ['-b4096', '-v', file], { encoding: 'utf8', env });
  const extents = text.split('\n').filter((line) => /^\s*\d+:/.test(line) && line.includes('shared'));
  return extents.reduce((sum, line) => sum + Number(/:\s*(\d+):\s*(?:last|shared|\d+:|,)/.exec(line)?.[1] ?? 0), 0);
}

describeMounted(['ext4'], 'a disk that goes away', () => {
  it('is a conflict and not "everything was deleted": before, between and after', () => {
    using disk = mountSmall('ext4');
    using work = createWorkplace();
    using place = createFilingPlace({ elsewhere: disk.folder });
    const [kept] = fill(place, 1, 10) as [BytePath];
    const songs = [0, 1, 2].map((at) => {
      const song = withFolder(inside(disk, `songs/${at}.mp3`));
      writeFileSync(song, Buffer.alloc(10, 'song 0 '));
      return song;
    });
    const items = songs.map((song, at) => itemOf(place, at + 1, 'trash', song, { keeper: kept }));
    const plan = writePlan({ ...planOf(place, items), roots: [disk.folder as BytePath] }, place.at('plan.json'));
    const before = snapshot(disk.folder as BytePath);
    {
      using _ = disk.away();
      const { status, stdout } = work.reprise('apply', plan, '--json');
      expect([status, JSON.parse(stdout)]).toMatchObject([
        5,
        { done: 0, failed: 3, items: [{ code: 'filing/gone' }, {}, {}] },
      ]);
      expect(readdirSync(disk.folder)).toEqual([]);
    }
    expect(snapshot(disk.folder as BytePath)).toEqual(before);
    expect(work.reprise('apply', plan).status).toBe(0);
    {
      using _ = disk.away();
      const { status, stdout } = work.reprise('undo', '--json');
      expect([status, JSON.parse(stdout)]).toMatchObject([5, { done: 0, failed: 3 }]);
      expect(JSON.parse(work.reprise('trash', 'list', '--json').stdout)).toMatchObject({
        bytes: 0,
        files: [{ isThere: false }, {}, {}],
      });
      expect(JSON.parse(work.reprise('trash', 'empty', '--yes', '--json').stdout)).toMatchObject({
        done: 0,
        failed: 0,
      });
      expect(JSON.parse(work.reprise('apply', plan, '--json').stdout)).toMatchObject({ doneBefore: 3 });
    }
    expect(JSON.parse(work.reprise('undo', '--json').stdout)).toMatchObject({ done: 3, failed: 0 });
    expect(snapshot(disk.folder as BytePath)).toEqual(before);
  });
});

describeMounted(['tmpfs'], 'a folder under two paths that no link gives away', () => {
  it('is protected under both', async () => {
    using place = createFilingPlace();
    const [song] = fill(place, 1, 10) as [BytePath];
    using other = mountAgain(place.at('music/songs'));
    const again = inside(other, '0.mp3');
    const moves = (source: BytePath, destination: BytePath): Plan =>
      planOf(place, [itemOf(place, 1, 'move', source, { destination })]);
    const isRefused = async (plan: Plan, safe: BytePath): Promise<void> => {
      expect(await apply(place, { ...plan, protected: [safe] })).toEqual(['filing/protected']);
    };
    await isRefused(moves(again, place.at('out/0.mp3')), place.at('music/songs'));
    await isRefused(moves(again, place.at('out/0.mp3')), song);
    await isRefused(moves(song, place.at('out/0.mp3')), other.folder as BytePath);
    const stray = withFolder(place.at('music/stray.mp3'));
    writeFileSync(stray, 'a stray');
    await isRefused(moves(stray, inside(other, 'new/stray.mp3')), place.at('music/songs'));
  });

  it('does not make a keeper of the file itself, nor a circle of keepers', async () => {
    using place = createFilingPlace();
    const [a, b] = fill(place, 2, 10) as [BytePath, BytePath];
    using other = mountAgain(place.at('music/songs'));
    const trash = (n: number, source: BytePath, keeper: string): PlanItem =>
      itemOf(place, n, 'trash', source, { keeper: inside(other, keeper), sameBytes: false });
    const before = snapshot(place.at('music'));
    expect(await apply(place, planOf(place, [trash(1, a, '0.mp3')]))).toEqual(['filing/last-copy']);
    expect(await apply(place, planOf(place, [trash(1, a, '1.mp3'), trash(2, b, '0.mp3')]))).toEqual(
      Array(2).fill('filing/last-copy'),
    );
    expect(snapshot(place.at('music'))).toEqual(before);
  });
});
