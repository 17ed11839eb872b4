/** A store where nothing can be written: on a disk mounted read-only, or full to the last block. It is read all the same. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BytePath, noProgress } from '#kernel';
import { createStoreApp } from '../../src/main/store-app.ts';
import { openTestStore } from '../support/store.ts';

const app = createStoreApp();
const run = { signal: new AbortController().signal, progress: noProgress };
const SONG = Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * n) >> 3));
const canMount = process.getuid?.() === 0 && process.platform === 'linux';

describe.skipIf(!canMount)('a store (needs root, to mount a small tmpfs)', () => {
  let home: string;
  let disk: string;
  let store: BytePath;
  beforeEach(async () => {
    home = mkdtempSync(path.join(tmpdir(), 'reprise-unwritable-'));
    disk = path.join(home, 'disk');
    mkdirSync(disk);
    mkdirSync(path.join(home, 'day'));
    writeFileSync(path.join(home, 'day', 'song.mp3'), SONG);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk]);
    store = path.join(disk, 'store') as BytePath;
    await app.init(store, 'small');
    await app.import(store, [path.join(home, 'day') as BytePath], { ...run, ...IMPORT });
  });
  afterEach(() => {
    execFileSync('umount', ['--lazy', disk]);
    rmSync(home, { recursive: true });
  });

  it('on a read-only disk gives what it holds, and says why nothing comes in', async () => {
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    await expectReadable(store);
    await expectRefused('store/denied');
    execFileSync('mount', ['-o', 'remount,rw', disk]);
  });

  it('on a full disk gives what it holds, says why nothing comes in, and goes on when there is room', async () => {
    const filler = path.join(disk, 'filler');
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
    await expectReadable(store);
    await expectRefused('store/disk-full');
    rmSync(filler);
    expect(await app.import(store, [path.join(home, 'day') as BytePath], { ...run, ...IMPORT })).toMatchObject({
      skipped: 1,
    });
  });

  it('that was not closed before its disk became read-only says so', async () => {
    const copy = path.join(disk, 'copy');
    {
      using opened = openTestStore(store);
      opened.tree.mkdir(1, 'late', { mode: 0o755, uid: 0, gid: 0 });
      cpSync(store, copy, { recursive: true });
    }
    rmSync(path.join(copy, 'meta.db-shm'), { force: true });
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    await expect(listed(copy as BytePath)).rejects.toMatchObject({
      code: 'store/denied',
      message: expect.stringContaining('was not closed'),
    });
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    expect(await listed(copy as BytePath)).toContain('late');
  });

  async function expectReadable(of: BytePath): Promise<void> {
    expect(await listed(of)).toEqual(['day', 'day/song.mp3']);
    const parts: Uint8Array[] = [];
    for await (const part of app.cat(of, 'day/song.mp3' as BytePath)) parts.push(Uint8Array.from(part));
    expect(Buffer.concat(parts).equals(SONG)).toBe(true);
    const out = path.join(home, 'out');
    await app.export(of, out as BytePath, ['day' as BytePath], { ...run, onFile: () => undefined });
    expect(readFileSync(path.join(out, 'day', 'song.mp3')).equals(SONG)).toBe(true);
    rmSync(out, { recursive: true });
    expect(await app.verify(of, { ...run, readData: true })).toMatchObject({
      files: 1,
      problems: [],
      hit: [],
      notes: [],
    });
    expect(await app.usage(of, run)).toMatchObject({ files: 1, logicalBytes: SONG.length });
  }

  async function expectRefused(code: string): Promise<void> {
    const importing = app.import(store, [path.join(home, 'day') as BytePath], { ...run, ...IMPORT });
    await expect(importing).rejects.toMatchObject({ code });
  }
});

const IMPORT = { isThorough: false, dryRun: false, onFile: () => undefined };

async function listed(store: BytePath): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path: name } of app.list(store, '' as BytePath, true)) paths.push(name);
  return paths;
}
