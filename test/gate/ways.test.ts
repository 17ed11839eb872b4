/** What follows a verdict: placing, putting away, swapping; who waits for a person; and the queue under it. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GateEventBody, GateVerdict, Policy } from '#gate';
import { AppError, type BytePath } from '#kernel';
import type { GateScript } from '../support/gate-place.ts';
import { openGateSuite, verdictsOf, words } from '../support/gate-suite.ts';
import { track } from '../support/songs.ts';
import { withTagLib } from '../support/tagged.ts';

const suite = openGateSuite(2);
const { begin, at, put, take } = suite;

const judged = async (): Promise<(GateEventBody & { type: 'file.judged' })[]> =>
  (await suite.gate.told()).filter((event) => event.type === 'file.judged');
const signal = new AbortController().signal;

describe('placing', () => {
  it.each(['copy', 'move', 'hardlink', 'reflink', 'symlink'] as const)('by %s, once, and undoable', async (how) => {
    await begin({ policy: { place: how } });
    const file = put('x.flac', { song: 1, tags: track(3, { title: 'Dusk' }) });
    const copy = put('y.mp3', { song: 1, tags: track(3) });
    const job = await suite.gate.take([file, copy]);
    // Not every file system can share blocks.
    if (how === 'reflink' && job.files[0]?.error) return expect(job.files[0].error.code).toMatch(/reflink|unsupported/);
    const placed = path.join(suite.place.library, 'The Band', 'Nights', '03 Dusk.flac');
    expect(verdictsOf(job)).toMatchObject([
      { verdict: 'new', placed },
      // A copy is told by where its keeper lies: of a link there is only the file that it leads to.
      { verdict: 'duplicate', of: how === 'symlink' ? file : placed, placed: null },
    ]);
    expect(existsSync(file)).toBe(how !== 'move');
    if (how === 'symlink') expect(readlinkSync(placed)).toBe(file);
    if (how === 'hardlink') expect(statSync(placed).ino).toBe(statSync(file).ino);
    expect(await judged()).toMatchObject([{ verdict: { placed }, isAdmitted: true }, { isAdmitted: false }]);
    // Asked again, and seen again by a watcher, it stays what it is, also where the placing has touched it.
    expect(await take(file)).toEqual(how === 'move' ? [undefined] : ['new']);
    expect((await judged()).length).toBe(2);
    expect(readdirSync(path.dirname(placed))).toEqual(['03 Dusk.flac']);
    await suite.gate.undo();
    expect(existsSync(placed)).toBe(false);
    expect(existsSync(file)).toBe(true);
  });

  it('that was taken back is done again when somebody asks for it, and undoable again', async () => {
    await begin({ policy: { place: 'move' } });
    const file = put('x.flac', { song: 1, tags: track(3, { title: 'Dusk' }) });
    const placed = path.join(suite.place.library, 'The Band', 'Nights', '03 Dusk.flac');
    // A library in which nothing is left would be taken for a disk that is away.
    writeFileSync(path.join(suite.place.library, 'cover.jpg'), 'a picture');
    expect(verdictsOf(await suite.gate.take([file]))).toMatchObject([{ verdict: 'new', placed }]);
    for (const ask of [
      () => suite.gate.take([file]),
      async () => suite.gate.finish((await suite.gate.gate.admit(file as BytePath)).id),
    ]) {
      await suite.gate.undo();
      expect([existsSync(file), existsSync(placed)]).toEqual([true, false]);
      expect(verdictsOf(await ask())).toMatchObject([{ verdict: 'new', placed }]);
      expect([existsSync(file), existsSync(placed)]).toEqual([false, true]);
    }
  });

  it('takes a free name where the place is taken, and leaves what lies there', async () => {
    await begin({ policy: { place: 'copy' } });
    const taken = path.join(suite.place.library, 'The Band', 'Nights', '03 Dusk.flac');
    mkdirSync(path.dirname(taken), { recursive: true });
    writeFileSync(taken, 'not of us');
    const [verdict] = verdictsOf(
      await suite.gate.take([put('x.flac', { song: 1, tags: track(3, { title: 'Dusk' }) })]),
    );
    expect(verdict?.placed).toMatch(/03 Dusk_1\.flac$/);
    expect(readFileSync(taken, 'utf8')).toBe('not of us');
  });

  it('passes companions and lets nothing leave the library by its tags', async () => {
    await begin({ policy: { place: 'copy', template: '{albumArtist}/{title}' } });
    const song = put('x.flac', { song: 1, tags: track(3, { album_artist: '../..', title: '../../etc/passwd' }) });
    writeFileSync(at('cover.jpg'), 'a picture');
    const verdicts = verdictsOf(await suite.gate.take([song, at('cover.jpg')]));
    for (const verdict of verdicts) expect(verdict?.placed?.startsWith(`${suite.place.library}/`)).toBe(true);
  });

  it('is done once, when it was interrupted between the act and its record', async () => {
    let fails = 1;
    const parts: GateScript['parts'] = ({ store }) => ({
      store: {
        ...store,
        completed: async (completion) => {
          if (fails-- > 0) throw new Error('The process dies here.');
          await store.completed(completion);
        },
      },
      settings: { leaseSeconds: 60, attempts: 3, retrySeconds: 0 },
    });
    await begin({ policy: { place: 'move' }, parts });
    const file = put('x.flac', { song: 1, tags: track(3, { title: 'Dusk' }) });
    const [verdict] = verdictsOf(await suite.gate.take([file]));
    expect(fails).toBe(-1);
    expect(verdict).toMatchObject({ verdict: 'new', placed: expect.stringContaining('03 Dusk.flac') });
    expect((await judged()).length).toBe(1);
    expect(readdirSync(path.join(suite.place.library, 'The Band', 'Nights'))).toEqual(['03 Dusk.flac']);
  });
});

describe('duplicates', () => {
  it('go to the trash where the inbox says so, the kept file checked before', async () => {
    await begin({ policy: { onDuplicate: 'trash' } });
    const kept = put('1.flac', { song: 1, tags: track(1) });
    const copy = put('2.mp3', { song: 1, tags: track(1) });
    expect(await take(kept, copy)).toEqual(['new', 'duplicate']);
    expect(existsSync(kept)).toBe(true);
    expect(existsSync(copy)).toBe(false);
    await suite.gate.undo();
    expect(existsSync(copy)).toBe(true);
  });

  it('stay where the kept file is not what it was', async () => {
    let kept = '';
    const parts: GateScript['parts'] = ({ hands }) => ({
      hands: {
        ...hands,
        putAway: (...asked) => {
          writeFileSync(kept, 'written to at the last moment');
          return hands.putAway(...asked);
        },
      },
    });
    await begin({ policy: { onDuplicate: 'trash' }, parts });
    kept = put('1.flac', { song: 1, tags: track(1) });
    const copy = put('2.mp3', { song: 1, tags: track(1) });
    const { id } = await suite.gate.gate.enqueue({
      files: [{ path: kept as BytePath }],
      lane: 'live',
      askedBy: 'a test',
    });
    await suite.gate.finish(id);
    const stop = new AbortController();
    await suite.gate.gate.enqueue({ files: [{ path: copy as BytePath }], lane: 'live', askedBy: 'a test' });
    const troubled = Promise.withResolvers<unknown>();
    const work = suite.gate.gate.work({ signal: stop.signal, onTrouble: (_, error) => troubled.resolve(error) });
    expect(await troubled.promise).toBeInstanceOf(AppError);
    stop.abort();
    await work;
    expect(existsSync(copy)).toBe(true);
  });
});

describe('an upgrade', () => {
  it('is kept aside', async () => {
    const kept = put('1.mp3', { song: 1, tags: track(1), args: ['-b:a', '128k'] });
    const before = readFileSync(kept);
    const better = put('2.mp3', { song: 1, tags: track(1), args: ['-b:a', '320k'] });
    expect(await take(kept, better)).toEqual(['new', 'upgrade']);
    expect(readFileSync(kept).equals(before)).toBe(true);
    expect(existsSync(better)).toBe(true);
  });

  it('takes the place of the kept file where the inbox says so: same path, old tags, undoable', async () => {
    await begin({ policy: { onUpgrade: 'swap' } });
    const kept = put('1.mp3', { song: 1, tags: track(1, { title: 'As I call it' }), args: ['-b:a', '128k'] });
    const before = readFileSync(kept);
    const better = put('2.mp3', { song: 1, tags: track(1, { title: 'theirs' }), args: ['-b:a', '320k'] });
    const again = put('3.mp3', { song: 1, tags: track(1), args: ['-b:a', '320k', '-ac', '2'] });
    const job = await suite.gate.take([kept, better, again]);
    // What came after is compared with what is there now.
    expect(words(job)).toEqual(['new', 'upgrade', 'exact']);
    expect(verdictsOf(job)[1]).toMatchObject({ of: kept });
    expect(statSync(kept).size).toBeGreaterThan(2 * before.length);
    const properties = await withTagLib(kept, (file) => file.properties());
    expect(properties).toMatchObject({ title: ['As I call it'] });
    await suite.gate.undo();
    expect(readFileSync(kept).equals(before)).toBe(true);
    // The catalogue finds that out by itself.
    expect(await take(put('4.mp3', { song: 1, tags: track(1), args: ['-b:a', '96k'] }))).toEqual(['duplicate']);
  });

  it('in another container is kept aside all the same', async () => {
    await begin({ policy: { onUpgrade: 'swap' } });
    const kept = put('1.mp3', { song: 1, tags: track(1), args: ['-b:a', '128k'] });
    const before = readFileSync(kept);
    const better = put('2.flac', { song: 1, tags: track(1) });
    const job = await suite.gate.take([kept, better]);
    expect(words(job)).toEqual(['new', 'upgrade']);
    expect(job.counts.dead).toBe(0);
    expect(readFileSync(kept).equals(before)).toBe(true);
    expect(existsSync(better)).toBe(true);
  });
});

describe('a person', () => {
  it('has the last word in an inbox that is previewed', async () => {
    await begin({ policy: { mode: 'preview', place: 'copy' } });
    const file = put('1.flac', { song: 1, tags: track(1, { title: 'Dusk' }) });
    const [verdict] = verdictsOf(await suite.gate.take([file]));
    expect(verdict).toMatchObject({ verdict: 'held', placed: null });
    expect(verdict?.reasons[0]).toContain('otherwise it would be new');
    expect(readdirSync(suite.place.library)).toEqual([]);
    const { id } = await suite.gate.gate.admit(file as BytePath);
    const [admitted] = verdictsOf(await suite.gate.finish(id));
    expect(admitted).toMatchObject({ verdict: 'new', placed: expect.stringContaining('01 Dusk.flac') });
  });

  it('only wants to know what would come of it, where an inbox is observed', async () => {
    const policy: Partial<Policy> = { mode: 'observe', place: 'move', onDuplicate: 'trash', onUpgrade: 'swap' };
    await begin({ policy });
    const kept = put('1.mp3', { song: 1, tags: track(1), args: ['-b:a', '128k'] });
    const copy = put('2.ogg', { song: 1, tags: track(1), args: ['-b:a', '64k'] });
    const better = put('3.mp3', { song: 1, tags: track(1), args: ['-b:a', '320k'] });
    expect(await take(kept, copy, better)).toEqual(['new', 'duplicate', 'upgrade']);
    expect(readdirSync(suite.place.inbox)).toEqual(['1.mp3', '2.ogg', '3.mp3']);
    expect(readdirSync(suite.place.library)).toEqual([]);
  });

  it('admits what was refused or held, which then counts', async () => {
    const kept = put('1.flac', { song: 1, tags: track(1) });
    const copy = put('2.mp3', { song: 1, tags: track(1) });
    const bare = put('3.flac', { song: 2 });
    expect(await take(kept, copy, bare)).toEqual(['new', 'duplicate', 'held']);
    for (const file of [copy, bare]) {
      const { id } = await suite.gate.gate.admit(file as BytePath);
      const [verdict] = verdictsOf(await suite.gate.finish(id));
      expect(verdict).toMatchObject({ verdict: 'new', of: null });
      expect(verdict?.reasons[0]).toBe('A person has admitted it.');
    }
    await expect(suite.gate.gate.admit(put('4.flac', { song: 3 }) as BytePath)).rejects.toMatchObject({
      code: 'gate/not-judged',
    });
    await expect(suite.gate.gate.admit(at('none') as BytePath)).rejects.toMatchObject({ kind: 'missing' });
  });
});

describe('without a trace', () => {
  it('says of many files what an import would, each known to those after it', async () => {
    const library = put('0.flac', { song: 1, tags: track(1) });
    expect(await take(library)).toEqual(['new']);
    const files = [
      put('1.mp3', { song: 1, tags: track(1) }),
      put('2.flac', { song: 2, tags: track(2) }),
      put('3.mp3', { song: 2, tags: track(2) }),
      put('4.flac', { song: 3 }),
    ];
    const rehearsed: GateVerdict[] = [];
    const request = {
      files: files.map((file) => ({ path: file as BytePath })),
      lane: 'live',
      askedBy: 'a test',
    } as const;
    const before = await suite.gate.told();
    for await (const verdict of suite.gate.gate.rehearse(request, { signal, onTrouble: () => {} }))
      rehearsed.push(verdict);
    expect(await suite.gate.told()).toEqual(before);
    expect((await suite.gate.gate.jobs({ most: 9 })).length).toBe(1);
    const plain = (verdict: GateVerdict | null): object => ({ ...verdict, tookMs: 0 });
    expect(rehearsed.map(plain)).toEqual(verdictsOf(await suite.gate.take(files)).map(plain));
    expect(rehearsed.map(({ verdict }) => verdict)).toEqual(['duplicate', 'new', 'duplicate', 'held']);
  });

  it('checks one file, also where it has been judged, and refuses folders', async () => {
    const kept = put('1.flac', { song: 1, tags: track(1) });
    expect((await suite.gate.check(kept)).verdict).toBe('new');
    expect((await suite.gate.gate.jobs({ most: 9 })).length).toBe(0);
    expect(await take(kept)).toEqual(['new']);
    expect((await suite.gate.check(kept)).verdict).toBe('new');
    expect((await suite.gate.check(put('2.mp3', { song: 1, tags: track(1) }))).of).toBe(kept);
    await expect(suite.gate.check(suite.place.inbox)).rejects.toMatchObject({ code: 'gate/folder', kind: 'usage' });
    await expect(suite.gate.check(at('none'))).rejects.toMatchObject({ kind: 'missing' });
    await expect(suite.gate.check(kept, 'nowhere')).rejects.toMatchObject({ code: 'gate/no-inbox' });
    expect(lstatSync(kept).isFile()).toBe(true);
  });
});
