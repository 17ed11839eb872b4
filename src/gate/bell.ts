/** Wakes those who wait for news, and nobody twice for the same. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, after some time at the latest, or when the signal says so. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** @param sleep resolves after the time; rejects or resolves when the signal is aborted */
export function createBell(sleep: Wait): Bell {
  let waiting = new Set<() => void>();
  return {
    ring() {
      const woken = waiting;
      waiting = new Set();
      for (const wake of woken) wake();
    },
    async wait(milliseconds, signal) {
      const stop = new AbortController();
      const both = AbortSignal.any([signal, stop.signal]);
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          stop.abort();
          resolve();
        };
        waiting.add(wake);
        // Whether the time has passed or the signal has come is one to those who wait.
        sleep(milliseconds, both).then(wake, wake);
      });
    },
  };
}
