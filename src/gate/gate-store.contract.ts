/** What every store of judgements and every queue of the gate must do. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Content, ContentOf, FileChange, StampKey } from '#catalogue';
import { type BytePath, pathFromBytes } from '#kernel';
import type { GateVerdict, GateWord } from './model.ts';
import type { Claim, GateStore, Intake, NewJob, QueuedFile, RivalQuestion } from './ports.ts';
import { keyOf } from './release.ts';

/** A store with the catalogue that it lives in. */
export interface GateStoreSubject {
  readonly store: GateStore;
  /** What a scan writes. */
  apply(changes: readonly FileChange[]): Promise<void>;
  forgetUnheld(): Promise<void>;
  close(): Promise<void>;
}

/** A name that is not UTF-8. */
const STRANGE = pathFromBytes(Buffer.from('/in/\xff\xfe\n.flac', 'latin1'));
const stampOf = (inode: number, sizeBytes = 10, mtime = 5, ctime = 5): StampKey =>
  `1:${inode}:${sizeBytes}:${mtime}:${ctime}` as StampKey;
const hashOf = (n: number): string => `sha256:${n.toString(16).padStart(64, '0')}`;

/** The n-th sound of these tests, tagged as a track of an album. */
function contentOf(n: number, { album = 'Nights', track = 1, isrc = '', mbid = '', audio = n } = {}): Content {
  const common = {
    ...{ album, track, albumArtist: 'The Band' },
    ...(isrc && { isrc: [isrc] }),
    ...(mbid && { musicBrainz: { recordingId: mbid } }),
  };
  const stream = { codec: 'flac', container: 'flac', sampleRateHz: 44_100, channels: 2, bitsPerSample: 16, bitRate: 9 };
  const bytes = Uint8Array.of(n);
  return {
    ...{ contentHash: hashOf(n), sizeBytes: 10, failure: null },
    tags: { common, native: [], conflicts: [], cover: null },
    sound: {
      stream: { ...stream, lossless: true, declaredSeconds: 60 },
      ...{ durationSeconds: 60, audioHash: hashOf(1000 + audio), sampleHash: hashOf(2000 + audio), producer: 'test' },
      levels: { rms: 0.5, peak: 0.75, clippedSamples: 0 },
      integrity: { decodedSeconds: 60, errors: 0, checksumHolds: true, complaints: [] },
      ...{ fingerprint: [bytes, bytes, bytes, bytes], altered: bytes, sketch: bytes },
    },
  };
}

function newContent(n: number, tags: Parameters<typeof contentOf>[1] = {}): ContentOf {
  return { kind: 'new', content: contentOf(n, tags), producer: 'test' };
}

function verdictOf(path: BytePath, verdict: GateWord, of: BytePath | null = null): GateVerdict {
  const release = { album: 'Nights', albumArtist: 'The Band', disc: null, track: 1 };
  return { path, verdict, of, recording: hashOf(1001), release, reasons: ['So it is.'], placed: null, tookMs: 1 };
}

const QUESTION: RivalQuestion = {
  ...{ albumKey: keyOf('Nights'), releaseId: null, track: 1, except: null },
  ...{ inboxes: ['/in' as BytePath], lane: 'live' },
};

/** A claim of the n-th sound at a path, by which it is new unless more is said. */
function claimOf(n: number, path: string, more: Partial<Claim> = {}): Claim {
  return {
    ...{ file: null, path: path as BytePath, stamp: stampOf(n), inbox: 'downloads', source: null, isAdmitted: true },
    ...{ verdict: verdictOf(path as BytePath, 'new'), keeperId: null, content: newContent(n), rivals: null },
    ...{ events: [], at: 1000, isFinal: true },
    ...more,
  };
}

/** `open` opens the same store each time within a test; the suite closes what it opened. */
export function describeGateStore(name: string, open: () => Promise<GateStoreSubject>): void {
  let subject: GateStoreSubject;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => subject.close());
  const store = (): GateStore => subject.store;
  const reopen = async (): Promise<void> => {
    await subject.close();
    subject = await open();
  };
  const claim = async (...args: Parameters<typeof claimOf>): Promise<Intake> => {
    expect(await store().claim(claimOf(...args))).toBe(true);
    return (await store().intakeAt(args[1] as BytePath)) as Intake;
  };
  /** A copy of what was claimed before. */
  const claimCopy = (n: number, path: string, keeper: Intake, more: Partial<Claim> = {}): Promise<Intake> =>
    claim(n, path, {
      ...{ verdict: verdictOf(path as BytePath, 'duplicate', keeper.path), isAdmitted: false },
      ...{ keeperId: keeper.fileId, ...more },
    });
  const rivals = async (question: Partial<RivalQuestion> = {}): Promise<BytePath[]> =>
    (await store().rivals({ ...QUESTION, ...question })).map(({ path }) => path);
  const job = (id: string, paths: readonly string[], more: Partial<NewJob> = {}): NewJob => ({
    ...{ id, lane: 'live', askedBy: 'a test', inbox: null, idempotencyKey: null, at: 1000 },
    files: paths.map((path) => ({ path: path as BytePath, source: null, order: null, judged: null })),
    ...more,
  });
  const lease = (most = 10, now = 2000, owner = 'one'): Promise<readonly QueuedFile[]> =>
    store().lease({ owner, now, until: now + 1000, most, lanes: ['live', 'backfill'] });

  describe(`${name} as a store of judgements`, () => {
    it('keeps a claim with all that comes with it', async () => {
      const event = { type: 'file.failed', path: STRANGE, code: 'a', message: 'b' } as const;
      await store().enqueue(job('j', [STRANGE]));
      const [file] = await lease();
      const source = 'tidal:1';
      await claim(1, STRANGE, { file: file as QueuedFile, source, events: [event], stamp: stampOf(7) });
      await reopen();
      expect(await store().intakeAt(STRANGE)).toMatchObject({
        ...{ path: STRANGE, stamp: stampOf(7), inbox: 'downloads', isAdmitted: true, isPending: false },
        ...{ contentHash: hashOf(1), decidedAt: 1000, keeperId: null, verdict: verdictOf(STRANGE, 'new') },
      });
      expect((await store().job('j'))?.files).toMatchObject([
        { path: STRANGE, state: 'done', verdict: { path: STRANGE } },
      ]);
      expect(await store().eventsAfter(0, 9)).toMatchObject([{ body: event }]);
      expect(await rivals()).toEqual([STRANGE]);
      expect(await store().known({ source })).toEqual([{ path: STRANGE, verdict: 'new', of: null, isAdmitted: true }]);
      expect(await store().verdictCounts()).toEqual({ new: 1 });
      expect(await store().content(hashOf(1))).toEqual(contentOf(1));
    });

    it('writes nothing of a claim that has lost a race', async () => {
      const first = await claim(1, '/in/1');
      const event = { type: 'file.failed', path: first.path, code: 'a', message: 'b' } as const;
      await store().enqueue(job('j', ['/in/2']));
      const [file = null] = await lease();
      const lost = claimOf(2, '/in/2', { file, rivals: { question: QUESTION, seen: [] }, events: [event] });
      expect(await store().claim(lost)).toBe(false);
      expect(await store().intakeAt('/in/2' as BytePath)).toBeUndefined();
      expect(await store().content(hashOf(2))).toBeUndefined();
      expect(await store().lastEvent()).toBe(0);
      expect((await store().job('j'))?.counts).toMatchObject({ leased: 1, done: 0 });
      const seen = [first.fileId as number];
      expect(await store().claim({ ...lost, rivals: { question: QUESTION, seen } })).toBe(true);
      // What has gone meanwhile is no reason to look again.
      expect(await store().claim(claimOf(3, '/in/3', { rivals: { question: QUESTION, seen: [...seen, 99, 2] } }))).toBe(
        true,
      );
    });

    it('sees a rival that only a scan has brought', async () => {
      await subject.apply([{ kind: 'added', path: '/lib/1' as BytePath, stamp: stampOf(1), content: newContent(1) }]);
      expect(await store().claim(claimOf(2, '/in/2', { rivals: { question: QUESTION, seen: [] } }))).toBe(false);
    });

    it('counts as the library what was let in, and what lies outside of inboxes and does not wait', async () => {
      const kept = await claim(1, '/in/kept');
      await claimCopy(2, '/in/copy', kept);
      for (const [n, path] of [
        [3, '/in/scanned'],
        [4, '/lib/scanned'],
        [5, '/lib/waits'],
        [2, '/in/copy'],
      ] as const) {
        await subject.apply([{ kind: 'added', path: path as BytePath, stamp: stampOf(n), content: newContent(n) }]);
      }
      await store().enqueue(job('j', ['/lib/waits', '/in/kept']));
      expect(await rivals()).toEqual(['/in/kept', '/lib/scanned']);
      // What waits in the backfill is of the library for what is live, and has its turn among its own.
      await subject.apply([{ kind: 'added', path: '/lib/old' as BytePath, stamp: stampOf(6), content: newContent(6) }]);
      await store().enqueue(job('b', ['/lib/old'], { lane: 'backfill' }));
      expect(await rivals()).toEqual(['/in/kept', '/lib/scanned', '/lib/old']);
      expect(await rivals({ lane: 'backfill' })).toEqual(['/in/kept', '/lib/scanned']);
      await subject.apply([{ kind: 'missing', id: (await store().rivals(QUESTION))[2]?.fileId as number }]);
      expect(await rivals({ except: '/in/kept' as BytePath })).toEqual(['/lib/scanned']);
      expect(await rivals({ track: 2 })).toEqual([]);
      expect(await rivals({ track: null })).toHaveLength(2);
      expect(await rivals({ albumKey: 'days' })).toEqual([]);
      await store().libraryFileGone(kept.fileId as number);
      expect(await rivals()).toEqual(['/lib/scanned']);
      expect(await store().libraryFile(kept.fileId as number)).toBeUndefined();
    });

    it('tells what a scan has found that is not of the library', async () => {
      const kept = await claim(1, '/in/kept');
      await claimCopy(2, '/in/copy', kept);
      await claimCopy(3, '/elsewhere/copy', kept);
      const found = ['/in/copy', '/in/a/new', '/in', '/in2/song', '/lib/song'];
      for (const [n, path] of found.entries()) {
        await subject.apply([
          { kind: 'added', path: path as BytePath, stamp: stampOf(10 + n), content: newContent(10 + n) },
        ]);
      }
      const outside = await store().outsiders(['/in' as BytePath]);
      expect([...outside].toSorted()).toEqual(['/elsewhere/copy', '/in/a/new', '/in/copy']);
      expect([...(await store().outsiders([]))].toSorted()).toEqual(['/elsewhere/copy', '/in/copy']);
    });

    it('names equal audio wherever it stands', async () => {
      await claim(1, '/in/1', { content: newContent(1, { album: 'Days', audio: 1 }) });
      const asked = {
        audioHash: hashOf(1001),
        sampleHash: null,
        except: '/in/2' as BytePath,
        inboxes: QUESTION.inboxes,
      };
      expect(await store().sameAudio(asked)).toMatchObject([{ path: '/in/1', place: { album: 'Days' } }]);
      const bySamples = { ...asked, audioHash: hashOf(9), sampleHash: hashOf(2001) };
      expect(await store().sameAudio(bySamples)).toHaveLength(1);
      expect(await store().sameAudio({ ...asked, except: '/in/1' as BytePath })).toEqual([]);
    });

    it('takes a file along that was renamed, and what names it', async () => {
      const kept = await claim(1, '/in/1', { source: 'tidal:1' });
      await claimCopy(2, '/in/2', kept);
      await claim(3, '/in/taken', { content: newContent(3, { album: 'Days' }) });
      const event = { type: 'file.failed', path: STRANGE, code: 'a', message: 'b' } as const;
      await store().renamed('/in/1' as BytePath, '/in/taken' as BytePath, stampOf(1, 10, 5, 6), [event], 1500);
      await reopen();
      const intake = await store().intakeAt('/in/taken' as BytePath);
      expect(intake).toMatchObject({ id: kept.id, fileId: kept.fileId, verdict: { path: '/in/taken' } });
      expect(await store().intakeAt('/in/1' as BytePath)).toBeUndefined();
      expect(await store().libraryFile(kept.fileId as number)).toMatchObject({ path: '/in/taken' });
      expect(await store().copiesOf(kept.fileId as number)).toMatchObject([{ verdict: { of: '/in/taken' } }]);
      expect(await store().known({ source: 'tidal:1' })).toMatchObject([{ path: '/in/taken' }]);
      expect(await store().intakesWritten(stampOf(1, 10, 5, 99))).toMatchObject([{ path: '/in/taken' }]);
      // Under its own name it only gets another stamp.
      await store().renamed('/in/taken' as BytePath, '/in/taken' as BytePath, stampOf(1, 10, 5, 7), [], 1600);
      expect(await store().eventsAfter(0, 9)).toMatchObject([{ at: 1500, body: event }]);
      expect(await store().intakeAt('/in/taken' as BytePath)).toMatchObject({ stamp: stampOf(1, 10, 5, 7) });
    });

    it('finishes what a claim has left to be done, with its file in the queue', async () => {
      await store().enqueue(job('j', ['/in/1']));
      const [file] = (await lease()) as [QueuedFile];
      const kept = await claim(1, '/in/1', { file, isFinal: false });
      await claimCopy(2, '/in/2', kept);
      await reopen();
      expect(await store().intakesPending()).toMatchObject([{ path: '/in/1', isPending: true }]);
      expect((await store().job('j'))?.counts.leased).toBe(1);
      const placed = '/lib/1' as BytePath;
      const verdict = { ...verdictOf(kept.path, 'new'), placed };
      await store().completed({ file, verdict, placedStamp: stampOf(8), events: [], at: 2000 });
      expect(await store().intakesPending()).toEqual([]);
      expect((await store().job('j'))?.files).toMatchObject([{ state: 'done', verdict: { placed } }]);
      expect(await rivals()).toEqual([placed]);
      expect(await store().keepers()).toEqual([{ id: kept.fileId, path: placed }]);
      expect(await store().copiesOf(kept.fileId as number)).toMatchObject([{ verdict: { of: placed } }]);
      expect(await store().known({ isrc: 'none' })).toEqual([]);
    });

    it('leaves the library’s file where it is when a link to it was placed', async () => {
      await store().enqueue(job('j', ['/in/1']));
      const [file] = (await lease()) as [QueuedFile];
      const kept = await claim(1, '/in/1', { file, isFinal: false });
      const verdict = { ...verdictOf(kept.path, 'new'), placed: '/lib/1' as BytePath };
      await store().completed({ file, verdict, placedStamp: null, events: [], at: 2000 });
      expect(await store().intakeAt(kept.path)).toMatchObject({ verdict: { placed: '/lib/1' } });
      expect(await rivals()).toEqual(['/in/1']);
    });

    it('gives the place of a keeper that is gone to a copy, and all other copies name that', async () => {
      const kept = await claim(1, '/in/1', { source: 'tidal:1' });
      const copy = await claimCopy(2, '/in/2', kept);
      const other = await claimCopy(3, '/in/3', kept);
      const event = { type: 'file.promoted', path: copy.path, insteadOf: kept.path, recording: 'r' } as const;
      await store().promote(kept.fileId as number, copy, ['It is left.'], [event], 3000);
      await reopen();
      const now = await store().intakeAt(copy.path);
      expect(now).toMatchObject({
        ...{ isAdmitted: true, isPending: true, keeperId: null },
        verdict: { verdict: 'new', of: null, reasons: ['It is left.'] },
      });
      expect(now?.fileId).not.toBe(kept.fileId);
      expect(await store().intakeAt(other.path)).toMatchObject({ keeperId: now?.fileId, verdict: { of: copy.path } });
      expect(await store().copiesOf(kept.fileId as number)).toEqual([]);
      expect(await rivals()).toEqual([copy.path]);
      expect(await store().lastEvent()).toBe(1);
      // It is not known by what it was, as it is not there any more.
      expect(await store().known({ source: 'tidal:1' })).toEqual([]);
    });

    it('learns what a file of the library holds now', async () => {
      const kept = await claim(1, '/in/1');
      await store().libraryFileChanged(kept.fileId as number, stampOf(1, 11), newContent(4, { album: 'Days' }));
      expect(await rivals()).toEqual([]);
      expect(await rivals({ albumKey: 'days' })).toEqual(['/in/1']);
    });

    it('knows files by their codes, however those are written, and where they came from', async () => {
      const tags = { isrc: 'DE-A12-34-56789', mbid: 'AB-cd' };
      const kept = await claim(1, '/in/1', { content: newContent(1, tags) });
      await claimCopy(2, '/in/2', kept, { content: newContent(2, tags), source: 'deezer:2' });
      await subject.apply([
        { kind: 'added', path: '/lib/3' as BytePath, stamp: stampOf(3), content: newContent(3, tags) },
      ]);
      for (const question of [{ isrc: 'dea123456789' }, { mbid: 'ab-CD' }]) {
        expect(await store().known(question)).toEqual([
          { path: '/in/1', verdict: 'new', of: null, isAdmitted: true },
          { path: '/lib/3', verdict: null, of: null, isAdmitted: true },
          { path: '/in/2', verdict: 'duplicate', of: '/in/1', isAdmitted: false },
        ]);
      }
      expect(await store().known({ source: 'deezer:2' })).toMatchObject([{ path: '/in/2', isAdmitted: false }]);
      expect(await store().known({})).toEqual([]);
      await store().libraryFileGone(kept.fileId as number);
      expect((await store().known({ isrc: 'DEA123456789' })).map(({ path }) => path)).toEqual(['/lib/3', '/in/2']);
    });

    it('keeps what is known of refused files when the catalogue forgets what nobody holds', async () => {
      const kept = await claim(1, '/in/1');
      await claimCopy(2, '/in/2', kept);
      await subject.apply([{ kind: 'added', path: '/lib/3' as BytePath, stamp: stampOf(3), content: newContent(3) }]);
      await subject.apply([{ kind: 'added', path: '/lib/3' as BytePath, stamp: stampOf(3), content: newContent(4) }]);
      await subject.forgetUnheld();
      await reopen();
      expect(await store().content(hashOf(2))).toEqual(contentOf(2));
      expect(await store().content(hashOf(3))).toBeUndefined();
      expect(await rivals()).toEqual(['/in/1', '/lib/3']);
    });

    it('holds nothing of companions but that they were judged', async () => {
      const content: Content = { ...contentOf(1), sound: null, failure: { code: 'decode/not-audio', message: 'No.' } };
      const intake = await claim(1, '/in/cover.jpg', {
        ...{ verdict: verdictOf('/in/cover.jpg' as BytePath, 'unknown') },
        content: { kind: 'new', content, producer: 'test' },
      });
      expect(intake).toMatchObject({ isAdmitted: true, fileId: null });
      expect(await rivals()).toEqual([]);
    });
  });

  describe(`${name} as a queue`, () => {
    const paths = (files: readonly { readonly path: BytePath }[]): BytePath[] => files.map(({ path }) => path);
    const ordered = (id: string, orders: readonly (number | null)[], more: Partial<NewJob> = {}): NewJob => ({
      ...job(id, [], more),
      files: orders.map((order, n) => ({ path: `/${id}${n}` as BytePath, source: null, order, judged: null })),
    });

    it('hands out live files before others, each lane in its order, and of equals the first', async () => {
      await store().enqueue(ordered('b', [3, -5, 3], { lane: 'backfill' }));
      await store().enqueue(ordered('l', [2, 1]));
      await reopen();
      expect(paths(await lease(3))).toEqual(['/l1', '/l0', '/b1']);
      expect(paths(await lease())).toEqual(['/b0', '/b2']);
      expect(await lease()).toEqual([]);
    });

    it('hands out only the lanes that are asked for', async () => {
      await store().enqueue(ordered('b', [1], { lane: 'backfill' }));
      const request = { owner: 'one', now: 2000, until: 3000, most: 9 };
      expect(await store().lease({ ...request, lanes: ['live'] })).toEqual([]);
      expect(await store().lease({ ...request, lanes: ['backfill'] })).toMatchObject([
        { lane: 'backfill', attempts: 1 },
      ]);
    });

    it('puts what has no order after all that waits', async () => {
      await store().enqueue(ordered('a', [1000, null]));
      await store().enqueue(ordered('b', [null, 7]));
      expect(paths(await lease())).toEqual(['/b1', '/a0', '/a1', '/b0']);
    });

    it('lets a file wait once, in however many jobs it stands', async () => {
      const first = await store().enqueue(job('a', ['/1', STRANGE, '/1']));
      const second = await store().enqueue(job('b', [STRANGE, '/2']));
      expect([first.n, second.n, first.counts.queued, second.counts.queued]).toEqual([1, 2, 2, 2]);
      const files = await lease();
      expect(paths(files)).toEqual(['/1', STRANGE, '/2']);
      const third = await store().enqueue(job('c', [STRANGE]));
      expect(third.counts.leased).toBe(1);
      for (const file of files) await store().settled(file, verdictOf(file.path, 'new'));
      expect((await store().job('c'))?.files).toMatchObject([
        { path: STRANGE, state: 'done', verdict: { verdict: 'new' } },
      ]);
      // What is done may be asked again.
      expect((await store().enqueue(job('d', ['/1']))).counts.queued).toBe(1);
    });

    it('takes what was judged already as done', async () => {
      const judged = verdictOf('/1' as BytePath, 'duplicate');
      const made = await store().enqueue(
        job('a', [], { files: [{ path: judged.path, source: null, order: null, judged }] }),
      );
      expect(made.counts).toEqual({ queued: 0, leased: 0, done: 1, dead: 0 });
      expect(await lease()).toEqual([]);
      expect((await store().job('a'))?.files).toMatchObject([{ verdict: judged, attempts: 0 }]);
    });

    it('answers a key that is known with its first job', async () => {
      const first = await store().enqueue(job('a', ['/1'], { idempotencyKey: 'key' }));
      expect(await store().enqueue(job('b', ['/2'], { idempotencyKey: 'key' }))).toEqual(first);
      expect(await store().jobWithKey('key')).toEqual(first);
      expect(await store().jobWithKey('other')).toBeUndefined();
      expect(await store().jobs({ most: 9 })).toHaveLength(1);
      expect(await store().job('b')).toBeUndefined();
    });

    it('hands out again what was not kept, to others', async () => {
      await store().enqueue(job('a', ['/1', '/2']));
      expect(await lease(1, 1000, 'one')).toHaveLength(1);
      expect(paths(await lease(9, 1999, 'two'))).toEqual(['/2']);
      await store().heartbeat('two', 9000);
      // Whoever works on it after its time is not given it twice.
      expect(await lease(9, 5000, 'one')).toEqual([]);
      expect(await lease(9, 5000, 'three')).toMatchObject([{ path: '/1', attempts: 2 }]);
      expect(await lease(9, 5500, 'four')).toEqual([]);
      await store().heartbeat('three', 9000);
      expect(await lease(9, 8999, 'four')).toEqual([]);
      expect(paths(await lease(9, 9000, 'four'))).toEqual(['/1', '/2']);
    });

    it('takes back what an owner holds, uncounted, or what anybody holds', async () => {
      await store().enqueue(job('a', ['/1', '/2', '/3']));
      await lease(1, 2000, 'one');
      await lease(1, 2000, 'two');
      await store().release('one');
      expect((await store().job('a'))?.files.map(({ state, attempts }) => [state, attempts])).toEqual([
        ['queued', 0],
        ['leased', 1],
        ['queued', 0],
      ]);
      await reopen();
      await store().release();
      expect(await lease()).toMatchObject([{ attempts: 1 }, { attempts: 1 }, { attempts: 1 }]);
    });

    it('tries again when it is time, or never, until somebody says so', async () => {
      await store().enqueue(job('a', ['/1', '/2']));
      await store().enqueue(job('b', ['/2', '/3']));
      const [one, two, three] = (await lease()) as [QueuedFile, QueuedFile, QueuedFile];
      const error = { code: 'files/busy', message: 'It is busy.' };
      const event = { type: 'file.failed', path: two.path, ...error } as const;
      await store().failed(one, error, 5000, [], 2000);
      await store().failed(two, error, null, [event], 2000);
      await store().settled(three, null);
      await reopen();
      expect(await lease(9, 4999)).toEqual([]);
      const [again] = (await lease(9, 5000)) as [QueuedFile];
      expect(again).toMatchObject({ path: '/1', attempts: 2 });
      await store().settled(again, null);
      expect((await store().job('b'))?.files).toMatchObject([
        { path: '/2', state: 'dead', error, verdict: null },
        { path: '/3', state: 'done', error: null, verdict: null },
      ]);
      expect(await store().lastEvent()).toBe(1);
      expect(await store().jobs({ most: 9, having: 'dead' })).toMatchObject([{ id: 'b' }, { id: 'a' }]);
      expect(await store().requeue('none', 6000)).toBe(0);
      expect(await store().requeue('b', 6000)).toBe(1);
      expect(await store().requeue(undefined, 6000)).toBe(0);
      expect(await lease(9, 6000)).toMatchObject([{ path: '/2', attempts: 1 }]);
    });

    it('lets a path wait once also when it died more than once', async () => {
      const error = { code: 'a', message: 'b' };
      for (const id of ['a', 'b']) {
        await store().enqueue(job(id, ['/1']));
        const [file] = (await lease()) as [QueuedFile];
        await store().failed(file, error, null, [], 2000);
      }
      expect(await store().requeue('a', 3000)).toBe(1);
      expect(await store().requeue('b', 3000)).toBe(0);
      expect(await store().requeue(undefined, 3000)).toBe(0);
      expect(await lease(9, 3000)).toHaveLength(1);
    });

    it('shows a job page by page, in an order that stays', async () => {
      await store().enqueue(ordered('x', [5]));
      await store().enqueue({
        ...ordered('a', [9, 1, 4]),
        files: [...ordered('a', [9, 1, 4]).files, ...ordered('x', [5]).files],
      });
      const page = async (from: number, most: number): Promise<BytePath[]> =>
        paths(await store().jobFiles('a', from, most));
      const all = ['/a1', '/a2', '/x0', '/a0'];
      expect(await page(0, 99)).toEqual(all);
      expect([await page(1, 2), await page(3, 2), await page(4, 2)]).toEqual([all.slice(1, 3), all.slice(3), []]);
      for (const file of await lease(2)) await store().settled(file, null);
      expect(await page(0, 99)).toEqual(all);
      expect(await store().jobFiles('none', 0, 9)).toEqual([]);
      expect((await store().jobs({ most: 1, id: 'a' }))[0]?.counts).toMatchObject({ queued: 2, done: 2 });
      expect((await store().jobs({ most: 1 }))[0]?.id).toBe('a');
    });

    it('counts what waits, and for how long', async () => {
      const none = { queued: 0, leased: 0, dead: 0, oldestSeconds: 0 };
      expect(await store().queueFigures(9000)).toEqual(none);
      await store().enqueue(job('a', ['/1', '/2', '/3'], { at: 4000 }));
      const [first] = (await lease(2, 4000)) as [QueuedFile];
      await store().failed(first, { code: 'a', message: 'b' }, null, [], 1);
      expect(await store().queueFigures(9000)).toEqual({ queued: 1, leased: 1, dead: 1, oldestSeconds: 5 });
    });
  });
}
