// A kernel with the pool in it, ready to draw tracks from.
import { createKernel, PITCH_CLASSES } from './kernel.mjs';
import { readPool } from './pool.mjs';

/** What is fainter than this share of a piece's mean energy counts as this much, so that logarithms end somewhere. Chosen. */
const FLOOR = 1e-4;

export function openPool(file) {
  const { pieces, energies } = readPool(file);
  const kernel = createKernel(energies.length / PITCH_CLASSES);
  kernel.pool.set(energies);
  for (const { first, frames } of pieces) kernel.settle(first, frames, FLOOR);
  const pool = { pieces: pieces.map((piece) => ({ ...piece, profile: profileOf(kernel.pool, piece) })) };
  return { kernel, pool };
}

/** By pitch class how far the mean logarithm of a piece lies above that of all, scaled to length 1. */
function profileOf(logarithms, { first, frames }) {
  const sums = new Array(PITCH_CLASSES).fill(0);
  for (let i = first * PITCH_CLASSES; i < (first + frames) * PITCH_CLASSES; i++)
    sums[i % PITCH_CLASSES] += logarithms[i];
  const mean = sums.reduce((sum, value) => sum + value, 0) / PITCH_CLASSES;
  const length = Math.hypot(...sums.map((sum) => sum - mean)) || 1;
  return Float64Array.from(sums, (sum) => (sum - mean) / length);
}
