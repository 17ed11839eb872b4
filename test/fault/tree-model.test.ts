/**
 * Random operations on the tree of a store and on a plain directory of ext4 give the same answers and the same errors, and
 * leave the same to be seen: kinds, modes, owners, links, sizes, bytes, attributes, names, and times that move or stay.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeMounted } from '../support/describe-mounted.ts';
import { mountSmall, type SmallMount } from '../support/loop-mounts.ts';
import { createTestClock, makeTestStore } from '../support/store.ts';
import { compare, hasFineTimes } from '../support/tree-model/compare.ts';
import { createDiskWorld } from '../support/tree-model/disk-world.ts';
import { BEGINNING, operation } from '../support/tree-model/operations.ts';
import { loadSystemCalls, type SystemCalls } from '../support/tree-model/system-calls.ts';
import { createTreeWorld, type TreeWorld } from '../support/tree-model/tree-world.ts';

const IS_LONG = process.env['REPRISE_LONG'] !== undefined;
const RUNS = IS_LONG ? 2000 : 20;
const OPERATIONS = 60;
const SEED = Number(process.env['REPRISE_SEED'] ?? Date.now() % 1_000_000);
const operations = fc.array(operation, { minLength: OPERATIONS, maxLength: OPERATIONS, size: 'max' });

console.log(`REPRISE_SEED=${SEED}`);

describeMounted(['ext4'], 'the tree beside a plain directory', () => {
  let mount: SmallMount;
  let calls: SystemCalls;
  let umask: number;
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
