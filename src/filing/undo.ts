/**
 * Takes back what was done, the last first: each file returns to its place and its folder gets its time back. Looks
 * before each act whether everything still is as it was left, and never overwrites newer work.
 */
import { AppError, type BytePath, cancelled, displayPath, type Progress } from '#kernel';
import { BATCH, carryOut, type FilingParts, type Pace, type Task } from './carry-out.ts';
import type { Entry, Identity, NewEntry } from './entry.ts';
import { foldersTo, restoreTimes, untouchedFolders } from './folders.ts';
import type { FileActs } from './ports.ts';
import { areOneFile, areTwoNames, identityOf, isSame } from './recognise.ts';
import type { EntryReport } from './reports.ts';
import { sideBySide } from './side-by-side.ts';

export interface UndoOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly pace: Pace;
  /** Only looks whether each could be taken back. */
  readonly dryRun: boolean;
}

/** @param entries which are done. @returns the last first. @throws AppError `run/cancelled`, `journal/…` */
export async function takeBack(
  entries: readonly Entry[],
  parts: FilingParts,
  options: UndoOptions,
): Promise<readonly EntryReport[]> {
  const waiting = entries.toSorted((a, b) => b.n - a.n);
  const reports: EntryReport[] = [];
  while (waiting.length > 0) {
    const batch = waiting.splice(0, independent(waiting));
    reports.push(...(await takeBackBatch(batch, parts, options)));
    options.progress({ stage: 'Taking back', items: reports.length, totalItems: entries.length });
    if (options.signal.aborted) throw cancelled();
  }
  return reports;
}

/** How many from the start on can be taken back side by side: none goes where another of them has to leave first. */
function independent(entries: readonly Entry[]): number {
  const leaving = new Set<BytePath>();
  for (const [at, { from, to }] of entries.slice(0, BATCH).entries()) {
    if (leaving.has(from)) return at;
    leaving.add(to);
  }
  return Math.min(BATCH, entries.length);
}

async function takeBackBatch(
  batch: readonly Entry[],
  parts: FilingParts,
  { signal, pace, dryRun }: UndoOptions,
): Promise<readonly EntryReport[]> {
  const { acts } = parts;
  const errors = await sideBySide(batch, pace.width, (entry) => obstacle(acts, entry, signal));
  const able = batch.filter((_, at) => errors[at] === null);
  const byNumber = able.toSorted((a, b) => a.n - b.n);
  const untouched = untouchedFolders(acts, byNumber);
  const tasks = dryRun ? [] : await sideBySide(able, pace.width, (entry) => taskOf(acts, entry, parts, signal));
  const results = await carryOut(tasks, parts, pace, signal);
  const failures = new Map(results.map(({ entry, failure }) => [entry.concerns, failure]));
  if (!dryRun) {
    const back = byNumber.filter(({ n }) => failures.get(n) === null);
    restoreTimes(acts, back, untouched);
  }
  return batch.map((entry, at) => ({ entry, error: errors[at] ?? failures.get(entry.n) ?? null }));
}

/** Why an entry cannot be taken back; `null` where it can. */
async function obstacle(acts: FileActs, entry: Entry, signal: AbortSignal): Promise<AppError | null> {
  const { verb, shape, from, to, was, made } = entry;
  try {
    if (entry.state === 'emptied') return emptied(entry);
    if (entry.state !== 'done' || shape === 'remove') return notDone(entry);
    if (verb === 'place-hardlink' && areTwoNames(acts, to, from)) return null;
    const isThere = await isSame(acts, to, shape === 'replace' ? was : (made ?? was), signal);
    if (!isThere) return acts.state(to) === undefined ? gone(to) : changed(to);
    if (shape === 'replace') return made !== null && (await isSame(acts, from, made, signal)) ? null : changed(from);
    if (verb === 'place-link') return null;
    if (shape === 'copy') {
      // By a folder that has become a link to the other, both may be one name now.
      const isKept = !areOneFile(acts, from, to) && (await isSame(acts, from, was, signal));
      return isKept ? null : onlyCopy(to, from);
    }
    return acts.state(from) !== undefined ? taken(from) : null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

async function taskOf(acts: FileActs, entry: Entry, { clock }: FilingParts, signal: AbortSignal): Promise<Task> {
  const { missing } = foldersTo(acts, entry.from);
  const { replacement } = entry;
  const keeps = replacement !== undefined && !(await isSame(acts, replacement.path, replacement.was, signal));
  const back: NewEntry = {
    ...{ plan: entry.plan, item: null, verb: 'undo', concerns: entry.n, at: clock.now(), keeper: null },
    ...{ reason: `takes back entry ${entry.n}`, madeFolders: missing, folderTimes: [] },
    ...reversed(acts, entry),
    ...(keeps && { keepsMade: true }),
  };
  return { entry: back, mayEmpty: keeps ? [] : entry.madeFolders };
}

function reversed(acts: FileActs, entry: Entry): Pick<NewEntry, 'shape' | 'from' | 'to' | 'was' | 'made' | 'state'> {
  const { verb, shape, from, to, was, made } = entry;
  const now: Identity = (verb === 'place-hardlink' && identityNow(acts, to)) || (made ?? was);
  if (shape === 'replace') return { shape, from, to, was: now, made: was, state: 'prepared' };
  if (shape === 'copy') return { shape: 'remove', from: to, to, was: now, made: null, state: 'intended' };
  return { shape, from: to, to: from, was: now, made: null, state: 'intended' };
}

/** A hard link may have been written to through its other name. */
function identityNow(acts: FileActs, path: BytePath): Identity | undefined {
  const state = acts.state(path);
  return state && identityOf(state, null);
}

function changed(path: BytePath): AppError {
  return new AppError('undo/changed', `${displayPath(path)} is not what was left there, so it stays as it is.`, {
    kind: 'conflict',
    hint: 'Somebody has worked on it since. "reprise journal" says where everything lies.',
  });
}

function gone(path: BytePath): AppError {
  return new AppError('undo/gone', `${displayPath(path)} is not there.`, {
    kind: 'conflict',
    hint: 'If its disk is not connected, connect it and undo again. Otherwise somebody has taken it away.',
  });
}

function onlyCopy(copy: BytePath, original: BytePath): AppError {
  const message = `${displayPath(copy)} stays: ${displayPath(original)}, which it is a copy of, is not there as it was.`;
  return new AppError('undo/only-copy', message, {
    kind: 'conflict',
    hint: 'Delete the copy by hand if you do not want it.',
  });
}

function taken(path: BytePath): AppError {
  return new AppError('undo/taken', `There is another file at ${displayPath(path)} now, which is never overwritten.`, {
    kind: 'conflict',
    hint: 'Move that file away and undo again.',
  });
}

function emptied({ n, from }: Entry): AppError {
  const message = `Entry ${n} cannot be taken back: what lay at ${displayPath(from)} was emptied from the trash.`;
  return new AppError('undo/emptied', message, { kind: 'conflict' });
}

function notDone({ n }: Entry): AppError {
  return new AppError('undo/not-done', `There is nothing to take back about entry ${n}.`, {
    kind: 'conflict',
    hint: '"reprise journal" lists what was done.',
  });
}
