// The recordings that the kinds of change are made from: 60 s out of the music of the corpus. The halves never share
// music: everything that is tuned is tuned on the music of "dev"; that of "alt" is for testing alone.
// Deterministic: packages take turns, and within a package the hash of the content decides, so that no ear chooses.
import fs from 'node:fs';
import path from 'node:path';
import { ffmpeg, fileMade, REPEATABLE } from './programs.mjs';
import { digest } from './random.mjs';

/** Which set's music makes up which half. */
export const HALVES = { tuning: 'dev', testing: 'alt' };
/** Originals of a half. The bar asks for 30 in testing; tuning shows where to look and needs fewer. */
export const ORIGINALS = { tuning: 16, testing: 32 };
export const EXCERPT_SECONDS = 60;
const MIN_SECONDS = 25;
/** A beginning is often unlike the rest, so the excerpt starts later where there is room. */
const START_SECONDS = 10;
/** As in make-library.mjs: what is near-silent for longer fits anything, which makes its truth unfair. */
const MOST_SILENCE = 0.3;
const SILENT = 33 / 32768;
const RATE = 44_100;

const manifestOf = (root, set) =>
  JSON.parse(fs.readFileSync(path.join(root, 'originals', set, 'manifest.json'), 'utf8')).items;

/**
 * The originals of a half, excerpts made where they are not there yet:
 * `{ id, package, file, seconds, rms, peak }`, levels in dB of full scale.
 */
export async function originalsOf(half, root) {
  const kept = path.join(root, 'kinds', half, 'originals.json');
  await fileMade(kept, async (part) => fs.writeFileSync(part, JSON.stringify(await choose(half, root), null, 1)));
  return JSON.parse(fs.readFileSync(kept, 'utf8'));
}

async function choose(half, root) {
  const set = HALVES[half];
  const items = manifestOf(root, set).filter(
    ({ kind, duration }) => ['recorded', 'module-render'].includes(kind) && duration >= MIN_SECONDS,
  );
  const chosen = [];
  for (const item of inTurns(items)) {
    if (chosen.length === ORIGINALS[half]) break;
    const original = await excerpt(
      item,
      path.join(root, 'originals', set),
      path.join(root, 'kinds', half, 'originals'),
    );
    if (original) chosen.push(original);
  }
  return chosen;
}

/** One of each package, then a second of each, and so on; within a package by content. */
function inTurns(items) {
  const queues = Object.values(Object.groupBy(items, ({ pkg }) => pkg));
  for (const queue of queues) queue.sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const longest = Math.max(...queues.map((queue) => queue.length));
  return Array.from({ length: longest }, (_, turn) => queues.flatMap((queue) => queue[turn] ?? [])).flat();
}

async function excerpt(item, from, to) {
  const id = `${item.pkg}-${item.sha256.slice(0, 8)}`;
  const seconds = Math.min(EXCERPT_SECONDS, Math.floor(item.duration * 10) / 10);
  const start = Math.min(START_SECONDS, Math.max(0, item.duration - seconds));
  const file = await fileMade(path.join(to, `${id}.flac`), (part) =>
    ffmpeg(['-ss', String(start), '-i', path.join(from, item.path), '-t', String(seconds), ...asOriginal(), part]),
  );
  const levels = await levelsOf(file);
  if (levels.silence > MOST_SILENCE) return undefined;
  return { id, package: item.pkg, file, seconds: levels.seconds, rms: levels.rms, peak: levels.peak };
}

const asOriginal = () => [...REPEATABLE, '-ar', String(RATE), '-ac', '2', '-sample_fmt', 's16', '-f', 'flac'];

/** How long a file is, how loud, and which share of it hardly sounds. */
export async function levelsOf(file) {
  const bytes = await ffmpeg(['-i', file, '-ac', '2', '-ar', String(RATE), '-f', 'f32le', '-']);
  const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const cell = (2 * RATE) / 10;
  let [power, peak, silent] = [0, 0, 0];
  const cells = Math.floor(samples.length / cell);
  for (let at = 0; at < cells; at++) {
    let sum = 0;
    for (const sample of samples.subarray(at * cell, (at + 1) * cell)) {
      sum += sample * sample;
      if (Math.abs(sample) > peak) peak = Math.abs(sample);
    }
    power += sum;
    if (Math.sqrt(sum / cell) < SILENT) silent++;
  }
  return {
    seconds: samples.length / 2 / RATE,
    rms: decibels(Math.sqrt(power / (cells * cell))),
    peak: decibels(peak),
    silence: silent / cells,
  };
}

const decibels = (amplitude) => Math.round(2000 * Math.log10(Math.max(amplitude, 1e-6))) / 100;

/** Other originals that one is mixed with or set beside: of another package where there is one, so surely strangers. */
export function strangersOf(original, originals, count, purpose) {
  const others = originals.filter((other) => other.package !== original.package);
  const order = (other) => digest(purpose, original.id, other.id);
  return [...others].sort((a, b) => (order(a) < order(b) ? -1 : 1)).slice(0, count);
}

/** Pieces of stems against their mix, as Frets on Fire ships them: `{ song, part: guitar|song, mix, stem, start }`. */
export async function stemPieces(half, root, seconds) {
  const set = HALVES[half];
  const families = Object.values(
    Object.groupBy(
      manifestOf(root, set).filter(({ kind }) => kind === 'stem'),
      ({ family }) => family,
    ),
  );
  const fileOf = (family, detail) => family.find((item) => item.detail === detail);
  return families
    .filter((family) => fileOf(family, 'fullmix') && fileOf(family, 'guitar') && fileOf(family, 'song'))
    .flatMap((family) => {
      const mix = fileOf(family, 'fullmix');
      const pieces = Math.floor((mix.duration - START_SECONDS) / seconds);
      return Array.from({ length: pieces }, (_, piece) => ({
        id: `${mix.pkg}-${mix.sha256.slice(0, 8)}-${piece}`,
        start: START_SECONDS + piece * seconds,
        ...Object.fromEntries(
          ['fullmix', 'guitar', 'song'].map((part) => [
            part,
            path.join(root, 'originals', set, fileOf(family, part).path),
          ]),
        ),
      }));
    });
}

/** Cuts an excerpt out of any file of the corpus, as an original. */
export function cut(from, start, seconds, to) {
  return fileMade(to, (part) =>
    ffmpeg(['-ss', String(start), '-i', from, '-t', String(seconds), ...asOriginal(), part]),
  );
}
