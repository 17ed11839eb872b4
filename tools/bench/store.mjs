// The recording store beside what else stores recordings, on those of the corpus's radio: as segments, and as continuous
// recordings. The ideal is by ground truth: bytes that were not there before, headers of Ogg pages set aside.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { interleaved, medianOf, ratio } from './measure.mjs';
import { ripfsOdds } from './ripfs-odds.mjs';
import { checkVectors } from './ripfs-vectors.mjs';
import { BUP, CASYNC, CONTENDERS, REPRISE, sizeOf, storeOnce, survey } from './store-peers.mjs';

const MB = 1e6;
const KINDS = ['segments', 'continuous'];
const BARS = { mp3: 1.02, aac: 1.02, ogg: 1.02, oggflac: 1.02, 'ogg-reserial': 1.05 };
const MEMORY_BAR_MB = 256;
/** What `store stat` may differ by from what the file system says. */
const NEAR = 0.001;
const PAIRS = 1000;

export const RADIO_CODECS = Object.keys(BARS);

/** The recordings of a codec in one kind, with what is known of them. */
function setOf(codec, kind, folder) {
  const truth = JSON.parse(fs.readFileSync(path.join(folder, 'truth.json'), 'utf8'))[`${kind}Summary`];
  const source = path.join(folder, kind);
  const { bytes } = sizeOf(source);
  if (bytes !== truth.rawBytes) throw new Error(`${source} is not what its truth.json tells of; delete ${folder}`);
  return { codec, kind, source, bytes, ideal: Math.min(truth.uniqueBytes, truth.uniquePayloadBytes) };
}

async function measureSet(set, { here, scratch, rounds }) {
  console.error(`store: ${set.codec}, ${set.kind}, ${(set.bytes / MB).toFixed(1)} MB`);
  for (const name of fs.readdirSync(set.source)) fs.readFileSync(path.join(set.source, name));
  const contenders = Object.fromEntries(here.map((name) => [name, () => storeOnce(name, set.source, scratch)]));
  return { ...set, results: await interleaved(contenders, rounds) };
}

export async function benchStore({ radio, rounds }) {
  const wasPublished = checkVectors();
  const { here, missing, versions } = survey();
  const scratch = fs.mkdtempSync(path.join(tmpdir(), 'reprise-store-bench-'));
  try {
    const sets = Object.entries(radio).flatMap(([codec, folder]) => KINDS.map((kind) => setOf(codec, kind, folder)));
    const measured = [];
    for (const set of sets) measured.push(await measureSet(set, { here, scratch, rounds }));
    return report(measured, { here, missing, versions, rounds, wasPublished });
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

const megabytes = (bytes) => (bytes / MB).toFixed(1);
const held = (isHeld) => (isHeld ? '✓' : '✗');
const stored = ({ results, ideal }, name) => results[name].at(-1).bytes / ideal;
const rate = ({ results, bytes }, name) => bytes / MB / medianOf(results, name);
const title = ({ codec, kind }) => `${codec}, ${kind}`;

/** A row per contender, a column per set. */
const matrix = (measured, names, label, cell) => ({
  head: [label, ...measured.map(title)],
  rows: names.map((name) => [name, ...measured.map((set) => cell(set, name))]),
});

/** Whether the store counts itself as the file system counts it, by the bytes of its files or by what they occupy. */
function agreement({ stat, bytes, onDisk }, logicalBytes) {
  if (stat.logicalBytes !== logicalBytes) return `✗ logical ${megabytes(stat.logicalBytes)}`;
  const off = Math.min(...[bytes, onDisk].map((counted) => Math.abs(stat.storedBytes / counted - 1)));
  return off <= NEAR ? '✓' : `✗ ${megabytes(stat.storedBytes)}`;
}

function faster(results, peer) {
  if (!results[peer]) return '–';
  const times = ratio(results, peer, REPRISE);
  return `${times.toFixed(2)} × ${held(times >= 1)}`;
}

function ownRow(set) {
  const { codec, results, ideal, bytes } = set;
  const last = results[REPRISE].at(-1);
  const best = Object.keys(results)
    .filter((name) => name !== REPRISE && !CONTENDERS[name].isArchive)
    .toSorted((a, b) => stored(set, a) - stored(set, b))[0];
  const peak = medianOf(results, REPRISE, 'peakMib') * 1.048576;
  const share = stored(set, REPRISE);
  return [
    title(set),
    ...[bytes, ideal, last.bytes, last.onDisk].map(megabytes),
    agreement(last, bytes),
    `${share.toFixed(3)} ×`,
    `≤ ${BARS[codec]} ${held(share <= BARS[codec])}`,
    `${stored(set, best).toFixed(2)} × (${best})`,
    rate(set, REPRISE).toFixed(0),
    faster(results, BUP),
    faster(results, CASYNC),
    `${peak.toFixed(0)} ${held(peak <= MEMORY_BAR_MB)}`,
  ];
}

const OWN_HEAD = [
  ...['recordings', 'MB', 'ideal MB', 'stored MB', 'on disk MB', '`store stat`', 'stored : ideal', 'bar'],
  ...['best other store', 'MB a CPU s', ': bup', ': casync', 'peak MB'],
];

function oddsTable() {
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  return {
    head: ['two airings of', 'noted before', 'reckoned', `simulated, ${PAIRS} pairs`],
    rows: ripfsOdds(PAIRS).map(({ kbps, minutes, noted, reckoned, simulated }) => [
      `${minutes} min at ${kbps} kbit/s`,
      `${(100 * noted).toFixed(0)} %`,
      percent(reckoned),
      percent(simulated),
    ]),
  };
}

function report(measured, { here, missing, versions, rounds, wasPublished }) {
  const tables = {
    stored: matrix(measured, here, 'stored MB, and times the ideal', (set, name) => {
      return `${megabytes(set.results[name].at(-1).bytes)}, ${stored(set, name).toFixed(2)} ×`;
    }),
    cpu: matrix(measured, here, 'CPU s, and MB of input a CPU second', (set, name) => {
      return `${medianOf(set.results, name).toFixed(2)}, ${rate(set, name).toFixed(0)}`;
    }),
    wall: matrix(measured, here, 'elapsed s', ({ results }, name) => medianOf(results, name, 'elapsed').toFixed(2)),
    peak: matrix(measured, here, 'peak MiB', ({ results }, name) => medianOf(results, name, 'peakMib').toFixed(0)),
  };
  const own = here.includes(REPRISE) ? [{ head: OWN_HEAD, rows: measured.map(ownRow) }] : [];
  return {
    title: 'Recording store',
    about: [
      `Recordings of the corpus's radio, stored from warm caches into a fresh store by each in turn; medians of ${rounds} rounds. Making an empty store is not timed. Stored is the sum of the sizes of all files, on disk what they and their folders occupy; the ideal is what the ground truth says was never sent before. Peak memory is that of the largest process. What Reprise and our ripfs stored was exported and compared byte by byte each time. Ratios to bup and casync are of input per CPU second; bar: 1 ×, aim: 2 ×. Bar of memory: ${MEMORY_BAR_MB} MB.`,
      missing.length > 0 ? `**Missing here: ${missing.join(', ')}.**` : '',
      `Measured with ${versions.join(', ')}.`,
      `ripfs is our own re-implementation of its method in JavaScript, for sizes, not for speed; its chunker cuts ${wasPublished ? "as restic's published vector says" : "our own vector as it did when it held restic's published one, for which Go's source is needed"}. The songs of this radio last 40 to 110 seconds; the last table says how likely it finds a repeat of songs of usual length, when two airings differ in their first and last five seconds.`,
    ]
      .filter(Boolean)
      .join(' '),
    tables: [...own, ...Object.values(tables), oddsTable()],
  };
}
