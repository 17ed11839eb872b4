/**
 * Random operations on the tree of a store and on a plain directory of ext4 give the same answers and the same errors, and
 * leave the same to be seen: kinds, modes, owners, links, sizes, bytes, attributes, names, and times that move or stay.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeMounted } from '../support/describe-mounted.ts';
import { mountSmall, type SmallMount } from '../support/loop-mounts.ts';
import { createTestClock, makeTestStore } from '../support/store.ts';
import { createDiskWorld } from '../support/tree-model/disk-world.ts';
import {
  BEGINNING,
  decided,
  type Operation,
  operation,
  type Path,
  type PathChoice,
} from '../support/tree-model/operations.ts';
import { loadSystemCalls, type SystemCalls } from '../support/tree-model/system-calls.ts';
import { createTreeWorld, type TreeWorld } from '../support/tree-model/tree-world.ts';
import { ABOVE, type Seen, type World } from '../support/tree-model/world.ts';

const IS_LONG = process.env['REPRISE_LONG'] !== undefined;
const RUNS = IS_LONG ? 2000 : 60;
const OPERATIONS = 60;
const SEED = Number(process.env['REPRISE_SEED'] ?? Date.now() % 1_000_000);
const operations = fc.array(operation, { minLength: OPERATIONS, maxLength: OPERATIONS, size: 'max' });
const TOP = ['', ...ABOVE.slice(1)].join('/');

console.log(`REPRISE_SEED=${SEED}`);

describeMounted(['ext4'], 'the tree beside a plain directory', () => {
  let mount: SmallMount;
  let calls: SystemCalls;
  let umask: number;
  /** Do times tell changes that follow one another at once? Since Linux 6.13 they do. */
  let isFine: boolean;

  beforeAll(() => {
    mount = mountSmall('ext4');
    // Reading moves no time in the tree.
    execFileSync('mount', ['-o', 'remount,noatime', mount.folder]);
    calls = loadSystemCalls();
    umask = process.umask(0);
    isFine = hasFineTimes(mount.folder);
  });
  afterAll(() => {
    process.umask(umask);
    mount[Symbol.dispose]();
  });

  it(`gives the same answers to ${RUNS} times ${OPERATIONS} operations`, { timeout: 7_200_000 }, () => {
    const performed = new Map<string, number>();
    let runs = 0;
    let shared = 0;
    fc.assert(
      fc.property(operations, (choices) => {
        runs += 1;
        const store = mkdtempSync(path.join(tmpdir(), 'reprise-tree-'));
        try {
          makeTestStore(store);
          using tree = createTreeWorld(store, createTestClock());
          using disk = createDiskWorld(path.join(mount.folder, `run-${runs}`), calls);
          compare(tree, disk, [...BEGINNING, ...choices], isFine, performed);
          expectWhole(tree);
          shared += tree.shared;
        } finally {
          rmSync(store, { recursive: true, force: true });
        }
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: process.env['REPRISE_SHRINK'] === undefined },
    );
    if (process.env['REPRISE_COUNTS'] !== undefined) console.table([...performed].sort());
    // Had few of them been possible, it would say little.
    expect(shared).toBeGreaterThan(RUNS / 2);
    for (const act of ['make', 'mkdir', 'link', 'rename', 'open', 'write', 'resizeOpen', 'setAttribute', 'unlink']) {
      expect(performed.get(`${act} done`) ?? 0, act).toBeGreaterThan(RUNS / 10);
    }
  });
});

function compare(
  tree: World,
  disk: World,
  operations: readonly Operation<PathChoice>[],
  isFine: boolean,
  performed: Map<string, number>,
): void {
  let before = { tree: tree.look(), disk: disk.look() };
  for (const [at, choice] of operations.entries()) {
    const one = decided(choice, pathsIn(before.disk), slotsIn(before.disk));
    const said = `step ${at}: ${show(one)}`;
    if (isForKernel(one, before.tree)) continue;
    const answers = { tree: answerOf(tree, one), disk: answerOf(disk, one) };
    expect(answers.tree, said).toEqual(answers.disk);
    const key = `${one.act} ${'error' in answers.tree ? answers.tree.error : 'done'}`;
    performed.set(key, (performed.get(key) ?? 0) + 1);
    const after = { tree: tree.look(), disk: disk.look() };
    const moved = { tree: comparable(before.tree, after.tree), disk: comparable(before.disk, after.disk) };
    if (!isFine) forgetCoarse(moved.tree, moved.disk);
    expect(moved.tree, said).toEqual(moved.disk);
    before = after;
  }
}

type Answer = { readonly value: unknown } | { readonly error: string };

function answerOf(world: World, one: Operation): Answer {
  try {
    return { value: world.perform(one) };
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code !== 'string' || !code.startsWith('E') || code.startsWith('ERR_') || code === 'EIO') throw error;
    return { error: code };
  }
}

/** Of what is there; below the top folder, where the operations begin. */
function pathsIn(seen: ReadonlyMap<string, Seen>): { paths: Path[]; files: Path[]; folders: Path[] } {
  const below = [...seen].filter(([name]) => name.startsWith(TOP));
  const pathOf = (name: string): Path => name.slice(TOP.length).split('/').slice(1);
  const folders = below.filter(([, { kind }]) => kind === 'folder' || kind === 'symlink');
  return {
    paths: below.map(([name]) => pathOf(name)).filter(({ length }) => length > 0),
    files: below.filter(([, { kind }]) => kind === 'file').map(([name]) => pathOf(name)),
    folders: folders.map(([name]) => pathOf(name)),
  };
}

function slotsIn(seen: ReadonlyMap<string, Seen>): { files: number[]; folders: number[] } {
  const open = [...seen].filter(([name]) => name.startsWith('#'));
  const slots = (isFolder: boolean): number[] =>
    open.filter(([, { kind }]) => (kind === 'folder') === isFolder).map(([name]) => Number(name.slice(1)));
  return { files: slots(false), folders: slots(true) };
}

/** Opening a pipe or a device, and following a symbolic link, is the kernel's affair. */
function isForKernel(one: Operation, seen: ReadonlyMap<string, Seen>): boolean {
  if (one.act !== 'open' && one.act !== 'resize') return false;
  const kind = seen.get([TOP, ...one.path].join('/'))?.kind ?? 'file';
  return !['file', 'folder'].includes(kind) && (kind !== 'symlink' || one.act === 'resize');
}

type Comparable = Map<string, Omit<Seen, 'id' | 'times'> & { sameAs: string; moved: Record<string, boolean> }>;

/** Without what differs between worlds: numbers become the first path of the node, times become whether they moved. */
function comparable(before: ReadonlyMap<string, Seen>, after: ReadonlyMap<string, Seen>): Comparable {
  const old = new Map([...before.values()].map(({ id, times }) => [id, times]));
  const firsts = new Map<string, string>();
  const compared: Comparable = new Map();
  for (const [name, { id, times, ...seen }] of after) {
    if (!firsts.has(id)) firsts.set(id, name);
    const were = old.get(id);
    const moved = (key: keyof typeof times): boolean => were !== undefined && were[key] !== times[key];
    compared.set(name, {
      ...seen,
      sameAs: firsts.get(id) as string,
      moved: { atime: moved('atime'), mtime: moved('mtime'), ctime: moved('ctime') },
    });
  }
  return compared;
}

/** Where the system's clock is coarse, a time that ought to have moved may have stayed. */
function forgetCoarse(tree: Comparable, disk: Comparable): void {
  for (const [name, { moved }] of tree) {
    const there = disk.get(name)?.moved;
    for (const key of Object.keys(moved)) if (there?.[key] === false) moved[key] = false;
  }
}

function hasFineTimes(folder: string): boolean {
  const file = path.join(folder, 'probe');
  const times = new Set<bigint>();
  for (let n = 0; n < 10; n++) {
    writeFileSync(file, String(n));
    times.add(statSync(file, { bigint: true }).mtimeNs);
  }
  return times.size === 10;
}

/** All rows agree, each content belongs to one file, and each raw file to its node. */
function expectWhole(tree: TreeWorld): void {
  tree.perform({ act: 'reopen', isCrash: false });
  const { database, files } = tree.store.parts;
  expect(database.damages()).toEqual([]);
  const nodes = database.nodesAfter(0, 10_000);
  const contents = nodes.flatMap(({ content }) => (content === null ? [] : [content]));
  expect(contents.sort()).toEqual(
    database
      .contentsAfter(0, 10_000)
      .map(({ id }) => id)
      .sort(),
  );
  const raw = nodes.filter(({ isRaw }) => isRaw).map(({ id }) => String(id));
  expect([...files.names('raw')].sort()).toEqual(raw.sort());
  expect(database.orphans()).toEqual([]);
}

function show(one: Operation): string {
  return JSON.stringify(one, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
}
