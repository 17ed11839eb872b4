/** A station that is recorded straight into a mounted store, by a real recorder, and by a replay of what one has written. */
import { execFile, spawn } from 'node:child_process';
import { constants, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { loadSystemCalls } from '../support/tree-model/system-calls.ts';
import { describePrograms, IS_LONG, itNeeds } from './programs-place.ts';

const run = promisify(execFile);
const tools = path.resolve(import.meta.dirname, '../../tools/corpus');
const radio = path.join(process.env['REPRISE_CORPUS'] ?? '.cache/corpus', 'radio/mp3');
const lack = existsSync(path.join(radio, 'truth.json')) ? [] : ['radio of the corpus (npm run bench -- --only store)'];
const SECONDS = IS_LONG ? 300 : 20;
/** Times as fast as it plays, so that the station goes on for longer than it is recorded. */
const SPEED = IS_LONG ? 10 : 20;
const REPLAYED = IS_LONG ? 10_000 : 20;
const ID3_HEADER_BYTES = 10;

/** The station, until it is disposed of. */
async function startStation(): Promise<{ readonly url: string } & AsyncDisposable> {
  const port = await freePort();
  const argv = [path.join(tools, 'icy-server.mjs'), '--radio', radio, '--port', `${port}`, '--speed', `${SPEED}`];
  const server = spawn(process.execPath, argv, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => void server.once('exit', () => resolve()));
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 200) throw new Error('The station does not begin.');
    await sleep(50);
  }
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

const musicIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.mp3'));

/** From the store, not from what the kernel remembers of it. */
function read(file: string): Buffer {
  return readFileSync(file, { flag: (constants.O_RDONLY | constants.O_DIRECT) as unknown as string });
}

/** Without what the recorder says of it at the beginning. */
function soundOf(file: string): Buffer {
  const bytes = read(file);
  if (bytes.toString('latin1', 0, 3) !== 'ID3') return bytes;
  const length = bytes.subarray(6, ID3_HEADER_BYTES).reduce((sum, seven) => sum * 128 + seven, 0);
  return bytes.subarray(ID3_HEADER_BYTES + length);
}

async function untilShared(folder: string, names: readonly string[]): Promise<void> {
  const { getAttribute } = loadSystemCalls();
  const isShared = (name: string): boolean =>
    getAttribute(path.join(folder, name), 'user.reprise.state').toString() === 'shared';
  for (let tries = 0; !names.every(isShared); tries++) {
    if (tries > 3000) expect.fail(`${names.find((name) => !isShared(name))} is not shared`);
    await sleep(100);
  }
}

/** Segments as a recorder left them, to be written again. */
function openSegments(): { readonly folder: string; readonly names: readonly string[] } & Disposable {
  const folder = mkdtempSync(path.join(tmpdir(), 'reprise-segments-'));
  const segments = path.join(radio, 'segments');
  const names = musicIn(segments).sort().slice(0, REPLAYED);
  for (const name of names) symlinkSync(path.resolve(segments, name), path.join(folder, name));
  return { folder, names, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

describePrograms('takes radio in', ({ folders }) => {
  const needs = { streamripper: 'streamripper', ffmpeg: 'ffmpeg' };
  itNeeds({ needs, lack }, 'that streamripper records straight into it', async () => {
    const { here } = folders('recorded');
    await using station = await startStation();
    await run('streamripper', [station.url, '-d', here, '-s', '-l', `${SECONDS}`, '--quiet'], {
      timeout: 2 * SECONDS * 1000,
    });
    const [sent = ''] = readdirSync(path.join(radio, 'continuous')).sort();
    const broadcast = readFileSync(path.join(radio, 'continuous', sent));
    const names = musicIn(here);
    const whole = names.filter((name) => !name.startsWith('incomplete'));
    expect(whole.length).toBeGreaterThan(2);
    const sounds = names.map((name) => ({ name, sound: soundOf(path.join(here, name)) }));
    // A recorder cuts, and changes nothing.
    for (const { name, sound } of sounds)
      expect({ name, isSent: broadcast.includes(sound) }).toEqual({ name, isSent: true });
    for (const name of whole) {
      const { stderr } = await run('ffmpeg', ['-v', 'error', '-i', path.join(here, name), '-f', 'null', '-']);
      expect({ name, stderr }).toEqual({ name, stderr: '' });
    }
    await untilShared(here, whole);
    for (const { name, sound } of sounds)
      expect([name, soundOf(path.join(here, name)).equals(sound)]).toEqual([name, true]);
  });

  itNeeds({ lack }, 'that is written again segment by segment, and is the same once it is shared', async () => {
    const { here } = folders('replayed');
    using segments = openSegments();
    await run(process.execPath, [path.join(tools, 'make-radio.mjs'), '--replay', segments.folder, '--to', here]);
    expect(musicIn(here).sort()).toEqual(segments.names);
    for (const isLater of [false, true]) {
      if (isLater) await untilShared(here, segments.names);
      for (const name of segments.names) {
        const written = readFileSync(path.join(segments.folder, name));
        expect([name, read(path.join(here, name)).equals(written)]).toEqual([name, true]);
      }
    }
  });
});
