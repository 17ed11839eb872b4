/**
 * The catalogue as a scan reads it: every known file, as fast as SQLite gives it. 100,000 files take some
 * 0.2 s of CPU, because a stamp is read as one text and a path as text wherever it is valid UTF-8.
 */
import type { KnownFile, StampKey } from '#catalogue';
import { type BytePath, bytesOfPath, pathFromBytes } from '#kernel';
import type { Connection } from './connection.ts';
import { STAMP_KEY, stampColumns } from './rows.ts';

const COLUMNS = `id, cast(path as text), ${STAMP_KEY}, present`;
const PAGE = 10_000;
const SLASH = 0x2f;
/** Beyond this many contents of one size, a further copy may be decoded once more rather than compared with all. Chosen. */
const MOST_OF_A_SIZE = 1_000;

/** Every file at or under the roots, in the order of their bytes. @see ScanStore.filesUnder */
export function* filesUnder(
  connection: Connection,
  roots: readonly BytePath[],
  producer: string,
): Generator<KnownFile[]> {
  const due = dueFiles(connection, producer);
  const sql = `select ${COLUMNS}, path from files where path > ? and path < ? order by path limit ${PAGE}`;
  for (const root of roots) {
    const bytes = bytesOfPath(root);
    const itself = connection.arrays(`select ${COLUMNS} from files where path = ?`, bytes);
    if (itself.length > 0) yield itself.map((row) => knownFile(connection, row, due));
    let [after, before] = rangeBelow(bytes);
    for (;;) {
      const rows = connection.arrays(sql, after, before);
      yield rows.map((row) => knownFile(connection, row, due));
      if (rows.length < PAGE) break;
      after = rows.at(-1)?.[4] as Uint8Array<ArrayBuffer>;
    }
  }
}

/** The open range of paths that lie below a folder. */
function rangeBelow(folder: Uint8Array): [after: Uint8Array, before: Uint8Array] {
  const stem = folder.at(-1) === SLASH ? folder.subarray(0, -1) : folder;
  return [Uint8Array.of(...stem, SLASH), Uint8Array.of(...stem, SLASH + 1)];
}

/** Every file last seen with one of these devices and inodes. @see ScanStore.filesWithInodes */
export function filesWithInodes(connection: Connection, stamps: readonly StampKey[], producer: string): KnownFile[] {
  const due = dueFiles(connection, producer);
  const sql = `select ${COLUMNS} from files where device = ? and inode = ? order by id`;
  return stamps.flatMap((stamp) => {
    const { device, inode } = stampColumns(stamp);
    return connection.arrays(sql, device, inode).map((row) => knownFile(connection, row, due));
  });
}

/** Missing files with these bytes. @see ScanStore.missingWith */
export function missingWith(connection: Connection, hash: Uint8Array): KnownFile[] {
  const sql = `select ${COLUMNS} from files
    where content_id = (select id from contents where hash = ?) and present = 0 order by id`;
  return connection.arrays(sql, hash).map((row) => knownFile(connection, row, new Set()));
}

/** Hashes of contents that need no decoding. @see ScanStore.knownContents */
export function knownContents(connection: Connection, sizeBytes: number, producer: string): Uint8Array[] {
  const sql = `select hash from contents
    where size_bytes = ? and (audio_hash is not null or producer = ?) order by hash limit ${MOST_OF_A_SIZE}`;
  return connection.arrays(sql, sizeBytes, producer).map(([hash]) => hash as Uint8Array);
}

/** Ids of files that could not be read, or whose sound failed in another producer's hands. */
function dueFiles(connection: Connection, producer: string): ReadonlySet<number> {
  const sql = `select id from files where content_id is null
    union all
    select files.id from contents join files on files.content_id = contents.id
    where contents.failure_code is not null and contents.audio_hash is null and contents.producer <> ?`;
  return new Set(connection.arrays(sql, producer).map(([id]) => id as number));
}

function knownFile(connection: Connection, row: readonly unknown[], due: ReadonlySet<number>): KnownFile {
  const id = row[0] as number;
  return {
    id,
    path: pathOf(connection, id, row[1] as string),
    stamp: row[2] as StampKey,
    state: row[3] === 1 ? 'present' : 'missing',
    isDue: due.has(id),
  };
}

/** Text that lost a byte has U+FFFD in it; then the bytes themselves are asked for. */
function pathOf(connection: Connection, id: number, text: string): BytePath {
  if (!text.includes('\ufffd')) return text as BytePath;
  return pathFromBytes(connection.arrays('select path from files where id = ?', id)[0]?.[0] as Uint8Array);
}
