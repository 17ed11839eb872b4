import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BytePath, bytesOfPath } from '#kernel';
import { createFakeWorkers } from '../../test/support/fake-workers.ts';
import {
  createMusicFolder,
  idsByName,
  type MusicFolder,
  openStore,
  presentFiles,
  scanFolder,
  scanInto,
} from '../../test/support/music-folder.ts';

let music: MusicFolder;
beforeEach(() => {
  music = createMusicFolder();
});
afterEach(() => music[Symbol.dispose]());

const nothing = { new: 0, changed: 0, moved: 0, missing: 0, failed: 0, failures: [], skipped: [] };
const names = (paths: readonly BytePath[]): string[] => paths.map((file) => file.slice(music.root.length + 1)).sort();

describe('a scan', () => {
  it('reads everything once and nothing the second time', async () => {
    music.put('a/1.flac', 'One\nsound of one');
    music.put('a/b/2.mp3', 'Two\nsound of two');
    music.put('a/cover.jpg', 'no sound');
    const first = await scanFolder(music);
    expect(first.report).toMatchObject({ ...nothing, seen: 2, new: 2, unchanged: 0, audioSeconds: 12 });
    const second = await scanFolder(music);
    expect(second.report).toMatchObject({ ...nothing, seen: 2, unchanged: 2, audioSeconds: 0 });
    expect(second.workers.read).toEqual([]);
    expect(second.files).toEqual([]);
  });

  it('redoes exactly what was changed, added, renamed and removed', async () => {
    for (const name of ['same', 'changed', 'renamed', 'removed'])
      music.put(`${name}.flac`, `${name}\nsound of ${name}`);
    await scanFolder(music);
    const before = await idsByName(music);
    music.put('changed.flac', 'changed\nanother sound');
    music.put('added.flac', 'added\nsound of added');
    music.move('renamed.flac', 'sub/new name.flac');
    music.remove('removed.flac');
    const { report, workers } = await scanFolder(music);
    expect(report).toMatchObject({ ...nothing, seen: 4, new: 1, changed: 1, moved: 1, missing: 1, unchanged: 1 });
    expect(names(workers.decoded)).toEqual(['added.flac', 'changed.flac']);
    expect(names(workers.read)).toEqual(['added.flac', 'changed.flac']);
    const after = await idsByName(music);
    expect(after['sub/new name.flac']).toBe(before['renamed.flac']);
    expect(Object.keys(after).sort()).toEqual(['added.flac', 'changed.flac', 'same.flac', 'sub/new name.flac']);
  });

  it('hashes a touched file without decoding it', async () => {
    music.put('a.flac', 'A\nsound');
    await scanFolder(music);
    utimesSync(path.join(music.root, 'a.flac'), 1000, 1000);
    const { report, workers } = await scanFolder(music);
    expect(report).toMatchObject({ changed: 1, unchanged: 0 });
    expect([workers.read.length, workers.decoded.length]).toEqual([1, 0]);
    expect((await scanFolder(music)).report.unchanged).toBe(1);
  });

  it('does not decode copies of known bytes', async () => {
    music.put('a.flac', 'A\nsound');
    await scanFolder(music);
    music.put('copy.flac', 'A\nsound');
    const { report, workers } = await scanFolder(music);
    expect(report.new).toBe(1);
    expect(workers.decoded).toEqual([]);
  });

  it('recognises a file that was copied elsewhere and deleted by its bytes', async () => {
    music.put('old/a.flac', 'A\nsound');
    music.put('other.flac', 'B\nsound b');
    await scanFolder(music);
    const before = await idsByName(music);
    music.put('new/a.flac', 'A\nsound');
    music.remove('old/a.flac');
    const { report, workers } = await scanFolder(music);
    expect(report).toMatchObject({ new: 0, moved: 1, missing: 1 });
    expect(workers.decoded).toEqual([]);
    expect((await idsByName(music))['new/a.flac']).toBe(before['old/a.flac']);
  });

  it('remembers a vanished file and finds it again without reading it', async () => {
    music.put('a.flac', 'A\nsound');
    music.put('b.flac', 'B\nsound');
    await scanFolder(music);
    const before = await idsByName(music);
    const aside = `${music.root}-aside.flac`;
    renameSync(path.join(music.root, 'a.flac'), aside);
    expect((await scanFolder(music)).report).toMatchObject({ missing: 1, seen: 1, unchanged: 1 });
    renameSync(aside, path.join(music.root, 'a.flac'));
    await scanFolder(music);
    expect(await idsByName(music)).toEqual(before);
  });

  it('reads hard links once and keeps each name', async () => {
    music.put('a.flac', 'A\nsound');
    linkSync(path.join(music.root, 'a.flac'), path.join(music.root, 'b.flac'));
    const { report, workers } = await scanFolder(music);
    expect(report.new).toBe(2);
    expect(workers.read).toHaveLength(1);
    const [a, b] = (await presentFiles(music)).map(({ file }) => file);
    expect([a?.stamp.inode, a?.contentHash]).toEqual([b?.stamp.inode, b?.contentHash]);
    expect((await scanFolder(music)).report.unchanged).toBe(2);
  });

  it('follows no symlink, and takes overlapping roots and roots under a symlink once', async () => {
    music.put('sub/a.flac', 'A\nsound');
    symlinkSync(path.join(music.root, 'sub'), path.join(music.root, 'link'));
    symlinkSync(path.join(music.root, 'sub/a.flac'), path.join(music.root, 'link.flac'));
    symlinkSync(music.root, `${music.root}-link`);
    const roots = [music.root, path.join(music.root, 'sub'), `${music.root}-link`, path.join(music.root, 'sub/a.flac')];
    const { report } = await scanFolder(music, { roots });
    expect(report).toMatchObject({ seen: 1, new: 1 });
  });

  it('scans one file that is named, and leaves its neighbours alone', async () => {
    music.put('a.flac', 'A\nsound');
    music.put('b.flac', 'B\nsound');
    await scanFolder(music);
    music.remove('b.flac');
    const { report } = await scanFolder(music, { roots: [path.join(music.root, 'a.flac')] });
    expect(report).toMatchObject({ ...nothing, seen: 1, unchanged: 1 });
  });

  it('keeps a moved file between two roots, whichever comes first', async () => {
    music.put('x/a.flac', 'A\nsound');
    music.put('y/b.flac', 'B\nsound b');
    music.put('x/stays.flac', 'S\nsound s');
    music.put('y/stays.flac', 'T\nsound t');
    const roots = ['x', 'y'].map((name) => path.join(music.root, name));
    await scanFolder(music, { roots });
    const before = await idsByName(music);
    music.move('x/a.flac', 'y/a.flac');
    music.move('y/b.flac', 'x/b.flac');
    const { report, workers } = await scanFolder(music, { roots });
    expect(report).toMatchObject({ ...nothing, seen: 4, moved: 2, unchanged: 2 });
    expect(workers.read).toEqual([]);
    const after = await idsByName(music);
    expect([after['y/a.flac'], after['x/b.flac']]).toEqual([before['x/a.flac'], before['y/b.flac']]);
  });

  it('stops with a sentence where a root is empty or gone, and marks nothing missing', async () => {
    music.put('a.flac', 'A\nsound');
    await scanFolder(music);
    renameSync(music.root, `${music.root}-away`);
    await expect(scanFolder(music)).rejects.toMatchObject({ code: 'files/missing', kind: 'missing' });
    mkdirSync(music.root);
    await expect(scanFolder(music)).rejects.toMatchObject({ code: 'scan/root-empty', kind: 'conflict' });
    mkdirSync(path.join(music.root, 'lost+found'));
    await expect(scanFolder(music)).rejects.toMatchObject({ code: 'scan/root-empty', kind: 'conflict' });
    expect(await presentFiles(music)).toHaveLength(1);
    const empty = path.join(music.root, 'never had music');
    mkdirSync(empty);
    expect((await scanFolder(music, { roots: [empty] })).report.seen).toBe(0);
  });

  it('never looks at its own traces and what systems leave behind', async () => {
    for (const folder of ['.reprise-trash', '@eaDir', '#recycle', '.Trash-1000', '$RECYCLE.BIN', 'lost+found']) {
      music.put(`${folder}/a.flac`, 'A\nsound');
    }
    for (const name of ['._a.flac', '.reprise-tmp.flac', 'quiet/.nomusic', 'quiet/deep/a.flac'])
      music.put(name, 'A\nsound');
    music.put('a.flac', 'A\nsound');
    const { report } = await scanFolder(music, { settings: { ignoreFiles: ['.nomusic'] } });
    expect(report).toMatchObject({ seen: 1, new: 1 });
    expect(report.skipped.map(({ path: left }) => path.basename(left)).sort()).toEqual(
      ['#recycle', '$RECYCLE.BIN', '.Trash-1000', '.reprise-trash', '@eaDir', 'lost+found', 'quiet'].sort(),
    );
  });

  it('includes and excludes by globs', async () => {
    for (const name of ['a.flac', 'b.xyz', 'demo/c.flac', 'x/live/d.flac', 'x/e.flac'])
      music.put(name, `${name}\n${name}`);
    const settings = { include: ['*.xyz'], exclude: ['demo', 'x/live/**'] };
    const { workers } = await scanFolder(music, { settings });
    expect(names(workers.read)).toEqual(['a.flac', 'b.xyz', 'x/e.flac']);
  });
});

describe('names', () => {
  const awkward: (string | Uint8Array)[] = [
    'new\nline.flac',
    `quote ' " \`.flac`,
    'emoji 🎺.flac',
    'é'.normalize('NFC').concat('.flac'),
    'é'.normalize('NFD').concat('.flac'),
    `${'x'.repeat(250)}.flac`,
    '-leading dash.flac',
    ' leading blank.flac',
    'back\\slash.flac',
    'replacement \ufffd.flac',
    Buffer.from([0x42, 0xf6, 0x72, ...Buffer.from('.flac')]),
    Buffer.from([0xed, 0xb3, 0xa9, ...Buffer.from('.flac')]),
    Buffer.concat([Buffer.from([0xff]), Buffer.from(' folder/inside.flac')]),
  ];

  it('are bytes all the way, and stay where they are', async () => {
    for (const [at, name] of awkward.entries()) music.put(name, `${at}\nsound ${at}`);
    const { report, workers } = await scanFolder(music);
    expect(report).toMatchObject({ ...nothing, new: awkward.length });
    const asBytes = (file: BytePath): string => Buffer.from(bytesOfPath(file)).toString('hex');
    const wanted = awkward.map((name) =>
      Buffer.concat([Buffer.from(`${music.root}/`), Buffer.from(name)]).toString('hex'),
    );
    expect((await presentFiles(music)).map(({ file }) => asBytes(file.path)).sort()).toEqual(wanted.toSorted());
    expect(workers.read.map(asBytes).sort()).toEqual(wanted.toSorted());
    const second = await scanFolder(music);
    expect(second.report).toMatchObject({ ...nothing, unchanged: awkward.length });
    expect(second.workers.read).toEqual([]);
  });
});

describe('trouble', () => {
  it('tries unreadable files again, and broken sounds only in another decoder', async () => {
    music.put('broken.flac', 'B\nbroken');
    music.put('fine.flac', 'F\nsound');
    const first = await scanFolder(music);
    expect(first.report).toMatchObject({ new: 1, failed: 1, failures: [{ code: 'decode/no-sound' }] });
    expect((await scanFolder(music)).report).toMatchObject({ unchanged: 2, failed: 0 });
    const other = await scanFolder(music, { workers: createFakeWorkers({ producer: 'fake 2' }) });
    expect(names(other.workers.decoded)).toEqual(['broken.flac']);
    expect((await presentFiles(music)).map(({ content }) => content?.failure?.code)).toEqual([
      'decode/no-sound',
      undefined,
    ]);
  });

  it('in the sound of known bytes is told of each file that holds them', async () => {
    music.put('broken.flac', 'B\nbroken');
    await scanFolder(music);
    music.put('copy.flac', 'B\nbroken');
    const { report, workers } = await scanFolder(music);
    expect(report.failures.map(({ path: file, code }) => [path.basename(file), code])).toEqual([
      ['copy.flac', 'decode/no-sound'],
    ]);
    expect(report).toMatchObject({ new: 0, failed: 1 });
    expect(workers.decoded).toEqual([]);
  });

  it('of a folder that may not be read hides nothing of what is known', async () => {
    music.put('open/a.flac', 'A\nsound');
    music.put('shut/b.flac', 'B\nsound');
    chmodSync(path.dirname(music.root), 0o777);
    await withoutPrivileges(async () => {
      await scanFolder(music);
    });
    chmodSync(path.join(music.root, 'shut'), 0);
    await withoutPrivileges(async () => {
      const { report } = await scanFolder(music);
      expect(report).toMatchObject({ missing: 0, failed: 1, failures: [{ code: 'files/denied' }] });
      expect(await presentFiles(music)).toHaveLength(2);
    });
    chmodSync(path.join(music.root, 'shut'), 0o755);
  });

  it('of a file that may not be read is told each time, until it can be read', async () => {
    music.put('a.flac', 'A\nsound');
    music.put('shut.flac', 'S\nsound s');
    chmodSync(path.dirname(music.root), 0o777);
    chmodSync(path.join(music.root, 'shut.flac'), 0);
    for (const _ of [1, 2]) {
      await withoutPrivileges(async () => {
        const { report } = await scanFolder(music);
        expect(report).toMatchObject({ failed: 1, failures: [{ code: 'files/denied' }] });
      });
    }
    chmodSync(path.join(music.root, 'shut.flac'), 0o644);
    expect((await scanFolder(music)).report).toMatchObject({ changed: 1, failed: 0, unchanged: 1 });
  });

  it('of a file that vanishes or changes under the scanner is an outcome', async () => {
    for (const name of ['a', 'b', 'c', 'd']) music.put(`${name}.flac`, `${name}\nsound of ${name}`);
    const during = (file: BytePath): void => {
      if (file.endsWith('/a.flac')) music.remove('d.flac');
      if (file.endsWith('/b.flac')) music.put('b.flac', 'b\nsomething else');
    };
    const { report } = await scanFolder(music, { workers: createFakeWorkers({ width: 1, during }) });
    expect(report).toMatchObject({ new: 2, failed: 0 });
    expect(report.skipped.map(({ path: left }) => path.basename(left))).toEqual(['b.flac', 'd.flac']);
    expect((await scanFolder(music)).report).toMatchObject({ new: 1, unchanged: 2 });
  });

  it('of a device file or a pipe is none', async () => {
    music.put('a.flac', 'A\nsound');
    const { execFileSync } = await import('node:child_process');
    execFileSync('mkfifo', [path.join(music.root, 'pipe.flac')]);
    expect((await scanFolder(music)).report).toMatchObject({ ...nothing, seen: 1, new: 1 });
  });

  it('of being interrupted loses nothing that was done', async () => {
    for (let at = 0; at < 8; at += 1) music.put(`${at}.flac`, `${at}\nsound ${at}`);
    const stop = new AbortController();
    const during = (file: BytePath): void => {
      if (file.endsWith('/4.flac')) stop.abort();
    };
    const workers = createFakeWorkers({ width: 1, during });
    await expect(scanFolder(music, { workers, signal: stop.signal })).rejects.toMatchObject({ code: 'run/cancelled' });
    expect(await presentFiles(music)).toHaveLength(4);
    const { report, workers: later } = await scanFolder(music);
    expect(report).toMatchObject({ new: 4, unchanged: 4 });
    expect(later.decoded).toHaveLength(4);
  });
});

/** The superuser may read everything, so it becomes somebody else for a while. */
async function withoutPrivileges(work: () => Promise<void>): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('a volume', () => {
  const setDevice = (where: string): void => {
    using db = new DatabaseSync(music.catalogue);
    db.exec(`update files set device = 999 where ${where}`);
  };

  it('that was mounted under another number costs no reading', async () => {
    music.put('a.flac', 'A\nsound');
    music.put('b/b.flac', 'B\nsound b');
    await scanFolder(music);
    setDevice('true');
    music.remove('b/b.flac');
    const { report, workers } = await scanFolder(music);
    expect(report).toMatchObject({ ...nothing, seen: 1, unchanged: 1, missing: 1 });
    expect(workers.read).toEqual([]);
    expect((await scanFolder(music)).report).toMatchObject({ ...nothing, unchanged: 1 });
  });

  it('that is not there keeps its files', async () => {
    music.put('a.flac', 'A\nsound');
    music.put('disk/x/b.flac', 'B\nsound b');
    music.put('disk/y/c.flac', 'C\nsound c');
    await scanFolder(music);
    setDevice("cast(folder as text) like '%/disk/%'");
    music.remove('disk/x');
    music.remove('disk/y');
    const { report } = await scanFolder(music);
    const failures = [{ code: 'scan/volume-away', path: path.join(music.root, 'disk') }];
    expect(report).toMatchObject({ missing: 0, failed: 1, failures, unchanged: 1 });
    expect(await presentFiles(music)).toHaveLength(3);
  });
});

describe('the order', () => {
  it('keeps no more files in hand than the workers want', async () => {
    for (let at = 0; at < 12; at += 1) music.put(`${at}.${at % 3 ? 'mp3' : 'flac'}`, `${at}\nsound ${at}`);
    const workers = createFakeWorkers({ width: 3, delayMs: 2 });
    await scanFolder(music, { workers });
    expect(workers.most()).toBe(3);
  });

  it('makes the list of what is to come anew before each further root', async () => {
    music.put('x/a.flac', 'A\nsound');
    music.put('y/b.flac', 'B\nsound b');
    const during = (file: BytePath): void => {
      if (file.endsWith('/a.flac')) music.put('y/late.flac', 'L\nsound late');
    };
    await using store = await openStore(music);
    const roots = ['x', 'y'].map((name) => path.join(music.root, name));
    const { report } = await scanInto(store, { roots, workers: createFakeWorkers({ during }) });
    expect(report).toMatchObject({ ...nothing, seen: 3, new: 3, unchanged: 0 });
  });
});

it('leaves the music folder as it was', async () => {
  music.put('a.flac', 'A\nsound');
  writeFileSync(path.join(music.root, 'note.txt'), 'x');
  await scanFolder(music);
  expect(readdirSync(music.root).sort()).toEqual(['a.flac', 'note.txt']);
});
