import { spawn } from 'node:child_process';
import { linkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMusicFolder, type MusicFolder, presentFiles, scanFolder } from '../support/music-folder.ts';

const ROUNDS = process.env['REPRISE_LONG'] ? 20 : 3;
const WIDTH = 3;
const FILES = ROUNDS * 20;

/** Some songs, copies, hard links and broken ones. */
function fill(music: MusicFolder): void {
  for (let at = 0; at < FILES; at += 1) {
    const text = at % 10 === 9 ? `${at}\nbroken ${at}` : `${at % 7}\nsound of ${at - (at % 5 === 4 ? 1 : 0)}`;
    music.put(`album ${at % 6}/${at}.${at % 3 ? 'mp3' : 'flac'}`, text);
  }
  linkSync(path.join(music.root, 'album 0/0.flac'), path.join(music.root, 'album 1/link.flac'));
}

interface Told {
  readonly started: readonly string[];
  readonly done: readonly string[];
}

/** Scans in a process of its own and kills it once so many files are done. Gives what it had told until then. */
async function scanAndKill(music: MusicFolder, afterFiles: number): Promise<Told> {
  const script = path.join(import.meta.dirname, '../support/scan-process.ts');
  const child = spawn(process.execPath, ['--conditions=source', script, music.root, music.catalogue, '15'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let told = '';
  const ended = new Promise((resolve) => child.once('close', resolve));
  const after = (mark: string): string[] => {
    const lines = told.split('\n').slice(0, -1);
    return lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(1));
  };
  child.stdout.on('data', (chunk) => {
    told += chunk;
    // Some milliseconds more or less, so that the kill falls anywhere within a file.
    if (after('=').length >= afterFiles) setTimeout(() => child.kill('SIGKILL'), Math.random() * 15);
  });
  await ended;
  return { started: after('+'), done: after('=') };
}

async function contents(music: MusicFolder): Promise<unknown[]> {
  const files = await presentFiles(music);
  return files.map(({ file, content }) => ({
    path: file.path.slice(music.root.length),
    hash: file.contentHash,
    content,
  }));
}

describe('kill -9 in the middle of a scan', () => {
  it(`${ROUNDS} times loses nothing that was done and ends in the same catalogue`, async () => {
    using killed = createMusicFolder();
    using undisturbed = createMusicFolder();
    fill(killed);
    fill(undisturbed);
    await scanFolder(undisturbed);
    const done = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const told = await scanAndKill(killed, 1 + ((round * 5) % 13));
      // What was told is committed, so no later run takes it up again.
      expect(told.started.filter((name) => done.has(name))).toEqual([]);
      for (const name of told.done) done.add(name);
      const held = new Set((await presentFiles(killed)).map(({ file }) => file.path as string));
      expect([...done].filter((name) => !held.has(name))).toEqual([]);
    }
    const { report } = await scanFolder(killed);
    expect(report.seen).toBe(FILES + 1);
    expect(await contents(killed)).toEqual(await contents(undisturbed));
    expect((await scanFolder(killed)).report.unchanged).toBe(FILES + 1);
  }, 300_000);

  it('repeats at most the files in hand', async () => {
    using music = createMusicFolder();
    fill(music);
    const { started } = await scanAndKill(music, 10);
    const held = new Set((await presentFiles(music)).map(({ file }) => file.path as string));
    expect(started.length).toBeGreaterThan(WIDTH);
    expect(started.filter((name) => !held.has(name)).length).toBeLessThanOrEqual(WIDTH);
  });
});
