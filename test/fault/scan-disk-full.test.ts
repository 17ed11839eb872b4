import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMusicFolder, type MusicFolder, presentFiles, scanFolder } from '../support/music-folder.ts';

/** Mounting needs a privileged user; elsewhere there is no small disk to fill. */
const canMount = process.getuid?.() === 0 && process.platform === 'linux';

describe.skipIf(!canMount)('a full disk under the catalogue (needs root, to mount a small tmpfs)', () => {
  let disk: string;
  beforeAll(() => {
    disk = mkdtempSync(path.join(tmpdir(), 'reprise-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', disk]);
  });
  afterAll(() => {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  it('is said in a sentence, costs nothing that was done, and the next run goes on', async () => {
    using home = createMusicFolder();
    const music: MusicFolder = { ...home, catalogue: path.join(disk, 'catalogue.db') };
    for (let at = 0; at < 300; at += 1) music.put(`${at}.flac`, `${`${at} `.repeat(200)}\nsound of ${at}`);
    await expect(scanFolder(music)).rejects.toMatchObject({ code: 'catalogue/disk-full', kind: 'exhausted' });
    execFileSync('mount', ['-o', 'remount,size=20m', disk]);
    const done = (await presentFiles(music)).length;
    expect(done).toBeGreaterThan(0);
    const { report } = await scanFolder(music);
    expect(report).toMatchObject({ seen: 300, new: 300 - done, unchanged: done, failed: 0 });
  });

  it('from the start is said in a sentence too', async () => {
    using home = createMusicFolder();
    execFileSync('mount', ['-o', 'remount,size=20m', disk]);
    try {
      writeFileSync(path.join(disk, 'filler'), Buffer.alloc(64 << 20));
    } catch {
      // Exactly that was wanted: the disk is full now.
    }
    const catalogue = path.join(disk, 'another', 'catalogue.db');
    await expect(scanFolder({ ...home, catalogue })).rejects.toMatchObject({ code: 'catalogue/disk-full' });
  });
});
