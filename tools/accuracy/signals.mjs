// Sounds that are no music and must never be called the same: tones, noise, ambience, hum, near-silence, drones. Each
// kind gives two sounds that are alike, by seed; mono, 44.1 kHz, as samples in −1 … 1.
import { normal, randomOf } from './random.mjs';

const RATE = 44_100;
const SECONDS = 60;

const sound = (sampleAt, seconds) => Float32Array.from({ length: RATE * seconds }, (_, i) => sampleAt(i / RATE));
const sine =
  (hertz, phase = 0) =>
  (t) =>
    Math.sin(2 * Math.PI * hertz * t + phase);

/** A low-pass of one pole. */
function softened(hertz) {
  const weight = 1 - Math.exp((-2 * Math.PI * hertz) / RATE);
  let held = 0;
  return (value) => {
    held += weight * (value - held);
    return held;
  };
}

const white = (random) => () => 0.25 * normal(random);

/** Pink to within a decibel: noise through poles an octave or two apart. */
function pink(random) {
  const poles = [40, 160, 640, 2560, 10_240].map(softened);
  return () => {
    const value = normal(random);
    return 0.3 * poles.reduce((sum, pole, i) => sum + pole(value) * 2 ** -i * 2, 0);
  };
}

/** Steady hiss, and drops that fall at random and ring for some milliseconds. */
function rain(random) {
  const hiss = softened(6000);
  let [drop, ring] = [0, 0];
  return (t) => {
    if (random() < 60 / RATE) [drop, ring] = [0.1 + 0.4 * random(), 900 + 3000 * random()];
    drop *= 0.998;
    return 0.05 * hiss(normal(random)) + drop * Math.sin(2 * Math.PI * ring * t) * 0.3;
  };
}

/** 50 Hz and its harmonics at levels and phases of their own, over a little noise. */
function hum(random) {
  const parts = Array.from({ length: 12 }, (_, i) => {
    const [level, phase] = [(0.2 * random()) / (i + 1), 2 * Math.PI * random()];
    const wave = sine(50 * (i + 1), phase);
    return (t) => level * wave(t);
  });
  return (t) => parts.reduce((sum, part) => sum + part(t), 0) + 0.001 * normal(random);
}

/** Held notes of one chord, each swelling in its own time, over filtered noise. */
function drone(random) {
  const notes = [55, 82.5, 110, 165, 220, 330].map((hertz) => {
    const wave = sine(hertz * (1 + 0.004 * (random() - 0.5)), 2 * Math.PI * random());
    const swell = sine(0.02 + 0.1 * random(), 2 * Math.PI * random());
    const overtone = sine(hertz * 3 * (1 + 0.003 * random()), 6 * random());
    return (t) => (0.6 + 0.4 * swell(t)) * (wave(t) + 0.3 * overtone(t));
  });
  const air = softened(400);
  return (t) => 0.06 * notes.reduce((sum, note) => sum + note(t), 0) + 0.3 * air(0.2 * normal(random));
}

const levelled = (level, wave) => (t) => level * wave(t);
const LAST_BIT = 1 / 32_768;

const MAKERS = {
  tones: (random, side, base) => levelled(0.3, sine(base() + side, 2 * Math.PI * random())),
  'same-tone': (random, side, base) => levelled(side ? 0.1 : 0.4, sine(base(), 2 * Math.PI * random())),
  'white-noise': white,
  'pink-noise': pink,
  rain,
  hum,
  'near-silence': (random) => () => Math.round(0.7 * normal(random)) * LAST_BIT,
  drones: drone,
};

/** One of the two sounds of a pair: `side` 0 or 1. The pair shares its seed, and what the kind says it shares. */
export function signal(kind, seed, side, seconds = SECONDS) {
  const random = randomOf(kind, seed, side);
  const shared = randomOf(kind, seed);
  return sound(
    MAKERS[kind](random, side, () => 220 + 1500 * shared()),
    seconds,
  );
}

/** The room's amplitude against the sound's own. Measured: median coherence 0.94, as reverb of 40 per cent by SoX has. */
export const ROOM_LEVEL = 0.0055;

/** An impulse response: the sound itself, then a room of two channels that dies away in a second. */
export function room() {
  const length = RATE;
  const samples = new Float32Array(2 * length);
  const random = randomOf('room');
  for (let i = 800; i < length; i++) {
    const decay = ROOM_LEVEL * Math.exp((-5 * i) / length);
    samples[2 * i] = decay * normal(random);
    samples[2 * i + 1] = decay * normal(random);
  }
  [samples[0], samples[1]] = [1, 1];
  return samples;
}
