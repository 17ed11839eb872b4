import { cancelled, type Progress } from '#kernel';
import type { FailedPath, HashMemory, SkippedPath, TwinReader } from './ports.ts';
import type { SweepRequest } from './request.ts';

/** What every step of one sweep works with. */
export interface Run {
  readonly request: SweepRequest;
  readonly reader: TwinReader;
  readonly memory: HashMemory;
  /** How many files of this device are read at once. */
  readonly readersOf: (device: bigint) => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Length of a digest by the algorithm that was asked for. */
  readonly digestBytes: number;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Milliseconds since 1970 when the sweep began. */
  readonly startedAt: number;
  readonly tally: Tally;
}

/** What is counted on the way. */
export interface Tally {
  /** Files of the reference and of the source that were looked at. */
  referenceFiles: number;
  sourceFiles: number;
  bytes: number;
  /** What was read now, and what was not because it was hashed before. */
  readFiles: number;
  readBytes: number;
  rememberedFiles: number;
  /** Possible twins that are no sounds. */
  notSound: number;
  readonly skipped: SkippedPath[];
  readonly failures: FailedPath[];
}

export function createTally(): Tally {
  const figures = { referenceFiles: 0, sourceFiles: 0, bytes: 0, readFiles: 0, readBytes: 0, rememberedFiles: 0 };
  return { ...figures, notSound: 0, skipped: [], failures: [] };
}

/**
 * Works on up to `width` jobs at once. `next` is asked again after each, and may have more then. An interruption is not
 * kept waiting by the jobs in hand.
 * @throws what `work` throws first, AppError `run/cancelled`
 */
export function runJobs<Job>(
  { signal }: Pick<Run, 'signal'>,
  width: number,
  next: () => Job | undefined,
  work: (job: Job) => Promise<void>,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let inHand = 0;
  let isOver = false;
  const fail = (error: unknown): void => {
    isOver = true;
    reject(error);
  };
  const pump = (): void => {
    while (!isOver && inHand < width) {
      const job = next();
      if (job === undefined) break;
      inHand += 1;
      work(job).then(() => {
        inHand -= 1;
        pump();
      }, fail);
    }
    if (inHand === 0) resolve();
  };
  const onAbort = (): void => fail(cancelled());
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort);
  pump();
  return promise.finally(() => signal.removeEventListener('abort', onAbort));
}
