/** Random operations on a mounted store and on a plain directory of ext4 give the same answers, and leave the same to be seen. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mountSmall, type SmallMount } from '../support/loop-mounts.ts';
import { describeMounted, type MountedStore, mountStore, reprise } from '../support/mounted-store.ts';
import { compare, hasFineTimes } from '../support/tree-model/compare.ts';
import { createDiskWorld } from '../support/tree-model/disk-world.ts';
import { BEGINNING, operation } from '../support/tree-model/operations.ts';
import { loadSystemCalls, type SystemCalls } from '../support/tree-model/system-calls.ts';

const RUNS = process.env['REPRISE_LONG'] === undefined ? 10 : 400;
const OPERATIONS = 60;
const SEED = Number(process.env['REPRISE_SEED'] ?? Date.now() % 1_000_000);
const operations = fc.array(operation, { minLength: OPERATIONS, maxLength: OPERATIONS, size: 'max' });

console.log(`REPRISE_SEED=${SEED}`);

describeMounted('a mounted store beside a plain directory', () => {
  let disk: SmallMount;
  let mounted: MountedStore;
  let calls: SystemCalls;
  let umask: number;

  beforeAll(async () => {
    disk = mountSmall('ext4');
    // Reading moves no time in the store.
    execFileSync('mount', ['-o', 'remount,noatime', disk.folder]);
    // Sharing goes on beneath, and is not to be noticed.
    mounted = await mountStore({ options: ['quiet=0'] });
    calls = loadSystemCalls();
    umask = process.umask(0);
  }, 60_000);
  afterAll(async () => {
    process.umask(umask);
    await mounted[Symbol.asyncDispose]();
    disk[Symbol.dispose]();
  });

  it(`gives the same answers to ${RUNS} times ${OPERATIONS} operations`, { timeout: 7_200_000 }, async () => {
    const performed = new Map<string, number>();
    const isFine = hasFineTimes(disk.folder);
    let runs = 0;
    fc.assert(
      fc.property(operations, (choices) => {
        runs += 1;
        using here = createDiskWorld(path.join(mounted.folder, `run-${runs}`), calls);
        using there = createDiskWorld(path.join(disk.folder, `run-${runs}`), calls);
        compare(here, there, [...BEGINNING, ...choices], isFine, performed);
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: process.env['REPRISE_SHRINK'] === undefined },
    );
    for (const act of ['make', 'mkdir', 'link', 'rename', 'open', 'write', 'resizeOpen', 'setAttribute', 'unlink']) {
      expect(performed.get(`${act} done`) ?? 0, act).toBeGreaterThan(RUNS / 10);
    }
    await mounted.unmount();
    expect(reprise('store', 'verify', '--read-data', mounted.store)).toMatchObject({ status: 0 });
  });
});
