/**
 * The workers of the queue. Several files are read at once; they are decided one after the other, in the order of their
 * lane, so the outcome does not depend on which was read first. A file that fails is tried again later and loses its turn.
 */
import { AppError } from '#kernel';
import { type Bell, POLL_MS } from './bell.ts';
import type { WorkOptions } from './gate.ts';
import type { Lane } from './model.ts';
import type { GateParts } from './parts.ts';
import type { QueuedFile } from './ports.ts';
import { settle, type Taken, takeUp } from './take.ts';

/** Files that may be read ahead of the one that is being decided, beside those in work. Chosen. */
const AHEAD = 8;

/** @see Gate.work */
export async function work(parts: GateParts, bell: Bell, options: WorkOptions): Promise<void> {
  const { store, workers } = parts;
  const run = begin(parts, bell, options);
  const { signal } = options;
  const beating = beat(run).catch(run.breaks);
  const stopping = AbortSignal.any([signal, run.broken.signal]);
  while (!stopping.aborted) {
    const files = await lease(run, workers.width + AHEAD - run.inHand.size);
    for (const file of files) start(run, file);
    if (files.length === 0) await bell.wait(POLL_MS, stopping);
  }
  run.stop.abort();
  await Promise.all(run.inHand);
  await beating;
  await store.release(run.owner);
  if (run.broken.signal.aborted) throw run.broken.signal.reason;
}

interface Run {
  readonly parts: GateParts;
  readonly bell: Bell;
  readonly options: WorkOptions;
  readonly owner: string;
  readonly inHand: Set<Promise<void>>;
  /** The last decision of each lane. */
  readonly decided: Map<Lane, Promise<unknown>>;
  readonly seats: Seats;
  /** When the next file of the backfill may be taken. */
  backfillFrom: number;
  readonly stop: AbortController;
  /** Nothing can be written down any more, and why. */
  readonly broken: AbortController;
  readonly breaks: (error: unknown) => void;
}

function begin(parts: GateParts, bell: Bell, options: WorkOptions): Run {
  const broken = new AbortController();
  return {
    ...{ parts, bell, options, owner: parts.newId(), inHand: new Set(), decided: new Map(), backfillFrom: 0 },
    seats: createSeats(parts.workers.width),
    stop: new AbortController(),
    ...{ broken, breaks: (error) => broken.abort(error) },
  };
}

/** The next files: live ones first, and of a limited backfill one at a time. */
async function lease({ parts, owner, options, backfillFrom }: Run, free: number): Promise<readonly QueuedFile[]> {
  const { store, clock, settings } = parts;
  if (free <= 0) return [];
  const now = clock.now();
  const terms = { owner, now, until: now + settings.leaseSeconds * 1000 };
  if (options.backfillPerMinute === undefined) {
    return store.lease({ ...terms, most: free, lanes: ['live', 'backfill'] });
  }
  const live = await store.lease({ ...terms, most: free, lanes: ['live'] });
  if (live.length > 0 || now < backfillFrom) return live;
  return store.lease({ ...terms, most: 1, lanes: ['backfill'] });
}

function start(run: Run, file: QueuedFile): void {
  const { parts, options, bell } = run;
  if (file.lane === 'backfill' && options.backfillPerMinute !== undefined) {
    run.backfillFrom = parts.clock.now() + 60_000 / options.backfillPerMinute;
  }
  const startedAt = parts.clock.now();
  const taken = run.seats.with(() => takeUp(parts, file, options.signal));
  const before = run.decided.get(file.lane) ?? Promise.resolve();
  const turn = before.then(() => decide(run, file, taken, startedAt)).catch(run.breaks);
  run.decided.set(file.lane, turn);
  // A rejection is heard when its turn comes.
  taken.catch(() => {});
  const done = turn.finally(() => {
    run.inHand.delete(done);
    bell.ring();
  });
  run.inHand.add(done);
}

async function decide(run: Run, file: QueuedFile, taken: Promise<Taken>, startedAt: number): Promise<void> {
  const { parts, options } = run;
  // What is left goes back to the queue.
  if (run.broken.signal.aborted) return;
  try {
    await settle(parts, file, await taken, startedAt, options.signal);
  } catch (error) {
    await failed(run, file, error);
  }
}

/** Trouble that may pass is tried again; a worker that is told to stop gives the file back. */
async function failed({ parts, options }: Run, file: QueuedFile, error: unknown): Promise<void> {
  const { store, clock, settings } = parts;
  if (options.signal.aborted || (error instanceof AppError && error.kind === 'cancelled')) return;
  const now = clock.now();
  const isLast = !mayPass(error) || file.attempts >= settings.attempts;
  const retryAt = isLast ? null : now + settings.retrySeconds * 1000 * 2 ** (file.attempts - 1);
  options.onTrouble?.(file.path, error, retryAt);
  const what =
    error instanceof AppError
      ? { code: error.code, message: error.message }
      : { code: 'gate/bug', message: error instanceof Error ? error.message : String(error) };
  const events = isLast ? [{ type: 'file.failed', path: file.path, ...what } as const] : [];
  await store.failed(file, what, retryAt, events, now);
}

/** What hangs on the moment: somebody writes, a disk is busy, full or away. A bug may, too. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof AppError)) return true;
  return error.kind === 'unavailable' || error.kind === 'exhausted' || error.kind === 'conflict';
}

/** Keeps the leases of all that is in hand. */
async function beat({ parts, owner, stop }: Run): Promise<void> {
  const { store, clock, sleep, settings } = parts;
  while (!stop.signal.aborted) {
    try {
      await sleep((settings.leaseSeconds * 1000) / 3, stop.signal);
    } catch {
      // Told to stop.
      return;
    }
    if (!stop.signal.aborted) await store.heartbeat(owner, clock.now() + settings.leaseSeconds * 1000);
  }
}

interface Seats {
  with<T>(work: () => Promise<T>): Promise<T>;
}

/** So many at once, the others in their order. */
function createSeats(count: number): Seats {
  const waiting: (() => void)[] = [];
  let free = count;
  return {
    async with(work) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free++;
      }
    },
  };
}
