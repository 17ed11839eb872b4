/** Makes a view what it ought to be. Can be killed at any moment, and run again. */
import type { BytePath } from '#kernel';
import type { ViewEntry } from '../ports.ts';
import { type Changes, findChanges } from './changes.ts';
import { foldersAbove } from './layout.ts';
import { makeCopy, makeLinks, replaceByLinks, settleGrowing } from './make-entries.ts';
import { removable } from './may-remove.ts';
import { removeEntries, removeFolders } from './remove-entries.ts';
import { inBatches, type ViewRun } from './run.ts';
import { readWanted, type Wanted } from './wanted.ts';

export interface ViewReport {
  /** How many files the view shows now; after a dry run, would show. */
  readonly shown: number;
  readonly made: number;
  /** Entries of the view's own that showed something else, or an old copy. */
  readonly replaced: number;
  readonly removed: number;
  /** Entries that ought to go and stay for safety; why is told. */
  readonly heldBack: number;
  /** Names that somebody else has; each is told. */
  readonly taken: number;
}

/** An intended change, as a dry run tells it. */
export interface ViewChange {
  readonly kind: 'make' | 'replace' | 'remove';
  readonly path: BytePath;
  /** The file that it is to show, or has shown. */
  readonly target: BytePath;
}

/** Finds out what would be done, and does nothing. */
export async function preview(run: ViewRun, onChange: (change: ViewChange) => void): Promise<ViewReport> {
  const wanted = await readWanted(run);
  const changes = await findChanges(run, wanted);
  const removed = [...removable(run, changes, wanted.entries.size), ...changes.moved];
  for (const { path, target } of removed) onChange({ kind: 'remove', path, target });
  for (const each of changes.replace) onChange({ kind: 'replace', ...each });
  for (const each of changes.make) onChange({ kind: 'make', ...each });
  return reportOf(changes, { made: changes.make.length, replaced: changes.replace.length, removed: removed.length });
}

export async function bringUpToDate(run: ViewRun): Promise<ViewReport> {
  for (const entry of run.own.all()) if (entry.kind === 'growing') await settleGrowing(run, entry);
  const wanted = await readWanted(run);
  const changes = await findChanges(run, wanted);
  await run.own.forget(changes.forget);
  const leaving = [...removable(run, changes, wanted.entries.size), ...changes.moved];
  const removed = await removeEntries(run, leaving);
  await removeFolders(run, unneededFolders(run, wanted.entries.keys()));
  const replaced = await put(run, changes.replace, replaceByLinks);
  const made = await put(run, changes.make, makeLinks);
  return reportOf(changes, { made, replaced, removed });
}

/** Folders of the view's own that lead to no entry that is wanted. */
function unneededFolders({ own, root }: ViewRun, wanted: Iterable<BytePath>): readonly ViewEntry[] {
  const needed = new Set<BytePath>();
  for (const path of wanted) for (const folder of foldersAbove(path, root)) needed.add(folder);
  return own.all().filter(({ kind, path }) => kind === 'folder' && !needed.has(path));
}

/** Makes the entries in the way of the view. @param link how links are made @returns how many */
export async function put(run: ViewRun, wanted: readonly Wanted[], link: typeof makeLinks): Promise<number> {
  let made = 0;
  for await (const batch of inBatches(run, wanted)) {
    if (run.settings.mode === 'symlink') made += await link(run, batch);
    else for (const each of batch) if (await makeCopy(run, each)) made += 1;
  }
  return made;
}

function reportOf(changes: Changes, done: Pick<ViewReport, 'made' | 'replaced' | 'removed'>): ViewReport {
  const { right, remove, moved, taken } = changes;
  const heldBack = remove.length + moved.length - done.removed;
  return { shown: right + done.made + done.replaced, ...done, heldBack, taken };
}
