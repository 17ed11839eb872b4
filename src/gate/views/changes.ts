/** What has to happen so that a view holds what it ought to, found out without doing any of it. */
import type { BytePath } from '#kernel';
import type { ViewEntry } from '../ports.ts';
import { linkText } from './layout.ts';
import { isSameWriting, standingOf } from './own-entries.ts';
import { inBatches, look, taken, type ViewRun } from './run.ts';
import type { Wanted, WantedEntries } from './wanted.ts';

export interface Changes {
  readonly make: Wanted[];
  /** The view made something there that is not what it ought to be. */
  readonly replace: Wanted[];
  /** Entries whose file is not shown any more. */
  readonly remove: ViewEntry[];
  /** Entries whose file is shown under another name. */
  readonly moved: ViewEntry[];
  /** Names in the record at which nothing of the view's stands. */
  readonly forget: BytePath[];
  /** How many are as they ought to be. */
  right: number;
  /** How many names somebody else has. */
  taken: number;
}

export async function findChanges(run: ViewRun, { entries, unclear }: WantedEntries): Promise<Changes> {
  const changes: Changes = { make: [], replace: [], remove: [], moved: [], forget: [], right: 0, taken: 0 };
  const shown = new Set([...entries.values()].map(({ target }) => target));
  const isUnwanted = (entry: ViewEntry): boolean =>
    isContent(entry) && !entries.has(entry.path) && !unclear.has(entry.path);
  for await (const batch of inBatches(run, run.own.all().filter(isUnwanted))) batch.forEach(leave);
  for await (const batch of inBatches(run, [...entries.values()])) batch.forEach(place);
  return changes;

  function leave(entry: ViewEntry): void {
    const standing = look(run, () => standingOf(run.acts, entry));
    if (standing === undefined) return;
    if (standing !== 'ours') changes.forget.push(entry.path);
    else if (shown.has(entry.target)) changes.moved.push(entry);
    else changes.remove.push(entry);
  }

  function place(wanted: Wanted): void {
    switch (look(run, () => statusOf(run, wanted))) {
      case 'right':
        changes.right += 1;
        break;
      case 'missing':
        changes.make.push(wanted);
        break;
      case 'wrong':
        changes.replace.push(wanted);
        break;
      case 'taken':
        changes.taken += 1;
        if (run.own.at(wanted.path)) changes.forget.push(wanted.path);
        run.onTrouble(taken(wanted.path, run.settings));
        break;
      case undefined:
        break;
    }
  }
}

/** Does it show a file? */
export function isContent({ kind }: ViewEntry): boolean {
  return kind === 'symlink' || kind === 'copy';
}

/** `wrong`: ours, and not what it ought to be. */
export type Status = 'right' | 'missing' | 'wrong' | 'taken';

export function statusOf(run: ViewRun, wanted: Wanted): Status {
  const entry = run.own.at(wanted.path);
  // A folder of ours goes when it is empty, and its name is free then.
  if (entry?.kind === 'folder') return 'missing';
  const standing = entry ? standingOf(run.acts, entry) : undefined;
  if (standing === 'ours') return isRight(run, wanted, entry) ? 'right' : 'wrong';
  if (run.acts.state(wanted.path) === undefined) return 'missing';
  // Somebody else's, of whom nobody will complain: it shows the right file.
  return showsIt(run, wanted) ? 'right' : 'taken';
}

function isRight(run: ViewRun, wanted: Wanted, entry: ViewEntry | undefined): boolean {
  return entry?.kind === run.settings.mode && entry.target === wanted.target && showsIt(run, wanted);
}

function showsIt({ acts, settings }: ViewRun, { path, target }: Wanted): boolean {
  const [state, original] = [acts.state(path), acts.state(target)];
  if (settings.mode === 'symlink') return state?.kind === 'link' && acts.readLink(path) === linkText(path, target);
  return state?.kind === 'file' && original !== undefined && isSameWriting(state, original);
}
