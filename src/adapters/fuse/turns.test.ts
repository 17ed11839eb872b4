import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { makeInHandMemory, openInHand } from './in-hand.ts';
import { parseMountTable } from './mount-table.ts';
import { canResend } from './readiness.ts';
import { makeTurnMemory } from './turns.ts';

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
});

describe('an interrupt', () => {
  it('reaches who has the request in hand, and nobody else', () => {
    const memory = makeInHandMemory(2);
    const [one, other] = [openInHand(memory, 0), openInHand(memory, 1)];
    one.begin(10);
    other.begin(12);
    other.interrupt(10);
    expect([one.isGivenUp(), other.isGivenUp()]).toEqual([true, false]);
    one.end();
    expect(one.isGivenUp()).toBe(false);
    // What is done is not interrupted any more, nor what comes after it.
    other.interrupt(10);
    one.begin(14);
    expect(one.isGivenUp()).toBe(false);
  });
});

describe('the mount table', () => {
  it('has names with blanks, and several mounts at a place', () => {
    const text = [
      '36 35 98:0 / / rw,noatime shared:1 - ext4 /dev/root rw',
      '40 36 0:39 / /mnt/my\\040radio rw - fuse.reprise /srv/\\303\\244.store rw,user_id=0',
      '41 36 0:40 / /mnt/my\\040radio rw - tmpfs none rw',
      '',
    ].join('\n');
    expect(parseMountTable(text)).toEqual([
      { point: '/', type: 'ext4', source: '/dev/root', device: '98:0' },
      { point: '/mnt/my radio', type: 'fuse.reprise', source: '/srv/ä.store', device: '0:39' },
      { point: '/mnt/my radio', type: 'tmpfs', source: 'none', device: '0:40' },
    ]);
  });
});

describe('a kernel', () => {
  it.each([
    ['6.9.0', true],
    ['6.18.44-fc', true],
    ['7.0-rc1', true],
    ['6.8.12-generic', false],
    ['5.15.0', false],
    ['odd', false],
  ])('%s sends again: %s', (version, is) => expect(canResend(version)).toBe(is));
});
