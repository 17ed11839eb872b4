// A mounted store beside file systems that share nothing: libfuse's own examples in C, onto memory, and plain folders. All
// are mounted at once and take turns job by job. Throughput is what a small program at the other side sees, processor
// time is that of whoever answers the kernel. Bytes lie in memory (tmpfs), so that what is measured is work, not the disk.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { median, ratio } from './measure.mjs';
import {
  buildClient,
  buildExample,
  DISK,
  MEMORY,
  mountLowLevel,
  mountPassthrough,
  mountStore,
  plainFolder,
  sleep,
  whyNoMounts,
} from './mount-places.mjs';
import { makeScattered, stationSongs } from './store-material.mjs';

const [KIB, MIB] = [1 << 10, 1 << 20];
const BIG = 400 * MIB;
/** Of 4 KiB at a time, which is slow. */
const LITTLE = 100 * MIB;
const BARS = { throughput: 0.8, cpu: 1.5 };
const [C, C_ONE, C_LOW] = ['C passthrough', 'C passthrough -s', 'C passthrough_ll, writeback'];
const [OURS, OURS_WRITEBACK] = ['Reprise', 'Reprise, writeback'];
const PLAIN = ['tmpfs', 'disk'];
/** Who is held to the bars, and by whom. */
const JUDGED = [
  [OURS, C],
  [OURS, C_ONE],
  [OURS_WRITEBACK, C],
  [OURS_WRITEBACK, C_LOW],
];
const QUIET_MS = 200;
const PATIENCE_MS = 5000;

/** Bytes in memory that were used once are quick to get. */
function touchMemory() {
  const file = path.join(MEMORY, 'reprise-bench-touched');
  execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=1M', `count=${(1.2 * BIG) / MIB}`], { stdio: 'ignore' });
  fs.rmSync(file);
}

function forgetPages() {
  execFileSync('sync');
  fs.writeFileSync('/proc/sys/vm/drop_caches', '1');
}

function newFile(bytes, block) {
  return {
    bytes,
    isJudged: true,
    before(folder) {
      fs.rmSync(path.join(folder, 'file'), { force: true });
      touchMemory();
    },
    words: ['write', 'file', block, bytes],
  };
}

const readOf = (block) => ({ bytes: BIG, isJudged: true, before: forgetPages, words: ['read', 'file', block] });

const SMALL = (job, bytes, count) => [job, 'small', bytes, count];

/** In this order. Those with `bytes` are told as throughput. `scale` makes them smaller. */
function jobsOf(scale) {
  const [big, little, files] = [BIG / scale, LITTLE / scale, 10_000 / scale];
  return {
    'write, 4 KiB at a time': newFile(little, 4 * KIB),
    'write, 128 KiB at a time': newFile(big, 128 * KIB),
    'write, 1 MiB at a time': newFile(big, MIB),
    'write over it, 1 MiB at a time': { bytes: big, words: ['over', 'file', MIB, big] },
    'read, 128 KiB at a time': { ...readOf(128 * KIB), bytes: big },
    'read, 1 MiB at a time': { ...readOf(MIB), bytes: big },
    '16 KiB here and there': {
      bytes: (5120 * 16 * KIB) / scale,
      before: forgetPages,
      words: ['here', 'file', 16 * KIB, 5120 / scale],
    },
    [`make ${files.toLocaleString('en')} files of 1 KiB`]: {
      before: (folder) => fs.mkdirSync(path.join(folder, 'small'), { recursive: true }),
      words: SMALL('make', KIB, files),
    },
    'list them, with what lstat says': { before: forgetPages, words: SMALL('list', 0, 0) },
    'stat them': { words: SMALL('stat', 0, files) },
    'read them': { before: forgetPages, words: SMALL('get', KIB, files) },
    'remove them': { words: SMALL('remove', 0, files) },
  };
}

/** What is answered late belongs to what was asked before. */
async function settle({ cpu }) {
  const start = performance.now();
  for (let [before, now] = [-1, cpu()]; now > before && performance.now() - start < PATIENCE_MS; ) {
    await sleep(QUIET_MS);
    [before, now] = [now, cpu()];
  }
}

async function perform(client, place, { before, words }) {
  before?.(place.folder);
  await settle(place);
  const cpu = place.cpu();
  const [job, name, ...numbers] = words;
  const said = execFileSync(client, [job, path.join(place.folder, name), ...numbers.map(String)], { encoding: 'utf8' });
  await settle(place);
  return { wall: Number(said), cpu: place.cpu() - cpu };
}

/** Every place does every job, once a round; the order of places turns. `{ job: { place: [figures of a round] } }` */
async function takeTurns(client, places, jobs, rounds) {
  const names = Object.keys(places);
  const results = Object.fromEntries(
    Object.keys(jobs).map((job) => [job, Object.fromEntries(names.map((name) => [name, []]))]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const [title, job] of Object.entries(jobs)) {
      for (let turn = 0; turn < names.length; turn++) {
        const name = names[(turn + round) % names.length];
        results[title][name].push(await perform(client, places[name], job));
      }
    }
  }
  return results;
}

/** Opens places by name, hands them over, and ends them whatever happened. */
async function withPlaces(openers, work) {
  const places = {};
  try {
    for (const [name, open] of Object.entries(openers)) places[name] = await open();
    return await work(places);
  } finally {
    for (const place of Object.values(places)) await place.end();
  }
}

async function measureJobs(scratch, client, rounds) {
  const passthrough = buildExample(scratch, 'passthrough');
  const lowLevel = buildExample(scratch, 'passthrough_ll');
  const openers = {
    [C]: () => mountPassthrough(passthrough),
    [C_ONE]: () => mountPassthrough(passthrough, '-s'),
    [C_LOW]: () => mountLowLevel(lowLevel),
    [OURS]: () => mountStore(),
    [OURS_WRITEBACK]: () => mountStore({ options: ['writeback'] }),
    'Reprise, store on disk': () => mountStore({ parent: DISK }),
    tmpfs: () => plainFolder(MEMORY),
    disk: () => plainFolder(DISK),
  };
  return withPlaces(openers, async (places) => {
    await takeTurns(client, places, jobsOf(10), 1);
    return takeTurns(client, places, jobsOf(1), rounds);
  });
}

/** A recording from end to end: as it was written, once it is shared, and of ten thousand pieces of other files. */
async function measureRecording(scratch, client, { originals, folder, rounds }) {
  const songs = await stationSongs(originals, folder);
  const material = path.join(scratch, 'material');
  fs.mkdirSync(material);
  makeScattered(material, { songs });
  const alone = path.join(material, 'scattered');
  const source = path.join(alone, 'scattered.mp3');
  const bytes = fs.statSync(source).size;
  const passthrough = path.join(scratch, 'passthrough');
  const holding = (open) => async () => {
    const place = await open();
    fs.copyFileSync(source, path.join(place.folder, 'scattered.mp3'));
    return place;
  };
  const within =
    (open, ...names) =>
    async () => {
      const place = await open();
      return { ...place, folder: path.join(place.folder, ...names) };
    };
  const openers = {
    [C]: holding(() => mountPassthrough(passthrough)),
    'Reprise, as it was written': holding(() => mountStore()),
    'Reprise, shared, nothing like it': within(() => mountStore({ fill: alone }), 'scattered'),
    'Reprise, shared, 10,000 pieces': within(() => mountStore({ fill: material }), 'material', 'scattered'),
  };
  const job = (block) => ({ bytes, before: forgetPages, words: ['read', 'scattered.mp3', block] });
  const here = { bytes: 5120 * 16 * KIB, before: forgetPages, words: ['here', 'scattered.mp3', 16 * KIB, 5120] };
  const title = `read ${(bytes / 1e6).toFixed(0)} MB, 128 KiB at a time`;
  const jobs = { [title]: job(128 * KIB), '16 KiB here and there': here };
  const results = await withPlaces(openers, async (places) => {
    await takeTurns(client, places, jobs, 1);
    return takeTurns(client, places, jobs, rounds);
  });
  return { jobs, results };
}

const times = (value) => `${value.toFixed(2)} ×`;
const held = (value, isHeld) => `${times(value)} ${isHeld ? '✓' : '✗'}`;
const throughputOf = (results, name, other) => 1 / ratio(results, name, other, 'wall');

/** What a job needed in each place, and in brackets how that compares with the first. */
function rowOf(title, { bytes }, results, names, field) {
  const cell = (name) => {
    const seconds = median(results[name].map((one) => one[field]));
    const figure = bytes && field === 'wall' ? `${(bytes / 1e6 / seconds).toFixed(0)} MB/s` : `${seconds.toFixed(2)} s`;
    if (name === C) return figure;
    const other = field === 'wall' ? throughputOf(results, name, C) : ratio(results, name, C, 'cpu');
    return `${figure} (${times(other)})`;
  };
  return [title, ...names.map(cell)];
}

function tableOf(head, jobs, results, names, field) {
  return {
    head: [head, ...names],
    rows: Object.entries(jobs).map(([title, job]) => rowOf(title, job, results[title], names, field)),
  };
}

function barsTable(jobs, results) {
  const judged = Object.keys(jobs).filter((title) => jobs[title].isJudged);
  const rows = JUDGED.flatMap(([name, other]) =>
    judged.map((title) => {
      const throughput = throughputOf(results[title], name, other);
      const cpu = ratio(results[title], name, other, 'cpu');
      const verdicts = [held(throughput, throughput >= BARS.throughput), held(cpu, cpu <= BARS.cpu)];
      return [`${name} : ${other}`, title, ...verdicts];
    }),
  );
  return { head: ['', '', `throughput, ≥ ${BARS.throughput} ×`, `processor time, ≤ ${BARS.cpu} ×`], rows };
}

export async function benchMount(options) {
  const obstacle = whyNoMounts();
  if (obstacle) return { missing: obstacle };
  const scratch = fs.mkdtempSync(path.join(DISK, 'reprise-mount-bench-'));
  try {
    const client = buildClient(scratch);
    const jobs = jobsOf(1);
    const results = await measureJobs(scratch, client, options.rounds);
    const recording = await measureRecording(scratch, client, options);
    const names = Object.keys(results[Object.keys(jobs)[0]]);
    const served = names.filter((name) => !PLAIN.includes(name));
    const copies = Object.keys(Object.values(recording.results)[0]);
    return {
      title: 'The mounted store',
      about: [
        'A store mounted by Reprise beside `passthrough` (with threads, and with `-s`) and `passthrough_ll -o writeback,clone_fd`',
        'of libfuse 3 in C, each onto memory, and beside plain folders. A program of a few system calls works in each in turn.',
        `In brackets, of the C passthrough with threads, medians of ${options.rounds} rounds after a smaller one that warms up:`,
        'throughput, or speed, then the processor time of all processes that answer. Reading begins without pages in memory',
        'but for what lies in tmpfs. Nothing is shared while it is measured (`dedup_on=rename`).',
      ].join(' '),
      tables: [
        barsTable(jobs, results),
        tableOf('throughput', jobs, results, names, 'wall'),
        tableOf('processor time of who answers', jobs, results, served, 'cpu'),
        tableOf('a recording, throughput', recording.jobs, recording.results, copies, 'wall'),
        tableOf('a recording, processor time', recording.jobs, recording.results, copies, 'cpu'),
      ],
    };
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
