/** What views never do: remove what they did not make, believe a mistake, forget what they made. */
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  followEvents,
  type GateEvent,
  type GateEventBody,
  type GateWord,
  type ViewActs,
  type ViewChange,
  type ViewPlace,
} from '#gate';
import { AppError, type BytePath, bytesOfPath, joinPath, pathFromBytes } from '#kernel';
import { createFileActs } from '../../src/adapters/files/index.ts';
import { describeMounted } from '../support/describe-mounted.ts';
import { INBOX } from '../support/gate-store.ts';
import { fillUp, mountSmall } from '../support/loop-mounts.ts';
import { contentsOf, createTestView, type TestView } from '../support/view-place.ts';

let place: TestView;
beforeEach(() => {
  place = createTestView();
});
afterEach(() => place[Symbol.dispose]());

const options = {
  signal: new AbortController().signal,
  onTrouble: (error: Error): void => void place.troubles.push(error as never),
};
const codes = (): string[] => place.troubles.map(({ code }) => code);
const numbered = (count: number, name = 'Album'): string[] =>
  Array.from({ length: count }, (_, n) => `${name}/${n}.flac`);
/** Everything as it is in the inbox. */
const asInInbox = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `in/${name}`]));
const records = async (): Promise<string[]> =>
  (await place.gate.store.viewEntries('player')).map(({ path: each }) => each);

describe.each(['symlink', 'copy'] as const)('a view by %s', (mode) => {
  const reconcile = (settings: Partial<ViewPlace> = {}) => place.reconcile({ mode, ...settings });

  it('shows what is admitted or passed through, in the folders of the inbox', async () => {
    place.arrive(['Album/1.flac', 'loose.flac']);
    place.arrive(['Album/cover.jpg'], { word: 'unknown' });
    place.arrive(['Album/2.flac'], { word: 'duplicate' });
    place.arrive(['Album/3.flac'], { word: 'held' });
    place.arrive(['Album/4.flac'], { word: 'new', isAdmitted: false });
    place.file('in/not judged.flac');
    expect(await reconcile()).toMatchObject({ shown: 3, made: 3, replaced: 0, removed: 0, heldBack: 0, taken: 0 });
    expect(place.shown()).toEqual(asInInbox(['Album/1.flac', 'Album/cover.jpg', 'loose.flac']));
    expect(lstatSync(place.at('view/Album/1.flac')).isSymbolicLink()).toBe(mode === 'symlink');
    if (mode === 'symlink') expect(readlinkSync(place.at('view/Album/1.flac'))).toBe('../../in/Album/1.flac');
    place.reopen();
    expect(await reconcile()).toMatchObject({ shown: 3, made: 0, replaced: 0, removed: 0 });
    expect(codes()).toEqual([]);
  });

  it('shows a placed file where it lies, under the name with which it arrived', async () => {
    place.arrive(['Album/1.flac', 'Album/2.flac']);
    await reconcile();
    const placed = place.file('lib/Artist/Album/01.flac', 'placed');
    place.gate.judge([{ path: place.at('in/Album/1.flac'), placed }]);
    rmSync(place.at('in/Album/1.flac'));
    expect(await reconcile()).toMatchObject({ shown: 2, made: 0, replaced: 1, removed: 0 });
    expect(place.shown()).toEqual({ 'Album/1.flac': 'placed', 'Album/2.flac': 'in/Album/2.flac' });
  });

  it('shows and hides files as they are judged, with the folders that takes', async () => {
    const view = place.open({ mode });
    const file = { path: place.file('in/Album/Disc 1/1.flac'), placed: null };
    await view.show(file, options);
    await view.show(file, options);
    await view.show({ path: place.file('elsewhere/1.flac'), placed: null }, options);
    await view.show({ path: place.at('in/gone.flac'), placed: null }, options);
    expect(place.shown()).toEqual({ 'Album/Disc 1/1.flac': 'in/Album/Disc 1/1.flac' });
    await view.hide(file.path, options);
    await view.hide(file.path, options);
    expect([place.shown(), await records(), codes()]).toEqual([{}, [], []]);
  });

  it('leaves alone what somebody else put there', async () => {
    place.arrive(['Album/1.flac', 'Album/2.flac', 'Other/1.flac']);
    await reconcile();
    for (const name of ['Album/album.nfo', 'Album/1.lrc', 'notes.txt']) place.file(`view/${name}`);
    mkdirSync(place.at('view/Empty of yours'));
    symlinkSync('/nowhere', place.at('view/Album/link of yours'));
    for (const name of ['1', '2']) place.gate.judge([{ path: place.at(`in/Album/${name}.flac`), word: 'duplicate' }]);
    expect(await reconcile()).toMatchObject({ shown: 1, removed: 2 });
    const yours = {
      ...{
        'Album/album.nfo': 'view/Album/album.nfo',
        'Album/1.lrc': 'view/Album/1.lrc',
        'notes.txt': 'view/notes.txt',
      },
      ...{ 'Empty of yours/': '', 'Album/link of yours': '→ /nowhere' },
    };
    expect(place.shown()).toEqual({ ...yours, ...asInInbox(['Other/1.flac']) });
    // The folder was made by the view, and goes when it is empty at last.
    for (const name of ['album.nfo', '1.lrc', 'link of yours']) unlinkSync(place.at(`view/Album/${name}`));
    await reconcile();
    expect(Object.keys(place.shown()).sort()).toEqual(['Empty of yours/', 'Other/1.flac', 'notes.txt']);
  });

  it('removes nothing that is not as it was made', async () => {
    place.arrive(['a.flac', 'b.flac', 'c.flac']);
    await reconcile();
    // A person put a file of their own in the place of an entry, and another link, and wrote into a third.
    rmSync(place.at('view/a.flac'));
    place.file('view/a.flac', 'my own');
    rmSync(place.at('view/b.flac'));
    symlinkSync('/nowhere', place.at('view/b.flac'));
    for (const name of ['a', 'b', 'c']) place.gate.judge([{ path: place.at(`in/${name}.flac`), word: 'duplicate' }]);
    place.arrive(['d.flac']);
    if (mode === 'copy') appendFileSync(place.at('view/c.flac'), ', my tags');
    await reconcile();
    const own = { 'a.flac': 'my own', 'b.flac': '→ /nowhere', 'd.flac': 'in/d.flac' };
    expect(place.shown()).toEqual(mode === 'copy' ? { ...own, 'c.flac': 'in/c.flac, my tags' } : own);
    expect(await records()).toEqual([place.at('view/d.flac')]);
  });

  it('tells of a real file in the way, and goes on', async () => {
    place.arrive(['Album/1.flac', 'Album/2.flac', 'Taken/3.flac']);
    place.file('view/Album/1.flac', 'my own');
    place.file('view/Taken', 'a file where a folder is to be');
    expect(await reconcile()).toMatchObject({ shown: 1, made: 1 });
    expect(codes()).toEqual(['views/taken', 'views/taken']);
    expect(place.troubles[0]?.message).toContain('view/Album/1.flac');
    expect(place.shown()).toEqual({
      ...{ 'Album/1.flac': 'my own', 'Album/2.flac': 'in/Album/2.flac', Taken: 'a file where a folder is to be' },
    });
  });

  it('puts the right target in the place of a wrong one', async () => {
    place.arrive(['1.flac', '2.flac']);
    await reconcile();
    // As after a change of the inbox: everything lies elsewhere now.
    const other = place.file('lib/other.flac', 'the other one');
    place.gate.judge([{ path: place.at('in/1.flac'), placed: other }]);
    expect(await reconcile()).toMatchObject({ replaced: 1, made: 0, removed: 0 });
    expect(place.shown()).toEqual({ '1.flac': 'the other one', '2.flac': 'in/2.flac' });
  });

  it('becomes one of the other kind when the settings say so', async () => {
    place.arrive(numbered(30));
    await reconcile();
    const other = mode === 'symlink' ? 'copy' : 'symlink';
    expect(await reconcile({ mode: other })).toMatchObject({ shown: 30, replaced: 30, removed: 0 });
    expect(lstatSync(place.at('view/Album/7.flac')).isSymbolicLink()).toBe(other === 'symlink');
    expect(place.shown()).toEqual(asInInbox(numbered(30)));
    expect((await records()).filter((each) => each.endsWith('.tmp'))).toEqual([]);
  });

  it('moves with its settings', async () => {
    place.arrive(numbered(30));
    await reconcile();
    await reconcile({ path: place.at('elsewhere/view') });
    expect(place.shown()).toEqual({});
    expect(contentsOf(place.at('elsewhere/view'))).toEqual(asInInbox(numbered(30)));
    expect(codes()).toEqual([]);
  });

  describe('with a folder per file', () => {
    it('gives loose files folders, in the folders that are named alone', async () => {
      place.arrive(['a.flac', 'Singles/b.flac', 'Singles/Album/c.flac', 'Other/d.flac']);
      expect(await reconcile({ folderPerFile: ['.', './Singles/'] })).toMatchObject({ shown: 4 });
      expect(place.shown()).toEqual({
        ...{ 'a.flac/a.flac': 'in/a.flac', 'Singles/b.flac/b.flac': 'in/Singles/b.flac' },
        ...asInInbox(['Singles/Album/c.flac', 'Other/d.flac']),
      });
      const view = place.open({ mode, folderPerFile: ['.', 'Singles'] });
      await view.hide(place.at('in/Singles/b.flac'), options);
      expect(Object.keys(place.shown()).sort()).toEqual(['Other/d.flac', 'Singles/Album/c.flac', 'a.flac/a.flac']);
    });

    it('is made and unmade for all files at once: none is lost by it', async () => {
      const names = Array.from({ length: 40 }, (_, n) => `Singles/${n}.flac`);
      place.arrive(names);
      await reconcile();
      expect(await reconcile({ folderPerFile: ['Singles'] })).toMatchObject({ shown: 40, heldBack: 0 });
      expect(Object.keys(place.shown())).toContain('Singles/7.flac/7.flac');
      expect(await reconcile()).toMatchObject({ shown: 40, heldBack: 0 });
      expect(place.shown()).toEqual(asInInbox(names));
      expect(codes()).toEqual([]);
    });
  });

  describe('does not believe', () => {
    const names = numbered(30);
    beforeEach(async () => {
      place.arrive(names);
      await reconcile();
    });
    const expectNothingRemoved = (code: string): void => {
      expect(Object.keys(place.shown())).toHaveLength(30);
      expect(codes()).toEqual([code]);
    };

    it('an inbox that is missing', async () => {
      renameSync(place.at('in'), place.at('away'));
      expect(await reconcile({ mostRemoved: 1 })).toMatchObject({ removed: 0, heldBack: 30 });
      expectNothingRemoved('views/folder-away');
    });

    it('an inbox that is empty, as a mount point without its disk is', async () => {
      renameSync(place.at('in'), place.at('away'));
      mkdirSync(place.at('in'));
      expect(await reconcile({ mostRemoved: 1 })).toMatchObject({ removed: 0, heldBack: 30 });
      expectNothingRemoved('views/folder-away');
    });

    it('an inbox that is another folder', async () => {
      place.file('in.wrong/Album/1.flac');
      const view = place.open({ mode });
      expect(view.name).toBe('player');
      renameSync(place.at('in'), place.at('right'));
      renameSync(place.at('in.wrong'), place.at('in'));
      await reconcile();
      expect(codes()).toEqual(['views/too-many-removed']);
      expect(Object.keys(place.shown())).toHaveLength(30);
      expect(place.troubles[0]?.hint).toContain('REPRISE_VIEWS__PLAYER__MOST_REMOVED=1');
    });

    it('a catalogue without judgements', async () => {
      place.gate.forgetJudgements();
      expect(await reconcile()).toMatchObject({ removed: 0, heldBack: 30 });
      expectNothingRemoved('views/too-many-removed');
    });

    it('that more than its share is to go, unless that is allowed', async () => {
      const gone = names.slice(0, 16).map((name) => ({ path: place.at(`in/${name}`), word: 'duplicate' as const }));
      place.gate.judge(gone);
      expect(await reconcile()).toMatchObject({ removed: 0, heldBack: 16 });
      expectNothingRemoved('views/too-many-removed');
      expect(await reconcile({ mostRemoved: 1 })).toMatchObject({ removed: 16, heldBack: 0, shown: 14 });
      place.gate.judge(names.slice(16, 23).map((name) => ({ path: place.at(`in/${name}`), word: 'duplicate' })));
      expect(await reconcile()).toMatchObject({ removed: 7, heldBack: 0, shown: 7 });
    });

    it('that it was never there itself', async () => {
      renameSync(place.at('view'), place.at('away'));
      await expect(reconcile()).rejects.toMatchObject({ code: 'views/folder-missing', kind: 'missing' });
      mkdirSync(place.at('view'));
      expect(await reconcile()).toMatchObject({ shown: 30, made: 30 });
    });
  });

  it('is not emptied altogether, however small it is, but loses single files', async () => {
    place.arrive(['a.flac', 'b.flac']);
    place.file('in/still there.txt');
    await reconcile();
    for (const name of ['a.flac', 'b.flac']) renameSync(place.at(`in/${name}`), place.at(name));
    expect(await reconcile()).toMatchObject({ removed: 0, heldBack: 2 });
    renameSync(place.at('b.flac'), place.at('in/b.flac'));
    expect(await reconcile()).toMatchObject({ removed: 1, heldBack: 0 });
    expect(place.shown()).toEqual(asInInbox(['b.flac']));
  });

  it('makes nothing and removes nothing by way of a link that leads out of it', async () => {
    place.arrive(['Album/1.flac', 'Album/2.flac', 'x.flac']);
    await reconcile();
    renameSync(place.at('view/Album'), place.at('moved away'));
    symlinkSync(place.at('moved away'), place.at('view/Album'));
    const before = contentsOf(place.at('moved away'));
    place.gate.judge([{ path: place.at('in/Album/1.flac'), word: 'duplicate' }]);
    place.arrive(['Album/3.flac']);
    await reconcile();
    expect(contentsOf(place.at('moved away'))).toEqual(before);
    expect(codes().every((code) => code === 'views/taken')).toBe(true);
  });

  it('changes nothing in a dry run, and tells what it would do', async () => {
    place.arrive(['a.flac', 'b.flac', 'c.flac']);
    const changes: ViewChange[] = [];
    const dry = { ...options, dryRun: true, onChange: (change: ViewChange): void => void changes.push(change) };
    expect(await place.open({ mode }).reconcile(dry)).toMatchObject({ shown: 3, made: 3 });
    expect(contentsOf(place.folder, '')).not.toHaveProperty('view/');
    await reconcile();
    changes.length = 0;
    place.gate.judge([
      { path: place.at('in/a.flac'), word: 'duplicate' },
      { path: place.at('in/b.flac'), placed: place.file('lib/b.flac') },
    ]);
    place.arrive(['d.flac']);
    const before = place.shown();
    expect(await place.open({ mode }).reconcile(dry)).toMatchObject({ shown: 3, made: 1, replaced: 1, removed: 1 });
    expect(changes.map(({ kind, path: each }) => [kind, path.basename(each)])).toEqual([
      ['remove', 'a.flac'],
      ['replace', 'b.flac'],
      ['make', 'd.flac'],
    ]);
    expect(place.shown()).toEqual(before);
  });

  it('takes any name that files can have', async () => {
    const odd = ['two\nlines', `it's "q" $x *?`, '-rf', 'é', 'e\u0301', pathFromBytes(Uint8Array.of(0x6f, 0xff))];
    const inbox = joinPath(place.at('in'), pathFromBytes(Uint8Array.of(0xff, 0x41)));
    mkdirSync(Buffer.from(bytesOfPath(inbox)));
    const paths = odd.map((name) => joinPath(inbox, name as BytePath));
    for (const each of paths) writeFileSync(Buffer.from(bytesOfPath(each)), 'odd');
    place.gate.judge(paths.map((each) => ({ path: each })));
    place.reopen();
    expect(await reconcile()).toMatchObject({ made: odd.length });
    place.reopen();
    expect(await reconcile()).toMatchObject({ shown: odd.length, made: 0, replaced: 0 });
    place.gate.judge(paths.slice(1).map((each) => ({ path: each, word: 'duplicate' })));
    expect(await reconcile()).toMatchObject({ shown: 1, removed: odd.length - 1 });
  });
});

describe('a copy', () => {
  it('is made anew when the file has changed, and replaced in one step', async () => {
    place.arrive(['a.flac', 'b.flac']);
    await place.reconcile({ mode: 'copy' });
    place.file('in/a.flac', 'changed');
    utimesSync(place.at('in/b.flac'), new Date(), new Date(Date.now() + 60_000));
    const missing: boolean[] = [];
    const acts = watchedActs((name) => {
      if (name === 'state' || name === 'remove')
        missing.push(createFileActs().state(place.at('view/a.flac')) === undefined);
    });
    const report = await place.open({ mode: 'copy' }, acts).reconcile(options);
    expect(report).toMatchObject({ shown: 2, replaced: 2 });
    expect(place.shown()).toEqual({ 'a.flac': 'changed', 'b.flac': 'in/b.flac' });
    expect(missing).not.toContain(true);
  });

  it('is made anew also where two names cannot be exchanged', async () => {
    place.arrive(['a.flac']);
    await place.reconcile({ mode: 'copy' });
    place.file('in/a.flac', 'changed');
    const acts = { ...createFileActs(), exchange: () => false };
    expect(await place.open({ mode: 'copy' }, acts).reconcile(options)).toMatchObject({ replaced: 1 });
    expect(place.shown()).toEqual({ 'a.flac': 'changed' });
    expect(await records()).toEqual([place.at('view/a.flac')]);
  });
});

/** Acts that are announced before they are done. */
function watchedActs(announce: (name: string) => void): ViewActs {
  return watched(createFileActs(), announce);
}

function watched<T extends object>(
  target: T,
  before: (name: string) => void,
  after: (name: string) => void = () => undefined,
): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        before(String(name));
        const result = (value as (...given: unknown[]) => unknown).apply(target, args);
        if (!(result instanceof Promise)) after(String(name));
        return result instanceof Promise ? result.finally(() => after(String(name))) : result;
      };
    },
  });
}

class Death extends Error {}

/** A view with all that can happen to it: entries to make, to replace, to remove and to move, and files of somebody else. */
async function prepare(mode: 'symlink' | 'copy'): Promise<Record<string, string>> {
  place.arrive(['Album/1.flac', 'Album/2.flac', 'Gone/1.flac', 'Singles/s.flac', 'Placed/p.flac']);
  await place.reconcile({ mode, folderPerFile: [] });
  place.file('view/Album/album.nfo');
  place.file('in/Album/2.flac', 'changed');
  place.gate.judge([
    { path: place.at('in/Gone/1.flac'), word: 'duplicate' },
    { path: place.at('in/Placed/p.flac'), placed: place.file('lib/p.flac') },
  ]);
  place.arrive(['New/Disc 1/1.flac', 'New/Disc 1/2.flac']);
  return {
    ...{ 'Album/album.nfo': 'view/Album/album.nfo', 'Album/2.flac': 'changed', 'Placed/p.flac': 'lib/p.flac' },
    ...asInInbox(['Album/1.flac', 'New/Disc 1/1.flac', 'New/Disc 1/2.flac']),
    'Singles/s.flac/s.flac': 'in/Singles/s.flac',
  };
}

describe.each(['symlink', 'copy'] as const)('a death in the middle of a reconciliation by %s', (mode) => {
  it('before any act or record leaves what the next one brings to its end', async () => {
    const settings = { mode, folderPerFile: ['Singles'] };
    let hasEnded = false;
    let deaths = 0;
    for (let last = 1; !hasEnded; last++) {
      place[Symbol.dispose]();
      place = createTestView();
      const wanted = await prepare(mode);
      let calls = 0;
      const die = (name: string): void => {
        // Looking changes nothing, so dying before it is dying after the act before.
        if (['state', 'realPath', 'readLink', 'list', 'viewEntries', 'shownFiles'].includes(name) && calls < last)
          return;
        calls += 1;
        if (calls >= last) throw new Death();
      };
      try {
        await place.open(settings, watchedActs(die), watched(place.gate.store, die)).reconcile(options);
        hasEnded = true;
      } catch (error) {
        if (!(error instanceof Death)) throw error;
        deaths += 1;
      }
      place.reopen();
      await place.reconcile(settings);
      expect(place.shown()).toEqual(wanted);
      const made = Object.keys(wanted).filter((name) => name !== 'Album/album.nfo');
      const known = (await place.gate.store.viewEntries('player')).filter(({ kind }) => kind !== 'folder');
      expect(known.map((entry) => entry.path).sort()).toEqual(made.map((name) => place.at(`view/${name}`)).sort());
      expect(codes()).toEqual([]);
    }
    expect(deaths).toBeGreaterThan(10);
  });

  it('by kill -9 does so too', async () => {
    const names = [...numbered(400, 'A'), ...numbered(100, 'B')];
    place.arrive(names);
    const root = path.resolve(import.meta.dirname, '../..');
    const program = ['--conditions=source', path.join(root, 'test/support/view-process.ts'), place.folder, mode];
    for (const calls of [1, 50, 256]) {
      place.gate[Symbol.dispose]();
      const child = spawn(process.execPath, [...program, `${calls}`], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      child.kill('SIGKILL');
      await ended;
      place.reopen();
      const shown = Object.keys(place.shown());
      expect(shown.length).toBeGreaterThan(0);
      expect(shown.length).toBeLessThan(names.length);
      expect(await records()).toEqual(expect.arrayContaining(shown.map((name) => place.at(`view/${name}`))));
    }
    await place.reconcile({ mode });
    expect(place.shown()).toEqual(asInInbox(names));
    expect((await records()).filter((each) => /\.(flac|tmp)$/.test(each))).toHaveLength(names.length);
    expect(codes()).toEqual([]);
  });
});

describe.each(['symlink', 'copy'] as const)('an act that fails during a reconciliation by %s', (mode) => {
  const settings = { mode, folderPerFile: ['Singles'] };

  it.each(['before', 'after'] as const)('%s it is done costs at most what it is about', async (when) => {
    let hasEnded = false;
    for (let failing = 1; !hasEnded; failing++) {
      place[Symbol.dispose]();
      place = createTestView();
      const wanted = await prepare(mode);
      let calls = 0;
      const fail = (): void => {
        calls += 1;
        if (calls === failing) throw new AppError('files/unavailable', 'The disk hiccups.', { kind: 'unavailable' });
      };
      const acts = watched(
        createFileActs(),
        when === 'before' ? fail : () => undefined,
        when === 'after' ? fail : () => undefined,
      );
      // Without its folders nothing is begun at all.
      await place
        .open(settings, acts)
        .reconcile(options)
        .catch((error: unknown) => options.onTrouble(error as Error));
      hasEnded = calls < failing;
      // What was done in spite of its error need not be told.
      if (when === 'before' || hasEnded) expect(codes().includes('files/unavailable')).toBe(!hasEnded);
      place.reopen();
      place.troubles.length = 0;
      await place.reconcile(settings);
      expect(codes()).toEqual([]);
      expect(place.shown()).toEqual(wanted);
      const made = Object.keys(wanted).filter((name) => name !== 'Album/album.nfo');
      const known = (await place.gate.store.viewEntries('player')).filter(({ kind }) => kind !== 'folder');
      expect(known.map((entry) => entry.path).sort()).toEqual(made.map((name) => place.at(`view/${name}`)).sort());
    }
  });
});

describeMounted(['tmpfs'], 'a disk of its own', () => {
  it('that is full ends the reconciliation, and the next one goes on', async () => {
    using disk = mountSmall('tmpfs');
    const names = numbered(12);
    place.arrive(names);
    for (const name of names) place.file(`in/${name}`, name.repeat(100_000));
    fillUp(disk.folder);
    truncateSync(path.join(disk.folder, 'filler'), 12 << 20);
    const settings = { mode: 'copy' as const, path: path.join(disk.folder, 'view') as BytePath };
    await expect(place.reconcile(settings)).rejects.toMatchObject({ code: 'files/disk-full', kind: 'exhausted' });
    const some = Object.keys(contentsOf(settings.path));
    expect(some.length).toBeGreaterThan(0);
    expect(some.length).toBeLessThan(names.length);
    rmSync(path.join(disk.folder, 'filler'));
    expect(await place.reconcile(settings)).toMatchObject({ shown: 12, made: 12 - some.length });
    expect(Object.keys(contentsOf(settings.path)).sort()).toEqual(names.toSorted());
  });
});

it('knows its copies again on a card, which numbers files anew and keeps even seconds alone', async () => {
  const onCard = (): ViewActs => {
    const acts = createFileActs();
    const inode = BigInt(Math.floor(Math.random() * 1e9));
    const state: ViewActs['state'] = (each) => {
      const found = acts.state(each);
      if (!found || !each.startsWith(place.at('view/'))) return found;
      return { ...found, inode: found.inode + inode, mtimeNs: found.mtimeNs - (found.mtimeNs % 2_000_000_000n) };
    };
    return { ...acts, state, exchange: () => false };
  };
  place.arrive(numbered(20));
  const reconcile = () => place.open({ mode: 'copy' }, onCard()).reconcile(options);
  expect(await reconcile()).toMatchObject({ made: 20 });
  expect(await reconcile()).toMatchObject({ shown: 20, made: 0, replaced: 0, taken: 0 });
  place.gate.judge([{ path: place.at('in/Album/3.flac'), word: 'duplicate' }]);
  expect(await reconcile()).toMatchObject({ shown: 19, removed: 1 });
});

it('reconciles ten thousand entries', async () => {
  const names = Array.from({ length: 10_000 }, (_, n) => `Artist ${n % 200}/Album ${n % 1_000}/${n}.flac`);
  place.arrive(names);
  expect(await place.reconcile()).toMatchObject({ shown: 10_000, made: 10_000 });
  place.reopen();
  expect(await place.reconcile()).toMatchObject({ shown: 10_000, made: 0, replaced: 0, removed: 0 });
});

it('follows what the gate tells', async () => {
  const view = place.open();
  const judged = (
    name: string,
    verdict: GateWord,
    more: { isAdmitted?: boolean; placed?: BytePath; inbox?: string } = {},
  ) => ({
    ...{ type: 'file.judged' as const, inbox: more.inbox ?? INBOX, audioHash: null, tags: {} },
    isAdmitted: more.isAdmitted ?? verdict === 'new',
    verdict: {
      ...{ path: place.at(`in/${name}`), verdict, of: null, recording: null, placed: more.placed ?? null, tookMs: 1 },
      ...{ release: { album: null, albumArtist: null, disc: null, track: null }, reasons: ['…'] },
    },
  });
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) place.file(`in/${name}`);
  const told: GateEventBody[] = [
    ...[judged('a', 'new'), judged('b', 'unknown'), judged('c', 'duplicate'), judged('d', 'new')],
    ...[judged('d', 'held'), judged('e', 'new', { inbox: 'other' })],
    judged('f', 'new', { placed: place.file('lib/f') }),
    { type: 'file.failed', path: place.at('in/x'), code: 'a/b', message: 'c' },
    { type: 'file.promoted', path: place.at('in/c'), insteadOf: place.at('lib/f'), recording: 'r' },
  ];
  await followEvents([view], eventsOf(told), options);
  expect(place.shown()).toEqual(asInInbox(['a', 'b', 'c']));
  rmSync(place.at('view'), { recursive: true });
  await followEvents([view], eventsOf([judged('e', 'new')]), options);
  expect(codes()).toEqual(['views/folder-missing']);
});

async function* eventsOf(bodies: readonly GateEventBody[]): AsyncGenerator<GateEvent> {
  for (const [at, body] of bodies.entries()) yield { n: at + 1, at: 0, body };
}
