/** What the suites of the gate begin with: workers and sounds for a file of tests, and a gate of its own for each test. */
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { SoundWorkers } from '#catalogue';
import type { GateVerdict, GateWord, Job } from '#gate';
import { createGatePlace, type GatePlace, type GateScript, type OpenGate, startWorkers } from './gate-place.ts';
import { openStudio, type Song, type Studio } from './songs.ts';

/** Those of the test that runs. */
export interface GateSuite {
  readonly workers: SoundWorkers;
  readonly studio: Studio;
  readonly place: GatePlace;
  readonly gate: OpenGate;
  /** Begins the test anew, with a gate that is made otherwise. */
  begin(script?: GateScript): Promise<void>;
  /** Opens the gate again, after it was closed. */
  reopen(): Promise<void>;
  /** A path in the inbox. */
  at(name: string): string;
  /** Makes a sound in the inbox. @returns its path */
  put(name: string, song: Song): string;
  /** Imports files, and says what became of each. */
  take(...paths: string[]): Promise<(GateWord | undefined)[]>;
}

/** Call at the top of a file of tests. @param width of the workers */
export function openGateSuite(width: number): GateSuite {
  let workers: SoundWorkers;
  let studio: Studio;
  let place: GatePlace;
  let gate: OpenGate;
  const reopen = async (): Promise<void> => {
    gate = await place.open();
  };
  const begin = async (script: GateScript = {}): Promise<void> => {
    await place?.[Symbol.asyncDispose]();
    place = createGatePlace(workers, script);
    await reopen();
  };
  const at = (name: string): string => path.join(place.inbox, name);
  beforeAll(async () => {
    workers = await startWorkers(width);
    studio = openStudio();
  });
  afterAll(async () => {
    await workers[Symbol.asyncDispose]();
    studio[Symbol.dispose]();
  });
  beforeEach(() => begin());
  afterEach(() => place[Symbol.asyncDispose]());
  return {
    get workers() {
      return workers;
    },
    get studio() {
      return studio;
    },
    get place() {
      return place;
    },
    get gate() {
      return gate;
    },
    ...{ begin, reopen, at },
    put: (name, song) => studio.make(at(name), song),
    take: async (...paths) => words(await gate.take(paths)),
  };
}

export function verdictsOf({ files }: Job): (GateVerdict | null)[] {
  return files.map(({ verdict }) => verdict);
}

export function words(job: Job): (GateWord | undefined)[] {
  return verdictsOf(job).map((verdict) => verdict?.verdict);
}
