/**
 * A store on a disk that fails: its power goes, one act after another is refused, no room is left. Nothing acknowledged is
 * lost by it, and who tries again succeeds.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHUNK_SIZES } from '#chunking';
import { createIngest, deduplicate, ROOT } from '#store';
import { storeTablesIn } from '../../src/adapters/store/index.ts';
import { createRandom } from '../support/music.ts';
import { createTestStore, makeTestStore, openTestStore, type TestStore } from '../support/store.ts';
import { actsOf, createRecord } from '../support/store-claims.ts';
import {
  createFaultyDisk,
  type FaultyDisk,
  type FileAct,
  type FileFault,
  PowerCut,
} from '../support/store-faulty-files.ts';
import { inspectStore } from '../support/store-inspection.ts';
import { type Act, bytesOf, createWork, prepareSources } from '../support/store-work.ts';

const IS_LONG = process.env['REPRISE_LONG'] !== undefined;
const SEED = Number(process.env['REPRISE_SEED'] ?? (IS_LONG ? Date.now() % 1_000_000 : 7919));
const CUTS = IS_LONG ? 200 : 4;
const FULL_ROUNDS = IS_LONG ? 200 : 2;
/** Of an act's failures, in the short form. */
const SAMPLES = 1;
const LONG_MS = 3_600_000;

console.log(`REPRISE_SEED=${SEED}`);

interface Home extends Disposable {
  readonly store: string;
  readonly sources: string;
}

/** An empty store, and a folder beside it for what is to be imported. */
function createHome(folder = tmpdir()): Home {
  const home = mkdtempSync(path.join(folder, 'reprise-store-faults-'));
  const [store, sources] = [path.join(home, 'store'), path.join(home, 'sources')];
  mkdirSync(store);
  makeTestStore(store);
  prepareSources(sources);
  return { store, sources, [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }) };
}

const nowNs = (): bigint => BigInt(Date.now()) * 1_000_000n;

function openOn(disk: FaultyDisk, folder: string): TestStore {
  return openTestStore(folder, {
    nowNs,
    wrap: (files) => {
      files[Symbol.dispose]();
      return disk.files;
    },
  });
}

it(`a store whose disk loses its power ${CUTS} times holds all that it acknowledged`, {
  timeout: LONG_MS,
}, async () => {
  using home = createHome();
  const random = createRandom(SEED);
  const record = createRecord();
  for (let round = 0; round < CUTS; round++) {
    using disk = createFaultyDisk(home.store);
    disk.cutAt(1 + Math.floor(random() ** 2 * 400));
    await workUntilCut(disk, { ...home, name: 'a', seed: SEED + 1000 * round, acknowledged: 'synced' });
    disk.cut();
    expect(await inspectStore(home.store, record, random() < 0.3), `round ${round}`).toEqual([]);
  }
  console.log(actsOf(record));

  async function workUntilCut(disk: FaultyDisk, place: Parameters<typeof createWork>[0]): Promise<void> {
    const work = createWork(place, () => openOn(disk, home.store), record.take);
    try {
      while (!disk.isCut) expect(await work.step()).toBeUndefined();
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    } finally {
      work[Symbol.dispose]();
    }
  }
});

describe('a store on a disk that refuses the n-th', () => {
  const SCENARIO: readonly Act[] = [
    ...(['import', 'create', 'deduplicate', 'write', 'create', 'resize', 'deduplicate', 'unlink', 'collect'] as const),
    ...(['move', 'import', 'write', 'deduplicate', 'write', 'settle', 'unlink', 'deduplicate', 'collect'] as const),
    ...(['reopen', 'create', 'import'] as const),
  ];
  const ACTS: readonly FileAct[] = ['read', 'write', 'truncate', 'sync', 'syncFolder', 'remove'];
  const CODES = ['EIO', 'ENOSPC'] as const;
  let home: Home;
  let counts: ReadonlyMap<FileAct, number>;
  beforeAll(async () => {
    home = createHome();
    counts = new Map(await runWith(undefined));
  });
  afterAll(() => home[Symbol.dispose]());

  it.each(ACTS)(
    '%s loses nothing by it, and does the same when it is asked again',
    { timeout: LONG_MS },
    async (act) => {
      const random = createRandom(SEED);
      const isOdd = random() < 0.5;
      const count = counts.get(act) ?? 0;
      const tried = IS_LONG
        ? Array.from({ length: count }, (_, n) => n + 1)
        : Array.from({ length: SAMPLES }, () => 1 + Math.floor(random() * count));
      const codes = IS_LONG ? CODES : CODES.filter((code) => (code === 'EIO') === isOdd);
      for (const at of tried)
        for (const code of codes) await runWith({ act, at, code, isPartial: at % 2 === 0 }, at % 4 < 2);
      console.log(`${act}: ${tried.length} of ${count} tried, each with ${codes.join(' and ')}`);
    },
  );

  /** @param reopens whoever was refused opens the store anew. @returns how many acts of each kind there were */
  async function runWith(fault: FileFault | undefined, reopens = false): Promise<[FileAct, number][]> {
    const folder = mkdtempSync(path.join(tmpdir(), 'reprise-store-refused-'));
    const [store, sources] = [path.join(folder, 'store'), path.join(folder, 'sources')];
    const said = JSON.stringify(fault);
    try {
      cpSync(home.store, store, { recursive: true });
      prepareSources(sources);
      const record = createRecord();
      using disk = createFaultyDisk(store);
      const place = { store, sources, name: 'a', seed: SEED, acknowledged: 'synced' as const };
      using work = createWork(place, () => openOn(disk, store), record.take);
      if (fault !== undefined) disk.fail(fault);
      for (const next of SCENARIO) {
        const code = await work.perform(next);
        if (code === undefined) continue;
        expect(code, said).toBe(fault?.code === 'ENOSPC' ? 'store/disk-full' : 'store/disk-error');
        if (reopens) await work.perform('reopen');
        expect(await work.perform(next), `${said}, again`).toBeUndefined();
      }
      const done = ACTS.map((kind): [FileAct, number] => [kind, disk.count(kind)]);
      disk.cut();
      work[Symbol.dispose]();
      expect(await inspectStore(store, record, true), said).toEqual([]);
      // Nothing but the fault is refused.
      expect(record.refused.size, said).toBeLessThanOrEqual(fault === undefined ? 0 : 1);
      return done;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
});

it('a file that is written to while it is deduplicated keeps what was written, however coarse the clock', () => {
  using store = createTestStore({ nowNs: () => 1_700_000_000_000_000_000n });
  const { parts, tree } = store;
  const file = tree.make(ROOT, 'file', { kind: 'file', mode: 0o644, uid: 0, gid: 0 }).id;
  tree.write(file, 0, new Uint8Array(50_000).fill(1));
  const sharing = deduplicate(parts, tree, createIngest(parts), file);
  // All is read by now, and nothing committed.
  expect(sharing.next().done).toBe(false);
  for (const value of [2, 3]) tree.write(file, 0, new Uint8Array(50_000).fill(value));
  let step = sharing.next();
  while (!step.done) step = sharing.next();
  expect(step.value).toBe(false);
  expect(bytesOf(tree, tree.node(file))).toEqual(new Uint8Array(50_000).fill(3));
  expect(parts.database.contentsAfter(0, 10)).toEqual([]);
});

it('the second copy of the tables does not bring back what a power cut took, but what was done after it', () => {
  using home = createHome();
  const [cut, killed] = ['cut', 'killed'].map((name) => path.join(path.dirname(home.store), name)) as [string, string];
  const names = ({ tree }: TestStore): string[] => tree.list(ROOT, 0, 100).map(({ name }) => `${Buffer.from(name)}`);
  const make = ({ tree }: TestStore, name: string): void =>
    void tree.mkdir(ROOT, name, { mode: 0o755, uid: 0, gid: 0 });
  {
    using store = openTestStore(home.store);
    make(store, 'before');
    store.tree.sync(ROOT);
    cpSync(home.store, cut, { recursive: true });
    for (const n of [1, 2, 3]) make(store, `lost ${n}`);
    // Nobody synced, and of all files just this one has reached the disk.
    cpSync(path.join(home.store, 'copy.log'), path.join(cut, 'copy.log'));
  }
  {
    using store = openTestStore(cut);
    for (const n of [1, 2, 3, 4]) make(store, `after ${n}`);
    store.tree.sync(ROOT);
    cpSync(cut, killed, { recursive: true });
  }
  for (const end of ['-wal', '-shm']) rmSync(path.join(killed, `meta.db${end}`));
  writeFileSync(path.join(killed, 'meta.db'), Buffer.alloc(10_000, 1));
  const spare = { version: 1, chunks: CHUNK_SIZES.small };
  expect(storeTablesIn(killed, killed).repair(spare)).toMatchObject({ isRebuilt: true, lostRows: 0 });
  using repaired = openTestStore(killed);
  expect(names(repaired).sort()).toEqual(['after 1', 'after 2', 'after 3', 'after 4', 'before']);
});

it('the second copy says when a power cut has led it elsewhere than the tables, and is made anew', () => {
  using home = createHome();
  const [first, torn] = ['first', 'torn'].map((name) => path.join(path.dirname(home.store), name)) as [string, string];
  const log = (store: string): string => path.join(store, 'copy.log');
  const make = ({ tree }: TestStore, name: string): void =>
    void tree.mkdir(ROOT, name, { mode: 0o755, uid: 0, gid: 0 });
  {
    using store = openTestStore(home.store);
    make(store, 'before');
    cpSync(home.store, first, { recursive: true });
    make(store, 'lost');
    cpSync(log(home.store), log(first));
  }
  const led = readFileSync(log(first));
  {
    using store = openTestStore(first);
    make(store, 'after');
    cpSync(first, torn, { recursive: true });
  }
  // What the last has put into the log in place of the lost one never came to the disk.
  writeFileSync(log(torn), led);
  {
    using store = openTestStore(torn);
    make(store, 'later');
    expect(store.parts.database.examineCopy([])).toEqual([expect.stringContaining('lacks the latest changes')]);
  }
  using store = openTestStore(torn);
  expect(store.parts.database.examineCopy([])).toEqual([]);
  using copied = storeTablesIn(torn, torn).copiedNames();
  expect(
    copied
      .soundEntries(ROOT)
      .map(({ name }) => `${Buffer.from(name)}`)
      .sort(),
  ).toEqual(['after', 'before', 'later']);
});

/** Mounting needs a privileged user; elsewhere there is no small disk to fill. */
const canMount = process.getuid?.() === 0 && process.platform === 'linux';

describe.skipIf(!canMount)('a store on a full disk (needs root, to mount a small tmpfs)', () => {
  let disk: string;
  beforeAll(() => {
    disk = mkdtempSync(path.join(tmpdir(), 'reprise-store-full-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]);
  });
  afterAll(() => {
    // Lazy: another process that looks through the mounts may just be looking at this one.
    execFileSync('umount', ['--lazy', disk]);
    rmSync(disk, { recursive: true });
  });

  it(`loses nothing in ${FULL_ROUNDS} rounds, and goes on when there is room`, { timeout: LONG_MS }, async () => {
    using home = createHome(disk);
    const sources = mkdtempSync(path.join(tmpdir(), 'reprise-store-sources-'));
    const filler = path.join(disk, 'filler');
    const random = createRandom(SEED);
    const record = createRecord();
    for (let round = 0; round < FULL_ROUNDS; round++) {
      const place = { store: home.store, sources, name: 'a', seed: SEED + 1000 * round, acknowledged: 'done' as const };
      const work = createWork(place, () => openTestStore(home.store, { nowNs }), record.take);
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - Math.floor(random() * 1_500_000))));
      let refused = 0;
      for (let step = 0; step < 200 && refused < 3; step++) if ((await work.step()) !== undefined) refused += 1;
      expect(refused, `round ${round}`).toBeGreaterThan(0);
      rmSync(filler);
      for (let step = 0; step < 5; step++) expect(await work.step(), `round ${round}`).toBeUndefined();
      work[Symbol.dispose]();
      expect(await inspectStore(home.store, record, true), `round ${round}`).toEqual([]);
    }
    expect(openFilesIn(disk)).toEqual([]);
    console.log(actsOf(record));
    rmSync(sources, { recursive: true });
  });
});

function openFilesIn(folder: string): string[] {
  return readdirSync('/proc/self/fd')
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return '';
      }
    })
    .filter((file) => file.startsWith(folder));
}
