// Look-ups: some sounds of a library, each asked about by itself in the index on disk, beside the decoding of a song in
// the same run and other ways to keep the same postings. A process of its own; prints one line of JSON.
//
// node tools/scale/look-up.mjs --catalogue FILE --tracks N [--count 200] [--method scale]
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { peerLookUps } from './look-up-peers.mjs';
import { openLookedUp } from './product.mjs';
import { audioHashOf, plantedPairs } from './roles.mjs';

const SEED = 'scale';
const SONG_SECONDS = 240;
const DECODINGS = 5;

const { values } = parseArgs({
  options: {
    catalogue: { type: 'string' },
    tracks: { type: 'string' },
    count: { type: 'string', default: '200' },
  },
});
const tracks = Number(values.tracks);

/** Milliseconds of the clock and of the processor that some work took. */
async function costOf(work) {
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wall: performance.now() - started, cpu: (user + system) / 1000 };
}

const quantile = (list, share) => list.toSorted((one, other) => one - other)[Math.floor(share * (list.length - 1))];
const figuresOf = (costs) =>
  Object.fromEntries(
    ['wall', 'cpu'].map((kind) => {
      const list = costs.map((cost) => cost[kind]);
      return [kind, { median: quantile(list, 0.5), p95: quantile(list, 0.95) }];
    }),
  );

/** Copies and their originals, evenly spread over the library: audio hash, and those of the others. */
function askersOf(count) {
  const partners = new Map();
  for (const { a, b } of plantedPairs(SEED, tracks))
    for (const [one, other] of [
      [a, b],
      [b, a],
    ])
      partners.set(one, [...(partners.get(one) ?? []), audioHashOf(SEED, other)]);
  const all = [...partners].map(([number, others]) => ({ hash: audioHashOf(SEED, number), others }));
  return all.filter((_, i) => Math.floor((i * count) / all.length) !== Math.floor(((i - 1) * count) / all.length));
}

/** The FLAC of a song's length, of chords and noise, and what its decoding costs: one `ffmpeg` process after the other. */
function decoding() {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'reprise-song-'));
  const song = path.join(folder, 'song.flac');
  const ffmpeg = (...args) => {
    const { status } = spawnSync('ffmpeg', ['-v', 'error', '-threads', '1', ...args]);
    if (status !== 0) throw new Error('ffmpeg failed.');
  };
  try {
    const sine = `sine=frequency=330:duration=${SONG_SECONDS}:sample_rate=44100`;
    const noise = `anoisesrc=amplitude=0.1:duration=${SONG_SECONDS}:sample_rate=44100:seed=1`;
    ffmpeg(
      '-f',
      'lavfi',
      '-i',
      sine,
      '-f',
      'lavfi',
      '-i',
      noise,
      '-filter_complex',
      'join=inputs=2:channel_layout=stereo',
      song,
    );
    const costs = Array.from({ length: DECODINGS }, () => {
      const [started, before] = [performance.now(), childrenCpu()];
      ffmpeg('-i', song, '-f', 's16le', '-y', '/dev/null');
      return { wall: performance.now() - started, cpu: childrenCpu() - before };
    });
    return figuresOf(costs);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Milliseconds of the processor that ended children took: in ticks of 10 ms. */
function childrenCpu() {
  const fields = fs
    .readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

let lookUp;
const opening = await costOf(async () => {
  lookUp = await openLookedUp(values.catalogue);
});
const named = await lookUp.named();
const askers = askersOf(Number(values.count));
const costs = [];
const [score, others] = [{ planted: 0, found: 0 }, []];
const questions = [];
for (const { hash, others: wanted } of askers) {
  const prints = await named.printsOf(hash);
  questions.push(prints.fingerprint);
  let found = [];
  costs.push(
    await costOf(async () => {
      found = await named.ask(prints.fingerprint);
    }),
  );
  score.planted += wanted.length;
  score.found += wanted.filter((other) => found.includes(other)).length;
  others.push(found.filter((other) => other !== hash && !wanted.includes(other)).length);
}
const result = {
  asked: costs.length,
  sounds: lookUp.sounds,
  segments: lookUp.segments.length,
  opening,
  ...figuresOf(costs),
  ...score,
  othersEach: others.reduce((sum, count) => sum + count, 0) / costs.length,
  decoding: decoding(),
  peers: peerLookUps(lookUp.segments, questions, figuresOf),
};
await lookUp.close();
console.log(JSON.stringify(result));
