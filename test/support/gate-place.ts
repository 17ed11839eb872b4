/** A gate on a real catalogue, with real files, decoders and journal, in a folder of its own. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { producerOf, type SoundWorkers } from '#catalogue';
import { type FilingParts, takeBack } from '#filing';
import {
  createFilingHands,
  createGate,
  type Gate,
  type GateEventBody,
  type GateParts,
  type GateStore,
  type GateVerdict,
  type ImportRequest,
  type Inbox,
  type Job,
  readPlace,
} from '#gate';
import { type BytePath, systemClock } from '#kernel';
import { decoderName } from '../../src/adapters/decoder/index.ts';
import { createFileActs, createFileTree } from '../../src/adapters/files/index.ts';
import { type OpenCatalogue, openCatalogue, openJournal } from '../../src/adapters/sqlite/index.ts';
import { createSoundWorkers } from '../../src/adapters/workers/index.ts';
import { createTagParts } from '../../src/main/tag-parts.ts';

/** Real decoders in children of their own, to be shared by the tests of a file. */
export async function startWorkers(width: number): Promise<SoundWorkers> {
  return createSoundWorkers({
    entry: path.resolve(import.meta.dirname, '../../src/main/worker.ts'),
    ...{ width, filesPerChild: 500, secondsPerFile: 60, memoryBytes: 2 ** 31 },
    producer: producerOf(await decoderName()),
  });
}

export interface GatePlace extends AsyncDisposable {
  /** The folder of everything; real paths. */
  readonly home: string;
  /** The folder of the inbox `downloads`. */
  readonly inbox: string;
  readonly library: string;
  /** Opened when it is first asked for; after {@link close} anew. */
  open(): Promise<OpenGate>;
  /** Ends the process, as it were. */
  close(): Promise<void>;
}

export interface OpenGate {
  readonly gate: Gate;
  readonly store: GateStore;
  readonly catalogue: OpenCatalogue;
  readonly filing: FilingParts;
  /** Imports and works until all is done. @returns the job */
  take(paths: readonly string[], more?: Partial<ImportRequest>): Promise<Job>;
  /** Works until the job is done. */
  finish(id: string): Promise<Job>;
  check(file: string, inbox?: string): Promise<GateVerdict>;
  /** All that was told so far. */
  told(): Promise<GateEventBody[]>;
  /** Takes back the last thing that was filed. */
  undo(): Promise<void>;
}

/** @param script changes parts of the gate, and the policy of its inbox */
export interface GateScript {
  readonly policy?: Partial<Inbox>;
  readonly inboxes?: readonly Inbox[];
  readonly parts?: (parts: GateParts) => Partial<GateParts>;
}

export function createGatePlace(workers: SoundWorkers, script: GateScript = {}): GatePlace {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'reprise-gate-')));
  const [inbox, library] = [path.join(home, 'downloads'), path.join(home, 'library')];
  mkdirSync(inbox);
  mkdirSync(library);
  let opened: Promise<OpenGate & { close(): Promise<void> }> | undefined;
  const close = async (): Promise<void> => {
    await (await opened)?.close();
    opened = undefined;
  };
  return {
    ...{ home, inbox, library, close },
    open: () => {
      opened ??= openGate(workers, script, { home, inbox, library });
      return opened;
    },
    async [Symbol.asyncDispose]() {
      await close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The inbox of tests, with a policy that does nothing but judging. */
export function inboxAt(folder: string, policy: Partial<Inbox> = {}): Inbox {
  return {
    ...{ name: 'downloads', path: folder as BytePath, mode: 'gate', tuple: ['albumArtist', 'disc', 'track'] },
    ...{ onUntagged: 'hold', onUnsure: 'hold', onUnreadable: 'hold', onDuplicate: 'leave', onUpgrade: 'hold' },
    ...{ place: 'none', library: null, template: '{albumArtist}/{album}/{track} {title}' },
    ...policy,
  };
}

async function openGate(
  workers: SoundWorkers,
  { policy, inboxes, parts: changed = () => ({}) }: GateScript,
  { home, inbox, library }: Pick<GatePlace, 'home' | 'inbox' | 'library'>,
): Promise<OpenGate & { close(): Promise<void> }> {
  const data = path.join(home, 'data');
  mkdirSync(data, { recursive: true });
  const catalogue = await openCatalogue(path.join(data, 'catalogue.db'), { clock: systemClock, owner: 'a test' });
  const journal = openJournal(path.join(data, 'journal.sqlite'));
  const acts = createFileActs();
  const wait = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    setTimeout(milliseconds, undefined, { signal });
  const filing: FilingParts = { acts, journal, tags: createTagParts(), clock: systemClock, wait };
  const store = catalogue.gate(readPlace);
  await store.release();
  const places = [inbox, library] as unknown as readonly BytePath[];
  let ids = 0;
  const parts: GateParts = {
    ...{ store, catalogue, workers, acts, sleep: wait, clock: systemClock, tree: createFileTree() },
    hands: createFilingHands({ filing: async () => filing, protectedPaths: [], roots: places }),
    newId: () => `id${++ids}x${Math.random().toString(36).slice(2)}`,
    inboxes: inboxes ?? [inboxAt(inbox, { library: library as BytePath, ...policy })],
    roots: [library as BytePath],
    settings: { leaseSeconds: 60, attempts: 3, retrySeconds: 10 },
  };
  const gate = createGate({ ...parts, ...changed(parts) });
  const finish = async (id: string): Promise<Job> => {
    const stop = new AbortController();
    const work = gate.work({ signal: stop.signal });
    try {
      return await gate.finished(id, { signal: stop.signal });
    } finally {
      stop.abort();
      await work;
    }
  };
  return {
    ...{ gate, store, catalogue, filing, finish },
    async take(paths, more = {}) {
      const files = paths.map((file) => ({ path: file as BytePath }));
      const { id } = await gate.enqueue({ files, lane: 'live', askedBy: 'a test', ...more });
      return finish(id);
    },
    check: (file, name) =>
      gate.check(file as BytePath, {
        signal: new AbortController().signal,
        ...(name !== undefined && { inbox: name }),
      }),
    told: async () => (await store.eventsAfter(0, 10_000)).map(({ body }) => body),
    async undo() {
      const entries = journal.entries({ states: ['done'] }).filter(({ concerns }) => concerns === null);
      const last = entries.filter(({ plan }) => plan === entries.at(-1)?.plan);
      const pace = { width: 1, retries: 0, retryDelayMs: 0 };
      const { signal } = new AbortController();
      const [report] = await takeBack(last, filing, { signal, progress: () => {}, pace, dryRun: false });
      if (report === undefined || report.error) throw report?.error ?? new Error('There was nothing to take back.');
    },
    async close() {
      await catalogue[Symbol.asyncDispose]();
      journal[Symbol.dispose]();
    },
  };
}
