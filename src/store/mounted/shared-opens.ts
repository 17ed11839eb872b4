/**
 * How often nodes are open, counted by all threads of a process together. Nodes share places, so one that is not open may seem
 * so while another is, and is freed a little later for it.
 */
import type { OpenNodes } from '../tree/open-nodes.ts';

/** Chosen: many more than are open at a time. */
const PLACES = 1 << 16;

export function makeOpensMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT);
}

export function openSharedOpens(memory: SharedArrayBuffer): OpenNodes {
  const counts = new Int32Array(memory);
  return {
    add: (node) => void Atomics.add(counts, node % PLACES, 1),
    // What was opened before this process took over is closed here, too: then there is less than none.
    end: (node) => Atomics.sub(counts, node % PLACES, 1) <= 1,
    has: (node) => Atomics.load(counts, node % PLACES) > 0,
  };
}
