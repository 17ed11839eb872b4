import { expect, it } from 'vitest';
import { noProgress, type ProgressState } from '#kernel';
import { createTurns } from './turns.ts';

const open = { signal: new AbortController().signal, progress: noProgress };

it('works one after the other, in the order of asking, whatever becomes of each', async () => {
  const turns = createTurns();
  const said: string[] = [];
  const work = (name: string) => async (): Promise<string> => {
    said.push(`${name} begins`);
    await null;
    said.push(`${name} ends`);
    if (name === 'b') throw new Error('b failed');
    return name;
  };
  const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => turns.take(open, work(name))));
  expect(said).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it('says that it waits, and stops waiting when it is told to', async () => {
  const turns = createTurns();
  const told: ProgressState[] = [];
  const [first, second] = [Promise.withResolvers<void>(), new AbortController()];
  const taken = turns.take(open, () => first.promise);
  const given = turns.take({ signal: second.signal, progress: (state) => told.push(state) }, async () => 'never');
  const third = turns.take(open, async () => 'third');
  expect(told).toEqual([{ stage: 'Waiting for other work of the daemon', items: 0 }]);
  second.abort();
  await expect(given).rejects.toMatchObject({ code: 'run/cancelled' });
  await expect(turns.take({ ...open, signal: AbortSignal.abort() }, async () => 1)).rejects.toMatchObject({
    code: 'run/cancelled',
  });
  first.resolve();
  await taken;
  expect(await third).toBe('third');
  expect(await turns.take(open, async () => 'again')).toBe('again');
});
