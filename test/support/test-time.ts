/** Time that passes only when a test says so, and only while everybody who works is asleep. */
import type { Clock } from '#kernel';

export interface TestTime {
  readonly clock: Clock;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Lets time pass; each sleeper wakes when its moment comes, and works until it sleeps again. @param sleepers how many there are */
  pass(milliseconds: number, sleepers: number): Promise<void>;
}

export function createTestTime(start: number): TestTime {
  let now = start;
  const asleep = new Set<{ readonly at: number; readonly wake: () => void }>();
  const allAsleep = async (sleepers: number): Promise<void> => {
    while (asleep.size < sleepers) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    clock: { now: () => now },
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        const one = { at: now + milliseconds, wake: (): void => void (asleep.delete(one) && resolve()) };
        asleep.add(one);
        if (signal.aborted) one.wake();
        signal.addEventListener('abort', one.wake, { once: true });
      }),
    async pass(milliseconds, sleepers) {
      const end = now + milliseconds;
      for (;;) {
        await allAsleep(sleepers);
        const next = [...asleep].reduce((a, b) => (b.at < a.at ? b : a));
        if (next.at > end) break;
        now = Math.max(now, next.at);
        next.wake();
      }
      now = end;
    },
  };
}
