// Copies of a track, as far as a fingerprint can tell: changed in its chroma image so much that the bits differ as they do
// between real copies (docs/scale.md shows both). What happens to the sound and what happens to its shape are drawn
// independently; every copy starts at some part of a hop of its own.
import { MOST_FRAMES } from './kernel.mjs';
import { FRAMES_PER_SECOND, layTrack } from './tracks.mjs';

/**
 * What may happen to the sound. `often`: how often. `soil`: what a coder or noise adds, amplitude against the mean of the
 * frame. `bend`: slow courses of each pitch in octaves of energy, as EQ and mastering do. `jolt`: fast ones, as
 * compressors do. `drift`: deviation of the speed from 1 at most. Amounts spread log-normally by `spread`.
 */
export const SOUNDS = {
  'coding, high rate': { often: 12, soil: 0.002 },
  'coding, middle rate': { often: 36, soil: 0.006 },
  'coding, low rate': { often: 12, soil: 0.02 },
  noise: { often: 8, soil: 0.012, spread: 0.7 },
  compressor: { often: 8, soil: 0.006, jolt: 0.07 },
  equaliser: { often: 8, soil: 0.006, bend: 0.38 },
  remaster: { often: 8, soil: 0.006, bend: 0.27, jolt: 0.1 },
  speed: { often: 8, soil: 0.006, drift: 0.003 },
};

/** What may happen to the shape. */
export const SHAPES = { whole: 50, intro: 15, truncated: 20, 'cross-faded': 15 };

const SPREAD = 0.35;
const FAST = 0.9;
const SLOW = 0.984;
const SLOW_STRIDE = 8;
const QUICK = 0.97;
/** A tone between two pitches goes over to the next; per deviation of the speed. A semitone is 5.9 %. */
const SHARE_PER_SPEED = 2 / 0.059;

function drawKind(random, kinds, oftenOf) {
  const entries = Object.entries(kinds);
  let left = random() * entries.reduce((sum, [, kind]) => sum + oftenOf(kind), 0);
  for (const [name, kind] of entries) {
    left -= oftenOf(kind);
    if (left < 0) return name;
  }
  return entries.at(-1)[0];
}

const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** How a copy differs from its original, whose image has so many frames. Frames are quarter hops; `start` is where in the copy the original's first frame would lie. */
export function drawCopy(random, frames, { sound, shape } = {}) {
  const kind = {
    sound: sound ?? drawKind(random, SOUNDS, ({ often }) => often),
    shape: shape ?? drawKind(random, SHAPES, (often) => often),
  };
  const { drift = 0, spread = SPREAD } = SOUNDS[kind.sound];
  const step = 1 + drift * (2 * random() - 1);
  const seconds = (least, most) => (least + (most - least) * random()) * FRAMES_PER_SECOND;
  const part = random();
  const shapes = {
    whole: () => ({ before: 0, cut: part, kept: frames - part, after: 0, fade: 0 }),
    intro: () => ({ before: seconds(1, 20), cut: part, kept: frames - part, after: 0, fade: 16 }),
    truncated: () => {
      const kept = frames * (0.5 + 0.45 * random());
      return { before: 0, cut: (frames - kept) * (random() < 0.5 ? 0 : random()), kept, after: 0, fade: 0 };
    },
    'cross-faded': () => {
      const cut = seconds(0, 6);
      const kept = frames - cut - seconds(0, 6);
      return { before: seconds(4, 8), cut, kept, after: seconds(4, 8), fade: Math.round(seconds(2, 6)) };
    },
  };
  const { before, cut, kept, after, fade } = shapes[kind.shape]();
  const own = Math.max(1, Math.floor(kept / step));
  const ahead = Math.round(before);
  return {
    ...kind,
    ...{ step, cut, own, fade, before: ahead, frames: Math.min(MOST_FRAMES, ahead + own + Math.round(after)) },
    amount: Math.exp(spread * normal(random)),
    start: ahead - cut / step,
    noise: Math.floor(random() * 2 ** 31),
  };
}

/**
 * Makes the kernel's image a copy of the original that it holds, both as energies of so many frames; what lies before and
 * after is drawn by `random`.
 */
export function makeCopy(kernel, pool, copy, originalFrames, random) {
  const { sound, amount, step, cut, own, before, fade, frames, noise } = copy;
  kernel.keep(0, originalFrames);
  const laid = Math.min(own, frames - before);
  const tail = frames - before - laid;
  if (before + tail > 0) {
    layTrack(kernel, pool, random, before + tail + 2 * fade);
    kernel.keep(1, before + tail + 2 * fade);
  }
  kernel.clear(frames, 0);
  const fades = [before > 0 ? fade : 0, tail > 0 ? fade : 0];
  kernel.layKept(0, originalFrames, cut, step, before, laid, fades);
  const strange = before + tail + 2 * fade;
  if (before > 0) kernel.layKept(1, strange, 0, 1, 0, before + fade, [0, fade]);
  if (tail > 0) kernel.layKept(1, strange, before + fade, 1, before + laid - fade, tail + fade, [fade, 0]);
  const { soil = 0, bend = 0, jolt = 0, drift = 0 } = SOUNDS[sound];
  if (bend > 0) kernel.colour(0, frames, bend * amount, SLOW, SLOW_STRIDE, noise ^ 1);
  if (jolt > 0) kernel.colour(0, frames, jolt * amount, QUICK, 1, noise ^ 2);
  kernel.expand(frames);
  if (drift > 0) kernel.shiftPitch(0, frames, (step - 1) * SHARE_PER_SPEED);
  if (soil > 0) kernel.soil(0, frames, soil * amount, FAST, noise);
}
