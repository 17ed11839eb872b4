/** The power goes, or the disk is full, while programs work in a mounted store. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeMounted as describeLoop } from '../support/describe-mounted.ts';
import { mountSmall } from '../support/loop-mounts.ts';
import { byteOf, type MixEnd, startMix } from '../support/mount-load.ts';
import { mountStore, reprise } from '../support/mounted-store.ts';
import { createRandom } from '../support/music.ts';
import { describePowerCut } from '../support/power-cut/describe-power-cut.ts';
import { startPowerCutDisk } from '../support/power-cut/disk.ts';
import { loadSystemCalls } from '../support/tree-model/system-calls.ts';
import { until } from '../support/until.ts';

const IS_LONG = process.env['REPRISE_LONG'] !== undefined;
const SEED = Number(process.env['REPRISE_SEED'] ?? Date.now() % 1_000_000);
const ROUNDS = IS_LONG ? 100 : 1;
const LIMIT = { timeout: 7_200_000 };

console.log(`REPRISE_SEED=${SEED}`);

let home = '';
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'reprise-mount-cut-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function expectClean(store: string): void {
  const { status, stdout, stderr } = reprise('store', 'verify', '--read-data', store);
  expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
}

function expectSynced(folder: string, { synced }: MixEnd): void {
  for (const [name, size] of Object.entries(synced)) {
    const bytes = readFileSync(path.join(folder, name));
    expect([name, bytes.length]).toEqual([name, size]);
    expect(bytes.every((byte) => byte === byteOf(name))).toBe(true);
  }
}

describePowerCut('after a power cut', () => {
  it.each([
    ['in which nothing else survives', false],
    ['in which some of the rest survives', true],
  ])(`everything that was synced is there, %s`, LIMIT, async (_, tear) => {
    const [backing, disk, folder] = ['backing', 'disk', 'mounted'].map((name) => path.join(home, name)) as [
      string,
      string,
      string,
    ];
    for (const made of [backing, disk, folder]) mkdirSync(made);
    const random = createRandom(SEED);
    let claims = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const store = path.join(disk, 'store');
      let end: MixEnd;
      const below = path.join(folder, `round ${round}`);
      {
        await using power = await startPowerCutDisk({ backing, mountPoint: disk, seed: SEED + round, tear });
        await using mounted = await mountStore({ store, folder, options: ['quiet=0.1'] });
        mkdirSync(below);
        const mix = startMix(below, SEED + round, 'brief');
        await mix.works;
        await sleep(500 + random() * 2000);
        await power.cut();
        end = await mix.end();
        expect(mounted.told()).not.toMatch(/by mistake|Node\.js v/);
        mounted.supervisor.kill('SIGKILL');
        await mounted.ended;
      }
      claims += Object.keys(end.synced).length;
      await using power = await startPowerCutDisk({ backing, mountPoint: disk, seed: SEED + round });
      {
        await using mounted = await mountStore({ store, folder });
        expectSynced(below, end);
        await mounted.unmount();
      }
      expectClean(store);
      await power.unmount();
    }
    expect(claims).toBeGreaterThanOrEqual(ROUNDS);
  });
});

/** Writes until there is no room. */
function fill(folder: string): void {
  let refused: unknown;
  for (let n = 0; refused === undefined; n++) {
    try {
      // Nothing in it is to be had twice, or the disk would never be full.
      writeFileSync(path.join(folder, `filler ${n}`), randomBytes(4 << 20));
    } catch (error) {
      refused = (error as NodeJS.ErrnoException).code;
    }
  }
  expect(refused).toBe('ENOSPC');
}

describeLoop(['xfs'], 'on a full disk', () => {
  it('writers are told, what was there stays, and there is room as soon as something is removed', LIMIT, async () => {
    using disk = mountSmall('xfs');
    const store = path.join(disk.folder, 'store');
    await using mounted = await mountStore({ store, options: ['quiet=0'] });
    const kept = Buffer.alloc(1 << 20, 'kept');
    writeFileSync(path.join(mounted.folder, 'kept'), kept);
    const shared = path.join(mounted.folder, 'shared');
    let sharedBytes = randomBytes(24 << 20);
    writeFileSync(shared, sharedBytes);
    await until(() => loadSystemCalls().getAttribute(shared, 'user.reprise.state').toString() === 'shared');
    const recording = openSync(path.join(mounted.folder, 'recording'), 'w');
    writeSync(recording, kept);
    for (let round = 0; round < (IS_LONG ? 50 : 2); round++) {
      fill(mounted.folder);
      // What has its place is written to, as recorders do when they end: they write the length into the head.
      expect(writeSync(recording, kept, 0, kept.length, 0)).toBe(kept.length);
      try {
        // It has to have bytes of its own first, for which there is room where what was written has been shared meanwhile.
        appendFileSync(shared, 'more');
        sharedBytes = Buffer.concat([sharedBytes, Buffer.from('more')]);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' });
      }
      expect(readFileSync(shared).equals(sharedBytes)).toBe(true);
      expect(readFileSync(path.join(mounted.folder, 'kept')).equals(kept)).toBe(true);
      for (const name of readdirSync(mounted.folder))
        if (name.startsWith('filler')) unlinkSync(path.join(mounted.folder, name));
      // What has been shared meanwhile is given back by a collection.
      expect(reprise('store', 'gc', mounted.store)).toMatchObject({ status: 0 });
      writeFileSync(path.join(mounted.folder, 'again'), kept);
      unlinkSync(path.join(mounted.folder, 'again'));
    }
    closeSync(recording);
    await until(() => loadSystemCalls().getAttribute(shared, 'user.reprise.state').toString() === 'shared');
    execFileSync('sync');
    await mounted.unmount();
    expectClean(store);
  });

  it('a shared file that would have to have bytes of its own first is left as it was', LIMIT, async () => {
    using disk = mountSmall('xfs');
    const store = path.join(disk.folder, 'store');
    expect(reprise('store', 'init', store)).toMatchObject({ status: 0 });
    const bytes = randomBytes(24 << 20);
    writeFileSync(path.join(home, 'shared'), bytes);
    expect(reprise('store', 'import', store, path.join(home, 'shared'))).toMatchObject({ status: 0 });
    // Nothing is shared, and so nothing is given back, meanwhile.
    await using mounted = await mountStore({ store, options: ['quiet=3600'] });
    const shared = path.join(mounted.folder, 'shared');
    fill(mounted.folder);
    expect(() => appendFileSync(shared, 'more')).toThrow(/ENOSPC/);
    expect(readFileSync(shared).equals(bytes)).toBe(true);
    await mounted.unmount();
    expectClean(store);
  });
});
