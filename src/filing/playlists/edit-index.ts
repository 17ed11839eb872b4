/** Which edits an entry of a playlist asks for. */
import type { BytePath } from '#kernel';
import type { PlaylistEdit } from '../plan.ts';
import type { PlaylistEntry } from './read-playlist.ts';
import type { Spelling } from './spelling.ts';

/** Edits by what they replace, to be made once for many playlists. */
export interface EditIndex {
  readonly byPath: ReadonlyMap<BytePath, PlaylistEdit>;
  /** By the name in Unicode's form C: names that only differ in how an accent is composed come together. */
  readonly byForm: ReadonlyMap<string, readonly PlaylistEdit[]>;
}

/** An edit that an entry asks for, and the spelling in which it does. */
export interface FoundEdit {
  readonly edit: PlaylistEdit;
  readonly spelling: Spelling;
}

/** Each `from` once: of two edits of one path the last counts. Paths are absolute, without `.` and `..`. */
export function indexEdits(edits: readonly PlaylistEdit[]): EditIndex {
  const byPath = new Map(edits.map((edit) => [edit.from, edit]));
  return { byPath, byForm: Map.groupBy(byPath.values(), ({ from }) => from.normalize()) };
}

/**
 * The edit of the first reading that names an edited file; none where an earlier reading names a file that is there, for
 * then that one is meant. Where no reading is exact, one that is equal after Unicode normalisation counts; it may be
 * equal to more than one, and then nobody knows which is meant.
 */
export function editsOf(
  { readings }: PlaylistEntry,
  index: EditIndex,
  isThere: (path: BytePath) => boolean,
): readonly FoundEdit[] {
  for (const { path, spelling } of readings) {
    const edit = index.byPath.get(path);
    if (edit !== undefined) return [{ edit, spelling }];
    if (isThere(path)) return [];
  }
  for (const { path, spelling } of readings) {
    const edits = index.byForm.get(path.normalize());
    if (edits !== undefined) return edits.map((edit) => ({ edit, spelling }));
  }
  return [];
}
