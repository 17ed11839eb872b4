// The gate: what judging a song costs in a large library beside decoding it, and what taking many small files in costs
// beside scanning them.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeArrivals } from '../../test/support/arrivals.ts';
import { CROWDED, makeGateLibrary } from './gate-library.mjs';
import { interleaved, measure, median, medianOf, ratio } from './measure.mjs';
import { DIST, reprise } from './reprise.mjs';

const RECORDINGS = 100_000;
const SONG_SECONDS = 240;
/** Of songs that are decoded, all cases together. */
const CHECKS = 100;
/** Sounds of which small files are made, each with a copy. */
const SMALL = 500;
const MANY = 1000;

const KNOWN = 'a file of the library';

const say = (text) => console.error(text);

function ffmpeg(...argv) {
  const ran = spawnSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...argv], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`ffmpeg ${argv.join(' ')}: ${ran.stderr}`);
}

/** Four minutes of music from two long files, without tags. */
function songOf(sounds, n, folder) {
  const [one, other] = [sounds.flac.files[2 * n], sounds.flac.files[2 * n + 1]];
  const song = path.join(folder, `song ${n}.flac`);
  const graph = `[0:a][1:a]concat=n=2:v=0:a=1,atrim=end=${SONG_SECONDS}`;
  ffmpeg('-i', one, '-i', other, '-filter_complex', graph, '-sample_fmt', 's16', '-c:a', 'flac', song);
  return song;
}

/** The same coded again or as it is, with tags. */
function tagged(song, file, tags, codec = ['-c:a', 'copy']) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const metadata = Object.entries(tags).flatMap(([name, value]) => ['-metadata', `${name}=${value}`]);
  ffmpeg('-i', song, '-map_metadata', '-1', ...codec, ...metadata, file);
  return file;
}

/** Songs that arrive, by what they are to the library, and their counterparts in it. */
function makeCases(sounds, folder, library) {
  const songs = Array.from({ length: 7 }, (_, n) => songOf(sounds, n, folder));
  const mp3 = ['-c:a', 'libmp3lame', '-b:a', '320k'];
  const place = (album, track) => ({ album, album_artist: 'The Bench', artist: 'The Bench', track, title: 'A Song' });
  const arriving = (name, song, tags) => tagged(songs[song], path.join(folder, `${name}.flac`), tags);
  const kept = (name, song, tags, codec) => tagged(songs[song], path.join(library, name), tags, codec);
  kept('equal.flac', 1, { ...place('Kept', 1), title: 'A Song, Remembered' });
  kept('mp3.mp3', 2, place('Kept', 2), mp3);
  kept('other.flac', 6, place('Kept', 3));
  kept('cut.mp3', 4, place('Kept', 4), [...mp3, '-af', 'atrim=start=4:end=200,volume=-3dB,highpass=f=120']);
  const { album_artist: _, ...nobody } = place(CROWDED, 1);
  return {
    'new album': arriving('new', 0, place('Never Heard Of', 1)),
    'equal audio is kept as FLAC': arriving('equal', 1, place('Kept', 1)),
    'kept as MP3, 320 kbit/s': arriving('mp3', 2, place('Kept', 2)),
    'same place, another sound': arriving('other', 3, place('Kept', 3)),
    'same place, a cut of it': arriving('cut', 4, place('Kept', 4)),
    [`track 1 of "${CROWDED}", as of 500 artists`]: arriving('crowded', 5, place(CROWDED, 1)),
    'the same without an album artist': arriving('nobody', 5, nobody),
    [KNOWN]: path.join(library, 'other.flac'),
  };
}

const quantile = (list, share) =>
  list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.ceil(share * list.length) - 1)];
const milliseconds = (value) => Math.round(value).toLocaleString('en');

async function benchChecks({ originals, sounds, rounds }, folder) {
  const library = path.join(folder, 'library');
  const cases = makeCases(sounds, folder, library);
  const data = await makeGateLibrary({ tracks: RECORDINGS, originals, folder, say });
  await reprise(['scan', library], data);
  const each = Math.max(rounds, Math.ceil(CHECKS / (Object.keys(cases).length - 1)));
  say(`gate: ${each} checks of each case`);
  const argv = [
    path.join(import.meta.dirname, 'gate-check.mjs'),
    DIST,
    data,
    library,
    String(each),
    JSON.stringify(cases),
  ];
  const { stdout } = await measure(process.execPath, argv);
  const { opening, first, results } = JSON.parse(stdout);
  const all = Object.entries(results).flatMap(([name, checks]) => (name === KNOWN ? [] : checks));
  const restart = JSON.parse((await measure(process.execPath, argv.with(4, '0'))).stdout);
  return {
    rows: [...Object.entries(results), ['all but the last', all]].map(([name, checks]) => checkRow(name, checks)),
    starts: [
      ['with all places to work out', `${(opening.wall / 1000).toFixed(2)} s`, `${(first.wall / 1000).toFixed(2)} s`],
      ['afterwards', `${(restart.opening.wall / 1000).toFixed(2)} s`, `${(restart.first.wall / 1000).toFixed(2)} s`],
    ],
  };
}

function checkRow(name, checks) {
  const walls = checks.map(({ check }) => check.wall);
  const decoding = median(checks.map(({ decode }) => decode.wall));
  const of = (field) => `${median(checks.map(({ decode, check }) => check[field] / decode[field])).toFixed(3)} ×`;
  const words = [...new Set(checks.map(({ verdict }) => verdict))];
  const figures = [decoding, quantile(walls, 0.5), quantile(walls, 0.99)].map(milliseconds);
  return [name, words.length === 1 ? words[0] : '', String(checks.length), ...figures, of('wall'), of('cpu')];
}

/** A folder of small WAV files, half of them copies; scanned and taken in, by two workers and by four. */
async function benchImport({ rounds }, folder) {
  const inbox = path.join(folder, 'arrivals');
  const files = writeArrivals(inbox, { count: SMALL, seed: 1, kinds: ['copy', 'retagged', 'quieter'] });
  const run = async (argv, workers, options = {}) => {
    const data = fs.mkdtempSync(path.join(folder, 'data-'));
    const figures = await reprise([...argv, inbox, '--json'], data, { workers, ...options });
    const counts = argv[0] === 'gate' ? countsOf(figures.stdout) : undefined;
    fs.rmSync(data, { recursive: true });
    return { ...figures, counts };
  };
  say(`gate: ${files.length} small files`);
  const contenders = {
    scan: () => run(['scan'], 2),
    import: () => run(['gate', 'import'], 2),
    wide: () => run(['gate', 'import'], 4),
  };
  const results = await interleaved(contenders, rounds);
  const row = (label, name) => {
    const [elapsed, cpu] = ['elapsed', 'cpu'].map((field) => medianOf(results, name, field));
    const beside = `${ratio(results, name, 'scan', 'elapsed').toFixed(2)} ×`;
    return [label, (files.length / elapsed).toFixed(0), elapsed.toFixed(1), cpu.toFixed(1), beside];
  };
  return {
    files: files.length,
    keepers: new Set(files.flatMap(({ tuple }) => tuple ?? [])).size,
    counts: results.wide[0].counts,
    rows: [
      row('`scan`, 2 workers', 'scan'),
      row('`gate import`, 2 workers', 'import'),
      row('`gate import`, 4 workers', 'wide'),
    ],
  };
}

function countsOf(stdout) {
  const words = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).verdict ?? 'failed');
  return Object.entries(Object.groupBy(words, (word) => word)).map(([word, all]) => `${all.length} ${word}`);
}

/** Twice as many at once: what the process has, and all of them. */
async function benchGateMemory(folder) {
  const inbox = path.join(folder, 'many');
  const files = writeArrivals(inbox, { count: MANY, seed: 2, kinds: ['copy', 'retagged', 'quieter'] });
  say(`gate: memory of ${files.length} files`);
  const data = path.join(folder, 'data-memory');
  const { memory } = await reprise(['gate', 'import', inbox, '--json'], data, { workers: 2, memory: true });
  const row = (label, course) => [label, Math.round(Math.max(...course)), course.map(Math.round).join(' ')];
  return { files: files.length, rows: [row('the process', memory.own), row('with its workers', memory.course)] };
}

export async function benchGate(setting) {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'reprise-gate-bench-'));
  try {
    const checks = await benchChecks(setting, folder);
    const imports = await benchImport(setting, folder);
    const memory = await benchGateMemory(folder);
    return report(checks, imports, memory);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function report(checks, imports, memory) {
  const { files, keepers, counts } = imports;
  return {
    title: 'Gate',
    about: [
      `A FLAC of four minutes is judged against ${RECORDINGS.toLocaleString('en')} recordings in one process that lives on, and beside each check the same worker decodes and fingerprints the same file. Milliseconds by the clock; ratios are medians of check : decoding. Bar: 1.1 ×.`,
      `Then the first question after a start: opening the catalogue, and the first check with all that it waits for; once, in a library that was scanned before there was a gate, the places of all its contents are worked out; a scan does that along the way.`,
      `Then ${files.toLocaleString('en')} small files taken in, half of them copies that arrive with their originals (${keepers} tracks of releases; the gate said: ${counts.join(', ')}). Last, peak MiB within each tenth of an import of ${memory.files.toLocaleString('en')} files. Bar: flat.`,
    ].join(' '),
    tables: [
      {
        head: ['song', 'verdict', 'checks', 'decoding ms', 'check ms, p50', 'p99', 'check : decoding', 'by CPU'],
        rows: checks.rows,
      },
      { head: ['first question', 'opening', 'check'], rows: checks.starts },
      { head: ['small files', 'files/s', 'elapsed s', 'CPU s', 'elapsed : scan'], rows: imports.rows },
      { head: ['memory', 'peak', 'course'], rows: memory.rows },
    ],
  };
}
