/**
 * What a view has made: the record of the store, held in memory because the view alone writes it, and the question whether
 * what stands at a name is still that. What is not is somebody else's.
 */
import { keyOfStamp, type StampKey, stampOfKey } from '#catalogue';
import type { FileActs, FileState } from '#filing';
import { AppError, type BytePath, folderOf } from '#kernel';
import type { ViewEntry, ViewStore } from '../ports.ts';
import { linkText } from './layout.ts';

/** What a view does to the disk, or asks of it. */
export type ViewActs = Pick<
  FileActs,
  | 'state'
  | 'realPath'
  | 'list'
  | 'readLink'
  | 'symbolicLink'
  | 'copy'
  | 'rename'
  | 'exchange'
  | 'remove'
  | 'makeFolder'
  | 'removeFolder'
>;

export interface OwnEntries {
  all(): readonly ViewEntry[];
  at(path: BytePath): ViewEntry | undefined;
  /** Durable when it resolves, so that nothing is made that is not known. */
  add(entries: readonly ViewEntry[]): Promise<void>;
  forget(paths: readonly BytePath[]): Promise<void>;
}

export async function loadOwnEntries(view: string, store: ViewStore): Promise<OwnEntries> {
  const entries = new Map((await store.viewEntries(view)).map((entry) => [entry.path, entry]));
  return {
    all: () => [...entries.values()],
    at: (path) => entries.get(path),
    async add(added) {
      await store.addViewEntries(view, added);
      for (const entry of added) entries.set(entry.path, entry);
    },
    async forget(paths) {
      await store.removeViewEntries(view, paths);
      for (const path of paths) entries.delete(path);
    },
  };
}

/** `ours`: it is what the view made. `strange`: it is not, or the way to it leads out of the view. */
export type Standing = 'absent' | 'ours' | 'strange';

/** What stands where the view made something. */
export function standingOf(acts: ViewActs, entry: ViewEntry): Standing {
  const state = acts.state(entry.path);
  if (state === undefined) return 'absent';
  return isRealFolder(acts, folderOf(entry.path)) && isAsMade(acts, entry, state) ? 'ours' : 'strange';
}

function isAsMade(acts: ViewActs, { kind, path, target, stamp }: ViewEntry, state: FileState): boolean {
  switch (kind) {
    case 'symlink':
      return state.kind === 'link' && acts.readLink(path) === linkText(path, target);
    case 'copy':
      return state.kind === 'file' && stamp !== null && isSameWriting(state, stampOfKey(stamp));
    case 'folder':
      return state.kind === 'folder';
    case 'growing':
      // Of a hidden name of ours, at which nothing stood when it was recorded; it may hold what was exchanged.
      return state.kind === 'file' || state.kind === 'link';
  }
}

/** File systems of cards and sticks keep even seconds alone. */
const TIME_ERROR_NS = 2_000_000_000n;

type Writing = Pick<FileState, 'sizeBytes' | 'mtimeNs'>;

/** Not the inode: cards and network mounts number files anew. */
export function isSameWriting(a: Writing, b: Writing): boolean {
  const apart = a.mtimeNs - b.mtimeNs;
  return a.sizeBytes === b.sizeBytes && apart <= TIME_ERROR_NS && apart >= -TIME_ERROR_NS;
}

/** What is kept of a copy to know it again. The time of its last change of name says nothing. */
export function stampOf({ device, inode, sizeBytes, mtimeNs }: FileState): StampKey {
  return keyOfStamp({ device, inode, sizeBytes, mtimeNs, ctimeNs: 0n });
}

/** Is the folder itself there, and not by way of a symbolic link? Nothing is made or removed beyond one. */
export function isRealFolder(acts: ViewActs, folder: BytePath): boolean {
  try {
    return acts.realPath(folder) === folder && acts.state(folder)?.kind === 'folder';
  } catch (error) {
    if (error instanceof AppError && error.kind === 'missing') return false;
    throw error;
  }
}
