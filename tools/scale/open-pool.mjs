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
  return { kernel, pool: { pieces } };
}
