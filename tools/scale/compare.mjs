// Real tracks and made ones by the same figures: the pieces of the pool beside as many made tracks of the same lengths,
// and made copies beside what was measured of real ones.
import { randomOf } from '../accuracy/random.mjs';
import { drawCopy, makeCopy, SOUNDS } from './copies.mjs';
import { PITCH_CLASSES } from './kernel.mjs';
import { openPool } from './open-pool.mjs';
import { readPool } from './pool.mjs';
import { bitErrorRate, CODE_WIDTHS, codesOf, statisticsOf } from './statistics.mjs';
import { FRAMES_PER_SECOND, layTrack } from './tracks.mjs';

/** Real tracks take part from 50 s on, with at most five minutes. Chosen. */
const ITEMS = { least: 400, most: 2400 };
/** All pairs of more would take long. Chosen. */
const MOST_TRACKS = 300;
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
  const long = tracks.filter(({ phases: [items] }) => items.length >= ITEMS.least);
  const step = Math.max(1, long.length / MOST_TRACKS);
  return Array.from({ length: Math.min(long.length, MOST_TRACKS) }, (_, i) => long[Math.floor(i * step)]);
}

function madeTracks(kernel, pool, lengths) {
  return lengths.map((length, i) => {
    const frames = 4 * (length + FRAMES_PER_ITEM - 1);
    layTrack(kernel, pool, randomOf('statistics', i), frames);
    kernel.expand(frames);
    return { phases: fingerprint(kernel, frames) };
  });
}

/** Bit errors of a made copy where it belongs, at the best phase, within an item; and the shares of codes of each width that survived. */
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
  const laid = phases.flatMap((items, phase) =>
    [-1, 0, 1].map((beside) => {
      const offset = Math.round((phase - copy.start) / 4) + beside;
      const [from, to] = [Math.max(0, -offset), Math.max(0, offset)];
      const count = Math.min(items.length - from, original.length - to);
      return { items, from, to, count, rate: bitErrorRate(original, to, items, from, count) };
    }),
  );
  const best = laid.reduce((one, other) => (other.rate < one.rate ? other : one));
  return { rate: best.rate, kept: CODE_WIDTHS.map((width) => keptShare(original, best, width)) };
}

/** Share of the items whose codes survived. */
function keptShare(original, { items, from, to, count }, width) {
  const [one, other] = [original.subarray(to, to + count), items.subarray(from, from + count)].map((part) =>
    codesOf(part, width),
  );
  return one.filter((code, i) => code === other[i]).length / one.length;
}

/** By kind: what real copies were, their median and 95th percentile; those of made ones, and shares of codes that survive, in the median. */
function copiesOf(kernel, pool) {
  const entries = Object.keys(SOUNDS).map((sound) => {
    const all = Array.from({ length: COPIES }, (_, which) => errorsOf(kernel, pool, sound, which));
    const sorted = (list) => list.toSorted((a, b) => a - b);
    const rates = sorted(all.map(({ rate }) => rate));
    const [real, realMedian, realHigh] = REAL_COPIES[sound];
    const kept = CODE_WIDTHS.map((_, i) => sorted(all.map((one) => one.kept[i]))[COPIES >> 1]);
    return [
      sound,
      { real, realMedian, realHigh, median: rates[COPIES >> 1], high: rates[Math.floor(COPIES * 0.95)], kept },
    ];
  });
  return Object.fromEntries(entries);
}

/** The figures of real tracks, of as many made ones, and of copies. */
export function compareStatistics(poolFile, say) {
  const { kernel, pool } = openPool(poolFile);
  const real = realTracks(kernel, poolFile);
  say(`statistics of ${real.length} real tracks`);
  const realFigures = statisticsOf(real, randomOf('excerpts'));
  say('statistics of made tracks');
  const lengths = real.map(({ phases }) => phases[0].length);
  const madeFigures = statisticsOf(madeTracks(kernel, pool, lengths), randomOf('excerpts'));
  return { real: realFigures, made: madeFigures, copies: copiesOf(kernel, pool) };
}
