// npm run scale -- [DIR …] --tracks 1e3,1e4,1e5 [--into DIR] [--parts all,speeds,look-up,new,brute] [--workers 1,2] [--memory MIB] [--statistics] [--record]
//
// How the search grows. Makes libraries from the music below the folders (scale/library.mjs), or takes those that are
// there, and measures by parts: all pairs of a library that was never searched, single sounds looked up in the index that
// this left, all sounds once more at other speeds, those of some new tracks, and what laying everything over everything finds. With no parts it makes the libraries and stops. --memory: what the search may
// take. --statistics: how much made tracks resemble real ones. --record writes docs/scale-results.json, docs/scale.md and
// its pictures; what was recorded of other sizes and parts stays.
import fs from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bruteForce, canCompile } from './scale/brute.mjs';
import { compareStatistics } from './scale/compare.mjs';
import { PITCH_CLASSES } from './scale/kernel.mjs';
import { makeLibrary } from './scale/library.mjs';
import { makePool, readPool } from './scale/pool.mjs';
import { isChosen } from './scale/product.mjs';
import { readResults, writeResults } from './scale/record.mjs';
import { plantedPairs } from './scale/roles.mjs';
import { runLookUps, runMeasured } from './scale/run.mjs';
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
    parts: { type: 'string', default: 'all,new' },
    statistics: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});
const sizes = values.tracks.split(',').filter(Boolean).map(Number);
const parts = values.parts.split(',').filter(Boolean);
const workers = values.workers.split(',').map(Number);
const poolFile = path.join(values.into, 'pool.bin');
const say = (text) => console.error(text);

/** Pairs that the last search for all of them found. */
const allPairs = (folder) => path.join(folder, 'pairs.txt');

async function searchWith(workers, { tracks, folder, options }) {
  const pairs = allPairs(folder);
  const cost = await runMeasured({ task: 'all', workers, pairs, ...options });
  const { missed, ...score } = await scorePairs(pairs, { seed: SEED, tracks });
  for (const { a, b, kind, overlapSeconds } of missed.slice(0, 20))
    say(`  missed ${a} and ${b}: ${kind}, ${overlapSeconds.toFixed(0)} s in common`);
  return { ...cost, score };
}

/** Searches for the pairs of tracks that are new to a library whose index knows the others. */
async function searchNewWith(workers, { tracks, folder, options }) {
  const pairs = path.join(folder, 'pairs-new.txt');
  await runMeasured({ task: 'others', workers, count: NEW_TRACKS, ...options });
  const cost = await runMeasured({ task: 'new', workers, count: NEW_TRACKS, pairs, ...options });
  const { planted, found } = await scorePairs(pairs, {
    seed: SEED,
    tracks,
    isAsked: (audioHash) => isChosen(audioHash, tracks, NEW_TRACKS),
  });
  return { ...cost, planted, found };
}

/** What laying everything over everything finds, and how much of that the search found that went before. */
async function bruteWith({ tracks, folder }) {
  const { pairs, seconds } = await bruteForce({ seed: SEED, tracks, poolFile });
  const keyOf = ({ a, b }) => Math.min(a, b) * tracks + Math.max(a, b);
  const laid = new Set(pairs.map(keyOf));
  const planted = [...plantedPairs(SEED, tracks)].map(keyOf);
  const { missed } = await scorePairs(allPairs(folder), { seed: SEED, tracks });
  const unseen = new Set(missed.map(keyOf));
  const found = planted.filter((key) => laid.has(key));
  const both = found.filter((key) => !unseen.has(key)).length;
  return { seconds, planted: planted.length, found: found.length, both, unplanted: pairs.length - found.length };
}

/** What is measured of one size, by the names in `--parts`. */
const PARTS = {
  async all(setting) {
    const all = {};
    for (const count of workers) {
      say(`${setting.tracks} tracks, ${count} at a time`);
      all[count] = await searchWith(count, setting);
      say(JSON.stringify(all[count]));
    }
    return all;
  },
  async speeds({ tracks, folder, options }) {
    const count = workers.at(-1);
    say(`${tracks} tracks at other speeds, ${count} at a time`);
    const pairs = path.join(folder, 'pairs-speeds.txt');
    const cost = await runMeasured({ task: 'speeds', workers: count, pool: poolFile, pairs, ...options });
    return { ...cost, byChance: fs.readFileSync(pairs, 'latin1').split('\n').length - 1 };
  },
  'look-up': ({ options: { catalogue, tracks } }) => runLookUps({ catalogue, tracks }),
  new: (setting) => searchNewWith(workers.at(-1), setting),
  brute: (setting) => (canCompile() ? bruteWith(setting) : undefined),
};

/** Measures a size; what was measured of it before and is not now stays. */
async function measureSize(tracks, before) {
  const folder = path.join(values.into, String(tracks));
  const { catalogue, made } = await makeLibrary({ folder, tracks, seed: SEED, poolFile, say });
  const options = { catalogue, tracks, memory: values.memory };
  const result = { ...before, tracks, catalogueBytes: fs.statSync(catalogue).size, ...(made && { made }) };
  for (const part of parts) result[part] = await PARTS[part]({ tracks, folder, options });
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
  const others = (results.sizes ?? []).filter((size) => size.tracks !== tracks);
  const before = results.sizes?.find((size) => size.tracks === tracks);
  const measured = await measureSize(tracks, before);
  if (parts.length === 0) continue;
  const { pieces, energies } = readPool(poolFile);
  results.machine = {
    cores: cpus().length,
    model: cpus()[0].model.trim(),
    pieces: pieces.length,
    frames: energies.length / PITCH_CLASSES,
  };
  results.sizes = [...others, measured].sort((one, other) => one.tracks - other.tracks);
  if (values.record) writeResults(results);
}
if (values.record) writeResults(results);
else console.log(JSON.stringify(results, undefined, 1));
