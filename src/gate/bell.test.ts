import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createBell, type Wait } from './bell.ts';

/** Sleeps that never end by themselves, and how many of them sleep. */
function sleepers(): { readonly sleep: Wait; count(): number; wakeAll(): void } {
  const asleep = new Set<() => void>();
  const sleep: Wait = (_, signal) =>
    new Promise((resolve, reject) => {
      asleep.add(resolve);
      const stop = (): void => {
        asleep.delete(resolve);
        reject(signal.reason);
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  return { sleep, count: () => asleep.size, wakeAll: () => void [...asleep].map((wake) => wake()) };
}

const never = new AbortController().signal;

describe('a bell', () => {
  it('wakes all who wait, once, and leaves no sleeper behind', async () => {
    const { sleep, count } = sleepers();
    const bell = createBell(sleep);
    const woken: number[] = [];
    const waits = [1, 2, 3].map((n) => bell.wait(1e9, never).then(() => woken.push(n)));
    bell.ring();
    await Promise.all(waits);
    expect(woken).toEqual([1, 2, 3]);
    expect(count()).toBe(0);
    let isAwake = false;
    const later = bell.wait(1e9, never).then(() => {
      isAwake = true;
    });
    await setTimeout(1);
    expect(isAwake).toBe(false);
    bell.ring();
    await later;
  });

  it('lets wake who has waited long enough, or is told to stop', async () => {
    const { sleep, wakeAll } = sleepers();
    const bell = createBell(sleep);
    const long = bell.wait(5, never);
    wakeAll();
    await long;
    const stop = new AbortController();
    const stopped = bell.wait(5, stop.signal);
    stop.abort();
    await stopped;
    await bell.wait(5, stop.signal);
    expect(() => bell.ring()).not.toThrow();
  });
});
