import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createPutAway } from './put-away.ts';

const always = (): boolean => true;
const hidden = (count: number, node = 5): string =>
  `/a/.fuse_hidden${node.toString(16).padStart(8, '0')}${count.toString(16).padStart(8, '0')}`;

function watched() {
  const done: string[] = [];
  const putAway = createPutAway((message) => done.push(message));
  return { done, putAway, put: (to: string) => putAway.put('/a/b', to, 7, () => done.push('unlinked')) };
}

it('knows how the library puts a file away', () => {
  const { putAway, put } = watched();
  expect(putAway.isMeant('/a/b', hidden(1), always)).toBe(true);
  expect(putAway.isMeant('/a/b', hidden(1), () => false)).toBe(false);
  expect(putAway.isMeant('/b', hidden(1), always)).toBe(false);
  expect(putAway.isMeant('/a/b', '/a/.fuse_hidden', always)).toBe(false);
  expect(putAway.isMeant('/a/b', `${hidden(1)}.mp3`, always)).toBe(false);
  put(hidden(3));
  expect([2, 3, 4, 5000].map((count) => putAway.isMeant('/a/b', hidden(count), always))).toEqual([
    ...[false, false, true, false],
  ]);
});

it('takes the name with the next call, unless that puts another file there', () => {
  const { done, putAway, put } = watched();
  put(hidden(1));
  expect([putAway.nodeAt('/elsewhere/b'), putAway.nodeAt(hidden(1)), done]).toEqual([undefined, 7, []]);
  putAway.settle('/a/b');
  expect(done).toEqual([]);
  putAway.settle('/a/c');
  expect(done).toEqual(['unlinked']);
  put(hidden(2));
  putAway.settle('/a/b');
  putAway.leave('/a/b');
  putAway.settle();
  expect([done, putAway.has(7)]).toEqual([['unlinked'], true]);
  putAway.end(hidden(1));
  putAway.end(hidden(2));
  expect(putAway.has(7)).toBe(false);
});

it('waits for no call that does not come', async () => {
  const { done, put } = watched();
  put(hidden(1));
  for (let tries = 0; done.length === 0 && tries < 1000; tries++) await sleep(10);
  expect(done).toEqual(['unlinked']);
});

it('says where a name could not be taken', () => {
  const { done, putAway } = watched();
  putAway.put('/a/b', hidden(1), 7, () => {
    throw new Error('no room');
  });
  putAway.settle();
  expect(done).toEqual(['/a/b could not be removed, and is there again: Error: no room']);
});
