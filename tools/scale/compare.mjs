// Real tracks and made ones by the same figures: the pieces of the pool beside as many made tracks of the same lengths,
// and made copies beside what was measured of real ones.
import { randomOf } from '../accuracy/random.mjs';
import { drawCopy, makeCopy, SOUNDS } from './copies.mjs';
import { PITCH_CLASSES } from './kernel.mjs';
import { openPool } from './open-pool.mjs';
import { readPool } from './pool.mjs';
import { bitErrorRate, statisticsOf } from './statistics.mjs';
import { FRAMES_PER_SECOND, layTrack } from './tracks.mjs';

/** Real tracks take part from 50 s on, with at most five minutes. Chosen. */
const ITEMS = { least: 400, most: 2400 };
const FRAMES_PER_ITEM = 20;
const COPIES = 100;
const COPY_SECONDS = 63;

/**
 * Differing bits of real copies, medians and 95th percentiles by kind of change, the question asked at four phases: 32 pieces
 * of game music of 60 s, changed by FFmpeg, fingerprinted by Chromaprint 1.5.1. All but speed start at the original's
 * first sample; half a second later costs 0.006 (0.007) more.
 */
const REAL_COPIES = {
  'coding, high rate': ['MP3 320, MP3 V0', '0.001', '0.001–0.003'],
  'coding, middle rate': ['MP3 128, AAC 128, Vorbis q3, Opus 96', '0.005–0.009', '0.010–0.022'],
  'coding, low rate': ['MP3 64, MP3 128 then Opus 64, Opus 32', '0.011–0.026', '0.024–0.039'],
  noise: ['white noise 20 and 10 dB below', '0.003–0.013', '0.014–0.062'],
  compressor: ['compand', '0.022', '0.044'],
  equaliser: ['bass +6 dB, smile ±6 dB', '0.071–0.099', '0.099–0.129'],
  remaster: ['EQ, compressor and limiter', '0.071', '0.135'],
  speed: ['0.1 % and 0.5 % faster', '0.035–0.144', '0.059–0.216'],
};

function fingerprint(kernel, frames) {
  kernel.fingerprint(frames);
  return [0, 1, 2, 3].map((phase) => kernel.itemsOf(phase, frames));
}

function realTracks(kernel, poolFile) {
  const { pieces, energies } = readPool(poolFile);
  const tracks = pieces.map(({ first, frames }) => {
    const used = Math.min(frames, 4 * (ITEMS.most + FRAMES_PER_ITEM - 1));
    kernel.image.fill(0, 0, (used + 8) * PITCH_CLASSES);
    kernel.image.set(energies.subarray(first * PITCH_CLASSES, (first + used) * PITCH_CLASSES));
    return { phases: fingerprint(kernel, used) };
  });
  return tracks.filter(({ phases: [items] }) => items.length >= ITEMS.least);
}

function madeTracks(kernel, pool, lengths) {
  return lengths.map((length, i) => {
    const frames = 4 * (length + FRAMES_PER_ITEM - 1);
    layTrack(kernel, pool, randomOf('statistics', i), frames);
    kernel.expand(frames);
    return { phases: fingerprint(kernel, frames) };
  });
}

/** Bit errors of a made copy where it belongs: the best phase, within an item. */
function errorsOf(kernel, pool, sound, which) {
  const frames = Math.round(COPY_SECONDS * FRAMES_PER_SECOND);
  const draw = () => layTrack(kernel, pool, randomOf('copied', which), frames);
  draw();
  kernel.expand(frames);
  const original = fingerprint(kernel, frames)[0];
  draw();
  const copy = drawCopy(randomOf('copy', sound, which), frames, { sound, shape: 'whole' });
  makeCopy(kernel, pool, copy, frames, randomOf('strange', which));
  const phases = fingerprint(kernel, copy.frames);
  const rates = phases.flatMap((items, phase) =>
    [-1, 0, 1].map((beside) => {
      const offset = Math.round((phase - copy.start) / 4) + beside;
      const [from, to] = [Math.max(0, -offset), Math.max(0, offset)];
      const count = Math.min(items.length - from, original.length - to);
      return bitErrorRate(original, to, items, from, count);
    }),
  );
  return Math.min(...rates);
}

/** `{ real, made, copies }`; copies by kind, as `[what real ones were, real median, real p95, made median, made p95]`. */
export function compareStatistics(poolFile, say) {
  const { kernel, pool } = openPool(poolFile);
  const real = realTracks(kernel, poolFile);
  say(`statistics of ${real.length} real tracks`);
  const realFigures = statisticsOf(real, randomOf('excerpts'));
  say('statistics of made tracks');
  const made = madeTracks(
    kernel,
    pool,
    real.map(({ phases }) => phases[0].length),
  );
  const madeFigures = statisticsOf(made, randomOf('excerpts'));
  const copies = Object.fromEntries(
    Object.keys(SOUNDS).map((sound) => {
      const rates = Array.from({ length: COPIES }, (_, which) => errorsOf(kernel, pool, sound, which)).sort(
        (a, b) => a - b,
      );
      return [sound, [...REAL_COPIES[sound], rates[COPIES >> 1], rates[Math.floor(COPIES * 0.95)]]];
    }),
  );
  return { real: realFigures, made: madeFigures, copies };
}
