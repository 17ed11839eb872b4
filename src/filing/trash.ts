/** What lies in the trash, and emptying it: the only act that ends bytes of a person. */
import { AppError, type BytePath, cancelled, displayPath } from '#kernel';
import { BATCH, carryOut, type FilingParts, type Pace, type Task } from './carry-out.ts';
import type { Entry } from './entry.ts';
import type { FileState, Journal } from './ports.ts';
import { isSame } from './recognise.ts';
import type { EntryReport } from './reports.ts';
import { sideBySide } from './side-by-side.ts';
import { trashFolders } from './trash-place.ts';

/** The entries whose former files lie in the trash, the oldest first. */
export function trashEntries(journal: Journal): readonly Entry[] {
  return journal.entries({ states: ['done'] }).filter(isInTrash);
}

/** Does the act keep its former file in the trash? */
function isInTrash({ verb, shape, keepsMade }: Entry): boolean {
  return keepsMade === true || (verb !== 'undo' && (verb === 'trash' || shape === 'replace'));
}

export interface EmptyOptions {
  readonly signal: AbortSignal;
  readonly pace: Pace;
  /** Only says what would go. */
  readonly dryRun: boolean;
}

/** Deletes what the entries keep in the trash, unless somebody has worked on it there. It cannot be taken back. */
export async function emptyTrash(
  entries: readonly Entry[],
  parts: FilingParts,
  { signal, pace, dryRun }: EmptyOptions,
): Promise<readonly EntryReport[]> {
  const reports: EntryReport[] = [];
  for (let start = 0; start < entries.length; start += BATCH) {
    if (signal.aborted) throw cancelled();
    const batch = entries.slice(start, start + BATCH);
    const errors = await sideBySide(batch, pace.width, (entry) => obstacle(entry, parts, signal));
    const able = batch.filter((_, at) => errors[at] === null);
    const results = dryRun
      ? []
      : await carryOut(
          able.map((entry) => taskOf(entry, parts)),
          parts,
          pace,
          signal,
        );
    const failures = new Map(results.map(({ entry, failure }) => [entry.concerns, failure]));
    reports.push(...batch.map((entry, at) => ({ entry, error: errors[at] ?? failures.get(entry.n) ?? null })));
  }
  return reports;
}

async function obstacle(entry: Entry, { acts }: FilingParts, signal: AbortSignal): Promise<AppError | null> {
  const { to, was, keeper } = entry;
  try {
    if (keeper !== null && !isThere(acts.state(keeper))) return lastCopy(entry, keeper);
    if (await isSame(acts, to, was, signal)) return null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  return new AppError('trash/changed', `${displayPath(to)} is not what was put there, so it stays.`, {
    kind: 'conflict',
    hint: 'Delete it by hand if you do not want it.',
  });
}

/** It may have got other tags since, so only that it is a file with something in it. */
function isThere(state: FileState | undefined): boolean {
  return state?.kind === 'file' && state.sizeBytes > 0;
}

/** The copy for whose sake it went is gone itself. */
function lastCopy({ n, from }: Entry, keeper: BytePath): AppError {
  const message = `${displayPath(from)} stays in the trash: ${displayPath(keeper)}, the copy that was kept, is not there.`;
  return new AppError('trash/last-copy', message, {
    kind: 'refused',
    hint: `Put it back with "reprise trash restore ${n}", or delete it by hand if the copy has only moved.`,
  });
}

function taskOf({ n, to, was, plan }: Entry, { clock }: FilingParts): Task {
  return {
    entry: {
      ...{ plan, item: null, verb: 'empty', concerns: n, shape: 'remove', from: to, to, was, made: null },
      ...{ state: 'intended', at: clock.now(), madeFolders: [], folderTimes: [], keeper: null },
      reason: `empties what entry ${n} kept`,
    },
    mayEmpty: trashFolders(to),
  };
}
