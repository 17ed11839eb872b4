// Genuine and fake lossless files, made from music that was never lossy: rendered scores and tracker modules, and sounds
// synthesised by seed. What is done to a genuine one is what people, studios and converters do; filters with a wall like a
// coder's are among it on purpose. All files are FLAC.
import fs from 'node:fs';
import path from 'node:path';
import { HALVES } from './originals.mjs';
import { ffmpeg, fileMade, REPEATABLE, run } from './programs.mjs';
import { normal, randomOf } from './random.mjs';

const SECONDS = 40;
const START = 8;
const RATE = 44_100;
const TURN = 2 * Math.PI;

const dithered = (method = 'triangular') => `aresample=osf=s16:dither_method=${method}`;
/** A resampler with a slope of 1.5 per cent, as good converters have. */
const steep = (rate) => `aresample=${rate}:filter_size=256:cutoff=0.985`;
/** A linear-phase low-pass that falls by 120 dB within 100 Hz. */
const wall = (hertz) => `firequalizer=gain='if(lt(f,${hertz}),0,-120)':delay=0.05`;
const HISS = 'anoisesrc=a=0.004:c=pink:r=44100:seed=7';

/** What is genuine: a filter chain, and what the file is written as. `of` masters each; absent: all. */
export const GENUINE = [
  { name: 'as rendered', filter: 'anull' },
  { name: '30 dB softer, dithered', filter: `volume=-30dB,${dithered()}`, of: 16 },
  { name: 'louder by 9 dB, limited', filter: 'volume=9dB,alimiter=limit=0.98', of: 12 },
  { name: 'dark: gentle low-pass at 3 kHz', filter: 'lowpass=f=3000:p=2', of: 16 },
  { name: 'low-pass of 12 dB an octave at 12 kHz', filter: 'lowpass=f=12000:p=2', of: 12 },
  { name: 'old recording: 100 Hz to 5 kHz, hiss', filter: 'highpass=100,lowpass=5000:p=2', hiss: true, of: 16 },
  { name: 'mono', filter: 'aformat=channel_layouts=mono', of: 12 },
  { name: '44.1 → 48 kHz', filter: `aresample=48000,${dithered()}`, of: 16 },
  { name: '44.1 → 96 kHz, 24 bit', filter: 'aresample=96000', format: 's32', of: 12 },
  { name: '44.1 → 48 → 44.1 kHz', filter: 'aresample=48000,aresample=44100', of: 12 },
  { name: '16 bit padded to 24', filter: 'anull', format: 's32', of: 8 },
  { name: 'noise-shaped dither', filter: dithered('shibata'), of: 12 },
  { name: 'recorded at 22.05 kHz', filter: `${steep(22_050)},${steep(RATE)}`, of: 12 },
  { name: 'recorded at 32 kHz', filter: `${steep(32_000)},${steep(RATE)}`, of: 16 },
  { name: 'broadcast: wall at 15 kHz', filter: wall(15_000), of: 16 },
  { name: 'wall at 16 kHz', filter: wall(16_000), of: 16 },
  { name: 'wall at 18 kHz', filter: wall(18_000), of: 16 },
  { name: 'wall at 20 kHz', filter: wall(20_000), of: 16 },
];

/** What is fake: coded, decoded, written as FLAC of 16 bits. */
export const FAKES = [
  { name: 'MP3 128', ext: 'mp3', coding: ['-c:a', 'libmp3lame', '-b:a', '128k'] },
  { name: 'MP3 192', ext: 'mp3', coding: ['-c:a', 'libmp3lame', '-b:a', '192k'] },
  { name: 'MP3 256', ext: 'mp3', coding: ['-c:a', 'libmp3lame', '-b:a', '256k'] },
  { name: 'MP3 320', ext: 'mp3', coding: ['-c:a', 'libmp3lame', '-b:a', '320k'] },
  { name: 'MP3 V0', ext: 'mp3', coding: ['-c:a', 'libmp3lame', '-q:a', '0'] },
  { name: 'MP3 V2', ext: 'mp3', coding: ['-c:a', 'libmp3lame', '-q:a', '2'] },
  { name: 'AAC 128', ext: 'm4a', coding: ['-c:a', 'aac', '-b:a', '128k'] },
  { name: 'AAC 256', ext: 'm4a', coding: ['-c:a', 'aac', '-b:a', '256k'] },
  { name: 'Opus 96', ext: 'opus', coding: ['-c:a', 'libopus', '-b:a', '96k'] },
  { name: 'Opus 160', ext: 'opus', coding: ['-c:a', 'libopus', '-b:a', '160k'] },
  { name: 'Vorbis q4', ext: 'ogg', coding: ['-c:a', 'libvorbis', '-q:a', '4'] },
  { name: 'Vorbis q6', ext: 'ogg', coding: ['-c:a', 'libvorbis', '-q:a', '6'] },
];
const MASTERS_OF_FAKES = 16;

/** `{ name, isFake, files }` for each kind, made as they are asked for. */
export function kindsOf(half, root, limit = Number.POSITIVE_INFINITY) {
  const folder = path.join(root, 'fakes', half);
  const masters = mastersOf(half, root);
  const some = (of = masters.length) => masters.slice(0, Math.min(of, limit));
  const named = (kind, master) => path.join(folder, kind.name.replaceAll(/[^\w.]+/g, '-'), `${master.id}.flac`);
  const original = (master) => fileMade(path.join(folder, 'masters', `${master.id}.flac`), (part) => cut(master, part));
  return [
    ...GENUINE.map((kind) => ({
      name: kind.name,
      isFake: false,
      files: some(kind.of).map((master) => async () => genuine(kind, await original(master), named(kind, master))),
    })),
    {
      name: 'synthesised',
      isFake: false,
      files: SYNTHESISED.slice(0, limit).map((voice) => () => synthesise(voice, path.join(folder, 'synthesised'))),
    },
    ...FAKES.map((kind) => ({
      name: kind.name,
      isFake: true,
      files: some(MASTERS_OF_FAKES).map(
        (master) => async () => fake(kind, await original(master), named(kind, master)),
      ),
    })),
  ];
}

/** Packages take turns, and within a package the hash of the content decides, so that no ear chooses. */
function mastersOf(half, root) {
  const originals = path.join(root, 'originals', HALVES[half]);
  const { items } = JSON.parse(fs.readFileSync(path.join(originals, 'manifest.json'), 'utf8'));
  const lossless = items.filter(({ lossless: is, kind, duration }) => is && kind !== 'stem' && duration >= START + 20);
  const queues = Object.values(Object.groupBy(lossless, ({ pkg }) => pkg));
  for (const queue of queues) queue.sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const longest = Math.max(...queues.map((queue) => queue.length));
  return Array.from({ length: longest }, (_, turn) => queues.flatMap((queue) => queue[turn] ?? []))
    .flat()
    .map((item) => ({ id: `${item.pkg}-${item.sha256.slice(0, 8)}`, file: path.join(originals, item.path) }));
}

const cut = ({ file }, part) =>
  ffmpeg(['-ss', String(START), '-t', String(SECONDS), '-i', file, '-ac', '2', '-ar', String(RATE), ...asFlac(), part]);
const asFlac = (format = 's16') => [...REPEATABLE, '-sample_fmt', format, '-c:a', 'flac', '-f', 'flac'];

function genuine({ filter, hiss, format }, master, target) {
  const mixed = ['-f', 'lavfi', '-i', HISS, '-filter_complex', `[0:a]${filter}[a];[a][1:a]amix=duration=first`];
  const change = hiss ? mixed : ['-af', filter];
  return fileMade(target, (part) => ffmpeg(['-i', master, ...change, ...asFlac(format), part]));
}

function fake({ ext, coding }, master, target) {
  return fileMade(target, async (part) => {
    const coded = `${part}.${ext}`;
    await ffmpeg(['-i', master, ...REPEATABLE, ...coding, coded]);
    await ffmpeg(['-i', coded, ...asFlac(), part]);
    fs.rmSync(coded);
  });
}

/** Six instruments, in four moods each: how bright, how often a note begins. */
const SYNTHESISED = ['string', 'organ', 'chip', 'bell', 'drums', 'pad'].flatMap((instrument) =>
  [0, 1, 2, 3].map((mood) => ({ instrument, mood })),
);

async function synthesise({ instrument, mood }, folder) {
  return fileMade(path.join(folder, `${instrument}-${mood}.flac`), async (part) => {
    const random = randomOf('fakes', instrument, mood);
    const samples = new Float32Array(RATE * SECONDS);
    for (let at = 0; at < samples.length; at += Math.floor(RATE * (0.15 + 0.3 * random()))) {
      const hertz = 55 * 2 ** (Math.floor(40 * random()) / 12);
      addNote(samples, at, INSTRUMENTS[instrument]({ hertz, bright: (mood + 1) / 4, random }));
    }
    const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const bytes = Buffer.from(samples.map((value) => (0.8 * value) / peak).buffer);
    await run('ffmpeg', ['-v', 'error', '-y', '-f', 'f32le', '-ar', String(RATE), '-i', '-', ...asFlac(), part], {
      input: bytes,
    });
  });
}

function addNote(samples, from, sampleAt) {
  const length = Math.min(RATE, samples.length - from);
  for (let i = 0; i < length; i++) samples[from + i] += sampleAt(i / RATE, i);
}

const partials = (count, hertz, level, decay) => (t) => {
  let sum = 0;
  for (let k = 1; k <= count && k * hertz < 21_000; k++)
    sum += level(k) * Math.exp(-decay(k) * t) * Math.sin(TURN * k * hertz * t);
  return sum * Math.min(1, t * 400);
};

const INSTRUMENTS = {
  string: ({ hertz, bright }) =>
    partials(
      60,
      hertz,
      (k) => k ** (-2 + bright),
      (k) => 2 + k * (1.2 - bright),
    ),
  organ: ({ hertz, bright }) =>
    partials(
      Math.round(4 + 30 * bright),
      hertz,
      (k) => 1 / k,
      () => 0.2,
    ),
  chip:
    ({ hertz, bright }) =>
    (t) =>
      ((t * hertz) % 1 < bright * 0.5 ? 0.4 : -0.4) * (t < 0.2 ? 1 : 0),
  bell:
    ({ hertz, bright }) =>
    (t) =>
      Math.sin(TURN * hertz * t + 8 * bright * Math.exp(-3 * t) * Math.sin(TURN * 3.51 * hertz * t)) * Math.exp(-2 * t),
  drums:
    ({ bright, random }) =>
    (t) =>
      normal(random) * Math.exp(-t * (8 + 60 * bright)),
  pad:
    ({ hertz, bright }) =>
    (t) =>
      partials(
        Math.round(3 + 12 * bright),
        hertz,
        (k) => 1 / k,
        () => 0,
      )(t) *
      Math.sin(Math.PI * t) ** 2,
};
