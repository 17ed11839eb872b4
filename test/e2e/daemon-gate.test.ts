/** The daemon keeps the gate: from an inbox to library, view, webhook, API and log, through restarts. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type DaemonProcess, spawnDaemon, startDaemon } from '../support/daemon-process.ts';
import { music, pcmOf } from '../support/music.ts';
import { createWorkplace, type Workplace } from '../support/product.ts';
import { writeWav } from '../support/wav.ts';

const SECRET = 'whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQ=';

/** Songs of one album as FLAC, and the first again as MP3; made once. */
let songs: Workplace;
const TRACKS = 8;
const song = (n: number): string => path.join(songs.music, `${n}.flac`);

function encode(from: string, to: string, track: number): void {
  const tags = ['album=Alb', 'artist=Art', `track=${track}`, `title=Song ${track}`].flatMap((tag) => [
    '-metadata',
    tag,
  ]);
  execFileSync('ffmpeg', ['-loglevel', 'error', '-y', '-i', from, ...tags, to]);
}

beforeAll(() => {
  songs = createWorkplace();
  for (let n = 1; n <= TRACKS; n++) {
    const wav = path.join(songs.music, `${n}.wav`);
    writeWav(wav, pcmOf(music(n, 14)));
    encode(wav, song(n), n);
  }
  encode(song(1), path.join(songs.music, '1.mp3'), 1);
});
afterAll(() => songs[Symbol.dispose]());

let place: Workplace;
let told: { readonly type?: string; readonly body: string }[];
let receiver: Server;
let daemon: DaemonProcess | undefined;
const at = (...names: string[]): string => path.join(path.dirname(place.data), ...names);

beforeEach(async () => {
  place = createWorkplace();
  told = [];
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      told.push({ body });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  for (const folder of ['inbox', 'library']) mkdirSync(at(folder));
  const { port } = receiver.address() as AddressInfo;
  const config = `
    roots = ["${at('library')}"]
    [inboxes.downloads]
    path = "${at('inbox')}"
    library = "${at('library')}"
    place = "move"
    stableSeconds = 0.2
    [views.new]
    path = "${at('view')}"
    inbox = "downloads"
    [webhooks.player]
    url = "http://127.0.0.1:${port}/told?token=hidden"`;
  mkdirSync(at('.config', 'reprise'), { recursive: true });
  writeFileSync(at('.config', 'reprise', 'config.toml'), config);
  Object.assign(place.environment, { REPRISE_WEBHOOKS__PLAYER__SECRET: SECRET });
});
afterEach(async () => {
  await daemon?.[Symbol.asyncDispose]();
  daemon = undefined;
  receiver.close();
  place[Symbol.dispose]();
});

const addressOf = (running: DaemonProcess): string =>
  String(running.log().find((event) => String(event['place']).startsWith('http'))?.['place']);
const judged = (running: DaemonProcess): [name: string, verdict: unknown][] =>
  running
    .log()
    .flatMap((event) =>
      event.event === 'file.judged' ? [[path.basename(String(event['path'])), event['verdict']]] : [],
    );
const librarySongs = (): string[] =>
  existsSync(at('library', 'Art', 'Alb')) ? readdirSync(at('library', 'Art', 'Alb')).sort() : [];

async function until(claim: () => boolean): Promise<void> {
  while (!claim()) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Into the inbox, whole. */
function arrive(file: string): void {
  copyFileSync(file, at('arriving'));
  renameSync(at('arriving'), at('inbox', path.basename(file)));
}

it('takes a new song in, refuses its copy, and tells everybody', async () => {
  daemon = await startDaemon(place);
  const running = daemon;
  arrive(song(1));
  await until(() => judged(running).length === 1);
  arrive(path.join(songs.music, '1.mp3'));
  await until(() => judged(running).length === 2 && told.length === 2);
  expect(judged(running)).toEqual([
    ['1.flac', 'new'],
    ['1.mp3', 'duplicate'],
  ]);
  expect(librarySongs()).toEqual(['01 Song 1.flac']);
  expect(readdirSync(at('inbox'))).toEqual(['1.mp3']);
  await until(() => existsSync(at('view', '1.flac')));
  expect(readdirSync(at('view'))).toEqual(['1.flac']);
  expect(readFileSync(at('view', '1.flac'))).toEqual(readFileSync(at('library', 'Art', 'Alb', '01 Song 1.flac')));
  expect(told.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual(['file.judged', 'file.judged']);

  // Commands ask the daemon, about its gate too.
  expect(place.reprise('gate', 'check', song(1)).status).toBe(10);
  expect(place.reprise('gate', 'check', song(2)).status).toBe(0);
  copyFileSync(song(2), at('loose.flac'));
  const imported = place.reprise('gate', 'import', at('loose.flac'), '--inbox', 'downloads', '--json');
  expect([imported.status, JSON.parse(imported.stdout)], imported.stderr).toMatchObject([0, { verdict: 'new' }]);
  expect(place.reprise('gate', 'jobs', '--json').stdout).toContain('inbox downloads');
  expect(librarySongs()).toEqual(['01 Song 1.flac', '02 Song 2.flac']);

  // So do programs, over HTTP.
  const token =
    place.reprise('token', 'add', 'test', '--scope', 'check,metrics').stdout.trim().split(/\s/).at(-1) ?? '';
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const ask = (route: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${addressOf(running)}${route}`, { headers, ...init });
  expect((await fetch(`${addressOf(running)}/healthz`)).status).toBe(200);
  expect((await fetch(`${addressOf(running)}/readyz?token=${token}`)).status).toBe(401);
  const answer = await ask('/api/v1/check', { method: 'POST', body: JSON.stringify({ path: at('inbox', '1.mp3') }) });
  expect(await answer.json()).toMatchObject({ verdict: 'duplicate' });
  expect(await (await ask('/metrics')).text()).toContain('reprise_gate_verdicts_total{verdict="new"} 2');
  expect((await ask('/readyz')).status).toBe(200);

  // A disk that is away is no empty inbox.
  renameSync(at('inbox'), at('away'));
  const ready = await ask('/readyz');
  expect([ready.status, await ready.json()]).toMatchObject([
    503,
    { checks: [{}, {}, {}, { name: 'inbox downloads', ready: false, trouble: 'It is not there.' }] },
  ]);
  const routes = running
    .log()
    .flatMap(({ event, route, status }) => (event === 'http.answered' ? [[route, status]] : []));
  expect(routes).toEqual([
    ['/readyz', 401],
    ['/api/v1/check', 200],
    ['/readyz', 503],
  ]);
  for (const secret of [token, SECRET, 'hidden']) expect(running.stderr()).not.toContain(secret);
});

it('judges every file once, whatever it is ended by', async () => {
  const verdicts: [string, unknown][] = [];
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL', 'SIGTERM'] as const) {
    const running = await startDaemon(place, '--workers', '1');
    daemon = running;
    const before = readdirSync(at('inbox')).length + librarySongs().length;
    for (const n of [before + 1, before + 2]) if (n <= TRACKS) arrive(song(n));
    await until(() => judged(running).length > 0);
    running.child.kill(signal);
    expect((await running.ended).code).toBe(signal === 'SIGTERM' ? 0 : null);
    verdicts.push(...judged(running));
  }
  daemon = await startDaemon(place);
  const running = daemon;
  await until(() => librarySongs().length === TRACKS);
  await until(() => new Set(told.map(({ body }) => body)).size >= TRACKS);
  expect(librarySongs()).toEqual(Array.from({ length: TRACKS }, (_, n) => `0${n + 1} Song ${n + 1}.flac`));
  expect(readdirSync(at('inbox'))).toEqual([]);
  verdicts.push(...judged(running));
  // A kill may come between the decision and its line in the log, never between two decisions.
  expect(new Set(verdicts.map(([name]) => name)).size).toBe(verdicts.length);
  const events = new Map(
    told.map(({ body }) => [body, JSON.parse(body) as { data: { path: string; verdict: string } }]),
  );
  expect([...events.values()].map(({ data }) => [path.basename(data.path), data.verdict]).sort()).toEqual(
    Array.from({ length: TRACKS }, (_, n) => [`${n + 1}.flac`, 'new']),
  );
});

it('"gate watch" does the same, without the network', async () => {
  const watching = spawnDaemon(place, { command: ['gate', 'watch'] });
  daemon = watching;
  await watching.until('daemon.listening');
  arrive(song(1));
  await until(() => judged(watching).length === 1);
  expect(watching.log().filter(({ event }) => event === 'daemon.listening')).toHaveLength(1);
  expect(place.reprise('gate', 'check', song(1)).status).toBe(10);
});

it('"gate watch" says so where there is nothing to watch', () => {
  using bare = createWorkplace();
  expect(bare.reprise('gate', 'watch')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('The settings name no inbox'),
  });
});

it('says why it does not start, and leaves nothing open', async () => {
  daemon = await startDaemon(place);
  const { port } = new URL(addressOf(daemon));
  using other = createWorkplace();
  const second = spawnDaemon(other, { args: ['--port', port] });
  expect([(await second.ended).code, second.stderr()]).toEqual([
    5,
    expect.stringContaining(`Port ${port} of 127.0.0.1`),
  ]);
  expect(other.reprise('groups', '--json').status).toBe(0);
  const doctor = (at: Workplace): { readonly checks: readonly { id: string; finding: string }[] } =>
    JSON.parse(at.reprise('doctor', '--json').stdout);
  const findings = (at: Workplace): string[] =>
    doctor(at).checks.flatMap(({ id, finding }) => (id === 'daemon' ? finding : []));
  expect(findings(place)).toEqual([`running, process ${daemon.child.pid}`]);
  expect(findings(other)[0]).toContain('not running');
});

it('ends although a decoder hangs, and takes its file up again later', async () => {
  const hung = await startDaemon(place, '--workers', '1');
  daemon = hung;
  arrive(song(1));
  await until(() => judged(hung).length === 1);
  const children = execFileSync('pgrep', ['-P', String(hung.child.pid)], { encoding: 'utf8' })
    .trim()
    .split('\n');
  for (const child of children) process.kill(Number(child), 'SIGSTOP');
  arrive(song(2));
  await hung.until('inbox.arrived');
  await until(() => hung.log().filter(({ event }) => event === 'inbox.arrived').length === 2);
  hung.child.kill('SIGTERM');
  expect(await hung.ended).toEqual({ code: 0, signal: null });
  expect(judged(hung)).toHaveLength(1);
  const again = await startDaemon(place);
  daemon = again;
  await until(() => judged(again).length === 1);
  expect(judged(again)).toEqual([['2.flac', 'new']]);
}, 120_000);
