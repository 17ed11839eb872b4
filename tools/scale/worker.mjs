// Makes the tracks of a library, a span of numbers at a time.
import { parentPort, workerData } from 'node:worker_threads';
import { openPool } from './open-pool.mjs';
import { createRoles, makeTrack } from './roles.mjs';
import { FRAMES_PER_SECOND } from './tracks.mjs';

const { seed, poolFile } = workerData;
const { kernel, pool } = openPool(poolFile);
const roles = createRoles(seed);

/** A span of numbers; nothing ends the thread. */
parentPort.on('message', (span) => {
  if (!span) return parentPort.close();
  const { first, end } = span;
  const tracks = [];
  for (let number = first; number < end; number++) {
    const frames = makeTrack(kernel, pool, seed, number, roles.of(number));
    kernel.fingerprint(frames);
    const phases = [0, 1, 2, 3].map((phase) => kernel.packedItemsOf(phase, frames));
    tracks.push({ number, seconds: frames / FRAMES_PER_SECOND, phases });
  }
  const buffers = tracks.flatMap(({ phases }) => phases.map(({ buffer }) => buffer));
  parentPort.postMessage({ first, tracks }, buffers);
});
