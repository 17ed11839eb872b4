/**
 * The disk whose power can be cut is as hostile as it says, and no more: what was synced is there, what was not is lost,
 * faults arrive where they are ordered, and apart from that it is a file system like others.
 */
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../support/music.ts';
import { describePowerCut } from '../support/power-cut/describe-power-cut.ts';
import type { PowerCutDisk } from '../support/power-cut/disk.ts';
import { doAll, fileActs, treeOf } from '../support/power-cut/file-acts.ts';
import { PAGE_BYTES } from '../support/power-cut/held-file.ts';
import { readLedger, startLedger } from '../support/power-cut/ledger.ts';
import { createPowerCutPlace, type PowerCutPlace } from '../support/power-cut/place.ts';

const seed = Number(process.env['REPRISE_SEED'] ?? Date.now() % 1_000_000);
console.log(`REPRISE_SEED=${seed}`);
const PATIENCE = { timeout: 10_000, interval: 20 };

describePowerCut('a disk whose power can be cut', () => {
  const used: { readonly pid: number; readonly mountPoint: string }[] = [];

  async function start(place: PowerCutPlace, setup?: Parameters<PowerCutPlace['start']>[0]): Promise<PowerCutDisk> {
    const disk = await place.start(setup);
    used.push({ pid: disk.pid, mountPoint: disk.mountPoint });
    return disk;
  }

  afterAll(() => {
    expect(used.filter(({ pid }) => existsSync(`/proc/${pid}`))).toEqual([]);
    expect(used.filter(({ mountPoint }) => existsSync(mountPoint) || isMounted(mountPoint))).toEqual([]);
  });

  it('loses what was not synced and keeps names, and what was synced is there', async () => {
    await using place = createPowerCutPlace();
    const at = (name: string): string => path.join(place.mountPoint, name);
    writeFileSync(path.join(place.backing, 'before'), 'old content');
    const disk = await start(place);
    writeFileSync(at('lost'), 'not synced');
    for (const [name, sync] of [
      ['safe', fsyncSync],
      ['data', fdatasyncSync],
    ] as const) {
      const file = openSync(at(name), 'wx');
      writeSync(file, 'synced');
      sync(file);
      writeSync(file, ', then more');
      closeSync(file);
    }
    writeFileSync(at('flushed'), 'as it is opened', { flush: true });
    truncateSync(at('before'), 3);
    mkdirSync(at('folder'));
    linkSync(at('safe'), at('folder/link'));
    renameSync(at('data'), at('folder/renamed'));
    writeFileSync(at('gone'), '');
    unlinkSync(at('gone'));
    const seen = { before: 'old', lost: 'not synced', safe: 'synced, then more', flushed: 'as it is opened' };
    for (const [name, content] of Object.entries(seen)) expect(readFileSync(at(name), 'utf8')).toBe(content);
    await disk.cut();
    expect(readdirSync(place.mountPoint)).toEqual([]);
    const left = readdirSync(place.backing, { recursive: true, encoding: 'utf8' }).sort();
    expect(left).toEqual(['before', 'flushed', 'folder', 'folder/link', 'folder/renamed', 'lost', 'safe']);
    const contents = left.filter((name) => name !== 'folder').map((name) => contentIn(place.backing, name));
    expect(contents).toEqual(['old content', 'as it is opened', 'synced', 'synced', '', 'synced']);
    await start(place);
    expect(contentIn(place.mountPoint, 'safe')).toBe('synced');
  });

  it('does what a plain folder does, and keeps all of it when it is unmounted', { timeout: 600_000 }, async () => {
    await using place = createPowerCutPlace();
    const plain = mkdtempSync(path.join(tmpdir(), 'reprise-plain-'));
    const disk = await start(place);
    let runs = 0;
    try {
      fc.assert(
        fc.property(fileActs, (acts) => {
          const [here, there] = [place.mountPoint, plain].map((folder) => path.join(folder, `${runs}`));
          for (const folder of [here, there]) mkdirSync(folder ?? '');
          runs += 1;
          expect(doAll(acts, here ?? '')).toEqual(doAll(acts, there ?? ''));
          expect(treeOf(here ?? '')).toEqual(treeOf(there ?? ''));
        }),
        { seed, numRuns: process.env['REPRISE_LONG'] === undefined ? 30 : 2000, endOnFailure: true },
      );
      await disk.unmount();
      expect(readdirSync(place.backing)).toHaveLength(runs);
      for (const name of readdirSync(plain)) {
        expect(treeOf(path.join(place.backing, name))).toEqual(treeOf(path.join(plain, name)));
      }
    } finally {
      rmSync(plain, { recursive: true });
    }
  });

  it('keeps files that are open without a name, and times', async () => {
    await using place = createPowerCutPlace();
    await start(place);
    const name = path.join(place.mountPoint, 'file');
    const file = openSync(name, 'w+');
    writeSync(file, 'content');
    unlinkSync(name);
    ftruncateSync(file, 4);
    const into = Buffer.alloc(9);
    expect([fstatSync(file).nlink, fstatSync(file).size, readSync(file, into, 0, 9, 0)]).toEqual([0, 4, 4]);
    closeSync(file);
    const began = Date.now();
    writeFileSync(name, 'written');
    const { mtimeNs, ctimeNs } = statSync(name, { bigint: true });
    expect(Number(mtimeNs / 1_000_000n) - began).toBeLessThan(1000);
    const again = openSync(name, 'r');
    fsyncSync(again);
    closeSync(again);
    // That the bytes reach the disk is no change.
    expect(statSync(name, { bigint: true })).toMatchObject({ mtimeNs, ctimeNs });
    utimesSync(name, 5.5, new Date(-1250));
    expect(statSync(name)).toMatchObject({ atimeMs: 5500, mtimeMs: -1250 });
  });

  describe('under SQLite', () => {
    it('is shared memory for two processes that write at once', async () => {
      await using place = createPowerCutPlace();
      const disk = await start(place);
      const file = path.join(place.mountPoint, 'ledger');
      await startLedger(file, 'FULL', 1).ended;
      const ledgers = [1, 2].map(() => startLedger(file, 'FULL', 150));
      for (const { ended } of ledgers) await ended;
      const rows = ledgers.flatMap(({ rows }) => rows);
      expect(new Set(rows).size).toBe(300);
      expect(readLedger(file)).toEqual({ integrity: 'ok', rows: 301, last: 301 });
      await disk.unmount();
      expect(readLedger(path.join(place.backing, 'ledger'))).toMatchObject({ integrity: 'ok', rows: 301 });
    });

    it.each([false, true])('loses nothing that was acknowledged with FULL, in 3 cuts (torn: %s)', async (tear) => {
      await using place = createPowerCutPlace();
      const random = createRandom(seed);
      let acknowledged = 0;
      const expectAcknowledged = (folder: string): void => {
        const found = readLedger(path.join(folder, 'ledger'));
        expect(found).toMatchObject({ integrity: 'ok', rows: found.last });
        expect(found.last).toBeGreaterThanOrEqual(acknowledged);
      };
      for (let cut = 0; cut < 3; cut++) {
        await using disk = await start(place, { tear, seed: seed + cut });
        if (cut > 0) expectAcknowledged(place.mountPoint);
        // One by hand, the others as a certain request arrives.
        if (cut > 0) await disk.setFaults({ cutAtRequest: 200 + Math.floor(random() * 1500) });
        const ledger = startLedger(path.join(place.mountPoint, 'ledger'), 'FULL');
        if (cut === 0) await ledger.reaches(100 + Math.floor(random() * 200)).then(disk.cut);
        await ledger.ended;
        expect(ledger.rows.length).toBeGreaterThan(10);
        acknowledged = ledger.rows.at(-1) ?? 0;
      }
      expectAcknowledged(place.backing);
    });

    it('loses what was acknowledged with OFF', async () => {
      await using place = createPowerCutPlace();
      const disk = await start(place);
      const ledger = startLedger(path.join(place.mountPoint, 'ledger'), 'OFF');
      await ledger.reaches(200);
      await disk.cut();
      await ledger.ended;
      expect(statSync(path.join(place.backing, 'ledger')).size).toBe(0);
      expect(() => readLedger(path.join(place.backing, 'ledger'))).toThrow('no such table');
    });
  });

  describe('under who replaces a file', () => {
    const [OLD, NEW] = ['old '.repeat(3000), 'new '.repeat(4096)];

    function replace(folder: string, sync: boolean): void {
      const [name, fresh] = [path.join(folder, 'file'), path.join(folder, 'file.tmp')];
      const file = openSync(fresh, 'w');
      try {
        for (const part of [NEW.slice(0, PAGE_BYTES), NEW.slice(PAGE_BYTES)]) writeSync(file, part);
        if (sync) fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(fresh, name);
      const top = openSync(folder, 'r');
      if (sync) fsyncSync(top);
      closeSync(top);
    }

    /** What is left of the file after a cut at each request there is, and after one that came later. */
    async function leftAfterCuts(sync: boolean, knob: 'cutAtRequest' | 'cutAtName'): Promise<string[]> {
      const left: string[] = [];
      for (let request = 1; ; request++) {
        await using place = createPowerCutPlace();
        writeFileSync(path.join(place.backing, 'file'), OLD);
        const disk = await start(place, { faults: { [knob]: request } });
        let failed: unknown;
        try {
          replace(place.mountPoint, sync);
        } catch (error) {
          failed = error;
        }
        await disk.cut();
        left.push(contentIn(place.backing, 'file'));
        if (failed === undefined) return left;
        expect(failed).toMatchObject({ code: expect.stringMatching(/^(ECONNABORTED|ENOTCONN)$/) });
      }
    }

    it('leaves the old or the new content, wherever the cut falls, where it was synced', async () => {
      // Two writes, two syncs; the name is changed before the second sync.
      expect(await leftAfterCuts(true, 'cutAtRequest')).toEqual([OLD, OLD, OLD, NEW, NEW]);
      expect(await leftAfterCuts(true, 'cutAtName')).toEqual([OLD, OLD, NEW]);
    });

    it('leaves nothing where it was not', async () => {
      expect(await leftAfterCuts(false, 'cutAtRequest')).toEqual([OLD, OLD, '']);
    });
  });

  it('tears what was not synced, the same for the same seed', async () => {
    const PAGES = 16;
    const left: string[] = [];
    for (const seed of [1, 1, 2]) {
      await using place = createPowerCutPlace();
      writeFileSync(path.join(place.backing, 'file'), Buffer.alloc(PAGES * PAGE_BYTES, 'o'));
      const disk = await start(place, { tear: true, seed });
      const file = openSync(path.join(place.mountPoint, 'file'), 'r+');
      writeSync(file, Buffer.alloc(PAGES * PAGE_BYTES, 'n'));
      await disk.cut();
      for (const use of [() => writeSync(file, 'more'), () => closeSync(file)]) {
        expect(use).toThrow(expect.objectContaining({ code: 'ENOTCONN' }));
      }
      left.push(contentIn(place.backing, 'file'));
    }
    expect(left[0]).toMatch(/n/);
    expect(left[0]).toMatch(/o/);
    expect([left[1] === left[0], left[2] === left[0]]).toEqual([true, false]);
  });

  describe('with faults', () => {
    const failing = (code: string): unknown => expect.objectContaining({ code });

    it('fails the write, read or sync that it was told to', async () => {
      await using place = createPowerCutPlace();
      writeFileSync(path.join(place.backing, 'old'), 'old');
      const disk = await start(place, { faults: { failWrite: 2 } });
      const name = path.join(place.mountPoint, 'file');
      const file = openSync(name, 'w');
      writeSync(file, 'one ');
      expect(() => writeSync(file, 'two ')).toThrow(failing('EIO'));
      writeSync(file, 'three');
      expect(contentIn(place.mountPoint, 'file')).toBe('one three');
      await disk.setFaults({ failRead: 1, failSync: 2 });
      expect(() => contentIn(place.mountPoint, 'old')).toThrow(failing('EIO'));
      expect(() => contentIn(place.mountPoint, 'old')).toThrow(failing('EIO'));
      fsyncSync(file);
      writeSync(file, ' four');
      expect(() => fsyncSync(file)).toThrow(failing('EIO'));
      fsyncSync(file);
      closeSync(file);
      await disk.setFaults({ failWrite: 1 });
      expect(() => truncateSync(name, 0)).toThrow(failing('EIO'));
      expect(contentIn(place.mountPoint, 'old')).toBe('old');
      expect(await disk.counts()).toMatchObject({ writes: 5, syncs: 3, names: 1 });
      await disk.cut();
      // The sync after the failed one wrote the length, but not the bytes.
      expect(contentIn(place.backing, 'file')).toBe('one three\0\0\0\0\0');
    });

    it('has so much room as it was told, and more when it is told so', async () => {
      await using place = createPowerCutPlace();
      const disk = await start(place, { faults: { roomBytes: 100_000 } });
      const file = openSync(path.join(place.mountPoint, 'file'), 'w');
      expect(statfsSync(place.mountPoint).bavail).toBe(24);
      expect(writeSync(file, Buffer.alloc(90_000))).toBe(90_000);
      expect(writeSync(file, Buffer.alloc(20_000))).toBe(10_000);
      expect(() => writeSync(file, 'x')).toThrow(failing('ENOSPC'));
      fsyncSync(file);
      await disk.setFaults({});
      writeSync(file, 'x');
      closeSync(file);
      await disk.unmount();
      expect(statSync(path.join(place.backing, 'file')).size).toBe(100_001);
    });
  });

  it('says so when it has no power, and when it cannot be unmounted', async () => {
    await using place = createPowerCutPlace();
    const disk = await start(place);
    const file = openSync(path.join(place.mountPoint, 'file'), 'w');
    await expect(disk.unmount()).rejects.toThrow('busy');
    closeSync(file);
    await disk.setFaults({ cutAtName: 1 });
    expect(() => mkdirSync(path.join(place.mountPoint, 'a'))).toThrow();
    await disk.ended;
    expect(() => readdirSync(place.mountPoint)).toThrow(expect.objectContaining({ code: 'ENOTCONN' }));
    await expect(disk.counts()).rejects.toThrow('no power');
    await expect(disk.unmount()).rejects.toThrow('no power');
    expect(readdirSync(place.backing)).toEqual(['file']);
  });

  describe('whose parent is killed', () => {
    /** Of a disk that is started by a process which is killed then. */
    async function orphan({ backing, mountPoint }: PowerCutPlace): Promise<number> {
      const script = `import { startPowerCutDisk } from ${JSON.stringify(module)};
        console.log((await startPowerCutDisk(${JSON.stringify({ backing, mountPoint, seed })})).pid);`;
      const parent = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
      used.push({ pid, mountPoint });
      expect([existsSync(`/proc/${pid}`), isMounted(mountPoint)]).toEqual([true, true]);
      const killed = new Promise((resolve) => parent.once('exit', resolve));
      parent.kill('SIGKILL');
      await killed;
      return pid;
    }
    const module = path.resolve(import.meta.dirname, '../support/power-cut/disk.ts');

    it('takes its mount and itself away', async () => {
      await using place = createPowerCutPlace();
      const pid = await orphan(place);
      await expect
        .poll(() => [existsSync(`/proc/${pid}`), isMounted(place.mountPoint)], PATIENCE)
        .toEqual([false, false]);
    });

    it('has its mount taken away by the next one where it is killed too', async () => {
      await using place = createPowerCutPlace();
      await using another = createPowerCutPlace();
      const pid = await orphan(place);
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => existsSync(`/proc/${pid}`), PATIENCE).toBe(false);
      await start(another);
      expect(isMounted(place.mountPoint)).toBe(false);
    });
  });
});

function contentIn(folder: string, name: string): string {
  return readFileSync(path.join(folder, name), 'utf8');
}

function isMounted(folder: string): boolean {
  return readFileSync('/proc/self/mounts', 'utf8').includes(` ${folder} `);
}
