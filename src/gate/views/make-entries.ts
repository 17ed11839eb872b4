/**
 * Makes entries. Whatever is made is in the store before, so that no crash leaves anything behind of which the view does not
 * know; and nothing is made over a name, so that it knows of nothing that is not its own.
 */
import { createHash } from 'node:crypto';
import { AppError, type BytePath, bytesOfPath, displayPath, folderOf, joinPath } from '#kernel';
import type { ViewEntry } from '../ports.ts';
import { foldersAbove, linkText } from './layout.ts';
import { isRealFolder, isSameWriting, stampOf, standingOf, type ViewActs } from './own-entries.ts';
import { attempt, look, taken, type ViewRun } from './run.ts';
import type { Wanted } from './wanted.ts';

/** Makes links where nothing stands. @returns how many */
export async function makeLinks(run: ViewRun, wanted: readonly Wanted[]): Promise<number> {
  const { acts, own } = run;
  const ready = wanted.flatMap((each) => {
    const folders = look(run, () => foldersFor(run, each));
    return folders === undefined ? [] : { ...each, folders };
  });
  const folders = [...new Set(ready.flatMap((each) => each.folders))];
  const links = ready.map(({ path, target }): ViewEntry => ({ path, target, kind: 'symlink', stamp: null }));
  await own.add([...folders.map(folderEntry), ...links]);
  await makeFolders(run, folders);
  const failed: BytePath[] = [];
  for (const link of links) {
    const isMade = await attempt(run, () =>
      make(acts, link, () => acts.symbolicLink(linkText(link.path, link.target), link.path)),
    );
    if (!isMade) failed.push(link.path);
  }
  await own.forget(failed);
  return links.length - failed.length;
}

/** Removes what the view made there and makes links instead. @returns how many */
export async function replaceByLinks(run: ViewRun, wanted: readonly Wanted[]): Promise<number> {
  const free: Wanted[] = [];
  for (const each of wanted) {
    await attempt(run, () => {
      if (!isOurs(run, each.path)) return;
      run.acts.remove(each.path);
      free.push(each);
    });
  }
  return await makeLinks(run, free);
}

/**
 * Makes a copy: under a hidden name, verified, then at its place. What the view made there before goes only when the new one
 * is whole, and in one step where the file system can. @returns whether it is there
 */
export async function makeCopy(run: ViewRun, wanted: Wanted): Promise<boolean> {
  const { acts, own } = run;
  const growing = growingEntry(wanted.path);
  const folders = look(run, () => {
    if (acts.state(growing.path) !== undefined) throw taken(growing.path, run.settings);
    return isOurs(run, wanted.path) ? [] : foldersFor(run, wanted);
  });
  if (folders === undefined) return false;
  await own.add([...folders.map(folderEntry), growing]);
  await makeFolders(run, folders);
  try {
    return await attempt(run, () => grow(run, wanted, growing));
  } finally {
    await settleGrowing(run, growing);
  }
}

async function grow(run: ViewRun, { path, target }: Wanted, growing: ViewEntry): Promise<void> {
  const { acts, own, signal } = run;
  const source = acts.state(target);
  await acts.copy(target, growing.path, signal);
  const [copy, now] = [acts.state(growing.path), acts.state(target)];
  if (!source || !copy || !now || !isSameWriting(source, now)) throw changed(target);
  const entry: ViewEntry = { path, target, kind: 'copy', stamp: stampOf(copy) };
  if (isOurs(run, path)) {
    // Until the next record, the growing one tells whose the copy at its place is.
    await own.add([{ ...growing, stamp: entry.stamp }]);
    if (acts.exchange(growing.path, path)) return await own.add([entry]);
    acts.remove(path);
  }
  await own.add([entry]);
  try {
    make(acts, entry, () => acts.rename(growing.path, path));
  } catch (error) {
    await own.forget([path]);
    throw error;
  }
}

/** Makes what is recorded already. @throws where nothing was made, so that the record is wrong */
function make(acts: ViewActs, entry: ViewEntry, act: () => void): void {
  try {
    act();
  } catch (error) {
    // An act that fails may have been done all the same, unless the name was another's.
    if (error instanceof AppError && error.kind === 'conflict') throw error;
    if (standingOf(acts, entry) !== 'ours') throw error;
  }
}

/** Brings to an end what was growing: what came to its place is known as it is now, and the hidden name goes. */
export async function settleGrowing(run: ViewRun, { path, target }: ViewEntry): Promise<void> {
  const { acts, own } = run;
  const growing = own.at(path);
  if (growing === undefined) return;
  const former = own.at(target);
  await attempt(run, async () => {
    if (former && growing.stamp !== null && former.stamp !== growing.stamp) {
      const arrived: ViewEntry = { ...former, kind: 'copy', stamp: growing.stamp };
      if (standingOf(acts, arrived) === 'ours') await own.add([arrived]);
    }
    if (standingOf(acts, growing) === 'ours') acts.remove(path);
    await own.forget([path]);
  });
}

/** A name that is the entry's alone, in its folder; no walk and few servers show it. */
function growingEntry(path: BytePath): ViewEntry {
  const digits = createHash('sha256').update(bytesOfPath(path)).digest('hex').slice(0, 16);
  const hidden = joinPath(folderOf(path), `.reprise-view-${digits}.tmp` as BytePath);
  return { path: hidden, target: path, kind: 'growing', stamp: null };
}

function folderEntry(folder: BytePath): ViewEntry {
  return { path: folder, target: folder, kind: 'folder', stamp: null };
}

/** Folders that are missing on the way. @throws AppError `views/taken` where the entry cannot be made */
function foldersFor(run: ViewRun, { path }: Wanted): readonly BytePath[] {
  const { acts, root } = run;
  const missing = foldersAbove(path, root).filter((folder) => acts.state(folder) === undefined);
  const standing = missing[0] === undefined ? folderOf(path) : folderOf(missing[0]);
  if (acts.state(path) !== undefined) throw taken(path, run.settings);
  if (!isRealFolder(acts, standing)) throw taken(standing, run.settings);
  return missing;
}

async function makeFolders(run: ViewRun, folders: readonly BytePath[]): Promise<void> {
  const failed: BytePath[] = [];
  for (const folder of [...folders].sort((a, b) => a.length - b.length)) {
    if (!(await attempt(run, () => run.acts.makeFolder(folder)))) failed.push(folder);
  }
  await run.own.forget(failed);
}

function isOurs({ acts, own }: ViewRun, path: BytePath): boolean {
  const entry = own.at(path);
  return (
    entry !== undefined && (entry.kind === 'symlink' || entry.kind === 'copy') && standingOf(acts, entry) === 'ours'
  );
}

function changed(target: BytePath): AppError {
  return new AppError('views/changed', `${displayPath(target)} was changed while it was copied.`, {
    kind: 'conflict',
    hint: 'It is copied at the next start.',
  });
}
