import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GateVerdict, Inbox } from '#gate';
import type { BytePath } from '#kernel';
import { createGatePlace, inboxAt } from '../support/gate-place.ts';
import { openGateSuite, verdictsOf, words } from '../support/gate-suite.ts';
import { track } from '../support/songs.ts';

const suite = openGateSuite(2);
const { begin, at, put, take } = suite;

/** One file's verdict. */
const verdictOn = async (file: string): Promise<GateVerdict> => {
  const [verdict] = verdictsOf(await suite.gate.take([file]));
  if (!verdict) throw new Error(`${file} has no verdict.`);
  return verdict;
};
const reasonsOf = (verdict: GateVerdict): string => verdict.reasons.join(' ');

describe('the words', () => {
  it('new, duplicate, upgrade and exact, by sound within one place of an album', async () => {
    const first = put('1.mp3', { song: 1, tags: track(1), args: ['-b:a', '128k'] });
    const again = put('2.ogg', { song: 1, tags: track('1/10'), args: ['-b:a', '64k'] });
    const better = put('3.flac', { song: 1, tags: track('01') });
    const same = put('4.mp3', { song: 1, tags: track(1, { title: 'Named' }), args: ['-b:a', '128k'] });
    const other = put('5.mp3', { song: 2, tags: track(1) });
    const verdicts = verdictsOf(await suite.gate.take([first, again, better, same, other]));
    expect(verdicts.map((verdict) => [verdict?.verdict, verdict?.of])).toEqual([
      ['new', null],
      ['duplicate', first],
      ['upgrade', first],
      ['exact', first],
      ['new', null],
    ]);
    const [one] = verdicts;
    expect(verdicts.slice(1, 4).map((verdict) => verdict?.recording)).toEqual(Array(3).fill(one?.recording));
    expect(one?.recording).toMatch(/^sha256:/);
    expect(one?.release).toEqual({ album: 'Nights', albumArtist: 'The Band', disc: null, track: 1 });
    for (const verdict of verdicts) expect(verdict?.reasons.join('')).not.toBe('');
    expect(verdicts[4] && reasonsOf(verdicts[4])).toContain('another recording');
    expect(verdicts[2] && reasonsOf(verdicts[2])).toMatch(/lossless/);
  });

  it('exact, for equal bytes at a second path', async () => {
    const first = put('1.flac', { song: 1, tags: track(1) });
    copyFileSync(first, at('2.flac'));
    const [, second] = verdictsOf(await suite.gate.take([first, at('2.flac')]));
    expect(second).toMatchObject({ verdict: 'exact', of: first });
    expect(reasonsOf(second as GateVerdict)).toContain('Byte for byte equal');
  });

  it('unknown, for companions, which the library does not count among its sounds', async () => {
    const files = ['cover.jpg', 'album.cue', 'rip.log', 'empty'].map((name, n) => {
      writeFileSync(at(name), n === 3 ? '' : `no sound ${n}`);
      return at(name);
    });
    expect(await take(...files)).toEqual(Array(4).fill('unknown'));
    for await (const page of suite.gate.catalogue.present()) expect(page).toEqual([]);
    expect(await suite.gate.gate.jobs({ most: 1 })).toMatchObject([{ counts: { done: 4 } }]);
  });

  it('unreadable, for what is meant to be audio', async () => {
    writeFileSync(at('page.mp3'), '<!DOCTYPE html><html>404</html>'.repeat(99));
    writeFileSync(at('empty.flac'), '');
    expect(await take(at('page.mp3'), at('empty.flac'))).toEqual(['unreadable', 'unreadable']);
  });

  it('held, for a broken download, which would stand in the way of the whole one', async () => {
    const whole = put('whole.flac', { song: 1, tags: track(1) });
    writeFileSync(at('part.flac'), readFileSync(whole).subarray(0, 200_000));
    const [part, full] = verdictsOf(await suite.gate.take([at('part.flac'), whole]));
    expect(part?.verdict).toBe('held');
    expect(part && reasonsOf(part)).toContain('damaged or not complete');
    expect(full?.verdict).toBe('new');
  });

  it('held without album or track, and new where the inbox lets such files pass', async () => {
    const bare = put('bare.flac', { song: 1 });
    const numberless = put('numberless.flac', { song: 1, tags: { album: 'Nights' } });
    const verdicts = verdictsOf(await suite.gate.take([bare, numberless]));
    expect(verdicts.map((verdict) => verdict?.verdict)).toEqual(['held', 'held']);
    expect(verdicts[0] && reasonsOf(verdicts[0])).toContain('name no album and no track number');
    await begin({ policy: { onUntagged: 'pass' } });
    const files = [put('a.flac', { song: 1 }), put('b.flac', { song: 1 })];
    const passed = verdictsOf(await suite.gate.take(files));
    expect(passed.map((verdict) => verdict?.verdict)).toEqual(['new', 'new']);
    expect(passed[1] && reasonsOf(passed[1])).toContain(`Byte for byte equal to ${files[0]}`);
  });
});

describe('an inbox that lets pass', () => {
  it('what cannot be decided or played, and says so', async () => {
    await begin({ policy: { onUnsure: 'pass', onUnreadable: 'pass' } });
    const whole = put('1.flac', { song: 1, tags: track(1) });
    writeFileSync(at('2.flac'), readFileSync(whole).subarray(0, 200_000));
    rmSync(whole);
    writeFileSync(at('3.mp3'), 'no sound at all');
    const tiny = put('4.flac', { song: 3, seconds: 1.5, tags: track(2) });
    const tinyCopy = put('5.mp3', { song: 3, seconds: 1.5, tags: track(2) });
    const verdicts = verdictsOf(await suite.gate.take([at('2.flac'), at('3.mp3'), tiny, tinyCopy]));
    expect(verdicts.map((verdict) => verdict?.verdict)).toEqual(['new', 'unreadable', 'new', 'new']);
    expect(verdicts[0] && reasonsOf(verdicts[0])).toContain('damaged or not complete');
    expect(verdicts[3] && reasonsOf(verdicts[3])).toContain('This inbox lets such files pass.');
    for (const name of ['2.flac', '3.mp3']) {
      expect(await suite.gate.store.intakeAt(at(name) as BytePath)).toMatchObject({ isAdmitted: true });
    }
  });
});

describe('the place on a release', () => {
  it.each(['single first', 'album first'])(
    'keeps a single and its album track with the same stream, %s',
    async (order) => {
      const single = put('single.flac', { song: 1, tags: track(1, { album: 'One Song' }) });
      const album = put('album.flac', { song: 1, tags: track(7) });
      const [one, two] = order === 'single first' ? [single, album] : [album, single];
      const [first, second] = verdictsOf(await suite.gate.take([one, two]));
      expect([first?.verdict, second?.verdict]).toEqual(['new', 'new']);
      expect(second && reasonsOf(second)).toContain(`The same audio as ${one}`);
      expect(second?.of).toBeNull();
    },
  );

  it('keeps apart discs, albums, artists, and releases by their ids', async () => {
    const release = (id: string): Record<string, string> => ({ MUSICBRAINZ_ALBUMID: id });
    const files = [
      put('1.flac', { song: 1, tags: track(1, { disc: '1' }) }),
      put('2.flac', { song: 1, tags: track(1, { disc: '2' }) }),
      put('3.flac', { song: 1, tags: track(1, { album: 'Days' }) }),
      put('4.flac', { song: 1, tags: track(1, { album: 'Greatest Hits', album_artist: 'One' }) }),
      put('5.flac', { song: 1, tags: track(1, { album: 'Greatest Hits', album_artist: 'Other' }) }),
      put('6.flac', { song: 1, tags: track(1, { album: 'Ids', ...release('a') }) }),
      put('7.flac', { song: 1, tags: track(1, { album: 'Ids', ...release('b') }) }),
    ];
    expect(new Set(await take(...files))).toEqual(new Set(['new']));
  });

  it('takes what is missing for anything, and lets the sound tell', async () => {
    const first = put('1.flac', { song: 1, tags: track('3/12', { disc: '2/2' }) });
    const files = [
      put('2.flac', { song: 1, tags: track(3, { title: 'no disc' }) }),
      put('3.flac', { song: 1, tags: { album: 'NIGHTS', artist: 'Somebody Else', track: '03' } }),
      put('4.flac', { song: 1, tags: track(3, { album: ' Nights  (CD 2)', disc: '1/1' }) }),
      put('5.flac', { song: 2, tags: track(3, { title: 'another sound' }) }),
    ];
    expect(await take(first, ...files)).toEqual(['new', 'exact', 'exact', 'exact', 'new']);
  });

  it('has as many parts as the inbox says', async () => {
    await begin({ policy: { tuple: ['albumArtist'] } });
    const files = [
      put('1.flac', { song: 1, tags: track(1, { disc: '1' }) }),
      put('2.flac', { song: 1, tags: track(9, { disc: '2' }) }),
      put('3.flac', { song: 1, tags: { album: 'Nights', artist: 'The Band' } }),
    ];
    expect(await take(...files)).toEqual(['new', 'exact', 'exact']);
  });
});

/** As rippers and shops that make 24 bits of a CD. */
const PADDED = 'aresample=44100,aformat=sample_fmts=s16:channel_layouts=stereo,aformat=sample_fmts=s32';

describe('what people have', () => {
  it.each([
    ['24 bits that say more', ['-sample_fmt', 's32', '-bits_per_raw_sample', '24'], 'flac', 'upgrade'],
    ['24 bits, 8 of them empty', ['-af', PADDED, '-bits_per_raw_sample', '24'], 'flac', 'duplicate'],
    ['mono', ['-ac', '1'], 'flac', 'duplicate'],
    ['48 kHz', ['-ar', '48000'], 'flac', 'duplicate'],
    ['Opus', ['-b:a', '96k', '-ar', '48000'], 'opus', 'duplicate'],
    ['AAC', ['-b:a', '160k'], 'm4a', 'duplicate'],
    ['WAV', [], 'wav', 'exact'],
  ])('%s is a copy of the CD', async (_, args, extension, word) => {
    const cd = put('cd.flac', { song: 1, tags: track(1) });
    const copy = put(`copy.${extension}`, { song: 1, tags: track(1), args });
    const [, verdict] = verdictsOf(await suite.gate.take([cd, copy]));
    expect([verdict?.verdict, verdict?.of]).toEqual([word, cd]);
  });

  it('short sounds: a whole one of 2 to 10 s by its waveform, in the same place', async () => {
    const kept = put('1.flac', { song: 1, seconds: 6, tags: track(1) });
    const copy = put('2.mp3', { song: 1, seconds: 6, tags: track(1), args: ['-b:a', '192k'] });
    const other = put('3.flac', { song: 2, seconds: 6, tags: track(1) });
    const tiny = put('4.flac', { song: 3, seconds: 1.5, tags: track(2) });
    const tinyCopy = put('5.mp3', { song: 3, seconds: 1.5, tags: track(2) });
    const tinyAgain = put('6.flac', { song: 3, seconds: 1.5, tags: track(2, { title: 'equal audio' }) });
    const verdicts = verdictsOf(await suite.gate.take([kept, copy, other, tiny, tinyCopy, tinyAgain]));
    expect(verdicts.map((verdict) => verdict?.verdict)).toEqual(['new', 'duplicate', 'new', 'new', 'held', 'exact']);
    expect(verdicts[1]?.of).toBe(kept);
  });

  it('a decision of a person, which counts more than the sound', async () => {
    const files = [put('1.flac', { song: 1, tags: track(1) }), put('2.ogg', { song: 1, tags: track(1) })];
    const [first, second] = files as [string, string];
    const hash = async (file: string): Promise<string> => (await suite.gate.check(file)).recording as string;
    const decide = async (one: string, other: string, word: 'same' | 'different'): Promise<void> => {
      const [a, b] = [await hash(one), await hash(other)].toSorted() as [string, string];
      await suite.gate.catalogue.addDecisions([{ a, b, word, at: 1, aPath: null, bPath: null }]);
    };
    await decide(first, second, 'different');
    expect(await take(first, second)).toEqual(['new', 'new']);
    const third = put('3.flac', { song: 2, tags: track(1) });
    await decide(first, third, 'same');
    const verdict = await verdictOn(third);
    expect([verdict.verdict, verdict.of]).toEqual(['duplicate', first]);
    expect(reasonsOf(verdict)).toContain('A person has decided so.');
  });
});

describe('what is judged already', () => {
  it('is not judged again, until it is written to', async () => {
    const file = put('1.flac', { song: 1, tags: track(1) });
    const kept = put('2.flac', { song: 2, tags: track(2) });
    expect(await take(file, kept)).toEqual(['new', 'new']);
    expect(words(await suite.gate.take([file]))).toEqual(['new']);
    expect((await suite.gate.told()).length).toBe(2);
    put('1.flac', { song: 2, tags: track(2) });
    const again = await verdictOn(file);
    expect([again.verdict, again.of]).toEqual(['exact', kept]);
    // What was there before is in the library no more.
    expect(await take(put('3.flac', { song: 1, tags: track(1) }))).toEqual(['new']);
  });

  it('stays what it is under another name', async () => {
    const file = put('1.flac', { song: 1, tags: track(1) });
    await suite.gate.take([file], { files: [{ path: file as BytePath, source: 'tidal:1' }] });
    const copy = put('2.mp3', { song: 1, tags: track(1) });
    expect(await take(copy)).toEqual(['duplicate']);
    renameSync(file, at('renamed.flac'));
    const verdict = await verdictOn(at('renamed.flac'));
    expect(verdict).toMatchObject({ verdict: 'new', path: at('renamed.flac') });
    expect((await suite.gate.told()).map(({ type }) => type)).toEqual(['file.judged', 'file.judged', 'file.renamed']);
    const known = await suite.gate.gate.known({ source: 'tidal:1' });
    expect(known).toMatchObject([{ path: at('renamed.flac'), isAdmitted: true }]);
    expect((await suite.gate.store.intakeAt(copy as BytePath))?.verdict.of).toBe(at('renamed.flac'));
    expect(await take(put('3.mp3', { song: 1, tags: track(1), args: ['-b:a', '96k'] }))).toEqual(['duplicate']);
  });

  it('stays in the library when only its times or rights change, or its tags', async () => {
    const file = put('1.flac', { song: 1, tags: track(1) });
    const copy = put('2.flac', { song: 1, tags: track(1, { title: 'copy' }) });
    expect(await take(file, copy)).toEqual(['new', 'exact']);
    expect((await suite.gate.gate.admit(copy as BytePath)).counts.queued).toBe(1);
    expect(await take(copy)).toEqual(['new']);
    const now = new Date();
    utimesSync(copy, now, now);
    expect(await take(copy)).toEqual(['new']);
    put('2.flac', { song: 1, tags: track(1, { title: 'another title' }) });
    const verdict = await verdictOn(copy);
    expect(verdict).toMatchObject({ verdict: 'new', of: null });
    expect(reasonsOf(verdict)).toContain('in the library already');
    expect(await suite.gate.store.intakeAt(copy as BytePath)).toMatchObject({ isAdmitted: true });
  });

  it('stands in the way of what comes before its turn, when it waits to be judged again', async () => {
    const file = put('1.flac', { song: 1, tags: track(1) });
    expect(await take(file)).toEqual(['new']);
    put('1.flac', { song: 1, tags: track(1, { title: 'tagged anew' }) });
    const copy = put('2.mp3', { song: 1, tags: track(1) });
    const job = await suite.gate.take([], { files: [{ path: copy as BytePath }, { path: file as BytePath }] });
    expect(words(job)).toEqual(['duplicate', 'new']);
  });
});

describe('a keeper that is gone', () => {
  it('gives its place to the best of its copies', async () => {
    const kept = put('1.flac', { song: 1, tags: track(1) });
    const worse = put('2.mp3', { song: 1, tags: track(1), args: ['-b:a', '96k'] });
    const best = put('3.flac', { song: 1, tags: track(1), args: ['-ar', '48000'] });
    expect(await take(kept, worse, best)).toEqual(['new', 'duplicate', 'duplicate']);
    rmSync(kept);
    expect(await suite.gate.gate.reconcile(new AbortController().signal)).toBe(1);
    expect(await suite.gate.gate.reconcile(new AbortController().signal)).toBe(0);
    expect(await suite.gate.store.intakeAt(best as BytePath)).toMatchObject({
      ...{ isAdmitted: true, keeperId: null },
      verdict: { verdict: 'new', of: null },
    });
    expect(await suite.gate.store.intakeAt(worse as BytePath)).toMatchObject({
      verdict: { verdict: 'duplicate', of: best },
    });
    expect(await suite.gate.told()).toContainEqual(
      expect.objectContaining({ type: 'file.promoted', path: best, insteadOf: kept }),
    );
    expect(await suite.gate.gate.known({ source: 'nobody' })).toEqual([]);
    // What its inbox asks for follows.
    const [{ id } = { id: '' }] = await suite.gate.gate.jobs({ most: 1 });
    expect(words(await suite.gate.finish(id))).toEqual(['new']);
    const next = await verdictOn(put('4.mp3', { song: 1, tags: track(1), args: ['-b:a', '64k'] }));
    expect([next.verdict, next.of]).toEqual(['duplicate', best]);
  });

  it('is found by whoever would have been its copy', async () => {
    const kept = put('1.flac', { song: 1, tags: track(1) });
    writeFileSync(at('something else'), 'the folder is not empty');
    expect(await take(kept)).toEqual(['new']);
    rmSync(kept);
    expect(await take(put('2.mp3', { song: 1, tags: track(1) }))).toEqual(['new']);
  });

  it.each(['missing', 'empty'])('keeps its place while its volume is away: the root is %s', async (state) => {
    const kept = suite.studio.make(path.join(suite.place.library, 'a', '1.flac'), { song: 1, tags: track(1) });
    const copy = put('2.mp3', { song: 1, tags: track(1) });
    expect(await take(kept, copy)).toEqual(['new', 'duplicate']);
    const away = path.join(suite.place.home, 'away');
    renameSync(suite.place.library, away);
    if (state === 'empty') mkdirSync(suite.place.library);
    expect(await suite.gate.gate.reconcile(new AbortController().signal)).toBe(0);
    // By its sketch it is known all the same.
    expect(await take(put('3.mp3', { song: 1, tags: track(1), args: ['-b:a', '96k'] }))).toEqual(['duplicate']);
    if (state === 'empty') rmSync(suite.place.library, { recursive: true });
    renameSync(away, suite.place.library);
    expect(await suite.gate.gate.reconcile(new AbortController().signal)).toBe(0);
  });

  it('keeps its place while an inbox below the library is away', async () => {
    await begin();
    const folder = path.join(suite.place.library, 'downloads');
    mkdirSync(folder);
    writeFileSync(path.join(suite.place.library, 'not empty'), '');
    const inboxes: Inbox[] = [inboxAt(folder)];
    const [library, inbox] = [suite.place.library, folder];
    await suite.place.close();
    const nested = createGatePlace(suite.workers, { inboxes, parts: () => ({ roots: [library as BytePath] }) });
    await using _ = nested;
    const opened = await nested.open();
    const kept = suite.studio.make(path.join(inbox, '1.flac'), { song: 1, tags: track(1) });
    const copy = put('2.mp3', { song: 1, tags: track(1) });
    expect(words(await opened.take([kept, copy]))).toEqual(['new', 'duplicate']);
    rmSync(kept);
    expect(await opened.gate.reconcile(new AbortController().signal)).toBe(0);
  });

  it('is judged again when it comes back as it was', async () => {
    const kept = put('1.flac', { song: 1, tags: track(1) });
    const copy = put('2.mp3', { song: 1, tags: track(1) });
    expect(await take(kept, copy)).toEqual(['new', 'duplicate']);
    const intake = await suite.gate.store.intakeAt(kept as BytePath);
    await suite.gate.store.libraryFileGone(intake?.fileId as number);
    expect(await take(kept)).toEqual(['new']);
    expect(await suite.gate.store.libraryFile(intake?.fileId as number)).toMatchObject({ path: kept });
  });
});
