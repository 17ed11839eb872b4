/** What comes into the place of a file that is replaced, or to its destination where that is no plain copy. */
import type { BytePath, Clock } from '#kernel';
import type { FilingParts } from './carry-out.ts';
import { makeSwapped } from './make-swapped.ts';
import type { Made, Make } from './perform.ts';
import { PLACING, type PlanItem, type PlaylistEdit } from './plan.ts';
import { LARGEST_PLAYLIST_BYTES } from './playlists/read-playlist.ts';
import { rewritePlaylist } from './playlists/rewrite-playlist.ts';
import type { FileActs } from './ports.ts';
import type { ItemReport } from './reports.ts';

/** @param moved what became of the files that the item follows and that were moved, by where they lay. @returns `undefined` where nothing but a name changes, or a copy is made */
export function maker(
  item: PlanItem,
  parts: Pick<FilingParts, 'acts' | 'clock' | 'tags'>,
  moved: ReadonlyMap<BytePath, ItemReport>,
  signal: AbortSignal,
): Make | undefined {
  const { verb, source, keeper, edits, replacement } = item;
  const { acts, clock } = parts;
  if (replacement !== undefined) return (at) => makeSwapped({ old: source, better: replacement, at }, parts, signal);
  if (verb === 'replace-in-place') {
    const done = edits.filter(({ from }) => moved.has(from)).map((edit) => asDone(edit, moved));
    return (at) => writePlaylist(acts, source.path, at, done, clock);
  }
  // The verbs that place do the same with the source itself.
  const original = PLACING.has(verb) ? source : keeper;
  if (original === null) return undefined;
  switch (verb) {
    case 'hardlink':
    case 'place-hardlink':
      return async (at) => {
        acts.hardLink(original.path, at);
        return { hash: original.contentHash, lacks: [] };
      };
    case 'reflink':
    case 'place-reflink':
      return async (at) => {
        await acts.clone(original.path, at);
        return { hash: original.contentHash, lacks: acts.dress(at, source.path) };
      };
    case 'link':
    case 'place-link':
      return async (at) => {
        acts.symbolicLink(original.path, at);
        return { hash: null, lacks: [] };
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
): Promise<Made> {
  const isThere = (path: BytePath): boolean => acts.state(path) !== undefined;
  const { bytes } = rewritePlaylist(acts.read(from, LARGEST_PLAYLIST_BYTES), from, edits, isThere);
  acts.write(at, bytes);
  const lacks = acts.dress(at, from);
  // Its content is new, and those who watch it go by this.
  acts.setModified(at, BigInt(clock.now()) * 1_000_000n);
  return { hash: await acts.hash(at, new AbortController().signal), lacks };
}
