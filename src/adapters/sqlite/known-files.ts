/**
 * The catalogue as a scan reads it. What is not looked at in detail is read as one text a folder: 100,000 files
 * take some 0.1 s of CPU.
 */
import type { KnownContent, KnownFile, StampKey } from '#catalogue';
import { type BytePath, pathFromBytes } from '#kernel';
import type { Connection } from './connection.ts';
import { failureOf, folderColumn, hashText, pathOf, stampColumns } from './rows.ts';

const COLUMNS = 'id, folder, name, stamp, present';
const SLASH = 0x2f;
/** Beyond this many contents of one size, a further copy may be decoded once more rather than compared with all. Chosen. */
const MOST_OF_A_SIZE = 1_000;

/** Contents whose sound failed in another producer's hands, or was scanned before altered questions were made. */
const STALE = `
  select id from contents where failure_code is not null and audio_hash is null and producer <> ?
  union all select content_id from fingerprints where altered is null`;

/**
 * Names come in order because the index of (folder, name) gives the groups; asking for the order would sort each
 * group once more. In another order a listing would not be wrong, only compared in vain.
 */
const LISTINGS = `
  select folder, group_concat(cast(name as text) || char(0) || stamp || char(10), '')
    filter (where content_id is not null and content_id not in (${STALE}))
  from files where present = 1 and folder >= ? and folder < ? group by folder`;

/** @see ScanStore.listingsUnder */
export function listingsUnder(connection: Connection, root: BytePath, producer: string): Map<BytePath, string> {
  const rows = foldersUnder(root).flatMap((range) => connection.arrays(LISTINGS, producer, ...range));
  return new Map(rows.map(([folder, text]) => [folderOfColumn(folder as Uint8Array), exact((text ?? '') as string)]));
}

/** The folder itself, and what lies below it, as ranges of the column `folder`: from the first, up to the second. */
export function foldersUnder(root: BytePath): readonly (readonly [Uint8Array, Uint8Array])[] {
  const itself = folderColumn(root);
  return [
    [itself, Uint8Array.of(...itself, 0)],
    [Uint8Array.of(...itself, SLASH), Uint8Array.of(...itself, SLASH + 1)],
  ];
}

function folderOfColumn(folder: Uint8Array): BytePath {
  return folder.length === 0 ? ('/' as BytePath) : pathFromBytes(folder);
}

/** Names that are not UTF-8 lose bytes as text. What they become occurs in no name otherwise, or hardly ever. */
function exact(listing: string): string {
  return listing.includes('\ufffd') ? '' : listing;
}

/** @see ScanStore.filesIn */
export function filesIn(connection: Connection, folder: BytePath, producer: string): KnownFile[] {
  const due = dueFiles(connection, producer);
  const rows = connection.arrays(`select ${COLUMNS} from files where folder = ? order by name`, folderColumn(folder));
  return rows.map((row) => knownFile(row, due));
}

/** Every file last seen with one of these devices and inodes. @see ScanStore.filesWithInodes */
export function filesWithInodes(connection: Connection, stamps: readonly StampKey[], producer: string): KnownFile[] {
  const due = dueFiles(connection, producer);
  const sql = `select ${COLUMNS} from files where device = ? and inode = ? order by id`;
  return stamps.flatMap((stamp) => {
    const { device, inode } = stampColumns(stamp);
    return connection.arrays(sql, device, inode).map((row) => knownFile(row, due));
  });
}

/** Missing files with these bytes. @see ScanStore.missingWith */
export function missingWith(connection: Connection, hash: Uint8Array): KnownFile[] {
  const sql = `select ${COLUMNS} from files
    where content_id = (select id from contents where hash = ?) and present = 0 order by id`;
  return connection.arrays(sql, hash).map((row) => knownFile(row, new Set()));
}

/** Contents that need no decoding. @see ScanStore.knownContents */
export function knownContents(connection: Connection, sizeBytes: number, producer: string): KnownContent[] {
  const sql = `select hash, failure_code, failure_message from contents
    where size_bytes = ? and (audio_hash is not null or producer = ?)
      and id not in (select content_id from fingerprints where altered is null) order by hash limit ${MOST_OF_A_SIZE}`;
  return connection.arrays(sql, sizeBytes, producer).map(([hash, code, message]) => ({
    contentHash: hashText(hash as Uint8Array),
    failure: failureOf(code as string | null, message as string | null),
  }));
}

/** Ids of files that could not be read, or whose contents are stale. */
function dueFiles(connection: Connection, producer: string): ReadonlySet<number> {
  const sql = `select id from files where content_id is null union all select id from files where content_id in (${STALE})`;
  return new Set(connection.arrays(sql, producer).map(([id]) => id as number));
}

function knownFile(row: readonly unknown[], due: ReadonlySet<number>): KnownFile {
  const id = row[0] as number;
  return {
    id,
    path: pathOf(row[1] as Uint8Array, row[2] as Uint8Array),
    stamp: row[3] as StampKey,
    state: row[4] === 1 ? 'present' : 'missing',
    isDue: due.has(id),
  };
}
