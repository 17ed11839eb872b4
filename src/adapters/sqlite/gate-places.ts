/** Places on releases and foreign identifiers of contents, worked out when they are first asked for. */
import { setImmediate } from 'node:timers/promises';
import type { CommonTags, TagReading } from '#audio';
import type { StampKey } from '#catalogue';
import type { Lane, ReleasePlace, Rival, RivalQuestion } from '#gate';
import { type BytePath, isUnderAny } from '#kernel';
import type { Connection } from './connection.ts';
import { hashText, pathOf } from './rows.ts';

/** Works out what the tags of one content say. */
export type ReadPlace = (tags: TagReading | null) => ReleasePlace;

/** Some tenths of a second. Chosen. */
const PER_TRANSACTION = 2_000;

/**
 * Works out the places of all contents that came in since; nothing to do is one look. Runs in transactions of its own, between
 * which others have their turn: a library that was never asked for its places has many.
 */
export async function placeContents(connection: Connection, readPlace: ReadPlace): Promise<void> {
  if (connection.arrays('select 1 from unplaced limit 1').length === 0) return;
  while (connection.transact(() => placeSome(connection, readPlace, PER_TRANSACTION)) === PER_TRANSACTION) {
    await setImmediate();
  }
}

/** The same inside the caller's transaction. @returns how many there were, `most` at most; all where that is negative */
export function placeSome(connection: Connection, readPlace: ReadPlace, most: number): number {
  const rows = connection.arrays(UNPLACED, most) as [id: number, tags: string | null][];
  for (const [id, tags] of rows) {
    const reading = tags === null ? null : (JSON.parse(tags) as TagReading);
    writePlace(connection, id, readPlace(reading));
    writeIdentifiers(connection, id, reading?.common ?? {});
    connection.arrays('delete from unplaced where content_id = ?', id);
  }
  return rows.length;
}

const UNPLACED = `
  select unplaced.content_id, contents.tags from unplaced left join contents on contents.id = unplaced.content_id
  order by unplaced.content_id limit ?`;

function writePlace(connection: Connection, id: number, place: ReleasePlace): void {
  const { album, albumKey, albumName, albumArtist, albumArtistKey, artistKey, releaseId, isrc, disc, side, track } =
    place;
  connection.arrays(
    'insert or replace into places values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ...[id, album, albumKey, albumName, albumArtist, albumArtistKey, artistKey, releaseId, isrc, disc, side, track],
  );
}

function writeIdentifiers(connection: Connection, id: number, { isrc = [], musicBrainz = {} }: CommonTags): void {
  connection.arrays('delete from identifiers where content_id = ?', id);
  const insert = 'insert or ignore into identifiers values (?, ?, ?)';
  for (const code of isrc) connection.arrays(insert, 'isrc', isrcKey(code), id);
  for (const mbid of [musicBrainz.recordingId, musicBrainz.trackId]) {
    if (mbid !== undefined) connection.arrays(insert, 'mbid', mbid.toLowerCase(), id);
  }
}

/** `DE-A12-34-56789` and `dea123456789` are one. */
export function isrcKey(code: string): string {
  return code.replaceAll(/[^a-z0-9]/gi, '').toUpperCase();
}

/** Not every container keeps the code of a recording: then one of its copies may tell it. */
const RIVAL = `
  files.id, files.folder, files.name, files.stamp, contents.hash, places.album, places.album_key, places.album_name,
  places.album_artist, places.album_artist_key, places.artist_key, places.release_id, places.disc, places.side, places.track,
  coalesce(places.isrc, (select of_copy.isrc from intakes join places as of_copy on of_copy.content_id = intakes.content_id
    where intakes.keeper_id = files.id and of_copy.isrc is not null limit 1)) as isrc,
  (select admitted from intakes where intakes.path = cast(files.folder || x'2f' || files.name as blob)) as admitted,
  (select lane from gate_files where gate_files.path = cast(files.folder || x'2f' || files.name as blob)
    and gate_files.state in ('queued', 'leased')) as waits`;
const FROM_PLACES = `
  from places join files on files.content_id = places.content_id join contents on contents.id = places.content_id
  where files.present = 1`;
const BY_ALBUM = `select ${RIVAL} ${FROM_PLACES} and places.album_key = ?`;
const BY_RELEASE = `select ${RIVAL} ${FROM_PLACES} and places.release_id = ?`;
const BY_AUDIO = `
  select ${RIVAL} from contents join files on files.content_id = contents.id
  join places on places.content_id = contents.id where files.present = 1`;

/** Files of the library in this place, the oldest in the catalogue first. All contents must have been placed. */
export function rivalsIn(
  connection: Connection,
  { albumKey, releaseId, track, except, inboxes, lane }: RivalQuestion,
): Rival[] {
  const onTrack = track === null ? '' : ' and places.track = ?';
  const asked = track === null ? [] : [track];
  const rows = [
    ...(albumKey === null ? [] : connection.rows<RivalRow>(BY_ALBUM + onTrack, albumKey, ...asked)),
    ...(releaseId === null ? [] : connection.rows<RivalRow>(BY_RELEASE + onTrack, releaseId, ...asked)),
  ];
  return libraryFiles(rows, except, inboxes, lane);
}

/** A few are enough to name. Chosen. */
const MOST_NAMED = 5;

export function sameAudioIn(
  connection: Connection,
  asked: {
    readonly audioHash: string;
    readonly sampleHash: string | null;
    readonly except: BytePath;
    readonly inboxes: readonly BytePath[];
  },
): Rival[] {
  const { audioHash, sampleHash, except, inboxes } = asked;
  const rows = connection.rows<RivalRow>(`${BY_AUDIO} and contents.audio_hash = ? limit 50`, audioHash);
  const more =
    sampleHash === null
      ? []
      : connection.rows<RivalRow>(`${BY_AUDIO} and contents.sample_hash = ? limit 50`, sampleHash);
  return libraryFiles([...rows, ...more], except, inboxes, 'backfill').slice(0, MOST_NAMED);
}

interface RivalRow {
  readonly id: number;
  readonly folder: Uint8Array;
  readonly name: Uint8Array;
  readonly stamp: string;
  readonly hash: Uint8Array;
  readonly album: string | null;
  readonly album_key: string | null;
  readonly album_name: string | null;
  readonly album_artist: string | null;
  readonly album_artist_key: string | null;
  readonly artist_key: string | null;
  readonly release_id: string | null;
  readonly isrc: string | null;
  readonly disc: number | null;
  readonly side: string | null;
  readonly track: number | null;
  readonly admitted: number | null;
  readonly waits: Lane | null;
}

/** What was never judged is of the library unless it lies in an inbox, or waits for its turn. */
function libraryFiles(
  rows: readonly RivalRow[],
  except: BytePath | null,
  inboxes: readonly BytePath[],
  lane: Lane,
): Rival[] {
  const rivals = new Map<number, Rival>();
  for (const row of rows) {
    const path = pathOf(row.folder, row.name);
    const waits = row.waits === 'live' || (row.waits === 'backfill' && lane === 'backfill');
    const isIn = row.admitted === null ? !waits && !isUnderAny(path, inboxes) : row.admitted === 1;
    if (path === except || !isIn) continue;
    rivals.set(row.id, {
      ...{ fileId: row.id, path, stamp: row.stamp as StampKey, contentHash: hashText(row.hash) },
      place: {
        ...{ album: row.album, albumKey: row.album_key, albumName: row.album_name, albumArtist: row.album_artist },
        ...{ albumArtistKey: row.album_artist_key, artistKey: row.artist_key, releaseId: row.release_id },
        isrc: row.isrc,
        ...{ disc: row.disc, side: row.side, track: row.track },
      },
    });
  }
  return [...rivals.values()].toSorted((a, b) => a.fileId - b.fileId);
}
