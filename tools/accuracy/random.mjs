// Randomness that is the same on every run: a generator of its own per purpose, so that adding a kind of change does
// not shift the others.
import { createHash } from 'node:crypto';

/** Hexadecimal SHA-256 of the parts, as text. */
export const digest = (...parts) => createHash('sha256').update(parts.join('|')).digest('hex');

/** A generator of numbers in [0, 1) that belongs to the key alone (mulberry32). */
export function randomOf(...key) {
  let state = Number.parseInt(digest(...key).slice(0, 8), 16);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A draw from the normal distribution with mean 0 and deviation 1. */
export function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** One of the list. */
export const pick = (random, list) => list[Math.floor(random() * list.length)];
