/** What matching reads and writes. Long lists are read in pages, so that no cursor is open while the caller works. */
import type { MatchStore, MatchTrack, PhaseFingerprints, PresentFile, StampKey } from '#catalogue';
import { pathFromBytes } from '#kernel';
import { appendRecords, dropForgotten, recordBlocks } from './comparison-blocks.ts';
import type { Connection } from './connection.ts';
import { type PresentRow, presentFile } from './rows.ts';

/** Some 20 KB a track. Chosen. */
const TRACKS_PER_PAGE = 256;
const ROWS_PER_PAGE = 2_000;

/** The matching half of the catalogue. */
export function createMatchStore(connection: Connection): MatchStore {
  return {
    matchTracks: () => trackPages(connection),
    unmatched: async (method) => {
      const rows = connection.arrays(UNMATCHED, method);
      return new Set(rows.map(([hash]) => hash as string));
    },
    unmarkAbsent: async (method) => {
      connection.transact(() => {
        connection.arrays(UNMARK_ABSENT, method);
        connection.arrays('delete from comparisons where method <> ?', method);
        dropForgotten(connection, method);
      });
    },
    soundNumbers: async () => {
      const rows = connection.arrays(PRESENT_SOUNDS) as [string, number][];
      return new Map(rows);
    },
    soundNumber: async (audioHash) =>
      connection.arrays('select id from sounds where audio_hash = ?', audioHash)[0]?.[0] as number | undefined,
    recordComparisons: async (method, records, matched) => {
      connection.transact(() => {
        appendRecords(connection, method, records);
        for (const hash of matched) connection.arrays(MARK, method, hash);
      });
    },
    comparisons: (method) => recordBlocks(connection, method),
    present: () => presentPages(connection),
    missingCount: async () => Number(connection.arrays('select count(*) from files where present = 0')[0]?.[0]),
    fingerprintOf: async (audioHash) => connection.arrays(FINGERPRINT, audioHash)[0] as PhaseFingerprints | undefined,
    sketchOf: async (audioHash) =>
      connection.arrays('select sketch from sketches where audio_hash = ?', audioHash)[0]?.[0] as
        | Uint8Array
        | undefined,
  };
}

const FINGERPRINT = `
  select phase0, phase1, phase2, phase3 from fingerprints
  where content_id = (select min(id) from contents where audio_hash = ?)`;

const IS_PRESENT = `
  exists (select 1 from contents join files on files.content_id = contents.id
    where contents.audio_hash = sounds.audio_hash and files.present = 1)`;

const PRESENT_SOUNDS = `select audio_hash, id from sounds where ${IS_PRESENT} order by audio_hash`;
const UNMATCHED = `select audio_hash from sounds where matched_by is not ? and ${IS_PRESENT}`;
const UNMARK_ABSENT = `update sounds set matched_by = null where matched_by = ? and not ${IS_PRESENT}`;
const MARK = 'update sounds set matched_by = ? where audio_hash = ?';

/** Audio hashes with a present file, each with its first path and that path's stamp and content. */
const TRACKS = `
  select t.audio_hash, c.sample_hash, c.duration_seconds, c.decode_errors, p.phase0, p.phase1, p.phase2, p.phase3, t.path, t.stamp, p.altered, s.id
  from (
    select contents.audio_hash, min(cast(files.folder || x'2f' || files.name as blob)) as path, files.stamp, contents.id as content_id
    from contents join files on files.content_id = contents.id
    where contents.audio_hash > ? and files.present = 1
    group by contents.audio_hash order by contents.audio_hash limit ${TRACKS_PER_PAGE}
  ) as t
  join contents as c on c.id = t.content_id
  join fingerprints as p on p.content_id = c.id
  join sounds as s on s.audio_hash = t.audio_hash
  order by t.audio_hash`;

async function* trackPages(connection: Connection): AsyncGenerator<MatchTrack[]> {
  let after = '';
  for (;;) {
    const tracks = connection.arrays(TRACKS, after).map(trackOf);
    if (tracks.length > 0) yield tracks;
    if (tracks.length < TRACKS_PER_PAGE) return;
    after = tracks.at(-1)?.audioHash as string;
  }
}

function trackOf(row: readonly unknown[]): MatchTrack {
  return {
    audioHash: row[0] as string,
    soundNumber: row[11] as number,
    sampleHash: row[1] as string | null,
    durationSeconds: row[2] as number,
    decodeErrors: row[3] as number,
    fingerprint: row.slice(4, 8) as unknown as MatchTrack['fingerprint'],
    path: pathFromBytes(row[8] as Uint8Array),
    stamp: row[9] as StampKey,
    altered: (row[10] as Uint8Array | null) ?? new Uint8Array(),
  };
}

/** In the order of {@link PRESENT}. */
const PRESENT_NAMES = [
  ...['hash', 'size_bytes', 'producer', 'failure_code', 'failure_message', 'tags', 'audio_hash', 'sample_hash'],
  ...['duration_seconds', 'codec', 'container', 'sample_rate_hz', 'channels', 'bits_per_sample', 'bit_rate'],
  ...['lossless', 'declared_seconds', 'rms', 'peak', 'clipped_samples', 'decoded_seconds', 'decode_errors'],
  ...['checksum_holds', 'complaints'],
];

const PRESENT = `
  select files.id as file_id, files.folder, files.name, files.stamp,
    files.failure_code as file_failure_code, files.failure_message as file_failure_message,
    ${PRESENT_NAMES.map((name) => `contents.${name}`).join(', ')}
  from files left join contents on contents.id = files.content_id
  where files.present = 1 and (files.folder, files.name) > (?, ?) order by files.folder, files.name limit ${ROWS_PER_PAGE}`;

async function* presentPages(connection: Connection): AsyncGenerator<PresentFile[]> {
  let after: Pick<PresentRow, 'folder' | 'name'> = { folder: new Uint8Array(), name: new Uint8Array() };
  for (;;) {
    const rows = connection.rows<PresentRow>(PRESENT, after.folder, after.name);
    if (rows.length > 0) yield rows.map(presentFile);
    if (rows.length < ROWS_PER_PAGE) return;
    after = rows.at(-1) as PresentRow;
  }
}
