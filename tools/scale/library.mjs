// Libraries of made tracks, as catalogues of the product: every track is a present file with an audio hash and four
// phases of fingerprints, at a path where there is nothing. The same seed and pool give the same library, and a smaller
// one is the beginning of a larger one.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { audioHashOf, BLOCK, plantedPairs } from './roles.mjs';

const { openCatalogue } = await import('../../dist/adapters/sqlite/index.js');
const { systemClock } = await import('../../dist/kernel/index.js');

/** Changes with whatever changes the tracks, so that kept libraries are made anew. */
const METHOD = 2;
const TRACKS_PER_SPAN = BLOCK;
const SPANS_PER_TRANSACTION = 100;
/** Spans that are asked for before they are needed, a worker. */
const AHEAD = 3;
const NO_TAGS = '{"common":{},"native":[],"conflicts":[],"cover":null}';

/**
 * Makes a library below `folder`, or takes the one that is there, and gives `{ folder, catalogue, made }`; `made`: seconds
 * that it took, 0 for one that was there.
 */
export async function makeLibrary({ folder, tracks, seed, poolFile, workers = 2, say = () => undefined }) {
  const catalogue = path.join(folder, 'catalogue.sqlite');
  const label = path.join(folder, 'library.json');
  const pool = createHash('sha256').update(fs.readFileSync(poolFile)).digest('hex').slice(0, 16);
  const wanted = JSON.stringify({ method: METHOD, seed, tracks, pool });
  if (fs.existsSync(label) && fs.readFileSync(label, 'utf8') === wanted) return { folder, catalogue, made: 0 };
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const started = performance.now();
  await (await openCatalogue(catalogue, { clock: systemClock, owner: 'scale' }))[Symbol.asyncDispose]();
  const db = openForFilling(catalogue);
  const insert = inserter(db, seed);
  let done = 0;
  db.exec('begin');
  for await (const span of madeSpans({ tracks, seed, poolFile, workers })) {
    for (const track of span) insert(track);
    done += span.length;
    if (done % (TRACKS_PER_SPAN * SPANS_PER_TRANSACTION) !== 0) continue;
    db.exec('commit; begin');
    say(`library: ${done} of ${tracks} tracks, ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
  db.exec('commit');
  db.close();
  fs.writeFileSync(label, wanted);
  return { folder, catalogue, made: (performance.now() - started) / 1000 };
}

/** The planted pairs of a library, with audio hashes beside the numbers. */
export function truthOf(seed, tracks) {
  return [...plantedPairs(seed, tracks)];
}

function openForFilling(catalogue) {
  const db = new DatabaseSync(catalogue);
  db.exec(
    'pragma journal_mode = off; pragma synchronous = off; pragma locking_mode = exclusive; pragma cache_size = -400000',
  );
  return db;
}

function inserter(db, seed) {
  const content =
    db.prepare(`insert into contents (id, hash, size_bytes, producer, tags, audio_hash, duration_seconds, codec, container,
    sample_rate_hz, channels, bit_rate, lossless, rms, peak, clipped_samples, decoded_seconds, decode_errors, complaints)
    values (?, ?, ?, 'made', '${NO_TAGS}', ?, ?, 'mp3', 'mp3', 44100, 2, 192000, 0, 0.2, 0.9, 0, ?, 0, '[]')`);
  const file =
    db.prepare(`insert into files (id, folder, name, device, inode, size_bytes, mtime_ns, ctime_ns, present, content_id)
    values (?, ?, ?, 1, ?, ?, 1700000000000000000, 1700000000000000000, 1, ?)`);
  const fingerprint = db.prepare(
    'insert into fingerprints (content_id, phase0, phase1, phase2, phase3, altered) values (?, ?, ?, ?, ?, zeroblob(0))',
  );
  return ({ number, seconds, phases }) => {
    const id = number + 1;
    const bytes = Math.round(seconds * 24_000);
    const hash = createHash('sha256').update(`${seed} bytes ${number}`).digest();
    content.run(id, hash, bytes, audioHashOf(seed, number), seconds, seconds);
    const folder = Buffer.from(`/nowhere/${String(Math.floor(number / 1000)).padStart(4, '0')}`);
    file.run(id, folder, Buffer.from(`${number}.mp3`), id, bytes, id);
    fingerprint.run(id, ...phases);
  };
}

/** Spans of made tracks in the order of their numbers. */
async function* madeSpans({ tracks, seed, poolFile, workers }) {
  const makers = Array.from(
    { length: workers },
    () => new Worker(new URL('./worker.mjs', import.meta.url), { workerData: { seed, poolFile } }),
  );
  const ended = makers.map((maker) => new Promise((resolve) => maker.once('exit', resolve)));
  const ready = new Map();
  let failed;
  let wake = () => undefined;
  for (const maker of makers) {
    maker.on('message', ({ first, tracks: made }) => {
      ready.set(first, made);
      wake();
    });
    maker.on('error', (error) => {
      failed = error;
      wake();
    });
  }
  try {
    let asked = 0;
    for (let next = 0; next < tracks; next += TRACKS_PER_SPAN) {
      for (; asked < tracks && asked < next + AHEAD * workers * TRACKS_PER_SPAN; asked += TRACKS_PER_SPAN) {
        const maker = makers[(asked / TRACKS_PER_SPAN) % workers];
        maker.postMessage({ first: asked, end: Math.min(tracks, asked + TRACKS_PER_SPAN) });
      }
      while (!ready.has(next)) {
        if (failed) throw failed;
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      yield ready.get(next);
      ready.delete(next);
    }
  } finally {
    for (const maker of makers) maker.postMessage(undefined);
    await Promise.all(ended);
  }
}
