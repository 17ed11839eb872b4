// node tools/corpus/stress.mjs drones|silence|copies|mix [--count N] [--hours N]
//
// Libraries that are hard by their size or sameness: drones that hardly differ, near-silent files, copies of one file,
// a mix of many hours with the tracks it was mixed from. Makes each in a folder of its own, lets the built product
// find its duplicates, prints what that cost and whether the groups are right, and removes it again.
// Exit code 1: the groups are wrong. 3: the music cannot be had here.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { ffmpeg, forEachOf, REPEATABLE } from '../accuracy/programs.mjs';
import { randomOf } from '../accuracy/random.mjs';
import { signal } from '../accuracy/signals.mjs';
import { measure } from '../bench/measure.mjs';
import { corpusFolder, prepareMusic } from './prepare.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const PARTLY_DONE = 3;

/** Each: how many by default, how its files are made, and what is wrong with what `find` said, in sentences. */
const STRESSES = {
  drones: { count: 300, make: drones, check: noGroups },
  silence: { count: 10_000, make: silence, check: noGroups },
  copies: { count: 5000, make: copies, check: oneGroup },
  mix: { count: 0, make: mix, check: mixIsRelated, needsMusic: true },
};

const DRONE_SECONDS = 40;

async function drones(folder, { count }) {
  await forEachOf(Array.from({ length: count }), 2, async (_, i) => {
    const samples = signal('drones', `stress ${i}`, 0, DRONE_SECONDS);
    const input = Buffer.from(samples.buffer);
    const raw = ['-f', 'f32le', '-ar', '44100', '-ac', '1', '-i', '-'];
    await ffmpeg([...raw, ...REPEATABLE, '-sample_fmt', 's16', path.join(folder, `drone ${i}.flac`)], { input });
  });
}

const SILENT_RATE = 8000;
const SILENT_SECONDS = 11;

/** The last bit flickers, differently in each file. Written without an encoder: there are many. */
async function silence(folder, { count }) {
  for (let i = 0; i < count; i++) {
    const random = randomOf('silence', i);
    const samples = Int16Array.from({ length: SILENT_RATE * SILENT_SECONDS }, () => Math.floor(3 * random()) - 1);
    fs.writeFileSync(path.join(folder, `silence ${i}.wav`), wave(samples, SILENT_RATE));
  }
}

function wave(samples, rate) {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  for (const [at, value] of [
    [16, 16],
    [24, rate],
    [28, 2 * rate],
    [40, samples.byteLength],
  ])
    head.writeUInt32LE(value, at);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ])
    head.writeUInt16LE(value, at);
  head.write('data', 36, 'latin1');
  return Buffer.concat([head, Buffer.from(samples.buffer)]);
}

const TAG_BYTES = 128;

/** Copies of one song; every second has a tag of its own at its end, so that its bytes differ and its audio does not. */
async function copies(folder, { count }) {
  const notes = [220, 277, 330, 415, 494, 370].map(
    (hertz, i) => `sin(2*PI*${hertz}*t)*gt(sin(${0.9 + i / 3}*t+${i}),0.2)`,
  );
  const song = path.join(folder, 'song.mp3');
  const source = ['-f', 'lavfi', '-i', `aevalsrc=0.12*(${notes.join('+').replaceAll(',', '\\,')}):s=44100:d=20`];
  await ffmpeg([...source, ...REPEATABLE, '-c:a', 'libmp3lame', '-b:a', '96k', song]);
  const bytes = fs.readFileSync(song);
  for (let i = 1; i < count; i++) {
    const tag = Buffer.alloc(TAG_BYTES);
    tag.write(`TAGcopy ${i}`, 'latin1');
    fs.writeFileSync(path.join(folder, `copy ${i}.mp3`), i % 2 ? Buffer.concat([bytes, tag]) : bytes);
  }
}

const MIN_TRACK_SECONDS = 60;

/**
 * The tracks of the corpus one after the other, each once, until the hours are full. The first is not there beside the
 * mix: what the mix begins with may as well be the mix cut short.
 */
async function mix(folder, { hours }) {
  const chosen = [];
  let left = hours * 3600;
  for (const set of ['dev', 'alt']) {
    const base = path.join(corpusFolder(), 'originals', set);
    const { items } = JSON.parse(fs.readFileSync(path.join(base, 'manifest.json'), 'utf8'));
    for (const item of items.filter(({ kind, duration }) => kind === 'recorded' && duration >= MIN_TRACK_SECONDS)) {
      if (item.duration > left) continue;
      left -= item.duration;
      chosen.push(path.join(base, item.path));
    }
  }
  for (const [i, file] of chosen.entries()) {
    if (i > 0) fs.copyFileSync(file, path.join(folder, `track ${i}${path.extname(file)}`));
  }
  const list = path.join(folder, 'list.txt');
  fs.writeFileSync(list, chosen.map((file) => `file '${file.replaceAll("'", "'\\''")}'`).join('\n'));
  await concatenated(chosen, path.join(folder, 'mix.opus'));
  fs.rmSync(list);
  console.log(`${chosen.length} tracks, ${((hours * 3600 - left) / 3600).toFixed(1)} h`);
}

/** Decodes the files in turn into one encoder, since their rates and codecs differ. */
async function concatenated(files, to) {
  const raw = ['-f', 's16le', '-ar', '48000', '-ac', '2'];
  const fast = ['-c:a', 'libopus', '-b:a', '96k', '-compression_level', '0'];
  const quiet = ['-v', 'error', '-y'];
  const encoder = spawn('ffmpeg', [...quiet, ...raw, '-i', '-', ...fast, to], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  for (const file of files) {
    const stdio = ['ignore', 'pipe', 'inherit'];
    const decoder = spawn('ffmpeg', ['-nostdin', ...quiet, '-i', file, ...raw, '-'], { stdio });
    await pipeline(decoder.stdout, encoder.stdin, { end: false });
  }
  encoder.stdin.end();
  const [code] = await once(encoder, 'close');
  if (code !== 0) throw new Error(`the mix could not be encoded: ffmpeg ended with ${code}`);
}

function noGroups({ groups, related }) {
  const words = [];
  if (groups.length > 0) words.push(`${groups.length} groups, the largest of ${groups[0].files.length} files`);
  const named = related.filter(({ relation }) => relation !== 'other-performance');
  if (named.length > 0) words.push(`${named.length} relations, such as ${named[0].relation}`);
  return words;
}

function oneGroup({ groups }, { count }) {
  if (groups.length === 1 && groups[0].files.length === count) return [];
  return [
    `${groups.length} groups with ${groups.map(({ files }) => files.length).join(', ')} files, not one of ${count}`,
  ];
}

/** The mix belongs to no group, and every track is a part of it. */
function mixIsRelated({ groups, related }, { folder }) {
  const words = [];
  const whole = path.join(fs.realpathSync(folder), 'mix.opus');
  if (groups.some(({ files }) => files.some((file) => file.path === whole))) words.push('the mix is in a group');
  const tracks = fs.readdirSync(folder).filter((name) => name.startsWith('track ')).length;
  const parts = new Set(related.flatMap(({ a, b, relation }) => (relation === 'contains' && a === whole ? [b] : [])));
  if (parts.size < tracks) words.push(`${parts.size} of ${tracks} tracks are named as parts of the mix`);
  return words;
}

async function stress(name, given) {
  const { make, check } = STRESSES[name];
  const folder = fs.mkdtempSync(path.join(tmpdir(), `reprise-stress-${name}-`));
  const data = fs.mkdtempSync(path.join(tmpdir(), 'reprise-stress-data-'));
  try {
    await make(folder, given);
    const argv = [path.join(root, 'dist/program/cli.js'), 'find', folder, '--data', data, '--json', '--no-progress'];
    const ran = await measure(process.execPath, argv, { accept: [0, PARTLY_DONE], memory: true });
    const wrong = check(JSON.parse(ran.stdout), { ...given, folder });
    const cost = `${ran.elapsed} s, CPU ${ran.cpu.toFixed(1)} s, memory ${Math.round(ran.memory.pss)} MiB`;
    console.log(`${name}: ${cost}; ${wrong.join('; ') || 'right'}`);
    return wrong.length > 0 ? 1 : 0;
  } finally {
    for (const one of [folder, data]) fs.rmSync(one, { recursive: true, force: true });
  }
}

async function main() {
  const { values, positionals } = parseArgs({
    options: { count: { type: 'string' }, hours: { type: 'string', default: '10' } },
    allowPositionals: true,
  });
  const [name] = positionals;
  if (!STRESSES[name]) {
    console.error(`usage: stress.mjs ${Object.keys(STRESSES).join('|')} [--count N] [--hours N]`);
    return 2;
  }
  const missing = STRESSES[name].needsMusic && prepareMusic();
  if (missing) {
    console.error(`\nSKIPPED: ${name}: ${missing}.\n`);
    return PARTLY_DONE;
  }
  return stress(name, { count: Number(values.count ?? STRESSES[name].count), hours: Number(values.hours) });
}

process.exitCode = await main();
