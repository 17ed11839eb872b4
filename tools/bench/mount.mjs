// A mounted store beside file systems that share nothing: libfuse's own passthrough in C, onto memory, and the disk below.
// They take turns at the same jobs; what counts is the median of their ratios. Throughput is what the program at the
// other side sees, processor time is that of whoever answers the kernel. Everything lies in memory (tmpfs), so what is measured is
// work, not the disk; memory is touched before, as a machine may hand it out slowly the first time.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomOf } from '../accuracy/random.mjs';
import { makeScattered, stationSongs } from './store-material.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const EXAMPLES = '/usr/share/doc/libfuse3-dev/examples';
const MEMORY = '/dev/shm';
const MIB = 1 << 20;
const FILE_MIB = 400;
const SMALL = { files: 10_000, bytes: 1024 };
const RANDOM = { reads: 5120, bytes: 16 << 10 };
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const CLI = path.join(root, 'dist/main/cli.js');

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const isMounted = (folder) => fs.readFileSync('/proc/self/mounts', 'utf8').includes(` ${folder} `);

function cpuOf(pid) {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function buildPassthrough(scratch) {
  const program = path.join(scratch, 'passthrough');
  const flags = execFileSync('pkg-config', ['fuse3', '--cflags', '--libs'], { encoding: 'utf8' }).trim().split(/\s+/);
  execFileSync('gcc', ['-O2', `-I${EXAMPLES}`, path.join(EXAMPLES, 'passthrough.c'), '-o', program, ...flags], {
    stdio: 'ignore',
  });
  return program;
}

async function started(child, folder) {
  for (let tries = 0; !isMounted(folder); tries++) {
    if (tries > 200 || child.exitCode !== null) throw new Error(`${folder} was not mounted`);
    await sleep(50);
  }
}

async function mountC(program, scratch, name, flags) {
  const [point, behind] = [path.join(scratch, `${name}-mounted`), fs.mkdtempSync(path.join(MEMORY, 'reprise-bench-'))];
  fs.mkdirSync(point);
  const child = spawn(program, ['-f', ...flags, point], { stdio: 'ignore' });
  await started(child, point);
  return {
    folder: path.join(point, behind),
    cpu: () => cpuOf(child.pid),
    async end() {
      execFileSync('umount', [point]);
      await new Promise((resolve) => child.once('exit', resolve));
      fs.rmSync(behind, { recursive: true });
    },
  };
}

async function mountReprise(scratch, name, { options = [], fill }) {
  const behind = fs.mkdtempSync(path.join(MEMORY, 'reprise-bench-'));
  const [point, store] = [path.join(scratch, `${name}-mounted`), path.join(behind, 'store')];
  fs.mkdirSync(point);
  const run = (...args) => execFileSync(process.execPath, [CLI, 'store', ...args], { stdio: 'ignore' });
  run('init', store);
  if (fill) run('import', store, fill);
  const child = spawn(
    process.execPath,
    [CLI, 'store', 'mount', '--foreground', '-o', ['dedup_on=rename', ...options].join(','), store, point],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const [server] = fs.readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
  return {
    folder: point,
    cpu: () => cpuOf(server) + cpuOf(child.pid),
    async end() {
      execFileSync('umount', [point]);
      await new Promise((resolve) => child.once('exit', resolve));
      fs.rmSync(behind, { recursive: true });
    },
  };
}

function plain(parent) {
  const folder = fs.mkdtempSync(path.join(parent, 'reprise-bench-'));
  return { folder, cpu: () => 0, end: async () => fs.rmSync(folder, { recursive: true }) };
}

/** Bytes in memory that were used once are quick to get. */
function touchMemory() {
  const file = path.join(MEMORY, 'reprise-bench-touched');
  execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=1M', `count=${4 * FILE_MIB}`], { stdio: 'ignore' });
  fs.rmSync(file);
}

function forgetPages() {
  execFileSync('sync');
  fs.writeFileSync('/proc/sys/vm/drop_caches', '1');
}

const dd = (...args) => execFileSync('dd', args, { stdio: 'ignore' });
const blocks = (bytes) => [`bs=${bytes}`, `count=${(FILE_MIB * MIB) / bytes}`];
const small = (folder, n) => path.join(folder, 'small', `${n}`);
const each = (act) => {
  for (let n = 0; n < SMALL.files; n++) act(n);
};

/** What is done, in this order; `before` is not measured. `bytes` where it is about throughput. */
const JOBS = {
  'write, 1 MiB at a time': { bytes: FILE_MIB * MIB, run: (f) => dd('if=/dev/zero', `of=${f}/big`, ...blocks(MIB)) },
  'write over it, 128 KiB at a time': {
    bytes: FILE_MIB * MIB,
    run: (f) => dd('if=/dev/zero', `of=${f}/big`, 'conv=notrunc', ...blocks(128 << 10)),
  },
  'read, 1 MiB at a time': {
    bytes: FILE_MIB * MIB,
    before: forgetPages,
    run: (f) => dd(`if=${f}/big`, 'of=/dev/null', ...blocks(MIB)),
  },
  'read, 128 KiB at a time': {
    bytes: FILE_MIB * MIB,
    before: forgetPages,
    run: (f) => dd(`if=${f}/big`, 'of=/dev/null', ...blocks(128 << 10)),
  },
  'write 40 MiB, 4 KiB at a time': {
    bytes: 40 * MIB,
    run: (f) => dd('if=/dev/zero', `of=${f}/little`, 'bs=4k', 'count=10240'),
  },
  '16 KiB here and there': {
    bytes: RANDOM.reads * RANDOM.bytes,
    before: forgetPages,
    run(f) {
      const random = randomOf('mount');
      const [file, into] = [fs.openSync(`${f}/big`, 'r'), Buffer.alloc(RANDOM.bytes)];
      for (let n = 0; n < RANDOM.reads; n++)
        fs.readSync(file, into, 0, into.length, Math.floor(random() * (FILE_MIB * MIB - RANDOM.bytes)));
      fs.closeSync(file);
    },
  },
  'make 10,000 files of 1 KiB': {
    before: (f) => fs.mkdirSync(path.join(f, 'small')),
    run: (f) => each((n) => fs.writeFileSync(small(f, n), Buffer.alloc(SMALL.bytes, 1))),
  },
  'list them with their sizes': {
    before: forgetPages,
    run: (f) => execFileSync('ls', ['-l', path.join(f, 'small')], { stdio: 'ignore' }),
  },
  'stat them': { run: (f) => each((n) => fs.statSync(small(f, n))) },
  'read them': { before: forgetPages, run: (f) => each((n) => fs.readFileSync(small(f, n))) },
  'remove them': { run: (f) => each((n) => fs.unlinkSync(small(f, n))) },
};

async function timed(place, { before, run }) {
  before?.(place.folder);
  // What was answered late belongs to the job before.
  await sleep(100);
  const [cpu, start] = [place.cpu(), performance.now()];
  run(place.folder);
  const wall = (performance.now() - start) / 1000;
  await sleep(100);
  return { wall, cpu: place.cpu() - cpu };
}

async function scatteredRows(scratch, { originals, folder, rounds }) {
  const songs = await stationSongs(originals, folder);
  const material = path.join(scratch, 'material');
  fs.mkdirSync(material);
  makeScattered(material, { songs });
  const file = 'scattered.mp3';
  const source = path.join(material, 'scattered', file);
  const size = fs.statSync(source).size;
  const program = path.join(scratch, 'passthrough');
  const places = {
    'C passthrough, plain file': async () => {
      const place = await mountC(program, scratch, 'c-scattered', []);
      fs.copyFileSync(source, path.join(place.folder, file));
      return { ...place, file: path.join(place.folder, file) };
    },
    'Reprise, raw file': async () => {
      const place = await mountReprise(scratch, 'raw-scattered', {});
      fs.copyFileSync(source, path.join(place.folder, file));
      return { ...place, file: path.join(place.folder, file) };
    },
    'Reprise, shared with nothing': async () => {
      const place = await mountReprise(scratch, 'whole-scattered', { fill: path.join(material, 'scattered') });
      return { ...place, file: path.join(place.folder, 'scattered', file) };
    },
    'Reprise, 10,000 pieces': async () => {
      const place = await mountReprise(scratch, 'scattered', { fill: material });
      return { ...place, file: path.join(place.folder, 'material', 'scattered', file) };
    },
  };
  const results = {};
  for (const [name, open] of Object.entries(places)) {
    const place = await open();
    results[name] = [];
    for (let round = 0; round <= rounds; round++) {
      const job = { before: forgetPages, run: () => dd(`if=${place.file}`, 'of=/dev/null', 'bs=128k') };
      results[name].push(await timed(place, job));
    }
    results[name].shift();
    await place.end();
  }
  const rate = (name, what) => median(results[name].map((one) => size / 1e6 / one[what]));
  const [c] = Object.keys(places);
  return Object.keys(places).map((name) => [
    name,
    rate(name, 'wall').toFixed(0),
    (rate(name, 'wall') / rate(c, 'wall')).toFixed(2),
    (rate(c, 'cpu') / rate(name, 'cpu')).toFixed(2),
  ]);
}

export async function benchMount(options) {
  const scratch = fs.mkdtempSync(path.join(tmpdir(), 'reprise-mount-bench-'));
  try {
    const program = buildPassthrough(scratch);
    const C = 'C passthrough';
    const contenders = {
      [C]: () => mountC(program, scratch, 'c', []),
      'C passthrough, one thread': () => mountC(program, scratch, 'c1', ['-s']),
      Reprise: () => mountReprise(scratch, 'reprise', {}),
      'Reprise, writeback': () => mountReprise(scratch, 'writeback', { options: ['writeback'] }),
      tmpfs: async () => plain(MEMORY),
      ext4: async () => plain(tmpdir()),
    };
    const results = Object.fromEntries(
      Object.keys(contenders).map((name) => [name, Object.fromEntries(Object.keys(JOBS).map((job) => [job, []]))]),
    );
    for (let round = 0; round < options.rounds; round++) {
      for (const [name, open] of Object.entries(contenders)) {
        const place = await open();
        try {
          touchMemory();
          for (const [title, job] of Object.entries(JOBS)) results[name][title].push(await timed(place, job));
        } finally {
          await place.end();
          fs.rmSync(path.join(scratch, `${path.basename(path.dirname(place.folder))}`), {
            force: true,
            recursive: true,
          });
          for (const left of fs.readdirSync(scratch).filter((entry) => entry.endsWith('-mounted')))
            fs.rmdirSync(path.join(scratch, left));
        }
      }
    }
    const over = (name, title, what) =>
      median(results[name][title].map((one, n) => one[what] / results[C][title][n][what]));
    const head = ['', ...Object.keys(contenders)];
    const wall = Object.entries(JOBS).map(([title, { bytes }]) => [
      title,
      ...Object.keys(contenders).map((name) => {
        const seconds = median(results[name][title].map((one) => one.wall));
        const figure = bytes ? `${(bytes / 1e6 / seconds).toFixed(0)} MB/s` : `${seconds.toFixed(2)} s`;
        return name === C ? figure : `${figure} (${(1 / over(name, title, 'wall')).toFixed(2)} ×)`;
      }),
    ]);
    const served = Object.keys(contenders).filter((name) => !['tmpfs', 'ext4'].includes(name));
    const cpu = Object.keys(JOBS).map((title) => [
      title,
      ...served.map((name) => {
        const figure = `${median(results[name][title].map((one) => one.cpu)).toFixed(2)} s`;
        return name === C ? figure : `${figure} (${over(name, title, 'cpu').toFixed(2)} ×)`;
      }),
    ]);
    const scattered = await scatteredRows(scratch, options);
    return {
      title: 'The mounted store',
      about: [
        'A store mounted by Reprise beside `passthrough` of libfuse 3 in C, each onto memory, and beside plain file systems.',
        `In brackets, of the C passthrough with threads, the median of ${options.rounds} rounds: throughput, then processor`,
        'time of who answers. Bars: writing and reading from end to end at 0.8 × its throughput or more, 1.5 × its processor',
        'time or less. Reading begins without pages in memory.',
      ].join(' '),
      tables: [
        { head, rows: wall },
        { head: ['processor time of', ...served], rows: cpu },
        { head: ['a recording from end to end', 'MB/s', 'of C, throughput', 'of C, processor time'], rows: scattered },
      ],
    };
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
