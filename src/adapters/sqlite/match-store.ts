/** What matching reads and writes. Long lists are read in pages, so that no cursor is open while the caller works. */
import { crc32 } from 'node:zlib';
import type { MatchStore, MatchTrack, PhaseFingerprints, PresentFile, StampKey } from '#catalogue';
import { pathFromBytes } from '#kernel';
import { appendRecords, dropForgotten, recordBlocks } from './comparison-blocks.ts';
import type { Connection } from './connection.ts';
import { type PresentRow, presentFile } from './rows.ts';

const ROWS_PER_PAGE = 2_000;

/** The matching half of the catalogue. */
export function createMatchStore(connection: Connection): MatchStore {
  return {
    firstPhaseOf: async (sound) => connection.arrays(FIRST_PHASE, sound)[0]?.[0] as Uint8Array | undefined,
    printsOf: async (sound) => {
      const row = connection.arrays(PRINTS, sound)[0] as (Uint8Array | null)[] | undefined;
      return (
        row && { fingerprint: row.slice(0, 4) as unknown as PhaseFingerprints, altered: row[4] ?? new Uint8Array() }
      );
    },
    lowestSounds: async (count) => numbersOf(connection.arrays(LOWEST_SOUNDS, count)),
    presentSounds: async () => {
      const rows = connection.arrays(PRESENT_NUMBERS) as [number, string][];
      return {
        numbers: Uint32Array.from(rows, ([number]) => number),
        checks: Uint32Array.from(rows, ([, hash]) => crc32(hash)),
      };
    },
    unmatched: async (method) => Uint32Array.from(numbersOf(connection.arrays(UNMATCHED, method))),
    matchTrack: async (sound) => connection.arrays(TRACK, sound).map(trackOf)[0],
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
        for (const sound of matched) connection.arrays(MARK, method, sound);
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
const PRESENT_NUMBERS = `select id, audio_hash from sounds where ${IS_PRESENT} order by id`;
const LOWEST_SOUNDS = `select id from sounds where ${IS_PRESENT} order by audio_hash limit ?`;
const UNMATCHED = `select id from sounds where matched_by is not ? and ${IS_PRESENT} order by id`;
const UNMARK_ABSENT = `update sounds set matched_by = null where matched_by = ? and not ${IS_PRESENT}`;
const MARK = 'update sounds set matched_by = ? where id = ?';

/** Contents with equal audio have equal fingerprints. */
const HELD = `
  from fingerprints where content_id = (
    select contents.id from sounds join contents on contents.audio_hash = sounds.audio_hash where sounds.id = ?
    order by contents.id limit 1)`;
const FIRST_PHASE = `select phase0 ${HELD}`;
const PRINTS = `select phase0, phase1, phase2, phase3, altered ${HELD}`;

/** A sound with its first path and that path's stamp and content. */
const TRACK = `
  select s.audio_hash, s.id, c.sample_hash, c.duration_seconds, c.decode_errors, cast(f.folder || x'2f' || f.name as blob) as path, f.stamp
  from sounds as s join contents as c on c.audio_hash = s.audio_hash join files as f on f.content_id = c.id
  where s.id = ? and f.present = 1 order by path limit 1`;

function numbersOf(rows: readonly unknown[][]): number[] {
  return rows.map(([number]) => number as number);
}

function trackOf(row: readonly unknown[]): MatchTrack {
  return {
    audioHash: row[0] as string,
    soundNumber: row[1] as number,
    sampleHash: row[2] as string | null,
    durationSeconds: row[3] as number,
    decodeErrors: row[4] as number,
    path: pathFromBytes(row[5] as Uint8Array),
    stamp: row[6] as StampKey,
  };
}

/** Columns of a {@link PresentRow} that tell of a content. */
const CONTENT_NAMES = [
  ...['hash', 'size_bytes', 'producer', 'failure_code', 'failure_message', 'tags', 'audio_hash', 'sample_hash'],
  ...['duration_seconds', 'codec', 'container', 'sample_rate_hz', 'channels', 'bits_per_sample', 'bit_rate'],
  ...['lossless', 'declared_seconds', 'rms', 'peak', 'clipped_samples', 'decoded_seconds', 'decode_errors'],
  ...['checksum_holds', 'complaints', 'bands', 'used_bits', 'coded_as', 'nominal_bit_rate'],
];

/** The same as SQL. */
export const CONTENT_COLUMNS: string = CONTENT_NAMES.map((name) => `contents.${name}`).join(', ');

const PRESENT = `
  select files.id as file_id, files.folder, files.name, files.stamp,
    files.failure_code as file_failure_code, files.failure_message as file_failure_message,
    ${CONTENT_COLUMNS}
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
