// Fingerprints of a minute of every piece of music below some folders, as it is and made unlike itself. What is made:
// the minute backwards, and another speed by way of the sample rate, four semitones up or five down and backwards. Each keeps
// the statistics of music (notes, chords, loudness, how fast things change) and shares nothing with other pieces
// that the pieces themselves do not share. Tracks of one origin are never counted as a pair.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const { createFingerprinter, SAMPLE_RATE } = await import('../../dist/fingerprint/index.js');

/** Items of a minute, and the least that a shorter piece must give. */
const ITEMS = 484;
const LEAST_ITEMS = 300;
const SECONDS = 63;

/** Speeds: as it is, four semitones up, five down. */
const RATIOS = [1, 2 ** (4 / 12), 2 ** (-5 / 12)];
/** How tracks are made of a piece. `speed`: index of RATIOS. */
export const MAKINGS = [
  { name: 'real', speed: 0, backwards: false },
  { name: 'backwards', speed: 0, backwards: true },
  { name: 'four semitones up', speed: 1, backwards: false },
  { name: 'five semitones down, backwards', speed: 2, backwards: true },
];

/** Stems, second renderings and layered versions of what is there already. */
const NOT_ALONE = /__(guitar|song|rhythm)\.|__(timgm6mb|muse|csound)\.flac$|_enhanced\.|\/(sfx|sounds?\/effects)\//i;

/** Pieces that share takes, or are arrangements or loops of each other: pairs within a line are related. */
const FAMILIES = [
  /tecnoballz.*area1-game/,
  /frozen-mainzik-2p/,
  /drascula-music\/track(1|30)\./,
  /supertux-data\/(christmas_)?theme\./,
  /supertux-data\/cave(_old)?\./,
  /ardentryst.*\/theme1(_raw)?\./,
  /freedroidrpg.*\/(Ambient|Tech)Battle\./,
  /freedroidrpg.*\/HellFortress/,
  /mix3_loop\d/,
  /sixtyfour_/,
  /through_space/i,
];

/** The number of the family that a file belongs to, or `undefined`. */
export function familyOf(file) {
  const family = FAMILIES.findIndex((pattern) => pattern.test(file));
  return family < 0 ? undefined : family;
}

/** Music files below the folders; of files with equal bytes the first. */
export function piecesIn(folders) {
  const seen = new Set();
  return folders
    .flatMap((folder) =>
      globSync('**/*.{ogg,oga,opus,mp3,flac,wav,OGG}', { cwd: folder }).map((name) => path.join(folder, name)),
    )
    .sort()
    .filter((file) => !NOT_ALONE.test(file) && statSync(file).size > 300_000)
    .filter((file) => {
      const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
      return !seen.has(hash) && seen.add(hash);
    });
}

/** The tracks of a piece, each `{ origin, making, items }`; none where it is too short. Kept in `cache`. */
export function tracksOf(file, cache) {
  mkdirSync(cache, { recursive: true });
  const kept = path.join(cache, `${createHash('sha256').update(file).digest('hex').slice(0, 20)}.bin`);
  const bytes = read(kept) ?? fingerprints(file);
  writeFileSync(kept, bytes);
  const all = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return MAKINGS.flatMap((_, making) => {
    const items = all.slice(making * (ITEMS + 1) + 1, making * (ITEMS + 1) + 1 + (all[making * (ITEMS + 1)] ?? 0));
    return items.length >= LEAST_ITEMS ? [{ origin: file, making, items }] : [];
  });
}

function read(file) {
  return statSync(file, { throwIfNoEntry: false }) && Uint8Array.from(readFileSync(file));
}

/** For each making the number of items, then room for ITEMS of them. */
function fingerprints(file) {
  const out = new Uint32Array(MAKINGS.length * (ITEMS + 1));
  const duration = Number(
    spawnSync('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', file], {
      encoding: 'utf8',
    }).stdout,
  );
  if (!(duration >= 40)) return new Uint8Array(out.buffer);
  const longest = SECONDS * Math.max(...RATIOS);
  const sounds = decode(file, Math.max(0, (duration - longest) / 2), longest);
  MAKINGS.forEach(({ speed, backwards }, making) => {
    const pcm = sounds[speed].subarray(0, SECONDS * SAMPLE_RATE);
    const fingerprinter = createFingerprinter({ phases: 1 });
    fingerprinter.push(backwards ? pcm.toReversed() : pcm);
    const items = fingerprinter.finish()[0].slice(0, ITEMS);
    out[making * (ITEMS + 1)] = items.length;
    out.set(items, making * (ITEMS + 1) + 1);
  });
  return new Uint8Array(out.buffer);
}

/** The stretch at each of RATIOS, in one pass. */
function decode(file, start, seconds) {
  const outlets = RATIOS.map((_, i) => `[s${i}]`);
  const chains = RATIOS.map(
    (ratio, i) => `[s${i}]asetrate=${Math.round(44100 * ratio)},aresample=${SAMPLE_RATE}[o${i}]`,
  );
  const graph = `[0:a:0]aresample=44100,asplit=${RATIOS.length}${outlets.join('')};${chains.join(';')}`;
  const input = ['-nostdin', '-v', 'error', '-ss', String(start), '-t', String(seconds), '-i', file];
  const outputs = RATIOS.flatMap((_, i) => ['-map', `[o${i}]`, '-ac', '1', '-f', 's16le', `pipe:${3 + i}`]);
  const ran = spawnSync('ffmpeg', [...input, '-filter_complex', graph, ...outputs], {
    stdio: ['ignore', 'inherit', 'inherit', ...RATIOS.map(() => 'pipe')],
    maxBuffer: 2 ** 28,
  });
  return RATIOS.map((_, i) =>
    Int16Array.from({ length: ran.output[3 + i].length >> 1 }, (_, at) => ran.output[3 + i].readInt16LE(at * 2)),
  );
}
