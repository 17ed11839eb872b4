import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError, type BytePath, noProgress } from '#kernel';
import { createFakeMemory, createFakeTwins, type FakeFile } from '../../test/support/fake-twins.ts';
import { planSweep, type SweepReport } from './plan-sweep.ts';
import type { HashMemory, SoundSets } from './ports.ts';
import { DEFAULT_HASHING, type SweepRequest } from './request.ts';

const path = (text: string): BytePath => text as BytePath;

interface Choice {
  readonly files: Readonly<Record<string, FakeFile>>;
  readonly request?: Partial<SweepRequest>;
  readonly memory?: HashMemory;
  readonly sounds?: SoundSets;
}

const REQUEST: SweepRequest = {
  ...{ references: [path('/ref')], sources: [path('/src')], output: path('/out') },
  ...{ by: 'bytes', mode: 'move', layout: 'keep', command: 'sweep' },
  filter: { extensions: null, include: [], exclude: [], ignoreFiles: [] },
  ...{ hashing: DEFAULT_HASHING, retries: { times: 3, delaySeconds: 1 } },
};

const noSounds: SoundSets = { find: () => Promise.reject(new Error('nobody asked for sounds')) };

async function sweep({ files, request, memory = createFakeMemory(), sounds = noSounds }: Choice) {
  const twins = createFakeTwins(files);
  const waits: number[] = [];
  const report = await planSweep(
    {
      ...{ placeOf: twins.placeOf, memory, sounds, newId: () => 'id', readersOf: () => 2 },
      openReader: () => twins.reader,
      clock: { now: () => 1_000_000 },
      sleep: async (milliseconds) => void waits.push(milliseconds),
    },
    { ...REQUEST, ...request },
    { signal: new AbortController().signal, progress: noProgress },
  );
  return { report, read: twins.read, waits };
}

const moves = ({ plan }: SweepReport): string[] =>
  plan.items.map(({ source, destination, keeper }) => `${source.path} → ${destination} (${keeper?.path})`);
const song = (text: string): string => `ID3${text}`;

describe('a sweep by bytes', () => {
  it('moves what the reference holds, and keeps the folders', async () => {
    const { report } = await sweep({
      files: {
        '/ref/a.mp3': { bytes: song('a') },
        '/src/x/copy.mp3': { bytes: song('a') },
        '/src/b.mp3': { bytes: song('b') },
      },
    });
    expect(moves(report)).toEqual(['/src/x/copy.mp3 → /out/x/copy.mp3 (/ref/a.mp3)']);
    expect(report.plan).toMatchObject({ roots: ['/src'], protected: ['/ref'], reclaimableBytes: 4 });
    expect(report.plan.items[0]?.source.contentHash).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(report.plan.items[0]?.sameBytes).toBe(true);
  });

  it('finds a copy of a reference file although neither folder holds another file of that size', async () => {
    const files = { '/ref/a.mp3': { bytes: song('only one') }, '/src/b.mp3': { bytes: song('only one') } };
    expect(moves((await sweep({ files })).report)).toHaveLength(1);
  });

  it('reduces twins within the source, with or without a reference: the oldest stays, then the shortest path', async () => {
    const files = {
      '/src/new.mp3': { bytes: song('a'), mtimeNs: 9n },
      '/src/old in a long folder/a.mp3': { bytes: song('a'), mtimeNs: 3n },
      '/src/bb.mp3': { bytes: song('b'), mtimeNs: 5n },
      '/src/b.mp3': { bytes: song('b'), mtimeNs: 5n },
    };
    const { report } = await sweep({ files, request: { references: [] } });
    expect(moves(report)).toEqual([
      '/src/bb.mp3 → /out/bb.mp3 (/src/b.mp3)',
      '/src/new.mp3 → /out/new.mp3 (/src/old in a long folder/a.mp3)',
    ]);
    expect(report.plan.items.map(({ reasons }) => reasons[1])).toEqual([
      'of equally old copies the one with the shortest path stays',
      'the oldest copy in the source stays',
    ]);
  });

  it('never takes files of different sizes for equal, whatever the cap is', async () => {
    const same = song('x'.repeat(100));
    const files = { '/ref/a.mp3': { bytes: `${same}1` }, '/src/b.mp3': { bytes: `${same}12` } };
    const hashing = { ...DEFAULT_HASHING, mostBytes: 10 };
    expect(moves((await sweep({ files, request: { hashing } })).report)).toEqual([]);
  });

  it('says of a capped hash that it is not all, so that all bytes are compared before the act', async () => {
    const files = { '/ref/a.mp3': { bytes: song('same 1') }, '/src/b.mp3': { bytes: song('same 2') } };
    const { report } = await sweep({ files, request: { hashing: { ...DEFAULT_HASHING, mostBytes: 7 } } });
    const [item] = report.plan.items;
    expect(item).toMatchObject({ sameBytes: true, source: { contentHash: null }, keeper: { contentHash: null } });
    expect(item?.reasons[0]).toContain('the same first 7 bytes; the others are compared before anything happens');
  });

  it('takes no empty files for copies of each other', async () => {
    const { report } = await sweep({ files: { '/ref/a.mp3': { bytes: '' }, '/src/b.mp3': { bytes: '' } } });
    expect(report.plan.items).toEqual([]);
    expect(report.skipped).toEqual([{ path: '/src/b.mp3', reason: 'it has no bytes' }]);
  });

  it('leaves hard links alone: to the keeper, to any file of the reference, and among themselves', async () => {
    const files = {
      '/ref/a.mp3': { bytes: song('a'), inode: 1n, mtimeNs: 1n },
      '/ref/b.mp3': { bytes: song('a'), inode: 2n, mtimeNs: 2n },
      '/src/a.mp3': { bytes: song('a'), inode: 1n, mtimeNs: 1n },
      '/src/b.mp3': { bytes: song('a'), inode: 2n, mtimeNs: 2n },
      '/src/c.mp3': { bytes: song('a'), inode: 3n, mtimeNs: 0n },
      '/src/d.mp3': { bytes: song('other'), inode: 4n },
      '/src/e.mp3': { bytes: song('other'), inode: 4n },
    };
    const { report } = await sweep({ files });
    expect(moves(report)).toEqual(['/src/c.mp3 → /out/c.mp3 (/ref/a.mp3)']);
    expect(report.skipped.map(({ path: file }) => file).sort()).toEqual(['/src/a.mp3', '/src/b.mp3', '/src/e.mp3']);
    expect(report.skipped.every(({ reason }) => reason.startsWith('a hard link to '))).toBe(true);
  });

  it('moves every name of a duplicate that has several, and counts its bytes once', async () => {
    const files = {
      '/ref/a.mp3': { bytes: song('a') },
      '/src/b.mp3': { bytes: song('a'), inode: 7n },
      '/src/c.mp3': { bytes: song('a'), inode: 7n },
    };
    const { report, read } = await sweep({ files });
    expect(moves(report)).toHaveLength(2);
    expect(report.plan.reclaimableBytes).toBe(4);
    expect(read).toHaveLength(2);
  });

  it('takes a file that is seen through two mounts for one, not for a copy of itself', async () => {
    const seen = { bytes: song('a'), inode: 5n, mtimeNs: 12_345n };
    const { report } = await sweep({ files: { '/ref/a.mp3': seen, '/src/a.mp3': { ...seen, device: 2n } } });
    expect(report.plan.items).toEqual([]);
    expect(report.skipped).toEqual([
      { path: '/src/a.mp3', reason: 'the same file as /ref/a.mp3, seen through another mount' },
    ]);
  });

  it('links only to where a link can reach', async () => {
    const files = { '/ref/a.mp3': { bytes: song('a') }, '/src/b.mp3': { bytes: song('a'), device: 2n } };
    const request = { mode: 'hardlink', output: null } as const;
    const { report } = await sweep({ files, request });
    expect(report.plan.items).toEqual([]);
    expect(report.skipped[0]?.reason).toContain('on another file system');
    const linked = await sweep({ files, request: { ...request, mode: 'symlink' } });
    expect(linked.report.plan.items.map(({ verb, destination }) => [verb, destination])).toEqual([['link', null]]);
  });

  it('reads nothing but what it must: sizes, then beginnings, then ends of long files, then all', async () => {
    const long = 'y'.repeat(2 ** 20);
    const files = {
      '/src/alone.mp3': { bytes: song('of its own size') },
      '/src/1.mp3': { bytes: song(`a${long}z`) },
      '/src/2.mp3': { bytes: song(`a${long}z`) },
      '/src/3.mp3': { bytes: song(`b${long}z`) },
      '/src/4.mp3': { bytes: song(`a${long}q`) },
    };
    const { read } = await sweep({ files, request: { references: [] } });
    expect(read.toSorted()).toEqual([
      ...['head /src/1.mp3', 'head /src/2.mp3', 'head /src/3.mp3', 'head /src/4.mp3'],
      ...['tail /src/1.mp3', 'tail /src/2.mp3', 'tail /src/4.mp3', 'whole /src/1.mp3', 'whole /src/2.mp3'],
    ]);
  });

  it('does not hash again what it hashed once', async () => {
    const memory = createFakeMemory();
    const bytes = song('z'.repeat(20_000));
    const files = { '/ref/a.mp3': { bytes }, '/src/b.mp3': { bytes } };
    const first = await sweep({ files, memory });
    const second = await sweep({ files, memory });
    expect(first.read).toHaveLength(4);
    expect(second.read).toEqual([]);
    expect(second.report.plan).toEqual(first.report.plan);
    const changed = await sweep({ files: { ...files, '/src/b.mp3': { bytes, mtimeNs: 1n } }, memory });
    expect(changed.read).toEqual(['head /src/b.mp3', 'whole /src/b.mp3']);
  });

  it('remembers nothing of a file that was written a moment ago: its stamp could outlive the next write', async () => {
    const memory = createFakeMemory();
    const mtimeNs = 999_000n * 1_000_000n;
    await sweep({
      files: { '/src/a.mp3': { bytes: 'ID3', mtimeNs }, '/ref/b.mp3': { bytes: 'ID3', mtimeNs } },
      memory,
    });
    expect(memory.learned()).toBe(0);
  });

  it('tries again what fails in passing, waits longer each time, and tells what failed for good', async () => {
    const files = {
      '/ref/a.mp3': { bytes: song('a') },
      '/src/b.mp3': { bytes: song('a'), stumbles: 2 },
      '/src/c.mp3': { bytes: song('a'), stumbles: 9 },
    };
    const { report, waits } = await sweep({ files });
    expect(waits).toEqual([1000, 2000, 4000]);
    expect(moves(report)).toEqual(['/src/b.mp3 → /out/b.mp3 (/ref/a.mp3)']);
    expect(report.failures.map(({ path: file, code }) => [file, code])).toEqual([['/src/c.mp3', 'files/unreadable']]);
  });

  it('finds sounds by their bytes, by their name where bytes do not tell, and what a pattern asks for', async () => {
    const files = {
      '/src/no ending': { bytes: 'fLaC and so on' },
      '/src/no ending 2': { bytes: 'fLaC and so on' },
      '/src/raw.mp3': { bytes: '\xff\xfb\x90\x00 bare' },
      '/src/raw.dat': { bytes: '\xff\xfb\x90\x00 bare' },
      '/src/raw 2.mp3': { bytes: '\xff\xfb\x90\x00 bare' },
      '/src/cover.jpg': { bytes: '\xff\xd8\xff picture' },
      '/src/cover 2.mp3': { bytes: '\xff\xd8\xff picture' },
    };
    const sources = async (request: Partial<SweepRequest>): Promise<string[]> =>
      (await sweep({ files, request: { references: [], ...request } })).report.plan.items.map(
        ({ source }) => source.path,
      );
    expect(await sources({})).toEqual(['/src/no ending 2', '/src/raw 2.mp3']);
    const { filter } = REQUEST;
    expect(await sources({ filter: { ...filter, include: ['cover*'] } })).toContain('/src/cover 2.mp3');
    expect(await sources({ filter: { ...filter, extensions: ['jpg', 'mp3'] } })).toEqual([
      '/src/cover 2.mp3',
      '/src/raw 2.mp3',
    ]);
    expect(await sources({ filter: { ...filter, exclude: ['*2*'] } })).toEqual([]);
  });

  it('refuses an empty reference rather than to take it for one that holds nothing', async () => {
    const files = { '/ref/deep/left-out.mp3': { bytes: 'x' }, '/src/b.mp3': { bytes: song('a') } };
    const request = { filter: { ...REQUEST.filter, exclude: ['left-out.mp3'] } };
    await expect(sweep({ files, request })).rejects.toMatchObject({ code: 'sweep/reference-empty', kind: 'refused' });
  });

  it('refuses an algorithm that is none', async () => {
    const hashing = { ...DEFAULT_HASHING, algorithm: 'sha257' };
    await expect(sweep({ files: {}, request: { hashing } })).rejects.toMatchObject({ code: 'usage/bad-value' });
  });

  it('keeps what it hashed when it is interrupted', async () => {
    const bytes = song('z'.repeat(20_000));
    const twins = createFakeTwins({ '/src/a.mp3': { bytes }, '/src/b.mp3': { bytes } });
    const interrupt = new AbortController();
    const memory = createFakeMemory();
    let kept = 0;
    const parts = {
      placeOf: twins.placeOf,
      sounds: noSounds,
      newId: () => 'id',
      memory: { ...memory, keep: () => void kept++ },
    };
    const run = planSweep(
      {
        ...parts,
        readersOf: () => 2,
        openReader: () => twins.reader,
        clock: { now: () => 1_000_000 },
        sleep: async () => {},
      },
      { ...REQUEST, references: [] },
      { signal: interrupt.signal, progress: ({ stage }) => stage === 'Hashing' && interrupt.abort() },
    );
    await expect(run).rejects.toMatchObject({ code: 'run/cancelled' });
    expect([memory.learned(), kept]).toEqual([4, 2]);
  });

  it('ends when it is interrupted', async () => {
    const twins = createFakeTwins({ '/src/a.mp3': { bytes: 'a' } });
    const parts = { placeOf: twins.placeOf, memory: createFakeMemory(), sounds: noSounds, newId: () => 'id' };
    const run = planSweep(
      { ...parts, readersOf: () => 2, openReader: () => twins.reader, clock: { now: () => 0 }, sleep: async () => {} },
      { ...REQUEST, references: [] },
      { signal: AbortSignal.abort(), progress: noProgress },
    );
    await expect(run).rejects.toMatchObject({ code: 'run/cancelled' });
  });
});

describe('laws of a sweep', () => {
  /** Few contents, names and folders, so that much is equal. */
  const file = fc.record({
    bytes: fc.constantFrom('', 'ID3a', 'ID3b', `ID3${'c'.repeat(20_000)}`, `ID3${'c'.repeat(19_999)}d`),
    mtimeNs: fc.bigInt(0n, 2n),
    inode: fc.option(fc.bigInt(1n, 3n), { nil: undefined }),
  });
  const name = fc.tuple(
    fc.constantFrom('/ref', '/src'),
    fc.constantFrom('', '/x', '/y/z'),
    fc.constantFrom('/1.mp3', '/2.mp3', '/3.mp3'),
  );
  const trees = fc
    .array(fc.tuple(name, file), { maxLength: 14 })
    .map((entries) => {
      const byInode = new Map<bigint, FakeFile>();
      const all = entries.map(([parts, { inode, ...own }]): [string, FakeFile] => {
        if (inode === undefined) return [parts.join(''), own];
        const linked = byInode.get(inode) ?? { ...own, inode };
        byInode.set(inode, linked);
        return [parts.join(''), linked];
      });
      return Object.fromEntries(all) as Record<string, FakeFile>;
    })
    .filter((tree) => ['/ref/', '/src/'].every((root) => Object.keys(tree).some((each) => each.startsWith(root))));

  it('nothing of the reference is touched, every content stays somewhere, and no two files go to one place', async () => {
    await fc.assert(
      fc.asyncProperty(trees, fc.constantFrom('keep' as const, 'flat' as const), async (files, layout) => {
        const { report } = await sweep({ files, request: { layout } });
        const gone = new Set<string>(report.plan.items.map(({ source }) => source.path));
        expect([...gone].every((each) => each.startsWith('/src/'))).toBe(true);
        const staying = new Set(Object.entries(files).flatMap(([each, { bytes }]) => (gone.has(each) ? [] : bytes)));
        for (const { source, keeper } of report.plan.items) {
          expect(gone.has(keeper?.path as string)).toBe(false);
          expect(files[source.path]?.bytes).toBe(files[keeper?.path as string]?.bytes);
          expect(staying.has(files[source.path]?.bytes as string)).toBe(true);
        }
        const targets = report.plan.items.map(({ destination }) => destination);
        expect(new Set(targets).size).toBe(targets.length);
      }),
      { numRuns: 300 },
    );
  });

  it('afterwards the source holds nothing twice, but for hard links and empty files', async () => {
    await fc.assert(
      fc.asyncProperty(trees, async (files) => {
        const { report } = await sweep({ files });
        const gone = new Set<string>(report.plan.items.map(({ source }) => source.path));
        const left = Object.entries(files).filter(([each, { bytes }]) => !gone.has(each) && bytes !== '');
        const inodesOf = (root: string): Map<string, Set<string>> =>
          Map.groupBy(
            left.filter(([each]) => each.startsWith(root)),
            ([, { bytes }]) => bytes,
          ) as never;
        for (const [bytes, own] of inodesOf('/src/') as unknown as Map<string, [string, FakeFile][]>) {
          const inReference = left.filter(([each, other]) => each.startsWith('/ref/') && other.bytes === bytes);
          const inodes = new Set(own.map(([each, { inode }]) => inode ?? each));
          if (inReference.length === 0) expect(inodes.size).toBe(1);
          else
            for (const [, { inode }] of own)
              expect(inReference.some(([, other]) => other.inode === inode && inode !== undefined)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a sweep by sound', () => {
  const stamp = (inode: number) => ({ device: 1n, inode: BigInt(inode), sizeBytes: 4, mtimeNs: 0n, ctimeNs: 0n });
  const found = (file: string, about: string, contentHash = file) => ({
    path: path(file),
    stamp: stamp(file.length),
    contentHash,
    about,
  });
  const files = { '/ref/a.mp3': { bytes: 'x' }, '/src/b.flac': { bytes: 'y' } };
  const setsOf = (...sets: (readonly ReturnType<typeof found>[])[]): SoundSets => ({
    find: async () => ({ sets: sets.map((each) => ({ files: each })), failures: [] }),
  });

  it('keeps the best copy where there is no reference', async () => {
    const sounds = setsOf([found('/src/best.flac', 'FLAC'), found('/src/worse one.mp3', 'MP3')]);
    const { report } = await sweep({ files, sounds, request: { by: 'recording', references: [] } });
    expect(moves(report)).toEqual(['/src/worse one.mp3 → /out/worse one.mp3 (/src/best.flac)']);
    expect(report.plan.items[0]?.sameBytes).toBe(false);
  });

  it('leaves a copy that is better than the one in the reference to a person', async () => {
    const sounds = setsOf([found('/src/b.flac', 'FLAC'), found('/ref/a.mp3', 'MP3'), found('/src/cc.mp3', 'MP3')]);
    const { report } = await sweep({ files, sounds, request: { by: 'recording' } });
    expect(moves(report)).toEqual(['/src/cc.mp3 → /out/cc.mp3 (/ref/a.mp3)']);
    expect(report.skipped).toEqual([
      { path: '/src/b.flac', reason: 'a better copy (FLAC) than that in the reference (MP3)' },
    ]);
  });

  it('takes equal audio for equal', async () => {
    const sounds = setsOf([found('/src/b.flac', 'FLAC'), found('/ref/a.mp3', 'FLAC')]);
    const { report } = await sweep({ files, sounds, request: { by: 'audio' } });
    expect(moves(report)).toEqual(['/src/b.flac → /out/b.flac (/ref/a.mp3)']);
    expect(report.plan.items[0]?.reasons[0]).toBe('the same audio; tags or container may differ');
  });

  it('never puts other bytes in the place of a file', async () => {
    const request = { by: 'audio', mode: 'hardlink', output: null } as const;
    await expect(sweep({ files, request })).rejects.toBeInstanceOf(AppError);
  });
});
