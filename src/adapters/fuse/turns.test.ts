import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { makeTurnMemory, openTurns, ownTurn } from './turns.ts';

const [THREADS, TIMES] = [4, 5000];

describe('turns', () => {
  it('are taken by one thread at a time, and by all', { timeout: 60_000 }, async () => {
    const [memory, counter] = [makeTurnMemory(), new SharedArrayBuffer(8)];
    const program = `
      const { workerData: { memory, counter, turns } } = require('node:worker_threads');
      import(turns).then(({ openTurns }) => {
        const { reading } = openTurns(memory);
        const words = new Int32Array(counter);
        for (let n = 0; n < ${TIMES}; n++) {
          reading.take();
          const seen = words[0];
          for (let m = 0; m < 50; m++) words[1] = seen;
          words[0] = seen + 1;
          reading.give();
        }
      });`;
    const turns = new URL('./turns.ts', import.meta.url).href;
    const threads = Array.from(
      { length: THREADS },
      () => new Worker(program, { eval: true, workerData: { memory, counter, turns } }),
    );
    const ends = threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve)));
    expect(await Promise.all(ends)).toEqual(threads.map(() => 0));
    expect(new Int32Array(counter)[0]).toBe(THREADS * TIMES);
  });

  it('of one’s own may be taken and given twice, and are had once', () => {
    const memory = makeTurnMemory();
    const own = ownTurn(openTurns(memory).reading);
    own.take();
    own.take();
    own.give();
    own.give();
    const words = new Int32Array(memory);
    expect(words[0]).toBe(0);
    own.take();
    expect(words[0]).toBe(1);
  });
});
