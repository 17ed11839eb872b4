/** What comes into the place of a file that is replaced. */
import type { BytePath, Clock } from '#kernel';
import type { Make } from './perform.ts';
import type { PlanItem, PlaylistEdit } from './plan.ts';
import { LARGEST_PLAYLIST_BYTES } from './playlists/read-playlist.ts';
import { rewritePlaylist } from './playlists/rewrite-playlist.ts';
import type { FileActs } from './ports.ts';
import type { ItemReport } from './reports.ts';

/** @param moved what became of the files that the item follows and that were moved, by where they lay. @returns `undefined` for verbs that replace nothing */
export function maker(
  item: PlanItem,
  acts: FileActs,
  clock: Clock,
  moved: ReadonlyMap<BytePath, ItemReport>,
): Make | undefined {
  const { verb, source, keeper, edits } = item;
  if (verb === 'replace-in-place') {
    const done = edits.filter(({ from }) => moved.has(from)).map((edit) => asDone(edit, moved));
    return (at) => writePlaylist(acts, source.path, at, done, clock);
  }
  if (keeper === null) return undefined;
  switch (verb) {
    case 'hardlink':
      return async (at) => {
        acts.hardLink(keeper.path, at);
        return keeper.contentHash;
      };
    case 'reflink':
      return async (at) => {
        await acts.clone(keeper.path, at);
        acts.dress(at, source.path);
        return keeper.contentHash;
      };
    case 'link':
      return async (at) => {
        acts.symbolicLink(keeper.path, at);
        return null;
      };
    case 'move':
    case 'trash':
    case 'copy':
      return undefined;
  }
}

/** A move may have ended under another name than was planned. */
function asDone(edit: PlaylistEdit, moved: ReadonlyMap<BytePath, ItemReport>): PlaylistEdit {
  const report = moved.get(edit.from);
  return report?.item.destination === edit.to && report.now !== null ? { ...edit, to: report.now } : edit;
}

async function writePlaylist(
  acts: FileActs,
  from: BytePath,
  at: BytePath,
  edits: readonly PlaylistEdit[],
  clock: Clock,
): Promise<string> {
  const isThere = (path: BytePath): boolean => acts.state(path) !== undefined;
  const { bytes } = rewritePlaylist(acts.read(from, LARGEST_PLAYLIST_BYTES), from, edits, isThere);
  acts.write(at, bytes);
  acts.dress(at, from);
  // Its content is new, and those who watch it go by this.
  acts.setModified(at, BigInt(clock.now()) * 1_000_000n);
  return acts.hash(at, new AbortController().signal);
}
