/** The product as a process, as users run it, and a folder of synthesised music to run it on. */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { joined, mixed, music, noise, pcmOf, silence, tone } from './music.ts';
import { writeWav } from './wav.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Node's arguments that start the product, as it was built last: `npm test` builds it first. */
export const PRODUCT: readonly string[] = [path.join(root, 'dist/program/cli.js')];

export interface Workplace extends Disposable {
  /** Where the music lies; a real path. */
  readonly music: string;
  readonly data: string;
  /** Runs the product to its end, with a home of its own. */
  reprise(...args: string[]): SpawnSyncReturns<string>;
  readonly environment: Record<string, string>;
}

/** @param place where the data folder lies, by default in the workplace's own */
export function createWorkplace(place: { readonly data?: string } = {}): Workplace {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-e2e-')));
  const folder = path.join(home, 'Music');
  const data = place.data ?? path.join(home, 'data');
  const environment = { HOME: home, PATH: process.env['PATH'] ?? '' };
  mkdirSync(folder);
  return {
    music: folder,
    data,
    environment,
    reprise: (...args) =>
      spawnSync(process.execPath, [...PRODUCT, ...args, '--data', data], {
        env: environment,
        encoding: 'utf8',
        cwd: home,
        maxBuffer: 2 ** 26,
      }),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

/**
 * Two recordings, the first four times: as it is, as a copy, with a title, and later, softer and noisier. Beside them
 * a tone in two unequal files, and a web page that calls itself a song.
 */
export function fillWithMusic(folder: string): void {
  const song = music(1, 16);
  const at = (name: string): string => path.join(folder, name);
  writeWav(at('song.wav'), pcmOf(song));
  copyFileSync(at('song.wav'), at('song (copy).wav'));
  writeWav(at('song tagged.wav'), pcmOf(song), 'A song');
  const softer = joined(
    silence(0.437),
    song.map((sample) => sample * 0.6),
  );
  writeWav(at('song later.wav'), pcmOf(mixed(softer, noise(3, 16, 20))));
  writeWav(at('other.wav'), pcmOf(music(2, 15)));
  writeWav(at('tone.wav'), pcmOf(tone(440, 14, 9000)));
  writeWav(at('tone again.wav'), pcmOf(tone(440, 15, 8000)));
  writeFileSync(at('page.mp3'), '<!DOCTYPE html><html><body>404 Not Found</body></html>\n');
}

/** Runs the product beside the test, to its end. */
export async function runProduct(
  { environment, data }: Workplace,
  ...args: string[]
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [...PRODUCT, ...args, '--data', data], { env: environment });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece) => {
    stdout += piece;
  });
  child.stderr.on('data', (piece) => {
    stderr += piece;
  });
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, stdout, stderr };
}
