// store-material.mjs day|segments|steps|scattered DIR [--hours 24] [--count 10000] [--steps 20]
//
// Recordings of a radio station in any amount, made by splicing: songs that were encoded once, cross-fades and talk
// that come once. The same arguments and music give the same bytes. Prints the size, and how much of it was not there
// before, which is what a perfect store keeps.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { pick, randomOf } from '../accuracy/random.mjs';
import { corpusFolder, prepareRadio } from '../corpus/prepare.mjs';
import { BYTES_PER_SECOND, encodedSongs, FRAMES_PER_SECOND, madeSong, madeStretch } from './store-songs.mjs';

const SEED = 'store';
const FADE_SECONDS = [2, 6];
const TALK_SECONDS = [20, 100];
/** After how many songs somebody talks. */
const TALK_SHARE = 0.25;
const STEP_BYTES = 1e9;
const RECORDING_SECONDS = 3600;
/** New songs a step: a tenth of what is played, as is usual at a station that plays the charts. */
const NEW_SONGS = 26;
const NEW_SONG_SECONDS = [180, 300];
/** Of songs in the set of segments, so that ten thousand of them fit on a disk. */
const EXCERPT_SECONDS = [15, 45];
const PIECE_BYTES = [5_000, 40_000];

const between = (random, [low, high]) => low + random() * (high - low);
const frames = (seconds) => Math.round(seconds * FRAMES_PER_SECOND);

/** The songs of the corpus, kept in its folder between runs. */
export const stationSongs = (originals, folder = path.join(corpusFolder(), 'bench')) =>
  encodedSongs(originals, path.join(folder, 'songs-128k'));

/** Counts bytes, and those that were not counted before. */
export function createTally() {
  const known = new Map();
  const tally = { files: 0, bytes: 0, uniqueBytes: 0, add };
  return tally;

  function add({ source, offset }, length) {
    tally.bytes += length;
    tally.uniqueBytes += length;
    if (source === undefined) return;
    let [start, end] = [offset, offset + length];
    const apart = [];
    for (const range of known.get(source) ?? []) {
      tally.uniqueBytes -= Math.max(0, Math.min(offset + length, range.end) - Math.max(offset, range.start));
      if (range.end < start || range.start > end) apart.push(range);
      else [start, end] = [Math.min(start, range.start), Math.max(end, range.end)];
    }
    known.set(source, [...apart, { start, end }]);
  }
}

/** What goes out, for ever: stretches of songs, each with a cross-fade after it, and talk. */
function* programme(key, songs, { excerptSeconds, talkShare = TALK_SHARE } = {}) {
  const random = randomOf(SEED, key);
  const once = (kind, n, seconds) => ({
    kind,
    bytes: madeStretch(`${key} ${kind} ${n}`, frames(between(random, seconds))).bytes,
  });
  for (let n = 0; ; n++) {
    const song = pick(random, songs);
    const skipped = frames(between(random, FADE_SECONDS));
    const whole = [skipped, song.frames - frames(between(random, FADE_SECONDS))];
    yield { kind: 'song', ...song.stretch(...(excerptSeconds ? excerpt(song, random, excerptSeconds) : whole)) };
    yield once('fade', n, FADE_SECONDS);
    if (random() < talkShare) yield once('talk', n, TALK_SECONDS);
  }
}

function excerpt(song, random, seconds) {
  const length = Math.min(song.frames, frames(between(random, seconds)));
  const from = Math.floor(random() * (song.frames - length));
  return [from, from + length];
}

function writePieces(file, pieces, tally) {
  const fd = fs.openSync(file, 'w');
  for (const piece of pieces) {
    fs.writeSync(fd, piece.bytes);
    tally.add(piece, piece.bytes.length);
  }
  fs.closeSync(fd);
  tally.files++;
}

/** Pieces until there are so many bytes. */
function* first(size, pieces) {
  let left = size;
  for (const piece of pieces) {
    const bytes = piece.bytes.subarray(0, left);
    yield { ...piece, bytes };
    left -= bytes.length;
    if (left === 0) return;
  }
}

/** One recording of so many hours: 1.4 GB a day. */
export function makeDay(folder, { songs, hours = 24, tally = createTally() }) {
  fs.mkdirSync(folder, { recursive: true });
  const size = hours * 3600 * BYTES_PER_SECOND;
  writePieces(path.join(folder, `${hours} hours.mp3`), first(size, programme('day', songs)), tally);
  return tally;
}

/** So many segments as a ripper leaves them, cut somewhere in the cross-fades. */
export function makeSegments(folder, { songs, count = 10_000, tally = createTally() }) {
  fs.mkdirSync(folder, { recursive: true });
  const random = randomOf(SEED, 'cuts');
  const pieces = programme('segments', songs, { excerptSeconds: EXCERPT_SECONDS, talkShare: 0 });
  let head = { bytes: Buffer.alloc(0) };
  for (let n = 0; n < count; n++) {
    const song = pieces.next().value;
    const fade = pieces.next().value;
    const cut = Math.floor(random() * fade.bytes.length);
    const name = `${String(n).padStart(5, '0')} ${song.source}`;
    writePieces(path.join(folder, name), [head, song, { bytes: fade.bytes.subarray(0, cut) }], tally);
    head = { bytes: fade.bytes.subarray(cut) };
  }
  return tally;
}

/** The n-th gigabyte of a station, in recordings of an hour, for a tally that goes on. New songs join with every step. */
export function makeStep(folder, { songs, step, tally }) {
  fs.mkdirSync(folder, { recursive: true });
  const random = randomOf(SEED, 'new songs');
  const added = Array.from({ length: NEW_SONGS * (step + 1) }, (_, n) =>
    madeSong(`new song ${n}`, frames(between(random, NEW_SONG_SECONDS))),
  );
  const known = [...songs, ...added];
  const most = RECORDING_SECONDS * BYTES_PER_SECOND;
  for (let left = STEP_BYTES, n = 0; left > 0; n++) {
    const size = Math.min(left, most);
    const file = path.join(folder, `${String(n).padStart(2, '0')}.mp3`);
    writePieces(file, first(size, programme(`step ${step} ${n}`, known)), tally);
    left -= size;
  }
  return tally;
}

/** `songs/`, each whole, to be stored first, and `scattered/scattered.mp3` of so many pieces of them. */
export function makeScattered(folder, { songs, count = 10_000, tally = createTally() }) {
  const [whole, scattered] = ['songs', 'scattered'].map((name) => path.join(folder, name));
  for (const at of [whole, scattered]) fs.mkdirSync(at, { recursive: true });
  const stretches = songs.map((song) => song.stretch(0, song.frames));
  for (const stretch of stretches) writePieces(path.join(whole, stretch.source), [stretch], tally);
  const random = randomOf(SEED, 'scattered');
  const pieces = Array.from({ length: count }, () => {
    const { source, bytes } = pick(random, stretches);
    const length = Math.floor(between(random, PIECE_BYTES));
    const offset = Math.floor(random() * (bytes.length - length));
    return { source, offset, bytes: bytes.subarray(offset, offset + length) };
  });
  writePieces(path.join(scattered, 'scattered.mp3'), pieces, tally);
  return tally;
}

function makeSteps(folder, { songs, steps, tally = createTally() }) {
  for (let step = 0; step < steps; step++) makeStep(path.join(folder, `step ${step}`), { songs, step, tally });
  return tally;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      hours: { type: 'string', default: '24' },
      count: { type: 'string', default: '10000' },
      steps: { type: 'string', default: '20' },
    },
  });
  const makers = { day: makeDay, segments: makeSegments, steps: makeSteps, scattered: makeScattered };
  const [kind, folder] = positionals;
  const { originals, missing } = prepareRadio([]);
  if (missing || !makers[kind] || !folder) throw new Error(missing ?? `wanted: ${Object.keys(makers).join('|')} DIR`);
  const numbers = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
  const { add, ...counted } = makers[kind](folder, { songs: await stationSongs(originals), ...numbers });
  console.log(JSON.stringify(counted));
}

if (import.meta.main) await main();
