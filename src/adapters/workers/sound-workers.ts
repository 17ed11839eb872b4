import type { Analysis, Content, SoundWorkers } from '#catalogue';
import type { BytePath } from '#kernel';
import { ChildDeath } from './child.ts';
import { createPool, type Pool, type PoolOptions } from './pool.ts';

export interface SoundWorkerOptions extends PoolOptions {
  /** @see SoundWorkers.producer */
  readonly producer: string;
}

/** Starts no process until there is something to do. */
export function createSoundWorkers(options: SoundWorkerOptions): SoundWorkers {
  const pool = createPool(options);
  return {
    width: options.width,
    producer: options.producer,
    analyse: (path, { known, signal }) => analyse(pool, path, known, signal),
    judge: (pair, { signal }) => survived(pool.run({ kind: 'judge', pair }, signal)),
    judgeSketches: (pair, { signal }) => survived(pool.run({ kind: 'judge-sketches', pair }, signal)),
    liken: (pair, { signal }) => survived(pool.run({ kind: 'liken', pair }, signal)),
    portray: (file, { signal }) => survived(pool.run({ kind: 'portray', file }, signal)),
    trace: (pair, { signal }) => survived(pool.run({ kind: 'trace', pair }, signal)),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

/** For jobs that have no other way to report a death. */
async function survived<T>(job: Promise<T>): Promise<T> {
  try {
    return await job;
  } catch (error) {
    throw error instanceof ChildDeath ? error.toAppError() : error;
  }
}

async function analyse(
  pool: Pool,
  path: BytePath,
  known: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Analysis> {
  try {
    return await pool.run({ kind: 'analyse', path, known }, signal);
  } catch (error) {
    if (!(error instanceof ChildDeath)) throw error;
    return { kind: 'new', content: await contentOfKiller(pool, path, error, signal) };
  }
}

/** The file killed a child: look at its bytes again without the decoder. */
async function contentOfKiller(
  pool: Pool,
  path: BytePath,
  { code, message }: ChildDeath,
  signal: AbortSignal | undefined,
): Promise<Content> {
  const hashed = await survived(pool.run({ kind: 'hash', path }, signal));
  return { ...hashed, sound: null, tags: null, failure: { code, message } };
}
