// comparisons-part.mjs DIST write|read FILE: one half of the measurement of recorded comparisons, in a process of its own,
// so that its memory is its own. Writes or reads a catalogue of a million sounds in cliques of seven and prints figures as JSON.
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const [dist, half, file] = process.argv.slice(2);
const load = (name) => import(path.join(dist, name));
const SOUNDS = 1_000_000;
const RECORDS = 10_000_000;
/** Sounds of one recording: three million pairs of the ten are the same recording. */
const COPIES = 7;
/** Records that are committed at once. */
const COMMIT = 1_000;
const MIB = 2 ** 20;
/** What most of a large library's pairs are. */
const STRANGERS = ['different', 'different', 'different', 'different', 'unsure', 'other-performance', 'shared-parts'];

const { openCatalogue } = await load('adapters/sqlite/index.js');
const matching = await load('matching/index.js');
const open = () => openCatalogue(file, { clock: { now: () => Date.now() }, owner: 'the benchmark' });
const hashOf = (sound) => `sha256:${(sound * 2_654_435_761 + 97).toString(16).padStart(64, '0')}`;
/** Every seventh sound is lossless and has a sample hash of its own. */
const sampleHashOf = (sound) => (sound % COPIES === 0 ? `sha256:${sound.toString(16).padStart(64, '0')}` : null);

/** Runs a step and gives `[result, { elapsed, cpu, rss }]`: seconds, seconds, MiB afterwards. */
async function timed(work) {
  const [started, before] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  const figures = {
    elapsed: (performance.now() - started) / 1000,
    cpu: (user + system) / 1e6,
    rss: process.memoryUsage.rss() / MIB,
  };
  return [result, figures];
}

/** A million files with sounds; no fingerprints, which nobody here reads. */
async function makeSounds() {
  await (await open())[Symbol.asyncDispose]();
  const db = new DatabaseSync(file);
  db.exec('pragma synchronous = off; begin');
  const content = db.prepare(
    'insert into contents (id, hash, size_bytes, producer, audio_hash, sample_hash, duration_seconds) values (?, ?, 1, ?, ?, ?, 200)',
  );
  const name = db.prepare(
    'insert into files (folder, name, device, inode, size_bytes, mtime_ns, ctime_ns, present, content_id) values (?, ?, 1, ?, 1, 1, 1, 1, ?)',
  );
  const text = new TextEncoder();
  for (let sound = 1; sound <= SOUNDS; sound++) {
    const bytes = text.encode(String(sound).padStart(32, '0'));
    content.run(sound, bytes, 'bench', hashOf(sound), sampleHashOf(sound));
    name.run(text.encode('/music'), text.encode(`${sound}.flac`), sound, sound);
  }
  db.exec('commit');
  db.close();
}

function randoms(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

function verdictOf(relation, random) {
  const same = relation === 'same-recording';
  return {
    relation,
    ...{ truncated: same && random(10) === 0 ? 'b' : null, damaged: null, master: 'unknown' },
    ...{ similarity: random(10_000) / 10_000, significance: same ? 30 + random(3000) / 100 : random(400) / 100 },
    ...{ overlapSeconds: same ? 150 + random(5000) / 100 : random(1000) / 100, offsetSeconds: random(10_000) / 1000 },
    ...{ speedRatio: 1, coherence: same ? 0.9 + random(1000) / 10_000 : random(1500) / 10_000 },
  };
}

/** Pairs as a run meets them: each sound with copies that came before it, and with strangers from anywhere. */
function* pairs() {
  const random = randoms(1);
  let left = RECORDS;
  for (let b = 1; b <= SOUNDS; b++) {
    const first = b - (b % COPIES);
    const own = [];
    for (let a = Math.max(1, first); a < b; a++) own.push([a, 'same-recording']);
    const wanted = Math.round(left / (SOUNDS - b + 1));
    while (own.length < wanted) {
      const a = 1 + random(SOUNDS);
      const isKnown = own.some(([other]) => other === a);
      if (!isKnown && Math.floor(a / COPIES) !== Math.floor(b / COPIES))
        own.push([a, STRANGERS[random(STRANGERS.length)]]);
    }
    left -= own.length;
    for (const [a, relation] of own) yield { a, b, verdict: verdictOf(relation, random) };
  }
}

async function write() {
  await makeSounds();
  const store = await open();
  const [, written] = await timed(async () => {
    let batch = [];
    const commit = async () => {
      await store.recordComparisons(matching.MATCH_METHOD, matching.recordsOf(lastOfEach(batch)), []);
      batch = [];
    };
    for (const pair of pairs()) {
      batch.push(pair);
      if (batch.length === COMMIT) await commit();
    }
    await commit();
  });
  // Everything counts as matched, so that commands on this catalogue only read.
  await store.recordComparisons(matching.MATCH_METHOD, new Uint8Array(0), [...(await store.soundNumbers()).keys()]);
  await store[Symbol.asyncDispose]();
  const db = new DatabaseSync(file);
  const [{ records, used }] = db
    .prepare(
      "select sum(length(records)) / 24 as records, (select sum(pgsize) from dbstat where name = 'comparisons') as used from comparisons",
    )
    .all();
  db.close();
  return { written, records, bytes: used / records };
}

/** A pair may come twice in one commit, as strangers of both. */
function lastOfEach(batch) {
  const last = new Map(batch.map((pair) => [`${Math.min(pair.a, pair.b)} ${Math.max(pair.a, pair.b)}`, pair]));
  return [...last.values()];
}

async function read() {
  const { readComparisons } = await load('catalogue/comparisons.js');
  const [store, opened] = await timed(open);
  const [table, loaded] = await timed(() => readComparisons(store, matching.MATCH_METHOD));
  const samples = new Map(Array.from({ length: SOUNDS }, (_, i) => [hashOf(i + 1), sampleHashOf(i + 1)]));
  const sampleHashes = table.sounds.map((hash) => samples.get(hash));
  samples.clear();
  const library = { sounds: table.sounds.length, secondsOf: () => 200, nulls: matching.PRIOR };
  const [weighing, weighed] = await timed(() => matching.weighComparisons(table, library, 0.01));
  const [grouping, grouped] = await timed(() => matching.groupSounds(weighing.table, sampleHashes));
  const [rates, rated] = await timed(() => matching.falseRatesOfGroups(grouping, weighing, sampleHashes));
  await store[Symbol.asyncDispose]();
  const planted = Math.floor(SOUNDS / COPIES) + 1;
  if (grouping.groups.length !== planted) throw new Error(`${grouping.groups.length} groups, not ${planted}`);
  const peak = process.resourceUsage().maxRSS / 1024;
  return {
    opened,
    loaded,
    weighed,
    grouped,
    rated,
    peak,
    records: table.size,
    believed: weighing.believed.length,
    rates: rates.length,
  };
}

console.log(JSON.stringify(half === 'write' ? await write() : await read()));
