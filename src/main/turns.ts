/** Work of which only one may go on at a time: the others wait for their turn, in the order in which they came. */
import { cancelled, type Progress } from '#kernel';

export interface Turns {
  /** Does the work when it is its turn. @throws AppError `run/cancelled` where the signal comes first */
  take<T>(options: TurnOptions, work: () => Promise<T>): Promise<T>;
}

export interface TurnOptions {
  readonly signal: AbortSignal;
  /** Told where there is somebody to wait for. */
  readonly progress: Progress;
}

export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  let isTaken = false;
  const myTurn = async ({ signal, progress }: TurnOptions): Promise<void> => {
    if (signal.aborted) throw cancelled();
    if (!isTaken) {
      isTaken = true;
      return;
    }
    progress({ stage: 'Waiting for other work of the daemon', items: 0 });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = (): void => {
      const at = waiting.indexOf(resolve);
      if (at < 0) return;
      waiting.splice(at, 1);
      reject(cancelled());
    };
    waiting.push(resolve);
    signal.addEventListener('abort', onAbort, { once: true });
    await promise.finally(() => signal.removeEventListener('abort', onAbort));
  };
  const pass = (): void => {
    const next = waiting.shift();
    if (next === undefined) isTaken = false;
    else next();
  };
  return {
    async take(options, work) {
      await myTurn(options);
      try {
        return await work();
      } finally {
        pass();
      }
    },
  };
}
