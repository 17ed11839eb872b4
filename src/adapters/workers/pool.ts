/** Children, started when they are needed, at most `width`; jobs wait in line and go to a child that knows their files. */
import { cancelled } from '#kernel';
import { type Child, type ChildOptions, startChild } from './child.ts';
import { type Job, type JobResults, keptPaths } from './protocol.ts';

export interface PoolOptions extends ChildOptions {
  /** Children at most. */
  readonly width: number;
  /** A child is replaced after so many jobs, so that leaks in decoders stay small. */
  readonly filesPerChild: number;
}

export interface Pool extends AsyncDisposable {
  /** @throws ChildDeath, AppError `run/cancelled` and what the job throws */
  run<K extends Job['kind']>(job: Extract<Job, { kind: K }>, signal?: AbortSignal): Promise<JobResults[K]>;
}

interface Waiting {
  readonly job: Job;
  /** Takes the child that is free, or none when the pool closes or the job is cancelled. */
  readonly start: (child: Child | undefined) => void;
}

const GRACE_MS = 2000;

export function createPool(options: PoolOptions): Pool {
  const all = new Set<Child>();
  const idle = new Set<Child>();
  const waiting: Waiting[] = [];
  let isClosed = false;

  const dispatch = (): void => {
    while (waiting.length > 0 && (idle.size > 0 || all.size < options.width)) {
      const { job, start } = waiting.shift() as Waiting;
      const child = bestOf(idle, job) ?? spawn();
      idle.delete(child);
      start(child);
    }
  };
  const spawn = (): Child => {
    const child = startChild(options, () => {
      all.delete(child);
      idle.delete(child);
      dispatch();
    });
    all.add(child);
    return child;
  };
  const giveBack = (child: Child): void => {
    if (!all.has(child)) return;
    if (isClosed || child.jobs >= options.filesPerChild) {
      all.delete(child);
      child.release();
    } else idle.add(child);
    dispatch();
  };
  const childFor = (job: Job, signal: AbortSignal | undefined): Promise<Child> => {
    const { promise, resolve, reject } = Promise.withResolvers<Child>();
    const entry: Waiting = { job, start: (child) => (child ? resolve(child) : reject(cancelled())) };
    const onAbort = (): void => {
      const at = waiting.indexOf(entry);
      if (at >= 0) waiting.splice(at, 1);
      reject(cancelled());
    };
    if (isClosed || signal?.aborted) reject(cancelled());
    else {
      signal?.addEventListener('abort', onAbort, { once: true });
      waiting.push(entry);
      dispatch();
    }
    return promise.finally(() => signal?.removeEventListener('abort', onAbort));
  };

  return {
    async run(job, signal) {
      const child = await childFor(job, signal);
      try {
        return await child.run(job, signal);
      } finally {
        giveBack(child);
      }
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      for (const { start } of waiting.splice(0)) start(undefined);
      await Promise.all([...all].map(end));
    },
  };
}

function bestOf(idle: ReadonlySet<Child>, job: Job): Child | undefined {
  const paths = keptPaths(job);
  const children = [...idle];
  return children.find(({ recent }) => paths.some((path) => recent.includes(path))) ?? children[0];
}

/** Waits for a child's end, but not for ever: one that hangs in the kernel outlives even a kill. */
async function end(child: Child): Promise<void> {
  const { promise: abandoned, resolve: abandon } = Promise.withResolvers<void>();
  child.release();
  const timers = [setTimeout(() => child.kill(), GRACE_MS), setTimeout(abandon, 2 * GRACE_MS)];
  await Promise.race([child.ended, abandoned]);
  timers.forEach(clearTimeout);
}
