// npm run scale -- [DIR …] --tracks 1e3,1e4,1e5 [--into DIR] [--workers 1,2] [--memory MIB] [--brute 1e4] [--statistics] [--record]
//
// How the search grows. Makes libraries from the music below the folders (scale/library.mjs), or takes those that are
// there, lets the product find all pairs, and those of some new tracks, and says what that cost and what
// was found of what was planted. --memory: what the search may take. --brute: up to this size everything is also laid over everything. --statistics: how
// much made tracks resemble real ones. --library: makes the libraries and stops. --record writes docs/scale-results.json,
// docs/scale.md and its pictures; what was recorded of other sizes stays.
import fs from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bruteForce, canCompile } from './scale/brute.mjs';
import { compareStatistics } from './scale/compare.mjs';
import { makeLibrary } from './scale/library.mjs';
import { makePool, readPool } from './scale/pool.mjs';
import { isChosen } from './scale/product.mjs';
import { readResults, writeResults } from './scale/record.mjs';
import { plantedPairs } from './scale/roles.mjs';
import { runMeasured } from './scale/run.mjs';
import { scorePairs } from './scale/score.mjs';

const SEED = 'scale';
const NEW_TRACKS = 100;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tracks: { type: 'string', default: '1e3,1e4' },
    into: { type: 'string', default: path.join(tmpdir(), 'reprise-scale') },
    workers: { type: 'string', default: '1,2' },
    memory: { type: 'string', default: '2048' },
    brute: { type: 'string', default: '0' },
    statistics: { type: 'boolean', default: false },
    library: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});
const sizes = values.tracks.split(',').filter(Boolean).map(Number);
const workers = values.workers.split(',').map(Number);
const poolFile = path.join(values.into, 'pool.bin');
const say = (text) => console.error(text);

async function searchWith(workers, { tracks, pairs, options }) {
  const cost = await runMeasured({ task: 'all', workers, pairs, ...options });
  const { missed, ...score } = await scorePairs(pairs, { seed: SEED, tracks });
  for (const { a, b, kind, overlapSeconds } of missed.slice(0, 20))
    say(`  missed ${a} and ${b}: ${kind}, ${overlapSeconds.toFixed(0)} s in common`);
  return { ...cost, score };
}

/** Searches for the pairs of tracks that are new to a library whose index knows the others. */
async function searchNewWith(workers, { tracks, pairs, options }) {
  await runMeasured({ task: 'others', workers, count: NEW_TRACKS, ...options });
  const cost = await runMeasured({ task: 'new', workers, count: NEW_TRACKS, pairs, ...options });
  const { planted, found } = await scorePairs(pairs, {
    seed: SEED,
    tracks,
    isAsked: (audioHash) => isChosen(audioHash, tracks, NEW_TRACKS),
  });
  return { ...cost, planted, found };
}

async function bruteWith({ tracks }) {
  const { pairs, seconds } = await bruteForce({ seed: SEED, tracks, poolFile });
  const found = new Set(pairs.map(({ a, b }) => Math.min(a, b) * tracks + Math.max(a, b)));
  const planted = [...plantedPairs(SEED, tracks)];
  const both = planted.filter(({ a, b }) => found.has(a * tracks + b)).length;
  return { seconds, planted: planted.length, found: both, unplanted: pairs.length - both };
}

/** All that is measured of one size. */
async function measureSize(tracks) {
  const folder = path.join(values.into, String(tracks));
  const library = await makeLibrary({ folder, tracks, seed: SEED, poolFile, say });
  if (values.library) return undefined;
  const options = { catalogue: library.catalogue, tracks, memory: values.memory };
  const setting = { tracks, pairs: path.join(folder, 'pairs.txt'), options };
  const result = {
    tracks,
    catalogueBytes: fs.statSync(library.catalogue).size,
    ...(library.made && { made: library.made }),
  };
  result.all = {};
  for (const count of workers) {
    say(`${tracks} tracks, ${count} at a time`);
    result.all[count] = await searchWith(count, setting);
    say(JSON.stringify(result.all[count]));
  }
  result.new = await searchNewWith(workers.at(-1), setting);
  if (tracks <= Number(values.brute) && canCompile()) result.brute = await bruteWith(setting);
  return result;
}

if (positionals.length > 0) makePool(positionals, poolFile, say);
if (!fs.existsSync(poolFile)) {
  console.error('There is no pool of music yet: name folders with music.');
  process.exit(2);
}
const results = readResults();
if (values.statistics) results.statistics = compareStatistics(poolFile, say);
for (const tracks of sizes) {
  const measured = await measureSize(tracks);
  if (!measured) continue;
  const { pieces, energies } = readPool(poolFile);
  results.machine = {
    cores: cpus().length,
    model: cpus()[0].model.trim(),
    pieces: pieces.length,
    frames: energies.length / 12,
  };
  results.sizes = [...(results.sizes ?? []).filter((other) => other.tracks !== tracks), measured].sort(
    (one, other) => one.tracks - other.tracks,
  );
  if (values.record) writeResults(results);
}
if (values.record) writeResults(results);
else console.log(JSON.stringify(results, undefined, 1));
