/** Real folders, a real watcher and real leases; what the gate would have judged is a map. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isSameWriting, type StampKey, stampOfKey } from '#catalogue';
import { AppError, type BytePath, pathFromBytes, systemClock } from '#kernel';
import { describeMounted } from '../../../test/support/describe-mounted.ts';
import { mountSmall } from '../../../test/support/loop-mounts.ts';
import { createFileTree, createRootFinder, createWriterProbe } from '../../adapters/files/index.ts';
import { createFolderWatcher } from '../../adapters/watch/index.ts';
import type { FolderWatcher } from './ports.ts';
import type { ReadyFile } from './readiness.ts';
import { type InboxParts, type WatchedFolder, watchInbox } from './watch-inbox.ts';

let home: string;
let root: string;
let outside: string;
const running: { stop(): Promise<void> }[] = [];
beforeEach(() => {
  home = fs.realpathSync(fs.mkdtempSync(path.join(tmpdir(), 'reprise-inbox-')));
  root = path.join(home, 'inbox');
  outside = path.join(home, 'outside');
  fs.mkdirSync(root);
  fs.mkdirSync(outside);
});
afterEach(async () => {
  for (const inbox of running.splice(0)) await inbox.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

/** What the gate remembers. */
type Judged = Map<BytePath, StampKey>;

interface Options extends Partial<WatchedFolder> {
  readonly judged?: Judged;
  readonly watcher?: FolderWatcher;
  readonly onReady?: (files: readonly ReadyFile[]) => Promise<void>;
  readonly leaveOut?: readonly BytePath[];
  readonly at?: string;
}

function start({
  judged = new Map(),
  watcher = createFolderWatcher(),
  onReady,
  leaveOut,
  at = root,
  ...rest
}: Options) {
  const settings = {
    name: 'downloads',
    path: at as BytePath,
    watch: 'auto',
    pollSeconds: 3_600,
    stableSeconds: 0.3,
  } as const;
  const handed: ReadyFile[] = [];
  const gone: BytePath[] = [];
  const troubles: AppError[] = [];
  const parts: InboxParts = {
    settings: { ...settings, exclude: [], ...rest },
    ...(leaveOut && { leaveOut }),
    tree: createFileTree(),
    roots: createRootFinder(),
    watcher,
    writers: createWriterProbe(),
    isKnown: async (file, stamp) => isSameWriting(judged.get(file) ?? ('' as StampKey), stamp),
    clock: systemClock,
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  };
  const stopping = new AbortController();
  const finished = watchInbox(parts, {
    signal: stopping.signal,
    onReady: async (files) => {
      await onReady?.(files);
      handed.push(...files);
      for (const file of files) judged.set(file.path, file.stamp);
    },
    onGone: async (paths) => void gone.push(...paths),
    onTrouble: (error) => troubles.push(error),
  });
  const inbox = {
    ...{ handed, gone, troubles, judged },
    names: () => handed.map((file) => path.relative(at, file.path)),
    stop: async () => {
      stopping.abort();
      await finished;
    },
  };
  running.push(inbox);
  return inbox;
}

async function until(claim: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !claim() && Date.now() < end; ) await sleep(20);
  expect(claim()).toBe(true);
}

/** Long enough for what must not happen to happen. */
const aWhile = (): Promise<void> => sleep(1_500);

const OLD = new Date(Date.now() - 7_200_000);
const at = (name: string): string => path.join(root, name);
function put(file: string, text = path.basename(file)): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}
function putOld(file: string): void {
  put(file);
  fs.utimesSync(file, OLD, OLD);
}

/** An empty folder lies where the folder was, at once: what an unmount leaves. */
function swap(folder: string, aside: string): void {
  fs.renameSync(folder, aside);
  fs.mkdirSync(folder);
}

describe('files that arrive in a watched inbox', () => {
  it('are handed over once, whole, when they are copied slowly', async () => {
    const inbox = start({ stableSeconds: 0.6 });
    for (let piece = 0; piece < 10; piece++) {
      fs.appendFileSync(at('a.flac'), Buffer.alloc(1_000));
      await sleep(150);
    }
    await until(() => inbox.handed.length > 0);
    await aWhile();
    expect(inbox.names()).toEqual(['a.flac']);
    expect(stampOfKey(inbox.handed[0]?.stamp as StampKey).sizeBytes).toBe(10_000);
  });

  it('are handed over at once when they are renamed into place', async () => {
    const inbox = start({ stableSeconds: 3_600 });
    await aWhile();
    put(at('a.flac.part'));
    put(at('incomplete/b.flac'));
    putOld(path.join(outside, 'c.flac'));
    await aWhile();
    expect(inbox.names()).toEqual([]);
    fs.renameSync(at('a.flac.part'), at('a.flac'));
    fs.renameSync(at('incomplete/b.flac'), at('b.flac'));
    fs.renameSync(path.join(outside, 'c.flac'), at('c.flac'));
    await until(() => inbox.handed.length === 3);
    expect(inbox.names().sort()).toEqual(['a.flac', 'b.flac', 'c.flac']);
  });

  it('are not handed over while a download that stalls has them open', async () => {
    const inbox = start({});
    const fd = fs.openSync(at('a.flac'), 'w');
    fs.writeSync(fd, 'half');
    fs.utimesSync(at('a.flac'), OLD, OLD);
    put(at('b.flac'));
    await until(() => inbox.handed.length > 0);
    await aWhile();
    expect(inbox.names()).toEqual(['b.flac']);
    fs.closeSync(fd);
    await until(() => inbox.handed.length === 2);
    expect(inbox.names()).toEqual(['b.flac', 'a.flac']);
  });

  it('are handed over again when they change at a known path', async () => {
    const inbox = start({});
    put(at('a.flac'), 'one');
    await until(() => inbox.handed.length === 1);
    put(at('a.flac'), 'second');
    await until(() => inbox.handed.length === 2);
    expect(inbox.handed.map(({ stamp }) => stampOfKey(stamp).sizeBytes)).toEqual([3, 6]);
  });

  it('are not handed over again when only their mode or number of links changes', async () => {
    const inbox = start({});
    put(at('a.flac'));
    await until(() => inbox.handed.length === 1);
    fs.chmodSync(at('a.flac'), 0o600);
    fs.linkSync(at('a.flac'), path.join(outside, 'a.flac'));
    await aWhile();
    expect(inbox.names()).toEqual(['a.flac']);
  });

  it('may have names that are not UTF-8, in folders with such names', async () => {
    const inbox = start({});
    await aWhile();
    const folder = Buffer.concat([Buffer.from(`${root}/f`), Buffer.of(0xff)]);
    const file = Buffer.concat([folder, Buffer.from('/'), Buffer.of(0xe9, 0x2e, 0x6d, 0x70, 0x33)]);
    fs.mkdirSync(folder);
    await aWhile();
    fs.writeFileSync(file, 'x');
    await until(() => inbox.handed.length > 0);
    fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.of(0xe9)]), 'y');
    await until(() => inbox.handed.length > 1);
    expect(inbox.handed.map((each) => each.path)).toEqual([
      pathFromBytes(file),
      pathFromBytes(Buffer.concat([Buffer.from(`${root}/`), Buffer.of(0xe9)])),
    ]);
  });

  it('may be two thousand at once, each handed over once and in their order', async () => {
    const inbox = start({ stableSeconds: 1 });
    await aWhile();
    const names = Array.from({ length: 2_000 }, (_, n) => `${n % 20}/${String(n).padStart(4, '0')}.mp3`);
    for (const name of names) put(path.join(outside, 'many', name));
    for (const name of names) fs.utimesSync(path.join(outside, 'many', name), OLD, OLD);
    fs.renameSync(path.join(outside, 'many'), at('many'));
    await until(() => inbox.handed.length >= 2_000);
    expect(inbox.names()).toEqual(names.map((name) => `many/${name}`).sort());
    for (const name of names) put(at(`${name}.new`));
    await until(() => inbox.handed.length >= 4_000);
    await aWhile();
    expect(new Set(inbox.names()).size).toBe(4_000);
    expect(inbox.handed.length).toBe(4_000);
  });

  it('may come in deep folders that are moved in as a whole, also into those later', async () => {
    const inbox = start({});
    await aWhile();
    put(path.join(outside, 'artist/album/disc 1/a.flac'));
    put(path.join(outside, 'artist/album/disc 2/b.flac'));
    fs.renameSync(path.join(outside, 'artist'), at('artist'));
    await until(() => inbox.handed.length === 2);
    put(at('artist/album/disc 2/c.flac'));
    await until(() => inbox.handed.length === 3);
    put(at('artist/album/disc 2/bonus/deep/d.flac'));
    await until(() => inbox.handed.length === 4);
    fs.renameSync(at('artist'), at('another'));
    await until(() => inbox.handed.length === 8);
    put(at('another/album/disc 1/e.flac'));
    await until(() => inbox.handed.length === 9);
    expect(inbox.names().at(-1)).toBe('another/album/disc 1/e.flac');
    await until(() => inbox.gone.length === 4);
  });

  it('may come later into folders inside one that was replaced by another of the same shape', async () => {
    put(at('album/disc 1/a.flac'));
    const inbox = start({});
    await until(() => inbox.handed.length === 1);
    for (const name of ['b.flac', 'c.flac']) {
      put(path.join(outside, 'album/disc 1', name));
      fs.renameSync(at('album'), path.join(outside, `before ${name}`));
      fs.renameSync(path.join(outside, 'album'), at('album'));
      await until(() => inbox.names().at(-1) === `album/disc 1/${name}`);
      put(at(`album/disc 1/later ${name}`));
      await until(() => inbox.names().at(-1) === `album/disc 1/later ${name}`);
    }
    expect(inbox.handed.length).toBe(5);
  });

  it('are what they are called: nothing unfinished, hidden, left out or special is handed over', async () => {
    put(at('seen.mp3'));
    for (const name of ['a.mp3.part', 'b.TMP', 'c.!qB', 'd.mp3.incomplete', 'e.crdownload', 'f.partial', '.g.mp3'])
      put(at(name));
    for (const name of [
      'Incomplete/h.mp3',
      '.hidden/i.mp3',
      '.reprise-trash/j.mp3',
      'view/k.mp3',
      'skipped/l.mp3',
      'm.log',
    ]) {
      put(at(name));
    }
    fs.symlinkSync(at('seen.mp3'), at('link.mp3'));
    fs.symlinkSync(outside, at('folder'));
    put(path.join(outside, 'n.mp3'));
    execFileSync('mkfifo', [at('pipe.mp3')]);
    const inbox = start({ exclude: ['skipped', '*.log'], leaveOut: [at('view') as BytePath] });
    await until(() => inbox.handed.length > 0);
    put(at('.hidden/deep/o.mp3'));
    put(at('view/p.mp3'));
    await aWhile();
    expect(inbox.names()).toEqual(['seen.mp3']);
    expect(inbox.troubles).toEqual([]);
  });
});

describe('files that go', () => {
  it('are told of, and a renamed file is handed over by its new name first', async () => {
    const inbox = start({});
    put(at('a.flac'));
    put(at('folder/b.flac'));
    put(at('c.flac'));
    await until(() => inbox.handed.length === 3);
    let goneWhenHanded: readonly BytePath[] | undefined;
    fs.renameSync(at('a.flac'), at('folder/renamed.flac'));
    await until(() => {
      if (inbox.handed.length === 4) goneWhenHanded ??= [...inbox.gone];
      return inbox.handed.length === 4;
    });
    expect(inbox.names().at(-1)).toBe('folder/renamed.flac');
    expect(goneWhenHanded).toEqual([]);
    fs.rmSync(at('folder'), { recursive: true });
    await until(() => inbox.gone.length === 3);
    expect([...inbox.gone].sort()).toEqual([at('a.flac'), at('folder/b.flac'), at('folder/renamed.flac')]);
  });

  it('are nothing to tell of when the whole folder is another one, as without its volume; and nothing is repeated', async () => {
    put(at('a.flac'));
    put(at('deep/b.flac'));
    const inbox = start({ pollSeconds: 0.2 });
    await until(() => inbox.handed.length === 2);
    swap(root, `${root}.mounted`);
    await until(() => inbox.troubles.length === 1);
    await sleep(3_000);
    expect(inbox.troubles.map(({ code, message }) => [code, message.includes('is empty')])).toEqual([
      ['inbox/away', true],
    ]);
    fs.rmdirSync(root);
    fs.renameSync(`${root}.mounted`, root);
    await aWhile();
    put(at('c.flac'));
    await until(() => inbox.handed.length > 2);
    expect(inbox.names()).toEqual(['a.flac', 'deep/b.flac', 'c.flac']);
    expect(inbox.gone).toEqual([]);
  });

  it('are waited for where the folder is not there at the start', async () => {
    fs.rmdirSync(root);
    const inbox = start({ pollSeconds: 0.2 });
    await until(() => inbox.troubles.length === 1);
    await aWhile();
    expect(inbox.troubles.map(({ code }) => code)).toEqual(['inbox/away']);
    put(at('a.flac'));
    await until(() => inbox.handed.length === 1);
  });
});

describeMounted(['ext4'], 'an inbox on a disk that is taken away', () => {
  it('says so once, tells of nothing that is gone, and goes on when the disk is back', async () => {
    using disk = mountSmall('ext4');
    const inbox = start({ at: disk.folder, pollSeconds: 0.2 });
    put(path.join(disk.folder, 'album/a.flac'));
    await until(() => inbox.handed.length === 1);
    {
      using _ = disk.away();
      await until(() => inbox.troubles.length === 1);
      await sleep(3_000);
    }
    await aWhile();
    put(path.join(disk.folder, 'album/b.flac'));
    await until(() => inbox.handed.length === 2);
    expect(inbox.names()).toEqual(['album/a.flac', 'album/b.flac']);
    expect(inbox.troubles.map(({ code }) => code)).toEqual(['inbox/away']);
    fs.rmSync(path.join(disk.folder, 'album/a.flac'));
    await until(() => inbox.gone.length === 1);
    await inbox.stop();
  });
});

describe('an inbox that starts again', () => {
  it('misses nothing and repeats nothing', async () => {
    const judged: Judged = new Map();
    const names = Array.from({ length: 40 }, (_, n) => `${n}.mp3`);
    let written = 0;
    const write = (count: number): void => {
      for (const name of names.slice(written, written + count)) put(at(name));
      written += count;
    };
    const all: string[] = [];
    for (let life = 0; life < 4; life++) {
      write(5);
      const inbox = start({ judged, stableSeconds: 0.2 });
      await sleep(100 * life);
      write(5);
      await sleep(200 * life);
      await inbox.stop();
      all.push(...inbox.names());
    }
    const last = start({ judged });
    await until(() => all.length + last.handed.length >= names.length);
    await aWhile();
    expect([...all, ...last.names()].sort()).toEqual([...names].sort());
  });

  it('finds what changed, moved and came meanwhile', async () => {
    for (const name of ['a.mp3', 'b.mp3', 'c.mp3']) put(at(name));
    const first = start({});
    await until(() => first.handed.length === 3);
    await first.stop();
    put(at('a.mp3'), 'changed');
    fs.renameSync(at('b.mp3'), at('moved.mp3'));
    put(at('d.mp3'));
    const second = start({ judged: first.judged });
    await until(() => second.handed.length === 3);
    await aWhile();
    expect(second.names().sort()).toEqual(['a.mp3', 'd.mp3', 'moved.mp3']);
  });

  it('hands over again what nobody could take', async () => {
    let failures = 2;
    const inbox = start({
      onReady: async () => {
        if (failures-- > 0) throw new AppError('catalogue/busy', 'The catalogue is busy.', { kind: 'unavailable' });
      },
    });
    put(at('a.mp3'));
    await until(() => inbox.handed.length === 1);
    expect(inbox.troubles.map(({ code }) => code)).toEqual(['catalogue/busy']);
  });
});

describe('an inbox that the system does not tell of', () => {
  it('is polled where it is to be', async () => {
    const watcher: FolderWatcher = {
      watch: () => {
        throw new Error('nobody may listen');
      },
    };
    const inbox = start({ watch: 'poll', pollSeconds: 0.2, watcher });
    await aWhile();
    put(at('a.mp3'));
    put(at('deep/er/b.mp3'));
    await until(() => inbox.handed.length === 2);
    put(at('a.mp3'), 'changed');
    fs.rmSync(at('deep'), { recursive: true });
    await until(() => inbox.handed.length === 3 && inbox.gone.length === 1);
    expect(inbox.troubles).toEqual([]);
  });
});
