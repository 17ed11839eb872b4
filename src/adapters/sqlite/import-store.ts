/**
 * What other programs said. Paths are kept once and named by number, because ten million pairs are about few files.
 * The numbers of those met last are remembered, so that most pairs cost one insertion.
 */
import type {
  ForeignCorrelation,
  ImportedFigures,
  ImportedFingerprint,
  ImportedPairs,
  ImportedSource,
  ImportPiece,
  ImportStore,
  StampKey,
} from '#catalogue';
import { type BytePath, bytesOfPath, pathFromBytes } from '#kernel';
import type { Connection } from './connection.ts';
import { pathColumns } from './rows.ts';

/** Some 20 KB each. Chosen. */
const FINGERPRINTS_PER_PAGE = 256;
/** Chosen: some 50 MB at most. */
const REMEMBERED_PATHS = 200_000;

export function createImportStore(connection: Connection): ImportStore {
  const paths = createPathNumbers(connection);
  return {
    importedSource: async (path) => sourceOf(connection, path),
    takeImported: async (piece) => {
      try {
        return connection.transact(() => takePiece(connection, paths, piece));
      } catch (error) {
        // Numbers that were given in this transaction are not taken.
        paths.forget();
        throw error;
      }
    },
    importedFingerprints: () => fingerprintPages(connection),
    importedPairs: async (path, most) => pairsOf(connection, path, most),
    importedFigures: async () => figuresOf(connection),
  };
}

interface PathNumbers {
  /** The number of a path, given now where it has none. */
  numberOf(path: BytePath): number;
  forget(): void;
}

function createPathNumbers(connection: Connection): PathNumbers {
  const known = new Map<BytePath, number>();
  return {
    numberOf(path) {
      let number = known.get(path);
      if (number === undefined) {
        if (known.size >= REMEMBERED_PATHS) known.clear();
        number = givenNumber(connection, bytesOfPath(path));
        known.set(path, number);
      }
      return number;
    },
    forget: () => known.clear(),
  };
}

function givenNumber(connection: Connection, path: Uint8Array): number {
  connection.arrays('insert into imported_paths (path) values (?) on conflict do nothing', path);
  return connection.arrays('select id from imported_paths where path = ?', path)[0]?.[0] as number;
}

function sourceOf(connection: Connection, path: BytePath): ImportedSource | undefined {
  const sql = 'select stamp, lines, kept, damaged from imported_sources where path = ? and stamp is not null';
  const [row] = connection.arrays(sql, bytesOfPath(path));
  if (!row) return undefined;
  const [stamp, lines, kept, damaged] = row as [StampKey, number, number, number];
  return { stamp, lines, kept, damaged };
}

const ADD_SOURCE = 'insert into imported_sources (path, tool, kind) values (?, ?, ?)';
const RESTART_SOURCE = 'update imported_sources set tool = ?, kind = ?, stamp = null, kept = 0 where id = ?';
const KEPT = 'update imported_sources set kept = kept + ? where id = ?';
const END_SOURCE = 'update imported_sources set stamp = ?, lines = ?, damaged = ? where id = ?';
const ADD_FINGERPRINT = `
  insert into imported_fingerprints (source, path, duration_seconds, fingerprint) values (?, ?, ?, ?)
  on conflict do nothing`;
const ADD_CORRELATION = `
  insert into imported_correlations (a, b, source, value, offset_items, method) values (?, ?, ?, ?, ?, ?)
  on conflict do nothing`;

function takePiece(connection: Connection, paths: PathNumbers, piece: ImportPiece): number {
  const source = sourceNumber(connection, piece);
  const fingerprints = piece.fingerprints.map((one) => ({ ...one, number: paths.numberOf(one.path) }));
  const pairs = piece.correlations.map((pair) => numbered(paths, pair));
  const before = changesOf(connection);
  for (const { number, durationSeconds, fingerprint } of fingerprints) {
    connection.arrays(ADD_FINGERPRINT, source, number, durationSeconds, fingerprint);
  }
  for (const { a, b, value, offsetItems, method } of pairs) {
    connection.arrays(ADD_CORRELATION, a, b, source, value, offsetItems, method);
  }
  const kept = changesOf(connection) - before;
  connection.arrays(KEPT, kept, source);
  if (piece.end) connection.arrays(END_SOURCE, piece.end.stamp, piece.end.lines, piece.end.damaged, source);
  return kept;
}

/** The number of the piece's source; with its first piece, all that it said before is gone. */
function sourceNumber(connection: Connection, { source: { path, tool, kind }, isFirst }: ImportPiece): number {
  const bytes = bytesOfPath(path);
  const find = (): number | undefined =>
    connection.arrays('select id from imported_sources where path = ?', bytes)[0]?.[0] as number | undefined;
  const known = find();
  if (known === undefined) {
    connection.arrays(ADD_SOURCE, bytes, tool, kind);
    return find() as number;
  }
  if (isFirst) {
    connection.arrays('delete from imported_fingerprints where source = ?', known);
    connection.arrays('delete from imported_correlations where source = ?', known);
    connection.arrays(RESTART_SOURCE, tool, kind, known);
  }
  return known;
}

interface NumberedPair {
  readonly a: number;
  readonly b: number;
  readonly value: number;
  readonly offsetItems: number | null;
  readonly method: string | null;
}

/** The lower number first, so that a pair is one pair; its offset is then the other's. */
function numbered(paths: PathNumbers, { a, b, value, offsetItems, method }: ForeignCorrelation): NumberedPair {
  const [one, other] = [paths.numberOf(a), paths.numberOf(b)];
  if (one < other) return { a: one, b: other, value, offsetItems, method };
  return { a: other, b: one, value, offsetItems: mirrored(offsetItems), method };
}

function mirrored(offset: number | null): number | null {
  return offset === null ? null : 0 - offset;
}

/** Rows that were added, changed or deleted since the catalogue was opened. */
function changesOf(connection: Connection): number {
  return connection.arrays('select total_changes()')[0]?.[0] as number;
}

/** Bare columns are those of the row with the greatest length. @see https://sqlite.org/lang_select.html#bareagg */
const FINGERPRINTS = `
  select number, path, duration_seconds, fingerprint, tool, source from (
    select f.path as number, p.path, f.duration_seconds, f.fingerprint, s.tool, s.path as source, max(length(f.fingerprint))
    from imported_fingerprints as f
      join imported_paths as p on p.id = f.path
      join imported_sources as s on s.id = f.source
    where f.path > ? group by f.path order by f.path limit ${FINGERPRINTS_PER_PAGE}
  )`;

async function* fingerprintPages(connection: Connection): AsyncGenerator<ImportedFingerprint[]> {
  let after = 0;
  for (;;) {
    const rows = connection.arrays(FINGERPRINTS, after);
    const page = rows.map(fingerprintOf).filter(({ path }) => !isScanned(connection, path));
    if (page.length > 0) yield page;
    if (rows.length < FINGERPRINTS_PER_PAGE) return;
    after = rows.at(-1)?.[0] as number;
  }
}

function fingerprintOf(row: readonly unknown[]): ImportedFingerprint {
  return {
    path: pathFromBytes(row[1] as Uint8Array),
    durationSeconds: row[2] as number,
    fingerprint: row[3] as Uint8Array,
    tool: row[4] as ImportedFingerprint['tool'],
    source: pathFromBytes(row[5] as Uint8Array),
  };
}

const SCANNED = `
  select 1 from files join contents on contents.id = files.content_id
  where folder = ? and name = ? and present = 1 and audio_hash is not null`;

function isScanned(connection: Connection, path: BytePath): boolean {
  if (!path.startsWith('/')) return false;
  const { folder, name } = pathColumns(path);
  return connection.arrays(SCANNED, folder, name).length > 0;
}

/**
 * Pairs in which the path has the lower number lie together; for the others each lower number is looked up, which
 * takes some tenths of a second in a library of 100,000 and saves an index that doubles the time of an import.
 */
const PAIRS = `
  with mine (id) as (select id from imported_paths where path = ?)
  select c.b as other, c.value, c.offset_items, c.method, c.source, 0 as is_mirrored
    from mine join imported_correlations as c on c.a = mine.id
  union all
  select c.a, c.value, c.offset_items, c.method, c.source, 1
    from mine join imported_paths as lower on lower.id < mine.id
      cross join imported_correlations as c on c.a = lower.id and c.b = mine.id`;

const STRONGEST = `
  select p.path, pairs.value, pairs.offset_items, pairs.method, s.tool, s.path, pairs.is_mirrored
  from (${PAIRS}) as pairs
    join imported_paths as p on p.id = pairs.other
    join imported_sources as s on s.id = pairs.source
  order by pairs.value desc, p.path, s.path limit ?`;

function pairsOf(connection: Connection, path: BytePath, most: number): ImportedPairs {
  const bytes = bytesOfPath(path);
  const total = connection.arrays(`select count(*) from (${PAIRS})`, bytes)[0]?.[0] as number;
  const strongest = total === 0 ? [] : connection.arrays(STRONGEST, bytes, most).map(pairOf);
  return { total, strongest };
}

function pairOf(row: readonly unknown[]): ImportedPairs['strongest'][number] {
  const offset = row[2] as number | null;
  return {
    path: pathFromBytes(row[0] as Uint8Array),
    value: row[1] as number,
    offsetItems: row[6] === 1 ? mirrored(offset) : offset,
    method: row[3] as string | null,
    tool: row[4] as ImportedFingerprint['tool'],
    source: pathFromBytes(row[5] as Uint8Array),
  };
}

function figuresOf(connection: Connection): ImportedFigures {
  const sql = `
    select count(*), coalesce(sum(kept) filter (where kind = 'fingerprints'), 0),
      coalesce(sum(kept) filter (where kind = 'correlations'), 0)
    from imported_sources where stamp is not null`;
  const [sources, fingerprints, pairs] = connection.arrays(sql)[0] as [number, number, number];
  return { sources, fingerprints, pairs };
}
