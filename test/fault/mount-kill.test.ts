/** Servers and supervisors of a mount killed while programs work in it. */
import { execFile, execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { release, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { canResend } from '../../src/adapters/fuse/readiness.ts';
import { byteOf, type MixEnd, startMix } from '../support/mount-load.ts';
import { describeMounted, type MountedStore, mountStore, reprise } from '../support/mounted-store.ts';
import { createRandom } from '../support/music.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);
const IS_LONG = process.env['REPRISE_LONG'] !== undefined;
const SEED = Number(process.env['REPRISE_SEED'] ?? Date.now() % 1_000_000);
const KILLS = IS_LONG ? 200 : 4;
const ROUNDS = IS_LONG ? 60 : 2;
const LIMIT = { timeout: 3_600_000 };
/** So many servers in a row die before they are so old, which is fewer than are borne. */
const [MOST_YOUNG, OLD_MS] = [10, 2500];

console.log(`REPRISE_SEED=${SEED}`);

async function killServer(mounted: MountedStore, random: () => number): Promise<void> {
  await sleep(200 + random() * 800);
  let pid = 0;
  await until(() => {
    try {
      pid = mounted.serverPid();
      return true;
    } catch {
      return false;
    }
  });
  process.kill(pid, 'SIGKILL');
  await until(() => !existsSync(`/proc/${pid}`));
}

function expectClean(store: string): void {
  const { status, stdout, stderr } = reprise('store', 'verify', '--read-data', store);
  expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
}

/** What a program had made sure of is there. */
function expectSynced(folder: string, { synced }: MixEnd): void {
  for (const [name, size] of Object.entries(synced)) {
    const bytes = readFileSync(path.join(folder, name));
    expect([name, bytes.length]).toEqual([name, size]);
    expect(bytes.every((byte) => byte === byteOf(name))).toBe(true);
  }
}

const resends = canResend(release()) ? '' : ' [SKIPPED: kernels before 6.9 send nothing again]';

describeMounted('a server that is killed', () => {
  it.skipIf(resends).each([[[]], [['writeback']]])(
    `is noticed by nobody who works in the mount %j${resends}`,
    LIMIT,
    async (options) => {
      await using mounted = await mountStore({ options: [...options, 'quiet=0.1'] });
      const random = createRandom(SEED);
      const folders = [1, 2].map((n) => path.join(mounted.folder, `mix ${n}`));
      const mixes = folders.map((folder, n) => {
        mkdirSync(folder);
        return startMix(folder, SEED + n, 'strict');
      });
      const song = path.join(mounted.store, '../song');
      writeFileSync(
        song,
        Buffer.from(Uint32Array.from({ length: 8 << 20 }, (_, n) => Math.imul(n, 0x9e3779b1)).buffer),
      );
      const copying = run('bash', ['-ec', `for n in 1 2 3; do cp ${song} ${mounted.folder}/song$n; done`]);
      for (let kill = 0; kill < KILLS; kill++) {
        // One that always dies young is given up.
        if (kill % MOST_YOUNG === MOST_YOUNG - 1) await sleep(OLD_MS);
        await killServer(mounted, random);
      }
      for (const mix of mixes) expect(await mix.end()).toMatchObject({ errors: [] });
      await copying;
      for (const n of [1, 2, 3]) execFileSync('cmp', [song, path.join(mounted.folder, `song${n}`)]);
      expect(mounted.told().match(/another takes over/g)?.length).toBe(KILLS);
      await mounted.unmount();
      expectClean(mounted.store);
    },
  );

  it.skipIf(resends)(`keeps what has no name any more for whoever has it open${resends}`, LIMIT, async () => {
    await using mounted = await mountStore();
    const file = path.join(mounted.folder, 'temporary');
    writeFileSync(file, 'abc');
    const [one, other] = [openSync(file, 'r+'), openSync(file, 'r+')];
    unlinkSync(file);
    await killServer(mounted, createRandom(SEED));
    closeSync(one);
    // So long it takes until what is forgotten is freed.
    await sleep(1000);
    writeSync(other, 'def', 3);
    expect(readFileSync(other, 'utf8')).toBe('abcdef');
    closeSync(other);
    await until(() => readdirSync(path.join(mounted.store, 'raw')).length === 0);
  });

  it(
    'is an error for who waits, where the kernel sends nothing again, and the mount is of use at once',
    LIMIT,
    async () => {
      await using mounted = await mountStore({ neverResends: true });
      const random = createRandom(SEED);
      for (let round = 0; round < ROUNDS; round++) {
        const folder = path.join(mounted.folder, `round ${round}`);
        mkdirSync(folder);
        const mix = startMix(folder, SEED + round, 'lenient');
        await mix.works;
        await killServer(mounted, random);
        await killServer(mounted, random);
        const end = await mix.end();
        await until(() => {
          try {
            return statSync(folder).isDirectory();
          } catch {
            return false;
          }
        });
        expectSynced(folder, end);
        writeFileSync(path.join(folder, 'after'), 'abc');
        expect(readFileSync(path.join(folder, 'after'), 'utf8')).toBe('abc');
      }
      await mounted.unmount();
      expectClean(mounted.store);
    },
  );
});

describeMounted('a supervisor that is killed', () => {
  it('leaves what was made sure of, no process, and a folder that is mounted again', LIMIT, async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'reprise-mount-kill-'));
    const [store, folder] = [path.join(home, 'store'), path.join(home, 'mounted')];
    mkdirSync(folder);
    try {
      const random = createRandom(SEED);
      for (let round = 0; round < ROUNDS; round++) {
        await using mounted = await mountStore({ store, folder });
        const server = mounted.serverPid();
        mkdirSync(path.join(folder, `round ${round}`));
        const mix = startMix(path.join(folder, `round ${round}`), SEED + round, 'lenient');
        // Without the mount it could never make sure of anything.
        await mix.works;
        await sleep(random() * 1000);
        const isTogether = round % 2 === 1;
        // Stopped, the server cannot take the mount away.
        if (isTogether) process.kill(server, 'SIGSTOP');
        mounted.supervisor.kill('SIGKILL');
        if (isTogether) process.kill(server, 'SIGKILL');
        await mounted.ended;
        await until(() => !existsSync(`/proc/${server}`));
        const end = await mix.end();
        if (isTogether) expect(() => readdirSync(folder)).toThrow(/ENOTCONN|ECONNABORTED/);
        {
          await using again = await mountStore({ store, folder });
          expectSynced(path.join(folder, `round ${round}`), end);
          await again.unmount();
        }
        expectClean(store);
      }
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
