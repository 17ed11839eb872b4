/** The gate behind the commands. Opens the catalogue when it is first needed. */
import { randomBytes } from 'node:crypto';
import type { FileTree, SoundWorkers } from '#catalogue';
import type { GateApp, GateImportOptions } from '#cli';
import type { InboxSettings, Settings } from '#config';
import type { FileActs, FilingParts } from '#filing';
import { createFilingHands, createGate, type Gate, type Hands, type Inbox, readPlace } from '#gate';
import { AppError, type BytePath, type Clock, noProgress } from '#kernel';
import type { OpenCatalogue } from '../adapters/sqlite/index.ts';
import type { Turns } from './turns.ts';

export interface GateAppParts {
  readonly settings: Settings;
  readonly tree: FileTree;
  readonly acts: FileActs;
  readonly workers: SoundWorkers;
  readonly clock: Clock;
  readonly wait: FilingParts['wait'];
}

/** The gate of these settings. @param filing opens the journal of filing @param turns to act upon files, where others do too */
export async function makeGate(
  { settings, tree, acts, workers, clock, wait }: GateAppParts,
  catalogue: OpenCatalogue,
  filing: () => Promise<FilingParts>,
  turns?: Turns,
): Promise<Gate> {
  const inboxes = await Promise.all(settings.inboxes.map((inbox) => asInbox(tree, inbox)));
  const libraries = inboxes.flatMap(({ library }) => library ?? []);
  const roots = [...new Set([...(await Promise.all(settings.roots.map((root) => realOr(tree, root)))), ...libraries])];
  const places = [...roots, ...inboxes.map(({ path }) => path)];
  const store = catalogue.gate(readPlace);
  // What a process that died had in hand is free: the catalogue has one process at a time.
  await store.release();
  const hands = createFilingHands({ filing, protectedPaths: settings.filing.protected, roots: places });
  return createGate({
    ...{ store, catalogue, workers, tree, acts, clock, inboxes, roots, settings: settings.gate, sleep: wait },
    hands: turns ? inTurns(hands, turns) : hands,
    newId: () => randomBytes(12).toString('hex'),
  });
}

/** What is in hand, recovery would take for left over by a crash. */
function inTurns(hands: Hands, turns: Turns): Hands {
  const options = { signal: new AbortController().signal, progress: noProgress };
  return {
    place: (...asked) => turns.take(options, () => hands.place(...asked)),
    putAway: (...asked) => turns.take(options, () => hands.putAway(...asked)),
    swap: (...asked) => turns.take(options, () => hands.swap(...asked)),
  };
}

async function asInbox(tree: FileTree, { library, ...inbox }: InboxSettings): Promise<Inbox> {
  return {
    ...inbox,
    path: await realOr(tree, inbox.path),
    library: library === null ? null : await realOr(tree, library),
  };
}

/** The real path, or the path as it is where nothing is there yet. */
export async function realOr(tree: FileTree, path: BytePath): Promise<BytePath> {
  try {
    return await tree.resolve(path);
  } catch (error) {
    if (error instanceof AppError) return path;
    throw error;
  }
}

/** @param gate makes the gate when it is first needed. @param isServed does a daemon work on the queue already? */
export function createGateApp(gate: () => Promise<Gate>, isServed: boolean): GateApp {
  return {
    gateCheck: async (path, options) => (await gate()).check(path, options),
    gateImport: async function* (request, options) {
      const opened = await gate();
      const { id } = await opened.enqueue(request);
      yield* working(opened, isServed, options, () => opened.follow(id, options));
    },
    gateRehearse: async function* (request, options) {
      yield* (await gate()).rehearse(request, options);
    },
    gateJobs: async (filter) => (await gate()).jobs(filter),
    gateJob: async (id) => (await gate()).job(id),
    gateRequeue: async (id) => (await gate()).requeue(id),
    gateAdmit: async function* (path, options) {
      const opened = await gate();
      const { id } = await opened.admit(path);
      yield* working(opened, isServed, options, () => opened.follow(id, options));
    },
  };
}

/** Works on the queue as long as somebody follows it, unless a daemon does. */
async function* working<T>(
  gate: Gate,
  isServed: boolean,
  { signal, perMinute, onRetry }: GateImportOptions,
  follow: () => AsyncIterable<T>,
): AsyncGenerator<T> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const options = {
    signal: both,
    ...(perMinute !== undefined && { backfillPerMinute: perMinute }),
    onTrouble: (path: BytePath, error: unknown, retryAt: number | null) => {
      if (retryAt !== null && error instanceof Error) onRetry?.(path, error, retryAt);
    },
  };
  const work = isServed ? Promise.resolve() : gate.work(options);
  try {
    yield* follow();
  } finally {
    stop.abort();
    await work;
  }
}
