/** Wakes those who wait for news, and nobody twice for the same. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, after some time at the latest, or when the signal says so. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** How long to wait for news at most: another process may have some. */
export const POLL_MS = 1000;

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
      // Not `AbortSignal.any`, whose results live as long as the signal does: this is asked several times a second for months.
      const stop = new AbortController();
      const end = (): void => stop.abort();
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
      waiting.add(end);
      try {
        // A rejection says that it was told to stop.
        await sleep(milliseconds, stop.signal).catch(() => {});
      } finally {
        waiting.delete(end);
        signal.removeEventListener('abort', end);
      }
    },
  };
}
