/**
 * A store on a disk whose power goes, again and again, at whatever it does: nothing acknowledged is lost, and what it says
 * itself is in order. Its tables lie on that disk, too.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ROOT } from '#store';
import { createRandom } from '../support/music.ts';
import { describePowerCut } from '../support/power-cut/describe-power-cut.ts';
import type { PowerCutDisk } from '../support/power-cut/disk.ts';
import { createPowerCutPlace } from '../support/power-cut/place.ts';
import type { DiskFaults } from '../support/power-cut/setup.ts';
import { makeTestStore, openTestStore } from '../support/store.ts';
import { actsOf, createRecord } from '../support/store-claims.ts';
import { inspectStore } from '../support/store-inspection.ts';
import { startLife } from '../support/store-lives.ts';

const ROUNDS = process.env['REPRISE_LONG'] === undefined ? 2 : 200;
const SEED = Number(process.env['REPRISE_SEED'] ?? Date.now() % 1_000_000);
/** Of a process, before the power goes: some 40 acts. */
const MOST_LINES = 120;
/** Without a cut: where a disk fails under a mapped file, and where a store cannot be opened again. */
const ENDED_BY_DISK = /^It ended with (SIGBUS|0)\./;

console.log(`REPRISE_SEED=${SEED}`);

interface Kind {
  readonly title: string;
  readonly tear: boolean;
  readonly hasBadReads?: boolean;
  /** Beside the cut. */
  readonly faults: (random: () => number) => DiskFaults;
}

const KINDS: readonly Kind[] = [
  { title: 'and loses all that was not synced', tear: false, faults: () => ({}) },
  { title: 'and loses a part of what was not synced', tear: true, faults: () => ({}) },
  { title: 'after it has refused something', tear: false, hasBadReads: true, faults: oneFault },
];

function oneFault(random: () => number): DiskFaults {
  const at = 1 + Math.floor(random() ** 2 * 300);
  const kind = random();
  if (kind < 0.25) return { failRead: at };
  if (kind < 0.5) return { failWrite: at };
  if (kind < 0.75) return { failSync: 1 + Math.floor(at / 5) };
  return { roomBytes: Math.floor(random() * 4_000_000) };
}

describePowerCut('a store on a disk', () => {
  it.each([
    { most: 1, title: 'when it was asked to' },
    { most: 1000, title: 'when SQLite wanted it to' },
  ])(
    'that refuses to sync once $title, and then loses its power, holds what was acknowledged later',
    async ({ most }) => {
      await using place = createPowerCutPlace();
      mkdirSync(path.join(place.backing, 'store'));
      makeTestStore(path.join(place.backing, 'store'));
      const disk = await place.start();
      const store = openTestStore(path.join(disk.mountPoint, 'store'));
      const make = (name: string): void => void store.tree.mkdir(ROOT, name, { mode: 0o755, uid: 0, gid: 0 });
      make('synced');
      store.tree.sync(ROOT);
      const { syncs } = await disk.counts();
      await disk.setFaults({ failSync: 1 });
      let made = 0;
      for (; made < most && (await disk.counts()).syncs === syncs; made++) make(`${made}`);
      if (most === 1) expect(['EIO', undefined]).toContain(codeOf(() => store.tree.sync(ROOT)));
      expect((await disk.counts()).syncs).toBeGreaterThan(syncs);
      make('after');
      store.tree.sync(ROOT);
      await disk.cut();
      store[Symbol.dispose]();
      await place.start();
      using again = openTestStore(path.join(disk.mountPoint, 'store'));
      expect(again.tree.list(ROOT, 0, 10_000)).toHaveLength(made + 2);
      expect(again.parts.database.damages()).toEqual([]);
    },
  );

  it.each(KINDS)(
    `that loses its power ${ROUNDS} times $title holds all that it acknowledged`,
    {
      timeout: 3_600_000,
    },
    async ({ title, tear, faults, hasBadReads = false }) => {
      await using place = createPowerCutPlace();
      const aside = mkdtempSync(path.join(tmpdir(), 'reprise-store-cut-'));
      const [sources, copy] = [path.join(aside, 'sources'), path.join(aside, 'copy')];
      const random = createRandom(SEED + title.length);
      const record = createRecord();
      let lives = 0;
      let ends = 0;

      /** From one power cut to the next. @returns what is wrong with how the process ended */
      async function live(): Promise<string[]> {
        lives += 1;
        const seed = SEED + title.length + 1000 * lives;
        await using disk = await place.start({ seed, tear });
        const store = path.join(disk.mountPoint, 'store');
        const at = { store, sources, name: 'a', seed, hasBadReads, acknowledged: 'synced' as const };
        const life = startLife({ ...at, recovers: true }, record);
        // Before the mount goes, so that it does not find the bare folder.
        void disk.ended.then(life.kill);
        const ownEnd = life.ended.then((said) => (said === undefined ? said : endedAlive(disk, said)));
        // Every fourth falls into the start, and so into the recovery from the cut before.
        const isEarly = random() < 0.25;
        if (!isEarly) {
          await life.ready;
          await life.tells(random() * 20);
        }
        const isExact = random() < 0.7;
        const ordered = { ...faults(random), ...(isExact && exactCut(random)) };
        await order(disk, ordered);
        if (isExact) await Promise.race([disk.ended, life.ended, setTimeout(20_000)]);
        else {
          await life.tells(random() * MOST_LINES);
          await setTimeout(random() * 50);
        }
        await Promise.race([setTimeout(0), ownEnd]);
        await disk.cut();
        const said = await ownEnd;
        if (said === undefined) return [];
        ends += 1;
        return ENDED_BY_DISK.test(said) ? [] : [`${said} (life ${lives}, ${JSON.stringify(ordered)})`];
      }

      try {
        mkdirSync(path.join(place.backing, 'store'));
        makeTestStore(path.join(place.backing, 'store'));
        for (let round = 0; round < ROUNDS; round++) {
          if (round % 20 === 19) console.log(`round ${round + 1}`);
          const wrong = [...(await live()), ...(random() < 0.2 ? await live() : [])];
          expect([...wrong, ...(await inspect(random() < 0.3))], `round ${round}`).toEqual([]);
        }
        expect([...record.refused.keys()].filter((how) => how.endsWith('store/locked'))).toEqual([]);
        console.log(`lives: ${lives}, ended by the disk: ${ends}; ${actsOf(record)}`);
      } finally {
        rmSync(aside, { recursive: true, force: true });
      }

      /** On a disk that has come up again, or on a copy of it, so that the store goes on as the cut has left it. */
      async function inspect(collects: boolean): Promise<string[]> {
        if (random() < 0.4) {
          cpSync(path.join(place.backing, 'store'), copy, { recursive: true });
          const found = await inspectStore(copy, record, collects);
          rmSync(copy, { recursive: true });
          return found;
        }
        await using disk = await place.start();
        const found = await inspectStore(path.join(disk.mountPoint, 'store'), record, collects);
        // Half of the times it is shut down in order.
        if (random() < 0.5) await disk.unmount();
        return found;
      }
    },
  );
});

function exactCut(random: () => number): DiskFaults {
  const at = 1 + Math.floor(random() ** 2 * 400);
  return random() < 0.8 ? { cutAtRequest: at } : { cutAtName: 1 + Math.floor(at / 10) };
}

function codeOf(work: () => void): unknown {
  try {
    return work() as undefined;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

/** In force, unless the power is gone already. */
async function order(disk: PowerCutDisk, faults: DiskFaults): Promise<void> {
  await disk.setFaults(faults).catch(() => undefined);
}

/** @returns what a process said that ended while there was power */
async function endedAlive(disk: PowerCutDisk, said: string): Promise<string | undefined> {
  return await disk.counts().then(
    () => said,
    () => undefined,
  );
}
