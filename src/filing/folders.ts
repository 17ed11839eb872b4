/** Folders that acts make, and the times of those that they change. */
import { type BytePath, folderOf } from '#kernel';
import type { Entry, FolderTime } from './entry.ts';
import type { FileActs } from './ports.ts';

/** Those on the way to `path` that are not there, the outermost first, and the one that is. */
export function foldersTo(
  acts: FileActs,
  path: BytePath,
): { readonly missing: BytePath[]; readonly standing: BytePath } {
  const missing: BytePath[] = [];
  let folder = folderOf(path);
  while (acts.state(folder) === undefined && folder !== '/') {
    missing.unshift(folder);
    folder = folderOf(folder);
  }
  return { missing, standing: folder };
}

/** When the folders were changed last. */
export function timesOf(acts: FileActs, folders: Iterable<BytePath>): FolderTime[] {
  return [...new Set(folders)].flatMap((folder) => {
    const state = acts.state(folder);
    return state === undefined ? [] : { folder, beforeNs: state.mtimeNs, afterNs: null };
  });
}

/** The same with what is true now. */
export function withTimesAfter(acts: FileActs, times: readonly FolderTime[]): FolderTime[] {
  return times.map((time) => ({ ...time, afterNs: acts.state(time.folder)?.mtimeNs ?? null }));
}

/** Makes the folders, the outermost first; one that another act has made is welcome. */
export function makeFolders(acts: FileActs, folders: readonly BytePath[]): void {
  for (const folder of folders) if (acts.state(folder)?.kind !== 'folder') acts.makeFolder(folder);
}

/** Takes away those that are empty, the innermost first. */
export function removeEmpty(acts: FileActs, folders: Iterable<BytePath>): void {
  const deepestFirst = [...new Set(folders)].sort((a, b) => b.length - a.length);
  for (const folder of deepestFirst) acts.removeFolder(folder);
}

/** Folders that nobody but the acts themselves has changed since. @param entries in the order of their numbers */
export function untouchedFolders(acts: FileActs, entries: readonly Entry[]): ReadonlySet<BytePath> {
  const last = new Map(entries.flatMap(({ folderTimes }) => folderTimes).map((time) => [time.folder, time]));
  const untouched = [...last.values()].filter(({ folder, beforeNs, afterNs }) => {
    // As the acts left it or, where later ones were taken back before, as they found it.
    const now = acts.state(folder)?.mtimeNs;
    return now !== undefined && (now === afterNs || now === beforeNs);
  });
  return new Set(untouched.map(({ folder }) => folder));
}

/** Gives folders the time that they had before the first of these entries. @param entries in the order of their numbers */
export function restoreTimes(acts: FileActs, entries: readonly Entry[], folders: ReadonlySet<BytePath>): void {
  const before = new Map<BytePath, bigint>();
  for (const { folder, beforeNs } of entries.flatMap(({ folderTimes }) => folderTimes)) {
    if (!before.has(folder)) before.set(folder, beforeNs);
  }
  for (const [folder, mtimeNs] of before) {
    if (folders.has(folder) && acts.state(folder)?.kind === 'folder') acts.setModified(folder, mtimeNs);
  }
}
