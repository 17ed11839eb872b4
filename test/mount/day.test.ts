/**
 * A day of a radio station, recorded into a mounted store as streamripper does it, faster than it goes out: what serves the
 * mount needs no more memory at the end than before, and all of it comes back. Takes minutes, so only the long form runs.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { describeMounted, type MountedStore, mountStore, reprise } from '../support/mounted-store.ts';
import { createRandom } from '../support/music.ts';
import { loadSystemCalls } from '../support/tree-model/system-calls.ts';
import { between, type Segment, segmentsOf } from './day-station.ts';

const IS_LONG = process.env['REPRISE_LONG'] !== undefined;
const SEED = Number(process.env['REPRISE_SEED'] ?? Date.now() % 1_000_000);
const HOURS = 24;
const LIMIT = { timeout: 3_600_000 };
const WRITE_BYTES = [4 << 10, 16 << 10] as const;
/** How often memory is looked at, in bytes that were written. */
const LOOK_EVERY = 1 << 20;
/** The last quarter's most against the second's: what a collector of garbage may leave lying about. Chosen. */
const MOST_GROWTH = 1.15;
/** Songs are cut and faded, so a little of them is kept twice. Chosen: the bar of imported recordings is 1.02. */
const MOST_STORED = 1.05;
const MIB = 1 << 20;

interface Look {
  /** Of the station's day. */
  readonly seconds: number;
  readonly residentBytes: number;
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Of the process and all that it started. */
function residentBytes(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    return children.reduce((sum, child) => sum + residentBytes(child), Number(kib) * 1024);
  } catch {
    // it ended between the listing and the look
    return 0;
  }
}

/** In small pieces, under another name until it is whole. @param look after each so many bytes */
function record(folder: string, { name, bytes }: Segment, random: () => number, look: () => void): void {
  const unfinished = path.join(folder, 'incomplete', name);
  const file = openSync(unfinished, 'wx');
  for (let [at, next] = [0, 0]; at < bytes.length; ) {
    at += writeSync(file, bytes, at, Math.min(bytes.length - at, Math.floor(between(random, WRITE_BYTES))));
    if (at < next) continue;
    look();
    next = at + LOOK_EVERY;
  }
  closeSync(file);
  renameSync(unfinished, path.join(folder, name));
}

/** As in a day that takes a day: nothing waits for hours. */
async function untilShared(folder: string, names: readonly string[]): Promise<void> {
  const { getAttribute } = loadSystemCalls();
  for (const name of names)
    for (let tries = 0; getAttribute(path.join(folder, name), 'user.reprise.state').toString() !== 'shared'; tries++) {
      if (tries > 1000) expect.fail(`${name} is not shared`);
      await sleep(50);
    }
}

function mostWithin(looks: readonly Look[], quarter: 1 | 2 | 3 | 4): number {
  const [start, end] = [quarter - 1, quarter].map((n) => (n * HOURS * 3600) / 4) as [number, number];
  const within = looks.filter(({ seconds }) => seconds >= start && seconds < end);
  return Math.max(...within.map((look) => look.residentBytes));
}

function expectAll(mounted: MountedStore, hashes: ReadonlyMap<string, string>): void {
  const folder = path.join(mounted.folder, 'Radio');
  const names = readdirSync(folder).filter((name) => name !== 'incomplete');
  expect(names.sort()).toEqual([...hashes.keys()].sort());
  for (const [name, hash] of hashes)
    expect([name, hashOf(readFileSync(path.join(folder, name)))]).toEqual([name, hash]);
  expect(readdirSync(path.join(folder, 'incomplete'))).toEqual([]);
}

const title = `records ${HOURS} hours of radio with the same memory all the time`;

describeMounted('a mounted store', () => {
  it.skipIf(!IS_LONG)(
    IS_LONG ? title : `${title} [SKIPPED: takes minutes; REPRISE_LONG=1 runs it]`,
    LIMIT,
    async () => {
      console.log(`REPRISE_SEED=${SEED}`);
      const random = createRandom(SEED);
      const [hashes, looks, tally] = [new Map<string, string>(), [] as Look[], { onceBytes: 0 }];
      let [hour, sentBytes] = [[] as string[], 0];
      await using mounted = await mountStore();
      const folder = path.join(mounted.folder, 'Radio');
      mkdirSync(path.join(folder, 'incomplete'), { recursive: true });
      for (const segment of segmentsOf(HOURS, SEED, random, tally)) {
        const { startSeconds: seconds, endSeconds } = segment;
        const look = (): void =>
          void looks.push({ seconds, residentBytes: residentBytes(mounted.supervisor.pid as number) });
        record(folder, segment, random, look);
        hashes.set(segment.name, hashOf(segment.bytes));
        hour.push(segment.name);
        sentBytes += segment.bytes.length;
        if (Math.floor(seconds / 3600) === Math.floor(endSeconds / 3600)) continue;
        await untilShared(folder, hour);
        look();
        hour = [];
      }
      await untilShared(folder, hour);
      const quarters = ([1, 2, 3, 4] as const).map((quarter) => mostWithin(looks, quarter));
      console.log(
        `MiB of memory at most, by quarters of the day: ${quarters.map((most) => (most / MIB).toFixed(0)).join(' ')}`,
      );
      await mounted.unmount();
      const { stdout } = reprise('store', 'stat', '--json', mounted.store);
      expect(JSON.parse(stdout)).toMatchObject({ files: hashes.size, logicalBytes: sentBytes, rawFiles: 0 });
      expect(JSON.parse(stdout).uniqueBytes).toBeLessThan(MOST_STORED * tally.onceBytes);
      expect(reprise('store', 'verify', '--read-data', mounted.store)).toMatchObject({ status: 0 });
      // Mounted anew, nothing comes from what the kernel remembers.
      await using again = await mountStore({ store: mounted.store });
      expectAll(again, hashes);
      expect(quarters[3]).toBeLessThanOrEqual(MOST_GROWTH * (quarters[1] as number));
    },
  );
});
