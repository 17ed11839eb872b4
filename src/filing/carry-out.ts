/**
 * Carries out acts, a batch at a time: intents into the journal, the acts, folders made durable, results into the journal.
 * Two durable writes a batch, so that a thousand files cost no thousand waits for the disk; within a batch the acts run
 * side by side.
 */
import { AppError, type BytePath, type Clock, cancelled, folderOf } from '#kernel';
import type { Entry, EntryChange, NewEntry } from './entry.ts';
import { makeFolders, removeEmpty, withTimesAfter } from './folders.ts';
import { type ActParts, type Make, perform } from './perform.ts';
import type { FileActs, Journal, TagParts } from './ports.ts';
import { settleEntry } from './settle.ts';
import { sideBySide } from './side-by-side.ts';

/** What filing works with. */
export interface FilingParts {
  readonly acts: FileActs;
  readonly journal: Journal;
  readonly tags: TagParts;
  readonly clock: Clock;
  /** Resolves after so many milliseconds, or rejects at once when the signal says so. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** How patient and how broad. */
export interface Pace {
  /** How many files at once. */
  readonly width: number;
  /** How often an act is tried again that failed for a reason that may pass. */
  readonly retries: number;
  /** Before the first try again; doubled each time. */
  readonly retryDelayMs: number;
}

export interface Task {
  readonly entry: NewEntry;
  /** For a replacement that is not prepared. */
  readonly make?: Make;
  /** Is everything still as it was found? Asked right before the act. @throws AppError where it is not */
  readonly assertStill?: () => void;
  /** Folders that go with the act where it leaves them empty. */
  readonly mayEmpty?: readonly BytePath[];
}

/** What became of one task. */
export interface TaskResult {
  readonly entry: Entry;
  /** `null` where it was done. */
  readonly failure: AppError | null;
  /** What could not be taken along by a copy, in words. */
  readonly lacks: readonly string[];
}

/** How many entries share two durable writes. Chosen: some tens of milliseconds of renames, and few enough to look through after a crash. */
export const BATCH = 64;

/** Results in the order of the tasks, of which there are at most {@link BATCH}. Trouble with one does not stop the others. */
export async function carryOut(
  tasks: readonly Task[],
  parts: FilingParts,
  pace: Pace,
  signal: AbortSignal,
): Promise<readonly TaskResult[]> {
  if (tasks.length === 0) return [];
  const { journal } = parts;
  const entries = journal.add(tasks.map(({ entry }) => entry));
  for (const { n } of entries) journal.inHand.entries.add(n);
  try {
    return await carryOutEntries(entries, tasks, parts, pace, signal);
  } finally {
    for (const { n } of entries) journal.inHand.entries.delete(n);
  }
}

async function carryOutEntries(
  entries: readonly Entry[],
  tasks: readonly Task[],
  parts: FilingParts,
  pace: Pace,
  signal: AbortSignal,
): Promise<readonly TaskResult[]> {
  const { acts, journal } = parts;
  const results = await sideBySide(entries, pace.width, (entry, at) =>
    attempt(entry, tasks[at] as Task, parts, pace, signal),
  );
  const done = results.filter(({ failure }) => failure === null).map(({ entry }) => entry);
  for (const folder of foldersOf(done)) acts.sync(folder);
  // Before the entries are closed: what a crash leaves open is cleared up by the next run.
  const left = results.map(({ entry, failure }, at) => (failure === null ? tasks[at]?.mayEmpty : entry.madeFolders));
  removeEmpty(
    acts,
    left.flatMap((folders) => folders ?? []),
  );
  journal.change(results.flatMap((result) => closing(result, acts)));
  return results;
}

/** Whose names have changed. */
function foldersOf(entries: readonly Entry[]): ReadonlySet<BytePath> {
  return new Set(
    entries.flatMap(({ from, to, madeFolders, shape }) => [
      ...madeFolders.map(folderOf),
      ...(shape === 'remove' ? [] : [folderOf(to)]),
      folderOf(from),
    ]),
  );
}

function closing({ entry, failure }: TaskResult, acts: FileActs): EntryChange[] {
  const { n, state } = entry;
  if (failure !== null) return [{ n, state, reason: failure.message }];
  return [{ n, state, folderTimes: withTimesAfter(acts, entry.folderTimes) }, ...changesElsewhere(entry)];
}

/** What an act that is done makes of the entry that it takes back or empties. */
export function changesElsewhere({ verb, concerns }: Entry): EntryChange[] {
  return concerns === null ? [] : [{ n: concerns, state: verb === 'undo' ? 'undone' : 'emptied' }];
}

async function attempt(
  entry: Entry,
  { make, assertStill }: Task,
  parts: FilingParts,
  pace: Pace,
  signal: AbortSignal,
): Promise<TaskResult> {
  const act: ActParts = { ...parts, signal };
  for (let tried = 0; ; tried++) {
    try {
      if (signal.aborted) throw cancelled();
      assertStill?.();
      makeFolders(parts.acts, entry.madeFolders);
      const lacks = await perform(entry, act, make);
      return { entry: { ...entry, state: 'done' }, failure: null, lacks };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const state = await stateAfter(error, entry, parts);
      if (state === 'done') return { entry: { ...entry, state }, failure: null, lacks: [] };
      const mayPass = error.kind === 'unavailable' && state === 'abandoned' && tried < pace.retries;
      if (!mayPass || !(await waited(parts, pace.retryDelayMs * 2 ** tried, signal))) {
        return { entry: { ...entry, state }, failure: error, lacks: [] };
      }
      parts.journal.change([{ n: entry.n, state: entry.state, made: entry.made }]);
    }
  }
}

/** How an act ended that threw. An entry that cannot be settled now stays open: the next run settles it. */
async function stateAfter(
  error: AppError,
  { n, state }: Entry,
  { acts, journal }: FilingParts,
): Promise<Entry['state']> {
  const [entry] = journal.entries({ numbers: [n] });
  // The name was taken by somebody else: what lies there is not ours.
  if (error.code === 'files/exists' && !isBetweenSteps(entry)) return 'abandoned';
  try {
    return entry === undefined ? state : await settleEntry(entry, acts, new AbortController().signal);
  } catch (again) {
    if (!(again instanceof AppError)) throw again;
    return entry?.state ?? state;
  }
}

/** May the former file of an exchange wait under a name of our own? */
function isBetweenSteps(entry: Entry | undefined): boolean {
  return entry?.shape === 'replace' && entry.made !== null;
}

async function waited({ wait }: FilingParts, milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(milliseconds, signal);
    return true;
  } catch {
    // Interrupted: what the act failed for is the better answer.
    return false;
  }
}
