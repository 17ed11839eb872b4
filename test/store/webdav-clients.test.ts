/** The product serves a store as a process: other people's programs work in it, it is killed, and it takes little memory. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { get as httpGet, request as httpRequest, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noProgress } from '#kernel';
import { createStoreApp } from '../../src/main/store-app.ts';
import { noise } from '../support/store-songs.ts';
import { makeWebdavPlace, serveApart, type WebdavPlace, type WebdavProcess } from '../support/webdav-server.ts';

const app = createStoreApp();
const MIB = 2 ** 20;
const PIECE = Buffer.from(noise(MIB, 7));

let place: WebdavPlace;
let server: WebdavProcess;
beforeEach(async () => {
  place = await makeWebdavPlace();
  server = await serveApart(place);
});
afterEach(async () => {
  server.child.kill('SIGTERM');
  await server.ended;
  place[Symbol.dispose]();
});

/** Ends it in good order. @returns what is wrong with the store afterwards */
async function ended(): Promise<readonly unknown[]> {
  server.child.kill('SIGTERM');
  expect(await server.ended).toEqual({ code: 0, signal: null });
  const signal = new AbortController().signal;
  const { hit, problems } = await app.verify(place.store, { signal, progress: noProgress, readData: true });
  return [...hit, ...problems];
}

/** An upload of so many pieces, of which some are sent. @returns the status, if there is an answer */
async function upload(
  name: string,
  pieces: number,
  sent = pieces,
): Promise<{ readonly answered: Promise<number | undefined> }> {
  const { hostname, port } = new URL(server.url);
  const headers = { 'Content-Length': String(pieces * MIB) };
  const asked = httpRequest({ hostname, port, method: 'PUT', path: `/${name}`, headers });
  const answered = new Promise<number | undefined>((resolve) => {
    asked.once('response', (answer) => resolve(answer.resume().statusCode));
    asked.once('error', () => resolve(undefined));
  });
  for (let n = 0; n < sent; n++) await new Promise<void>((resolve) => asked.write(PIECE, () => resolve()));
  if (sent === pieces) asked.end();
  return { answered };
}

async function rawBytes(): Promise<number> {
  const raw = path.join(place.store, 'raw');
  return existsSync(raw)
    ? readdirSync(raw).reduce(
        (sum, name) => sum + (statSync(path.join(raw, name), { throwIfNoEntry: false })?.size ?? 0),
        0,
      )
    : 0;
}

async function namesInRoot(): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of app.list(place.store, '' as never, true)) names.push(entry.path);
  return names.sort();
}

describe('a server that ends in the middle of an upload', () => {
  beforeEach(async () => {
    expect((await fetch(`${server.url}song`, { method: 'PUT', body: 'old' })).status).toBe(201);
    const before = await rawBytes();
    await upload('song', 100, 4);
    while ((await rawBytes()) < before + MIB) await sleep(20);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('by %s has the old file and nothing else', async (signal) => {
    server.child.kill(signal);
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(await namesInRoot()).toEqual(['song']);
    server = await serveApart(place);
    expect(await (await fetch(`${server.url}song`)).text()).toBe('old');
    expect(await ended()).toEqual([]);
  });

  it('by a kill has so, too, when it is started again', async () => {
    server.child.kill('SIGKILL');
    expect(await server.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await namesInRoot()).not.toEqual(['song']);
    server = await serveApart(place);
    expect(await (await fetch(`${server.url}song`)).text()).toBe('old');
    expect(await (await fetch(server.url, { method: 'PROPFIND', headers: { Depth: '1' } })).text()).not.toContain(
      'uploads',
    );
    expect(await ended()).toEqual([]);
    expect(await namesInRoot()).toEqual(['song']);
    expect(await rawBytes()).toBe(3);
  });
});

const describeLinux =
  process.platform === 'linux'
    ? describe
    : (title: string, tests: () => void) => describe.skip(`${title} [SKIPPED: memory is read from /proc]`, tests);

describeLinux('memory', () => {
  /** The most that it ever had. */
  function mostMemory(): number {
    const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** Far less than what is sent, and enough for a heap that is in no hurry and a file that is shared meanwhile. */
  const MOST = 192 * MIB;

  it('does not grow with what is sent, however fast', async () => {
    // What it loads with its first request does not count.
    expect(await (await upload('warm', 1)).answered).toBe(201);
    const before = mostMemory();
    const uploads = await Promise.all(['a', 'b'].map((name) => upload(name, 200)));
    expect(await Promise.all(uploads.map(({ answered }) => answered))).toEqual([201, 201]);
    expect(mostMemory() - before).toBeLessThan(MOST);
  });

  it('does not grow with what is asked for and not taken', async () => {
    expect(await (await upload('song', 100)).answered).toBe(201);
    const before = mostMemory();
    const slow = await Promise.all(
      Array.from(
        { length: 20 },
        () => new Promise<IncomingMessage>((resolve) => httpGet(`${server.url}song`, resolve)),
      ),
    );
    await sleep(1000);
    expect(mostMemory() - before).toBeLessThan(MOST);
    for (const response of slow) response.destroy();
    expect((await fetch(`${server.url}song`, { method: 'HEAD' })).headers.get('Content-Length')).toBe(
      String(100 * MIB),
    );
  });
});

/** `describe` for tests with a program, skipped with the reason in its title where it is not there. */
function describeWith(program: string, tests: () => void): void {
  const isThere = spawnSync(program, ['--version']).error === undefined;
  if (isThere) describe(program, tests);
  else describe.skip(`${program} [SKIPPED: ${program} is not installed]`, tests);
}

async function run(program: string, args: readonly string[], input = ''): Promise<string> {
  const child = spawn(program, args, { cwd: place.home, env: { ...process.env, HOME: place.home, TERM: 'dumb' } });
  let told = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece) => {
      told += piece;
    });
  child.stdin.end(input);
  await new Promise((resolve) => child.once('close', resolve));
  return told;
}

const KNOWN_FAILURES = new Set([
  // One request for properties of the same name in several namespaces: the library hears only the first.
  'propget',
]);

describeWith('litmus', () => {
  it('finds what RFC 4918 promises, but for what is known', async () => {
    const told = await run('litmus', ['-k', server.url]);
    const failed = [...told.matchAll(/\d+\. (\w+)\.+ FAIL/g)].map(([, name]) => name as string);
    expect(told).toMatch(/summary for `http': of 4 tests run: 4 passed/);
    expect(failed.filter((name) => !KNOWN_FAILURES.has(name))).toEqual([]);
    expect(server.stderr()).not.toContain('PROP');
    expect(await ended()).toEqual([]);
  }, 120_000);
});

describeWith('rclone', () => {
  it('copies folders in, times included, compares and moves them, and takes them out', async () => {
    const source = path.join(place.home, 'source');
    mkdirSync(path.join(source, 'ü & %20/deep'), { recursive: true });
    writeFileSync(path.join(source, 'empty'), '');
    writeFileSync(path.join(source, 'ü & %20/song.mp3'), PIECE);
    writeFileSync(path.join(source, 'ü & %20/deep/it’s #1?.ogg'), 'x');
    utimesSync(path.join(source, 'ü & %20/song.mp3'), 1_500_000_000, 1_500_000_000);
    const config = path.join(place.home, 'rclone.conf');
    writeFileSync(config, `[dav]\ntype = webdav\nurl = ${server.url}\nvendor = owncloud\n`);
    const rclone = (...args: string[]): Promise<string> => run('rclone', ['--config', config, ...args]);
    await rclone('copy', source, 'dav:in');
    expect(await rclone('check', '--download', source, 'dav:in')).toContain('0 differences found');
    await rclone('moveto', 'dav:in', 'dav:moved');
    expect(await rclone('check', '--download', source, 'dav:moved')).toContain('0 differences found');
    await rclone('copy', 'dav:moved', path.join(place.home, 'out'));
    const out = path.join(place.home, 'out/ü & %20/song.mp3');
    expect([statSync(out).mtimeMs, readFileSync(out).equals(PIECE)]).toEqual([1_500_000_000_000, true]);
    await rclone('purge', 'dav:moved');
    expect(await rclone('lsf', '-R', 'dav:')).toBe('');
    expect(await ended()).toEqual([]);
  });
});

describeWith('cadaver', () => {
  it('puts, lists, copies, moves, gets and removes', async () => {
    writeFileSync(path.join(place.home, 'song.mp3'), PIECE);
    const told = await run(
      'cadaver',
      [server.url],
      ['mkcol folder', 'cd folder', 'put song.mp3', 'copy song.mp3 other.mp3', 'move other.mp3 last.mp3', 'ls']
        .concat(['get last.mp3 got.mp3', 'delete song.mp3', 'ls', 'quit', ''])
        .join('\n'),
    );
    expect(told).not.toMatch(/failed|could not/i);
    expect(told).toMatch(/last\.mp3\s+1048576/);
    expect(readFileSync(path.join(place.home, 'got.mp3')).equals(PIECE)).toBe(true);
    expect(await ended()).toEqual([]);
    expect(await namesInRoot()).toEqual(['folder', 'folder/last.mp3']);
  });
});
