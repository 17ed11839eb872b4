/** What a playlist names. Pure: bytes in, ranges of bytes and paths out; nothing is looked up. */
import { AppError, type BytePath, displayPath } from '#kernel';
import { locationsIn } from './locations.ts';
import { formOf } from './playlist-form.ts';
import { byteAt, openText, type PlaylistText } from './playlist-text.ts';
import { type Reading, readingsOf } from './spelling.ts';

/** Chosen: what is larger is hardly a list that a person made, and costs more memory than a run should. */
export const LARGEST_PLAYLIST_BYTES: number = 16 * 1024 * 1024;
export const MOST_ENTRIES = 200_000;

/** A place where a playlist names a file. */
export interface PlaylistEntry extends Reading {
  /** The location in the file, `[start, end)` in bytes, without blanks, quotes or markup around it. */
  readonly start: number;
  readonly end: number;
  /** Every way to understand the location, the most literal first. `path` and `spelling` are those of the first. */
  readonly readings: readonly Reading[];
}

export interface Playlist {
  readonly text: PlaylistText;
  readonly entries: readonly PlaylistEntry[];
}

/**
 * The entries that name files, in the order of the playlist. URLs of other schemes, drives and shares of Windows are left
 * out, as is what cannot be understood. `path` is the playlist's own, absolute; its extension tells the form.
 * @throws AppError `playlist/too-large`
 */
export function readPlaylist(bytes: Uint8Array, path: BytePath): readonly PlaylistEntry[] {
  return openPlaylist(bytes, path).entries;
}

/** The entries together with the text that they stand in. @throws AppError `playlist/too-large` */
export function openPlaylist(bytes: Uint8Array, path: BytePath): Playlist {
  if (bytes.length > LARGEST_PLAYLIST_BYTES) throw tooLarge(path);
  const form = formOf(path);
  const text = openText(bytes, form === 'm3u8' || form === 'xspf');
  const entries: PlaylistEntry[] = [];
  for (const location of locationsIn(text.units, form)) {
    const readings = readingsOf(location, { path, form, text });
    const [first] = readings;
    if (first === undefined) continue;
    if (entries.length === MOST_ENTRIES) throw tooLarge(path);
    entries.push({ start: byteAt(text, location.start), end: byteAt(text, location.end), ...first, readings });
  }
  return { text, entries };
}

function tooLarge(path: BytePath): AppError {
  const text = `${displayPath(path)} is larger than 16 MiB or names more than 200,000 files, so it was not read.`;
  return new AppError('playlist/too-large', text, {
    kind: 'unsupported',
    hint: 'Check that it is a playlist. If it is one, split it.',
  });
}
