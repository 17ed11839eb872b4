// How the cost of storing grows with what is stored: a station's recordings, a gigabyte at a time, into one store; then a
// day in one file and ten thousand segments, each into a store of its own, for the memory they take.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { logPlot } from '../scale/plot.mjs';
import { createTally, makeDay, makeSegments, makeStep, stationSongs } from './store-material.mjs';
import { canStore, createStore, REPRISE } from './store-peers.mjs';

const [MB, GB] = [1e6, 1e9];
const MEMORY_BAR_MB = 256;
const SEGMENTS = 10_000;
const PICTURE = path.resolve(import.meta.dirname, '../../docs/store-growth.svg');

const sha256 = (file) => createHash('sha256').update(fs.readFileSync(file)).digest('hex');
const megabytesOf = ({ peakMib }) => peakMib * 1.048576;

/** Stores what `make` puts into a folder of this name, which is gone afterwards; `look` sees it while it is there. */
async function addMade(store, folder, make, look = () => {}) {
  const tally = make(folder);
  const { stdout, ...figures } = await store.add(folder);
  look(folder);
  fs.rmSync(folder, { recursive: true });
  const { bytes: logical, uniqueBytes: ideal, files } = tally;
  return { ...figures, logical, ideal, files, ...store.size() };
}

/** Every step into one store; at the end a recording of each is read back. */
async function grow({ songs, steps, scratch, contender }) {
  const store = createStore(contender, path.join(scratch, 'growing'));
  const tally = createTally();
  const [measured, hashes] = [[], new Map()];
  for (let step = 0; step < steps; step++) {
    const name = `step ${step}`;
    const make = (folder) => makeStep(folder, { songs, step, tally });
    const look = (folder) => hashes.set(`${name}/00.mp3`, sha256(path.join(folder, '00.mp3')));
    const figures = await addMade(store, path.join(scratch, name), make, look);
    measured.push({ ...figures, added: figures.logical - (measured.at(-1)?.logical ?? 0) });
    console.error(`store-growth: ${stepRow(measured.at(-1)).join('  ')}`);
  }
  for (const [file, hash] of hashes) {
    if (store.hashOf && store.hashOf(file) !== hash) throw new Error(`${file} does not come back as it was stored`);
  }
  const stat = store.stat?.();
  if (stat && stat.logicalBytes !== tally.bytes) {
    throw new Error(`the store says that it holds ${stat.logicalBytes} bytes, not ${tally.bytes}`);
  }
  store.remove();
  return measured;
}

/** One folder in a store of its own, exported and compared. */
async function alone(make, { scratch, contender }) {
  const store = createStore(contender, path.join(scratch, 'alone'));
  const figures = await addMade(store, path.join(scratch, 'made'), make, store.check);
  store.remove();
  return figures;
}

export async function benchStoreGrowth({ originals, folder, steps, hours, record, contender = REPRISE }) {
  if (contender === REPRISE && !canStore()) throw new Error('this build of Reprise has no store');
  const scratch = fs.mkdtempSync(path.join(tmpdir(), 'reprise-store-growth-'));
  try {
    const songs = await stationSongs(originals, folder);
    const setting = { songs, steps, scratch, contender };
    const growth = await grow(setting);
    const single = {
      [`one recording of ${hours} hours`]: await alone((at) => makeDay(at, { songs, hours }), setting),
      [`${SEGMENTS.toLocaleString('en')} segments`]: await alone(
        (at) => makeSegments(at, { songs, count: SEGMENTS }),
        setting,
      ),
    };
    if (record) fs.writeFileSync(PICTURE, picture(growth));
    return report(growth, single, { hours, songs });
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

const held = (value, bar) => `${value.toFixed(0)} ${value <= bar ? '✓' : '✗'}`;
const perGigabyte = (seconds, bytes) => (seconds / bytes) * GB;
const gigabytes = (bytes) => (bytes / GB).toFixed(2);

const sizes = ({ logical, bytes, onDisk, ideal }) => [
  ...[logical, bytes, onDisk, ideal].map(gigabytes),
  `${(bytes / ideal).toFixed(3)} ×`,
];

function stepRow(step) {
  const costs = [step.cpu, step.elapsed].map((seconds) => perGigabyte(seconds, step.added).toFixed(2));
  return [...sizes(step), ...costs, held(megabytesOf(step), MEMORY_BAR_MB)];
}

function picture(growth) {
  const line = (name, figure) => ({ name, points: growth.map((step) => [step.logical / GB, figure(step)]) });
  return logPlot({
    title: 'Storing one more gigabyte',
    across: 'GB that the store holds',
    lines: [
      line('CPU s', ({ cpu, added }) => perGigabyte(cpu, added)),
      line('elapsed s', ({ elapsed, added }) => perGigabyte(elapsed, added)),
      line('peak MB of memory', megabytesOf),
    ],
  });
}

function report(growth, single, { hours, songs }) {
  const [early, late] = [growth[1] ?? growth[0], growth.at(-1)].map(({ cpu, added }) => perGigabyte(cpu, added));
  const rows = Object.entries(single).map(([name, one]) => [
    name,
    one.files.toLocaleString('en'),
    ...sizes(one),
    one.cpu.toFixed(1),
    (one.logical / MB / one.cpu).toFixed(0),
    one.elapsed.toFixed(1),
    held(megabytesOf(one), MEMORY_BAR_MB),
  ]);
  const head = ['GB', 'stored GB', 'on disk GB', 'ideal GB', 'stored : ideal'];
  return {
    title: 'Growth of the store',
    about: [
      `A station's recordings of an hour each at 128 kbit/s, a gigabyte an import, into one store: ${songs.length} songs of the corpus and, with every step, new ones that are made, cross-faded, with talk; about a fifth of what is sent is new. The last gigabyte costs ${(late / early).toFixed(2)} × the CPU of the second. Afterwards a recording of every step is read back and compared.`,
      `Then ${hours} hours in one file, and segments of half a minute, each into a store of its own, exported and compared. Bar of memory: ${MEMORY_BAR_MB} MB. Record it with \`npm run bench -- --only store-growth --record\`.`,
      '![What one more gigabyte costs](store-growth.svg)',
    ].join('\n\n'),
    tables: [
      { head: [...head, 'CPU s a GB', 'elapsed s a GB', 'peak MB'], rows: growth.map(stepRow) },
      {
        head: ['into an empty store', 'files', ...head, 'CPU s', 'MB a CPU s', 'elapsed s', 'peak MB'],
        rows,
      },
    ],
  };
}
