/**
 * Does one act whose intent the journal holds already. The one step that decides is atomic (a rename that replaces
 * nothing, or an exchange of two names), so a crash leaves the old or the new state, and {@link settleEntry} finds out which.
 */
import { AppError, type BytePath, displayPath, folderOf } from '#kernel';
import type { Entry } from './entry.ts';
import { growingName, waitingName } from './names.ts';
import type { FileActs, Journal } from './ports.ts';
import { identityOf, isSame } from './recognise.ts';

export interface ActParts {
  readonly acts: FileActs;
  readonly journal: Journal;
  readonly signal: AbortSignal;
}

/** Makes what comes into the place of a replaced file, or is placed, at the path given. */
export type Make = (at: BytePath) => Promise<Made>;

export interface Made {
  /** Its content hash; `null` where it is not known. */
  readonly hash: string | null;
  /** What it could not take along, in words. */
  readonly lacks: readonly string[];
}

/** @param make for entries of shape `replace` that are not prepared, and of shape `copy` that are no plain copies. @returns what could not be taken along, in words */
export async function perform(entry: Entry, parts: ActParts, make?: Make): Promise<readonly string[]> {
  switch (entry.shape) {
    case 'relocate':
      return relocate(entry, parts);
    case 'copy':
      return await copyInto(entry, parts, make);
    case 'replace':
      return await replace(entry, parts, make);
    case 'remove':
      parts.acts.remove(entry.from);
      return [];
  }
}

async function relocate(entry: Entry, parts: ActParts): Promise<readonly string[]> {
  try {
    parts.acts.rename(entry.from, entry.to);
    return [];
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'files/elsewhere')) throw error;
  }
  if ((parts.acts.state(entry.from)?.links ?? 1) > 1) throw manyNames(entry.from);
  const lacks = await copyInto(entry, parts);
  parts.acts.remove(entry.from);
  return lacks;
}

function manyNames(path: BytePath): AppError {
  const message = `${displayPath(path)} has other names (hard links), which a move to another file system would cut off.`;
  return new AppError('filing/hard-linked', message, {
    kind: 'unsupported',
    hint: 'Name an output folder on the same file system, or use the trash.',
  });
}

/** A verified copy, or what else is made, comes to lie at `to`. */
async function copyInto(entry: Entry, { acts, journal, signal }: ActParts, make?: Make): Promise<readonly string[]> {
  const growing = growingName(entry);
  const { hash, lacks } = await (make === undefined ? acts.copy(entry.from, growing, signal) : make(growing));
  if (!(await isSame(acts, entry.from, entry.was, signal))) throw changed(entry.from);
  const made = acts.state(growing);
  if (made === undefined) throw changed(growing);
  journal.change([{ n: entry.n, state: 'prepared', made: identityOf(made, hash) }]);
  try {
    acts.rename(growing, entry.to);
  } catch (error) {
    acts.remove(growing);
    throw error;
  }
  acts.sync(folderOf(entry.to));
  return lacks;
}

function changed(path: BytePath): AppError {
  return new AppError('filing/changed', `${displayPath(path)} was changed while it was worked upon.`, {
    kind: 'conflict',
    hint: 'Make a new plan.',
  });
}

async function replace(
  entry: Entry,
  { acts, journal, signal }: ActParts,
  make: Make | undefined,
): Promise<readonly string[]> {
  let lacking: readonly string[] = [];
  if (entry.state === 'intended' && make !== undefined) {
    const { hash, lacks } = await make(entry.to);
    lacking = lacks;
    // Making may have taken a while.
    if (!(await isSame(acts, entry.from, entry.was, signal))) throw changed(entry.from);
    const made = acts.state(entry.to);
    if (made === undefined) throw changed(entry.to);
    journal.change([{ n: entry.n, state: 'prepared', made: identityOf(made, hash) }]);
  }
  if (!acts.exchange(entry.from, entry.to)) exchangeInSteps(acts, entry);
  if (removesMade(entry)) acts.remove(entry.to);
  return lacking;
}

/** For file systems that cannot exchange: for a moment nothing lies at `from`. */
function exchangeInSteps(acts: FileActs, entry: Entry): void {
  acts.rename(entry.from, waitingName(entry));
  acts.rename(entry.to, entry.from);
  acts.rename(waitingName(entry), entry.to);
}

/** Does the exchange bring the former file back? */
export function isTakingBack({ verb }: Pick<Entry, 'verb'>): boolean {
  return verb === 'undo';
}

/** Does what was made go when the former file is back? */
export function removesMade(entry: Pick<Entry, 'verb' | 'keepsMade'>): boolean {
  return isTakingBack(entry) && entry.keepsMade !== true;
}
