// The scores of the corpus and what is rendered from them: the song, the song without a part, another take, the same
// score by other instruments. The halves have scores of different composers.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  arranged,
  cover,
  cutScore,
  hasDrums,
  leads,
  otherTake,
  partCount,
  readScore,
  without,
  withoutDrums,
  writeScore,
} from './midi.mjs';
import { EXCERPT_SECONDS, ORIGINALS } from './originals.mjs';
import { ffmpeg, fileMade, forEachOf, REPEATABLE, replaceFile, run } from './programs.mjs';
import { digest } from './random.mjs';

/**
 * Packages whose scores make up a half, and the soundfonts: the song's, one that shares samples with it, two that share
 * none with anything. MuseScore's descends from Fluid; TimGM6mb and Csound's share samples (measured: coherence 0.97),
 * so they never meet.
 */
const SOURCES = {
  tuning: { packages: ['openttd-openmsx'], fonts: ['fluidr3mono-gm', 'musescore-general', 'timgm6mb', 'opl3'] },
  testing: {
    packages: ['planetblupi-music-midi', 'simutrans-data', 'freedoom'],
    fonts: ['musescore-general', 'fluidr3mono-gm', 'csound', 'opl3'],
  },
};

/** Renderings by name: which soundfont, and what becomes of the score first. */
const RENDERINGS = {
  full: { font: 0, change: (score) => score },
  'no-drums': { font: 0, change: withoutDrums },
  'no-lead': { font: 0, change: (score, { lead }) => without(score, lead) },
  related: { font: 1, change: (score) => score },
  take: { font: 0, change: (score, { id }) => otherTake(score, id) },
  again: { font: 2, change: (score) => score },
  third: { font: 3, change: (score) => score },
  cover: { font: 2, change: cover },
  arranged: { font: 0, change: (score, { id }) => arranged(score, id) },
};

const AT_A_TIME = 2;
const MIN_PARTS = 4;
const MIN_SECONDS = 40;

/** Makes the renderings of a half's scores. */
export function createScores(half, root) {
  const folder = path.join(root, 'kinds', half, 'scores');
  const fonts = SOURCES[half].fonts.map((name) => fontFile(root, name));
  const kept = path.join(root, 'kinds', half, 'scores.json');

  const scoreOf = ({ source }) => cutScore(readScore(readSource(path.join(root, 'unpacked', source))), EXCERPT_SECONDS);

  async function rendering(piece, name) {
    const { font, change } = RENDERINGS[name];
    const midi = writeScore(change(scoreOf(piece), piece));
    const stamp = digest(midi.toString('base64'), SOURCES[half].fonts[font], 'render 1').slice(0, 8);
    return fileMade(path.join(folder, name, `${piece.id}.${stamp}.flac`), (part) => render(midi, fonts[font], part));
  }

  /** Looks at scores in order, two at a time, until `count` are chosen or none is left; goes on where it stopped. */
  async function choose({ chosen, looked }, count) {
    const all = inTurns(sources(half, root));
    while (chosen.length < count && looked < all.length) {
      const pieces = all
        .slice(looked, looked + AT_A_TIME)
        .map(pieceOf)
        .filter(Boolean);
      const audible = await forEachOf(pieces, AT_A_TIME, (piece) => withAudibleParts(piece, rendering));
      chosen.push(...audible.filter(Boolean));
      looked += AT_A_TIME;
      replaceFile(kept, JSON.stringify({ chosen, looked }, null, 1));
    }
    return chosen.slice(0, count);
  }

  function pieceOf(source) {
    let score;
    try {
      score = scoreOf({ source });
    } catch {
      return undefined; // what is no MIDI file that we read is no original
    }
    const length = Math.max(...score.slice(0, -16).map(({ seconds }) => seconds));
    if (length < MIN_SECONDS || partCount(score) < MIN_PARTS || !hasDrums(score) || leads(score).length === 0)
      return undefined;
    const [pkg, name] = [source.split('/')[0], path.basename(source).replace(/\W+/g, '-')];
    return { id: `${pkg}-${name}`, package: pkg, source, lead: leads(score)[0] };
  }

  return {
    /** The first so many scores that make fair pairs; each takes some seconds to choose, once. */
    pieces: (count) => {
      const before = fs.existsSync(kept) ? JSON.parse(fs.readFileSync(kept, 'utf8')) : { chosen: [], looked: 0 };
      return choose(before, Math.min(count, ORIGINALS[half]));
    },
    rendering,
  };
}

/** The soundfont of a package named NAME-soundfont or NAME-soundfont-small. */
function fontFile(root, name) {
  const unpacked = path.join(root, 'unpacked');
  const pkg = fs.readdirSync(unpacked).find((folder) => folder.startsWith(`${name}-soundfont`));
  const files = pkg ? fs.readdirSync(path.join(unpacked, pkg), { recursive: true }) : [];
  const font = files.filter((file) => /\.sf[23]$/i.test(file)).sort()[0];
  if (!font) throw new Error(`the soundfont ${name} is not there; fetch the sets dev and alt first`);
  return path.join(unpacked, pkg, font);
}

/** Scores of a half as names under "unpacked"; a lump of a WAD is FILE#LUMP. */
function sources(half, root) {
  const unpacked = path.join(root, 'unpacked');
  return SOURCES[half].packages.map((pkg) =>
    fs
      .readdirSync(path.join(unpacked, pkg), { recursive: true })
      .flatMap((file) => {
        if (/\.mid$/i.test(file) && path.basename(file) !== 'notes.mid') return [`${pkg}/${file}`];
        return /\.wad$/i.test(file)
          ? lumps(path.join(unpacked, pkg, file)).map(({ name }) => `${pkg}/${file}#${name}`)
          : [];
      })
      .sort((a, b) => (digest(a) < digest(b) ? -1 : 1)),
  );
}

function inTurns(queues) {
  const longest = Math.max(...queues.map((queue) => queue.length));
  return Array.from({ length: longest }, (_, turn) => queues.flatMap((queue) => queue[turn] ?? [])).flat();
}

function readSource(source) {
  const [file, lump] = source.split('#');
  if (!lump) return fs.readFileSync(file);
  return lumps(file).find(({ name }) => name === lump).bytes;
}

/** Pieces of music in a Doom WAD. @see https://doomwiki.org/wiki/WAD */
function lumps(file) {
  const wad = fs.readFileSync(file);
  const [count, directory] = [wad.readInt32LE(4), wad.readInt32LE(8)];
  const music = [];
  for (let entry = directory; entry < directory + 16 * count; entry += 16) {
    const [at, size] = [wad.readInt32LE(entry), wad.readInt32LE(entry + 4)];
    const name = wad.toString('latin1', entry + 8, entry + 16).replace(/\0.*$/, '');
    if (name.startsWith('D_')) music.push({ name, bytes: wad.subarray(at, at + size) });
  }
  return music;
}

async function render(midi, font, to) {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'reprise-score-'));
  try {
    const [score, wave] = [path.join(scratch, 'score.mid'), path.join(scratch, 'wave.wav')];
    fs.writeFileSync(score, midi);
    await run('fluidsynth', ['-q', '-ni', '-g', '0.6', '-r', '44100', '-F', wave, '-T', 'wav', font, score]);
    await ffmpeg(['-i', wave, '-t', String(EXCERPT_SECONDS), ...REPEATABLE, '-sample_fmt', 's16', '-f', 'flac', to]);
  } finally {
    fs.rmSync(scratch, { recursive: true });
  }
}

/** What is taken away must have been heard, or the pair is no hard negative but a duplicate in truth. */
async function withAudibleParts(piece, rendering) {
  const full = await rendering(piece, 'full');
  for (const part of ['no-lead', 'no-drums']) {
    if (!(await isHeard(full, await rendering(piece, part)))) return undefined;
  }
  return piece;
}

/** Chosen: a part 20 dB below the rest is heard by people and by nobody's statistics. */
const HEARD_DECIBELS = -20;
const HEARD_SHARE = 0.4;
const WINDOW = 22_050;

/** Is what b lacks of a within 20 dB of a, for two fifths of the time? */
export async function isHeard(a, b) {
  const [whole, rest] = await Promise.all([a, b].map(samplesOf));
  let [windows, heard] = [0, 0];
  for (let start = 0; start + WINDOW <= Math.min(whole.length, rest.length); start += WINDOW) {
    let [power, missing] = [0, 0];
    for (let i = start; i < start + WINDOW; i++) {
      power += whole[i] ** 2;
      missing += (whole[i] - rest[i]) ** 2;
    }
    if (power === 0) continue;
    windows++;
    if (10 * Math.log10(missing / power) > HEARD_DECIBELS) heard++;
  }
  return windows > 0 && heard / windows >= HEARD_SHARE;
}

async function samplesOf(file) {
  const bytes = await ffmpeg(['-i', file, '-ac', '1', '-ar', '44100', '-f', 'f32le', '-']);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}
