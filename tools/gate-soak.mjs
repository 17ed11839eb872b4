// npm run soak -- --minutes 30 --per-second 5 --kills: a real `reprise gate watch` with one inbox, in which small sounds
// arrive in all ways: slowly, under an unfinished name, moved in. With --kills it is killed at random moments and started
// again, for the first part of the time. At the end the catalogue must say that every file was judged exactly once, and rightly: of each place on a release
// and sound exactly one file is new, and all others are copies of it. Memory is recorded, and must not grow.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createRandom } from '../test/support/music.ts';

const CLI = path.resolve(import.meta.dirname, '../dist/program/cli.js');
const RATE_HZ = 11_025;
const SECONDS = 12;
/** Copies are made of what arrived lately. */
const REMEMBERED = 60;
/** Memory that a process may gain from the middle of a long life to its end: caches have filled by then. Chosen. */
const MOST_GROWTH = 1.2;
const SAMPLE_MS = 2_000;
const LONG_LIFE_MS = 4 * 60_000;
/** Nobody is killed in the last part, so that the last life shows what becomes of memory. */
const KILLING_PART = 0.6;

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    'per-second': { type: 'string', default: '5' },
    kills: { type: 'boolean', default: false },
    seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
    keep: { type: 'boolean', default: false },
  },
});
const seed = Number(options.seed);
const random = createRandom(seed);
const oneOf = (list) => list[Math.floor(random() * list.length)];

const scratch = fs.mkdtempSync(path.join(tmpdir(), 'reprise-gate-soak-'));
const [inbox, aside, data] = ['inbox', 'aside', 'data'].map((name) => path.join(scratch, name));
for (const folder of [inbox, aside, data]) fs.mkdirSync(folder);
const config = path.join(scratch, 'config.toml');
fs.writeFileSync(
  config,
  `roots = []\n\n[inboxes.soak]\npath = ${JSON.stringify(inbox)}\nstableSeconds = 1\npollSeconds = 5\n`,
);

// ---- sounds

function chunk(id, body) {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(body.length);
  return Buffer.concat([Buffer.from(id), size, body, Buffer.alloc(body.length % 2)]);
}

/** A WAV file with its place on a release in a RIFF INFO list. */
function wav(pcm, { album, track, title }) {
  const format = Buffer.alloc(16);
  for (const [at, value] of [1, 1].entries()) format.writeUInt16LE(value, at * 2);
  for (const [at, value] of [RATE_HZ, RATE_HZ * 2].entries()) format.writeUInt32LE(value, 4 + at * 4);
  for (const [at, value] of [2, 16].entries()) format.writeUInt16LE(value, 12 + at * 2);
  const tags = { IART: 'The Soakers', IPRD: album, ITRK: `${track}`, INAM: title };
  const info = Object.entries(tags).map(([id, text]) => chunk(id, Buffer.from(`${text}\0`)));
  const samples = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const list = chunk('LIST', Buffer.concat([Buffer.from('INFO'), ...info]));
  return chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), chunk('fmt ', format), chunk('data', samples), list]));
}

const scaled = (pcm, gain) => Int16Array.from(pcm, (sample) => Math.round(sample * gain));

/** A melody of short notes with overtones, unlike any other: cheap, and lively enough to be told from others. */
function melody(number) {
  const dice = createRandom(seed * 100_003 + number);
  const pcm = new Int16Array(SECONDS * RATE_HZ);
  for (let at = 0; at < pcm.length; ) {
    const end = Math.min(pcm.length, at + Math.round((0.1 + 0.4 * dice()) * RATE_HZ));
    const [low, high] = [110, 440].map((hz) => (2 * Math.PI * hz * 2 ** (Math.floor(dice() * 24) / 12)) / RATE_HZ);
    const loudness = 3_000 + 3_000 * dice();
    for (let i = at; i < end; i++) {
      const fade = 1 - (0.8 * (i - at)) / (end - at);
      const tones = Math.sin(low * i) + 0.6 * Math.sin(high * i) + 0.3 * Math.sin(2 * high * i);
      pcm[i] = Math.round(loudness * fade * (tones + 0.05 * (dice() - 0.5)));
    }
    at = end;
  }
  return pcm;
}

let sounds = 0;
let albums = 0;
function newSound() {
  const number = sounds++;
  const pcm = melody(number);
  if (number % 12 === 0) albums++;
  return {
    sound: number,
    audio: `${number}`,
    pcm,
    album: `Album ${albums}`,
    track: (number % 12) + 1,
    title: `Title ${number}`,
  };
}

/** What arrives, by what it is of something that arrived before. `audio` tells sounds that are equal sample by sample. */
const COPIES = {
  copy: (of) => of,
  retagged: (of) => ({ ...of, title: `${of.title} (remembered)` }),
  quieter: (of) => ({ ...of, audio: `${of.sound} quieter`, pcm: scaled(of.pcm, 0.7) }),
  elsewhere: (of) => ({ ...of, album: `Compilation ${Math.floor(of.sound / 12)}` }),
  otherSound: (of) => ({ ...newSound(), album: of.album, track: of.track }),
};
const WEIGHTS = { new: 8, copy: 5, retagged: 3, quieter: 2, elsewhere: 2, otherSound: 1 };
const KINDS = Object.entries(WEIGHTS).flatMap(([kind, weight]) => Array(weight).fill(kind));

const arrived = [];
const lately = [];
function nextArrival() {
  const kind = lately.length === 0 ? 'new' : oneOf(KINDS);
  const file = kind === 'new' ? newSound() : COPIES[kind](oneOf(lately));
  if (kind === 'new') lately.push(file);
  if (lately.length > REMEMBERED) lately.shift();
  return { ...file, kind };
}

// ---- ways of arriving

const WAYS = {
  async slowly(target, bytes) {
    const file = await fs.promises.open(target, 'w');
    for (let at = 0; at < bytes.length; at += bytes.length / 4) {
      await file.write(bytes.subarray(at, at + bytes.length / 4));
      await sleep(200 + 800 * random());
    }
    await file.close();
  },
  async unfinished(target, bytes) {
    await fs.promises.writeFile(`${target}.part`, bytes);
    await sleep(500 * random());
    await fs.promises.rename(`${target}.part`, target);
  },
  async moved(target, bytes) {
    const source = path.join(aside, path.basename(target));
    await fs.promises.writeFile(source, bytes);
    await fs.promises.rename(source, target);
  },
};

async function arrive(number) {
  const { pcm, ...file } = nextArrival();
  const way = oneOf(Object.keys(WAYS));
  const folder = path.join(inbox, `source ${number % 3}`, file.album);
  const target = path.join(folder, `${number} ${file.kind} ${way}.wav`);
  arrived.push({ ...file, way, path: target });
  fs.mkdirSync(folder, { recursive: true });
  await WAYS[way](target, wav(pcm, file));
}

// ---- the process

const memory = [];
let child;
let lives = 0;
let kills = 0;
let unwanted = 0;
let isStopping = false;
const errors = fs.openSync(path.join(scratch, 'stderr'), 'a');

function start() {
  lives++;
  const argv = [CLI, 'gate', 'watch', '--config', config, '--data', data, '--json', '--no-progress'];
  const life = { samples: [], startedAt: performance.now() };
  const running = spawn(process.execPath, argv, { detached: true, stdio: ['ignore', 'ignore', errors] });
  child = running;
  memory.push(life);
  running.ended = new Promise((resolve) => {
    running.once('exit', (code, signal) => {
      if (!isStopping && signal !== 'SIGKILL') unwanted++;
      resolve(code ?? signal);
    });
  });
}

/** Kills all its processes at once. */
async function kill() {
  kills++;
  process.kill(-child.pid, 'SIGKILL');
  await child.ended;
}

/** Ends it as a person would. */
async function stop() {
  isStopping = true;
  child.kill('SIGTERM');
  const code = await child.ended;
  isStopping = false;
  return code;
}

function residentMegabytes(pid) {
  try {
    return Number(/^VmRSS:\s*(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Its own memory, and with that of the processes that decode. */
function sampleMemory() {
  const megabytes = residentMegabytes(child.pid);
  const life = memory.at(-1);
  const withWorkers = workersOf(child.pid).reduce((sum, pid) => sum + residentMegabytes(pid), megabytes);
  if (megabytes > 0) life.samples.push({ atMs: performance.now() - life.startedAt, megabytes, withWorkers });
}

function tellMemory(startedAt) {
  const { megabytes = 0, withWorkers = 0 } = memory.at(-1).samples.at(-1) ?? {};
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(0);
  console.log(
    `  ${minutes} min: ${arrived.length} arrived, life ${lives}, ${megabytes.toFixed(0)} MB, with workers ${withWorkers.toFixed(0)} MB`,
  );
}

function workersOf(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  } catch {
    return [];
  }
}

const lifeMs = () => 2_000 + 45_000 * random();

// ---- what the catalogue says

function readCatalogue() {
  const file = fs.readdirSync(data).find((name) => /\.(db|sqlite\d?)$/.test(name));
  if (file === undefined) return { intakes: [], judged: new Map(), queue: new Map() };
  const db = new DatabaseSync(path.join(data, file));
  try {
    const intakes = db.prepare('select path, verdict_word as word, admitted from intakes').all();
    const judged = new Map();
    for (const { body } of db.prepare('select body from gate_events').iterate()) {
      const event = JSON.parse(body);
      if (event.type === 'file.judged') judged.set(event.verdict.path, (judged.get(event.verdict.path) ?? 0) + 1);
    }
    const queue = db.prepare('select state, count(*) as files from gate_files group by state').all();
    return {
      intakes: intakes.map((row) => ({ ...row, path: Buffer.from(row.path).toString() })),
      judged,
      queue: new Map(queue.map(({ state, files }) => [state, files])),
    };
  } finally {
    db.close();
  }
}

const isSettled = ({ intakes, queue }) =>
  intakes.length >= arrived.length && !queue.has('queued') && !queue.has('leased');

/** All that is wrong, in words. */
function violations({ intakes, judged, queue }) {
  const wrong = [];
  const wordOf = new Map(intakes.map(({ path: file, word }) => [file, word]));
  for (const file of arrived) {
    const times = judged.get(file.path) ?? 0;
    if (times !== 1) wrong.push(`${file.path}: judged ${times} times`);
  }
  for (const { path: file } of intakes)
    if (!arrived.some((one) => one.path === file)) wrong.push(`${file}: never arrived`);
  for (const state of ['queued', 'leased', 'dead'])
    if (queue.has(state)) wrong.push(`${queue.get(state)} files are ${state}`);
  for (const group of Map.groupBy(arrived, ({ album, track, sound }) => `${album}, track ${track}, sound ${sound}`)) {
    wrong.push(...groupViolations(group, wordOf));
  }
  return wrong;
}

/** Of one sound at one place exactly one file is new; what has its samples is exact, the rest are copies. */
function groupViolations([name, files], wordOf) {
  const keepers = files.filter((file) => wordOf.get(file.path) === 'new');
  if (keepers.length !== 1)
    return [`${name}: ${keepers.length} of ${files.length} files are new: ${words(files, wordOf)}`];
  return files.flatMap((file) => {
    if (file === keepers[0]) return [];
    const right = file.audio === keepers[0].audio ? ['exact'] : ['duplicate', 'upgrade'];
    const word = wordOf.get(file.path);
    return right.includes(word) ? [] : [`${file.path}: ${word} instead of ${right.join(' or ')}`];
  });
}

const words = (files, wordOf) => files.map((file) => `${file.kind} ${wordOf.get(file.path)}`).join(', ');

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Of each long life: what it had at its end for each megabyte that it had in its middle. */
function growths() {
  return memory
    .filter(({ samples }) => (samples.at(-1)?.atMs ?? 0) >= LONG_LIFE_MS)
    .map(({ samples }) => samples.map(({ megabytes }) => megabytes))
    .map(
      (samples) => median(samples.slice(-20)) / median(samples.slice(samples.length / 2 - 10, samples.length / 2 + 10)),
    );
}

// ---- the run

async function main() {
  const startedAt = performance.now();
  const endAt = startedAt + Number(options.minutes) * 60_000;
  const lastKillAt = startedAt + KILLING_PART * (endAt - startedAt);
  const everyMs = 1_000 / Number(options['per-second']);
  const arriving = new Set();
  console.log(`soak of ${options.minutes} minutes, seed ${seed}, in ${scratch}`);
  start();
  const sampling = setInterval(sampleMemory, SAMPLE_MS);
  const telling = setInterval(() => tellMemory(startedAt), 60_000);
  let killAt = performance.now() + lifeMs();
  for (let number = 0; performance.now() < endAt; number++) {
    const next = performance.now() + everyMs;
    const one = arrive(number).finally(() => arriving.delete(one));
    arriving.add(one);
    if (options.kills && performance.now() > killAt && performance.now() < lastKillAt) {
      await kill();
      start();
      killAt = performance.now() + lifeMs();
    } else if (child.exitCode !== null) start();
    await sleep(Math.max(0, next - performance.now()));
  }
  await Promise.all(arriving);
  clearInterval(sampling);
  clearInterval(telling);
  const stopped = [];
  let found;
  for (let round = 0; round < 20; round++) {
    await sleep(20_000);
    stopped.push(await stop());
    found = readCatalogue();
    if (isSettled(found)) break;
    console.log(`  ${arrived.length - found.intakes.length} files wait to be judged`);
    start();
  }
  return report(found, stopped);
}

function report(found, stopped) {
  const wrong = violations(found);
  const counts = Object.entries(Object.groupBy(found.intakes, ({ word }) => word)).map(
    ([word, all]) => `${all.length} ${word}`,
  );
  const samples = memory.flatMap((life) => life.samples);
  const own = samples.map(({ megabytes }) => megabytes);
  const most = Math.max(...samples.map(({ withWorkers }) => withWorkers));
  const growth = growths();
  if (unwanted > 0) wrong.push(`the process ended by itself ${unwanted} times; see ${path.join(scratch, 'stderr')}`);
  if (growth.some((factor) => factor > MOST_GROWTH)) wrong.push(`memory grew by ${Math.max(...growth).toFixed(2)}`);
  console.log(`arrived: ${arrived.length}, judged: ${found.intakes.length} (${counts.join(', ')})`);
  console.log(`lives: ${lives}, killed: ${kills}, ended by: ${[...new Set(stopped)].join(', ')}`);
  console.log(
    `memory: median ${median(own)?.toFixed(0)} MB, most ${Math.max(...own).toFixed(0)} MB, with workers ${most.toFixed(0)} MB; ` +
      `growth of long lives: ${growth.map((factor) => factor.toFixed(2)).join(' ') || 'none was long enough'}`,
  );
  for (const line of wrong.slice(0, 50)) console.error(`VIOLATION: ${line}`);
  if (wrong.length > 50) console.error(`and ${wrong.length - 50} more`);
  fs.closeSync(errors);
  if (wrong.length === 0 && !options.keep) fs.rmSync(scratch, { recursive: true });
  else console.log(`kept in ${scratch}`);
  console.log(wrong.length === 0 ? 'held' : `BROKEN: ${wrong.length} violations`);
  return wrong.length === 0 ? 0 : 1;
}

process.exitCode = await main();
