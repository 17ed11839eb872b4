/** Many files at once, in their order; files that fail; work that is broken off. */
import { copyFileSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FileStamp, keyOfStamp } from '#catalogue';
import type { GateParts } from '#gate';
import { AppError, type BytePath, baseName } from '#kernel';
import { createFileTree } from '../../src/adapters/files/index.ts';
import type { GateScript } from '../support/gate-place.ts';
import { openGateSuite, words } from '../support/gate-suite.ts';
import { track } from '../support/songs.ts';
import { createTestTime } from '../support/test-time.ts';

const suite = openGateSuite(4);
const { begin, at, put } = suite;

const asked = (...paths: string[]) =>
  ({ files: paths.map((file) => ({ path: file as BytePath })), lane: 'live', askedBy: 'a test' }) as const;

describe('the order', () => {
  const REPEATS = process.env['REPRISE_LONG'] ? 100 : 5;

  it('decides which of many copies that are read at once is the new one, whatever reading takes', async () => {
    const codings = ['flac', 'mp3', 'ogg', 'opus', 'm4a', 'flac'];
    const copies = codings.map((extension, n) =>
      suite.studio.make(path.join(suite.studio.folder, `${n}.${extension}`), {
        ...{ song: 1, tags: track(1, { title: String(n) }) },
        args: extension === 'opus' ? ['-ar', '48000'] : [],
      }),
    );
    for (let round = 0; round < REPEATS; round++) {
      // Reading takes another time each round, and ends in another order.
      const parts: GateScript['parts'] = ({ sleep }) => ({
        workers: {
          ...suite.workers,
          analyse: async (file, options) => {
            const analysis = await suite.workers.analyse(file, options);
            const late = (Number.parseInt(baseName(file), 10) * 7 + round * 3) % 5;
            await sleep(late * 8, new AbortController().signal);
            return analysis;
          },
        },
      });
      await begin({ parts });
      const files = copies.map((copy, n) => {
        copyFileSync(copy, at(`${n}${path.extname(copy)}`));
        return { path: at(`${n}${path.extname(copy)}`) as BytePath, order: (n * 5 + round) % 6 };
      });
      const job = await suite.gate.take([], { files });
      const first = files.find(({ order }) => order === 0)?.path;
      const news = job.files.filter(({ verdict }) => verdict?.verdict === 'new');
      expect(news.map((file) => file.path)).toEqual([first]);
      for (const { verdict } of job.files) if (verdict?.verdict !== 'new') expect(verdict?.of).toBe(first);
      // In their order, too.
      expect(job.files.map((file) => files.find((each) => each.path === file.path)?.order)).toEqual([0, 1, 2, 3, 4, 5]);
    }
  });

  it('holds among gates of several processes that share the queue: one keeper a track', async () => {
    await begin({ policy: { onUntagged: 'pass' } });
    const files = Array.from({ length: 12 }, (_, n) =>
      put(`${n}.${n % 2 ? 'mp3' : 'flac'}`, { song: n % 3, tags: track((n % 3) + 1, { title: String(n) }) }),
    );
    const { id } = await suite.gate.gate.enqueue(asked(...files));
    const stop = new AbortController();
    const work = [1, 2, 3].map(() => suite.gate.gate.work({ signal: stop.signal }));
    const job = await suite.gate.gate.finished(id, { signal: stop.signal });
    stop.abort();
    await Promise.all(work);
    expect(words(job).filter((word) => word === 'new').length).toBe(3);
    expect(job.counts).toEqual({ queued: 0, leased: 0, done: 12, dead: 0 });
    expect((await suite.gate.told()).length).toBe(12);
  });

  it('of a backfill is from new to old, beside what came in live before, which stays', async () => {
    const live = put('live.mp3', { song: 1, tags: track(1), args: ['-b:a', '96k'] });
    expect(words(await suite.gate.take([live]))).toEqual(['new']);
    const folder = path.join(suite.place.home, 'archive');
    const old = (name: string, song: number, day: number): string => {
      const file = suite.studio.make(path.join(folder, name), { song, tags: track(song, { title: name }) });
      utimesSync(file, day * 86_400, day * 86_400);
      return file;
    };
    const files = [old('a.flac', 1, 3), old('b.flac', 2, 1), old('c.flac', 2, 2), old('d.flac', 2, 1)];
    const job = await suite.gate.take([folder], { lane: 'backfill', orderBy: 'newest' });
    expect(job.files.map((file) => [file.path, file.verdict?.verdict])).toEqual([
      [files[0], 'upgrade'],
      [files[2], 'new'],
      [files[1], 'exact'],
      [files[3], 'exact'],
    ]);
    const numbered = ['7 x.flac', '12 y.flac', 'z.flac'].map((name) => old(path.join('numbered', name), 3, 9));
    const byNumber = await suite.gate.take([path.join(folder, 'numbered')], { lane: 'backfill', orderBy: 'number' });
    expect(byNumber.files.map((file) => file.path)).toEqual([numbered[1], numbered[0], numbered[2]]);
  });

  it('puts nothing live before a library that was scanned and waits for its backfill', async () => {
    const file = suite.studio.make(path.join(suite.place.library, '1.flac'), { song: 1, tags: track(1) }) as BytePath;
    const analysis = await suite.workers.analyse(file, { known: [] });
    if (analysis.kind !== 'new') throw new Error('Nothing was known.');
    const content = { ...analysis, producer: suite.workers.producer };
    const stamp = keyOfStamp((await createFileTree().stamp(file)) as FileStamp);
    await suite.gate.catalogue.apply([{ kind: 'added', path: file, stamp, content }]);
    const old = await suite.gate.gate.enqueue({ ...asked(file), lane: 'backfill' });
    const live = await suite.gate.take([put('2.mp3', { song: 1, tags: track(1) })]);
    expect(live.files).toMatchObject([{ verdict: { verdict: 'duplicate', of: file } }]);
    expect(words(await suite.gate.finish(old.id))).toEqual(['new']);
  });

  it('of a limited backfill lets live files pass it', async () => {
    const time = createTestTime(1_000_000);
    await begin({ parts: () => ({ clock: time.clock, sleep: time.sleep }) });
    const [one, two, live] = [1, 2, 3].map((n) => put(`${n}.flac`, { song: n, tags: track(n) })) as [
      string,
      string,
      string,
    ];
    const { id } = await suite.gate.gate.enqueue({ ...asked(one, two), lane: 'backfill' });
    const stop = new AbortController();
    const work = suite.gate.gate.work({ signal: stop.signal, backfillPerMinute: 1 });
    const counts = async (): Promise<number | undefined> => (await suite.gate.gate.job(id))?.counts.done;
    const until = async (holds: () => Promise<boolean>): Promise<void> => {
      while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
    };
    await until(async () => (await counts()) === 1);
    const { id: second } = await suite.gate.gate.enqueue(asked(live));
    await until(async () => (await suite.gate.gate.job(second))?.counts.done === 1);
    expect(await counts()).toBe(1);
    await time.pass(58_000, 2);
    expect(await counts()).toBe(1);
    await time.pass(5_000, 2);
    await until(async () => (await counts()) === 2);
    stop.abort();
    await work;
  });
});

describe('an album with one bad file', () => {
  it('is taken in without it, and says what became of each', async () => {
    const album = path.join(suite.place.inbox, 'album');
    mkdirSync(album);
    for (const n of [1, 2, 3]) suite.studio.make(path.join(album, `${n}.flac`), { song: n, tags: track(n) });
    writeFileSync(path.join(album, '2.flac'), 'torn');
    const gone = path.join(suite.place.home, 'gone.flac');
    const job = await suite.gate.take([album, gone]);
    expect(job.files.map((file) => [baseName(file.path), file.state, file.verdict?.verdict, file.error?.code])).toEqual(
      [
        ['1.flac', 'done', 'new', undefined],
        ['2.flac', 'done', 'unreadable', undefined],
        ['3.flac', 'done', 'new', undefined],
        ['gone.flac', 'dead', undefined, 'gate/gone'],
      ],
    );
    expect(await suite.gate.gate.jobs({ most: 9, having: 'dead' })).toMatchObject([
      { id: job.id, counts: { done: 3, dead: 1 } },
    ]);
    expect(await suite.gate.told()).toContainEqual(expect.objectContaining({ type: 'file.failed', code: 'gate/gone' }));
    suite.studio.make(gone, { song: 4, tags: track(4) });
    expect(await suite.gate.gate.requeue(job.id)).toBe(1);
    expect(words(await suite.gate.finish(job.id))).toEqual(['new', 'unreadable', 'new', 'new']);
    await expect(suite.gate.gate.requeue('nothing')).rejects.toMatchObject({ code: 'gate/no-job' });
  });
});

describe('a folder', () => {
  it('stands for what is finished in it: no unfinished download, nothing hidden or put away, and titles that begin with dots', async () => {
    const album = path.join(suite.place.inbox, 'album');
    const names = [
      '1.flac.part',
      '.DS_Store',
      '._1.flac',
      'incomplete/2.flac',
      '.reprise-trash/gate-1/3.flac',
      '.git/config',
      'cover.jpg',
    ];
    for (const name of names) {
      mkdirSync(path.dirname(path.join(album, name)), { recursive: true });
      writeFileSync(path.join(album, name), 'something');
    }
    const titles = ['cd 1/1.flac', '...And so on/2.flac', '.38.flac'];
    for (const [at, title] of titles.entries())
      suite.studio.make(path.join(album, title), { song: 1 + at, tags: track(1 + at) });
    const { files } = await suite.gate.take([album]);
    expect(files.map((file) => path.relative(album, file.path)).toSorted()).toEqual(
      [...titles, 'cover.jpg'].toSorted(),
    );
    const part = path.join(album, '1.flac.part');
    expect((await suite.gate.take([part])).files).toMatchObject([{ path: part, state: 'done' }]);
  });
});

describe('trouble that may pass', () => {
  /** A disk that fails so often when the file is looked at by the workers of the queue. */
  const failing = (times: number, kind: 'unavailable' | 'denied' | 'bug', looks: number[]): GateScript => {
    const time = createTestTime(1_000_000);
    const parts = ({ tree, store }: GateParts): Partial<GateParts> => {
      let left = times;
      return {
        ...{ clock: time.clock, sleep: time.sleep },
        store: {
          ...store,
          intakeAt: async (file) => {
            if ((await store.queueFigures(0)).leased > 0) {
              looks.push(time.clock.now());
              if (left-- > 0) {
                if (kind === 'bug') throw new TypeError('nobody knows');
                throw new AppError('files/unreadable', 'The disk is busy.', { kind });
              }
            }
            return store.intakeAt(file);
          },
        },
        tree,
      };
    };
    return Object.assign({ parts }, { time });
  };

  it.each(['unavailable', 'bug'] as const)('is tried again after 10 s, then 20 s: %s', async (kind) => {
    const looks: number[] = [];
    const script = failing(2, kind, looks);
    await begin(script);
    const { time } = script as unknown as { time: ReturnType<typeof createTestTime> };
    const { id } = await suite.gate.gate.enqueue(asked(put('1.flac', { song: 1, tags: track(1) })));
    const stop = new AbortController();
    const troubles: unknown[] = [];
    const work = suite.gate.gate.work({ signal: stop.signal, onTrouble: (_, error) => troubles.push(error) });
    await time.pass(31_500, 2);
    while ((await suite.gate.gate.job(id))?.counts.done !== 1) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await work;
    const waits = looks.slice(0, 3).map((look, n) => Math.floor((look - (looks[n - 1] ?? look)) / 1000));
    expect(waits).toEqual([0, 10, 20]);
    expect(troubles.length).toBe(2);
    expect((await suite.gate.gate.job(id))?.files).toMatchObject([{ attempts: 3, state: 'done', error: null }]);
  });

  it('is given up in the end, and at once where trying again is of no use', async () => {
    for (const [kind, attempts] of [
      ['unavailable', 3],
      ['denied', 1],
    ] as const) {
      const script = failing(9, kind, []);
      await begin(script);
      const { time } = script as unknown as { time: ReturnType<typeof createTestTime> };
      const { id } = await suite.gate.gate.enqueue(asked(put('1.flac', { song: 1, tags: track(1) })));
      const stop = new AbortController();
      const work = suite.gate.gate.work({ signal: stop.signal });
      await time.pass(60_000, 2);
      stop.abort();
      await work;
      expect((await suite.gate.gate.job(id))?.files).toMatchObject([
        { state: 'dead', attempts, error: { code: 'files/unreadable' }, verdict: null },
      ]);
      expect((await suite.gate.gate.figures()).dead).toBe(1);
      expect(await suite.gate.told()).toMatchObject([{ type: 'file.failed' }]);
    }
  });

  it('of the catalogue itself ends the work, and the files wait', async () => {
    const full = new AppError('catalogue/disk-full', 'The disk is full.', { kind: 'exhausted' });
    const fail = async (): Promise<never> => {
      throw full;
    };
    let isFull = true;
    const parts: GateScript['parts'] = ({ store }) => ({
      store: {
        ...store,
        claim: (claim) => (isFull ? fail() : store.claim(claim)),
        failed: (...what) => (isFull ? fail() : store.failed(...what)),
      },
    });
    await begin({ parts });
    const files = [1, 2, 3].map((n) => put(`${n}.flac`, { song: n, tags: track(n) }));
    const { id } = await suite.gate.gate.enqueue(asked(...files));
    await expect(suite.gate.gate.work({ signal: new AbortController().signal })).rejects.toBe(full);
    expect((await suite.gate.gate.job(id))?.counts).toMatchObject({ queued: 3, leased: 0 });
    isFull = false;
    expect(words(await suite.gate.finish(id))).toEqual(['new', 'new', 'new']);
  });
});

describe('work that is told to stop', () => {
  it('gives back what is in hand, uncounted, and goes on later', async () => {
    const stop = new AbortController();
    const parts: GateScript['parts'] = () => ({
      workers: {
        ...suite.workers,
        analyse: (file, options) => {
          stop.abort();
          return suite.workers.analyse(file, options);
        },
      },
    });
    await begin({ parts });
    const files = [1, 2, 3].map((n) => put(`${n}.flac`, { song: n, tags: track(n) }));
    const { id } = await suite.gate.gate.enqueue(asked(...files));
    await suite.gate.gate.work({ signal: stop.signal });
    const job = await suite.gate.gate.job(id);
    expect(job?.files.map(({ state, attempts }) => [state, attempts])).toEqual(Array(3).fill(['queued', 0]));
    expect(await suite.gate.told()).toEqual([]);
    expect(words(await suite.gate.finish(id))).toEqual(['new', 'new', 'new']);
  });

  it('finds what a process that died had in hand', async () => {
    const file = put('1.flac', { song: 1, tags: track(1) });
    const { id } = await suite.gate.gate.enqueue(asked(file));
    await suite.gate.store.lease({
      owner: 'the dead',
      now: Date.now(),
      until: Date.now() + 1e9,
      most: 9,
      lanes: ['live'],
    });
    await suite.place.close();
    await suite.reopen();
    const job = await suite.gate.finish(id);
    expect(job.files).toMatchObject([{ state: 'done', attempts: 1 }]);
  });

  it('leaves out what has gone from its inbox meanwhile', async () => {
    const file = put('1.flac', { song: 1, tags: track(1) });
    const { id } = await suite.gate.gate.enqueue({ ...asked(file), inbox: 'downloads' });
    rmSync(file);
    expect((await suite.gate.finish(id)).files).toMatchObject([{ state: 'done', verdict: null, error: null }]);
  });

  it('answers a second asking with the first job', async () => {
    const file = put('1.flac', { song: 1, tags: track(1) });
    const request = { ...asked(file), idempotencyKey: 'key' };
    const [one, two] = await Promise.all([suite.gate.gate.enqueue(request), suite.gate.gate.enqueue(request)]);
    expect(two).toEqual(one);
    expect((await suite.gate.gate.jobs({ most: 9 })).length).toBe(1);
    await expect(suite.gate.gate.enqueue({ ...asked(file), inbox: 'nowhere' })).rejects.toMatchObject({
      code: 'gate/no-inbox',
    });
    mkdirSync(path.join(suite.place.home, 'empty'));
    await expect(suite.gate.gate.enqueue(asked(path.join(suite.place.home, 'empty')))).rejects.toMatchObject({
      code: 'gate/nothing',
    });
  });
});
