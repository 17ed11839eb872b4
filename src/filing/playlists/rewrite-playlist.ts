/**
 * Names in a playlist that follow their files. Only the bytes of the names change; what was written is read again before
 * it is given out, so that a playlist which could not say the new name is refused instead of spoiled.
 */
import { AppError, type BytePath, displayPath } from '#kernel';
import type { PlaylistEdit } from '../plan.ts';
import { textOfUnits } from './charset.ts';
import { type EditIndex, editsOf, indexEdits } from './edit-index.ts';
import { type PercentHabit, percentHabit } from './percent.ts';
import { bytesOfUnits } from './playlist-text.ts';
import { openPlaylist, type Playlist, type PlaylistEntry, readPlaylist } from './read-playlist.ts';
import { type Spelling, spell } from './spelling.ts';
import { fromXml } from './xml-text.ts';

/** Says whether a file is there; an edited one need not be. */
export type IsThere = (path: BytePath) => boolean;

export interface RewrittenPlaylist {
  /** The very same array where nothing changed. */
  readonly bytes: Uint8Array;
  /** Entries that name another file now. */
  readonly changed: number;
}

const nothing: IsThere = () => false;

/**
 * The playlist in which entries that resolve to an edit's `from` name its `to`, in the spelling, encoding and line ends
 * that they had; all other bytes are the same. Edits are done at once, so two names can be exchanged.
 * @param isThere settles what an entry means that can be read in more than one way; without it the first reading that an
 *   edit names is taken
 * @throws AppError `playlist/unspeakable` where the playlist cannot name a `to`, `playlist/too-large`
 */
export function rewritePlaylist(
  bytes: Uint8Array,
  path: BytePath,
  edits: readonly PlaylistEdit[],
  isThere: IsThere = nothing,
): RewrittenPlaylist {
  const playlist = openPlaylist(bytes, path);
  const changes = changesOf(playlist, indexEdits(edits), isThere);
  if (changes.length === 0) return { bytes, changed: 0 };
  const written = splice(bytes, changes, { path, playlist });
  checkWritten(written, path, { before: playlist.entries, changes, isThere });
  return { bytes: written, changed: changes.length };
}

/**
 * The edits that the playlist asks for, each once: what {@link rewritePlaylist} needs of a long list, and with what it
 * does the same as with all of them. Empty where no entry names an edited file.
 * @throws AppError `playlist/too-large`
 */
export function editsNamedIn(
  bytes: Uint8Array,
  path: BytePath,
  index: EditIndex,
  isThere: IsThere = nothing,
): readonly PlaylistEdit[] {
  const entries = readPlaylist(bytes, path);
  return [...new Set(entries.flatMap((entry) => editsOf(entry, index, isThere).map(({ edit }) => edit)))];
}

interface Change {
  readonly entry: PlaylistEntry;
  readonly to: BytePath;
  readonly spelling: Spelling;
}

function changesOf({ entries }: Playlist, index: EditIndex, isThere: IsThere): Change[] {
  return entries.flatMap((entry) => {
    const [found, ...others] = editsOf(entry, index, isThere);
    if (found === undefined || others.length > 0 || found.edit.from === found.edit.to) return [];
    return [{ entry, to: found.edit.to, spelling: found.spelling }];
  });
}

function splice(
  bytes: Uint8Array,
  changes: readonly Change[],
  { path, playlist }: { path: BytePath; playlist: Playlist },
): Uint8Array {
  const isEscaping = changes.some(({ spelling }) => spelling.isPercentEncoded);
  const habit = isEscaping ? habitOf(playlist) : percentHabit([]);
  const parts: Uint8Array[] = [];
  let copied = 0;
  for (const { entry, to, spelling } of changes) {
    const units = spell(to, spelling, { playlist: path, habit });
    if (units === undefined) throw unspeakable(path, to);
    parts.push(bytes.subarray(copied, entry.start), bytesOfUnits(units, playlist.text.encoding));
    copied = entry.end;
  }
  return Buffer.concat([...parts, bytes.subarray(copied)]);
}

/** What the playlist escapes where it escapes. */
function habitOf({ text, entries }: Playlist): PercentHabit {
  const unitBytes = text.encoding.startsWith('utf-16') ? 2 : 1;
  const unitAt = (byte: number): number => (byte - text.markBytes) / unitBytes;
  const escaped = entries.flatMap(({ start, end, readings }) => {
    const reading = readings.find(({ spelling }) => spelling.isPercentEncoded);
    if (reading === undefined) return [];
    const { charset, lead, isXml } = reading.spelling;
    const written = textOfUnits(text.units.slice(unitAt(start), unitAt(end)), charset).slice(lead.length) as BytePath;
    return [(isXml ? fromXml(written) : written) ?? written];
  });
  return percentHabit(escaped);
}

/** Names that hold a line end or that begin like a comment show here, and whatever nobody thought of. */
function checkWritten(
  written: Uint8Array,
  path: BytePath,
  { before, changes, isThere }: { before: readonly PlaylistEntry[]; changes: readonly Change[]; isThere: IsThere },
): void {
  const after = readPlaylist(written, path);
  const goals = new Map(changes.map(({ entry, to }) => [entry, to]));
  for (const [at, entry] of before.entries()) {
    const goal = goals.get(entry);
    const said =
      goal === undefined ? after[at] : after[at]?.readings.find(({ path: is }) => is === goal || isThere(is));
    if (after.length !== before.length || said?.path !== (goal ?? entry.path)) {
      throw unspeakable(path, goal ?? changes[0]?.to ?? entry.path);
    }
  }
}

function unspeakable(playlist: BytePath, to: BytePath): AppError {
  const text = `${displayPath(playlist)} cannot name ${displayPath(to)} in its encoding and form, so it stays as it is.`;
  return new AppError('playlist/unspeakable', text, {
    kind: 'unsupported',
    hint: 'Save the playlist as UTF-8 (.m3u8) with your player, or give the file another name.',
  });
}
