/**
 * One SQLite file held by this process alone. The lock is SQLite's own (`locking_mode = exclusive`), so the
 * kernel lets go of it whenever the process dies. Write-ahead log with `synchronous = normal`: a commit
 * survives the death of the process always, and a power cut may cost the last commits but never damages the file.
 * @see https://sqlite.org/wal.html#noshm
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { type Purpose, translate } from './errors.ts';

/** A query as a builder compiled it. */
interface Compilable<Row> {
  compile(): { readonly sql: string; readonly parameters: readonly unknown[]; readonly query: unknown };
  /** Only names the row; never called. */
  execute(): Promise<Row[]>;
}

export interface Connection extends Disposable {
  readonly file: string;
  readonly purpose: Purpose;
  /** Rows of a built query. Integers must fit into 53 bits. */
  all<Row>(query: Compilable<Row>): Row[];
  /** Runs a built query that gives no rows. */
  run(query: Compilable<unknown>): void;
  /** Rows of SQL text as arrays: the fast way. */
  arrays(sql: string, ...parameters: SQLInputValue[]): unknown[][];
  /** Rows of SQL text as objects. Integers must fit into 53 bits. */
  rows<Row>(sql: string, ...parameters: SQLInputValue[]): Row[];
  /** Runs several statements of SQL text. */
  script(sql: string): void;
  /** All of `work` or nothing. `work` must be synchronous. */
  transact<T>(work: () => T): T;
}

/** Opens or makes the file, and locks it. @throws AppError `catalogue/locked`, `catalogue/corrupt`, `catalogue/denied` … */
export function openConnection(file: string, waitMs: number, purpose: Purpose = 'catalogue'): Connection {
  const guard = <T>(work: () => T): T => guarded(file, purpose, work);
  const db = guard(() => lockedDatabase(file, waitMs));
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string, asArrays: boolean): StatementSync => {
    const key = asArrays ? `[] ${sql}` : sql;
    let statement = prepared.get(key);
    if (statement === undefined) {
      statement = db.prepare(sql);
      statement.setReturnArrays(asArrays);
      prepared.set(key, statement);
    }
    return statement;
  };
  return {
    file,
    purpose,
    all: <Row>(query: Compilable<Row>) =>
      guard(() => {
        const { sql, parameters } = query.compile();
        return prepare(sql, false).all(...(parameters as SQLInputValue[])) as Row[];
      }),
    run: (query) =>
      guard(() => {
        const { sql, parameters } = query.compile();
        prepare(sql, false).run(...(parameters as SQLInputValue[]));
      }),
    arrays: (sql, ...parameters) => guard(() => prepare(sql, true).all(...parameters) as unknown as unknown[][]),
    rows: <Row>(sql: string, ...parameters: SQLInputValue[]) =>
      guard(() => prepare(sql, false).all(...parameters) as Row[]),
    script: (sql) => guard(() => db.exec(sql)),
    transact: (work) => guard(() => transact(db, work)),
    [Symbol.dispose]: () => close(db),
  };
}

/** A commit within `work` survives a power cut: what a scan loses it repeats, what a person said it cannot. */
export function durably<T>(connection: Connection, work: () => T): T {
  connection.script('pragma synchronous = full');
  try {
    return work();
  } finally {
    connection.script('pragma synchronous = normal');
  }
}

function guarded<T>(file: string, purpose: Purpose, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translate(error, file, purpose);
  }
}

function lockedDatabase(file: string, waitMs: number): DatabaseSync {
  mkdirSync(path.dirname(file), { recursive: true });
  const db = new DatabaseSync(file, { timeout: waitMs });
  try {
    // The order matters: exclusive before the first access keeps the log's index in memory, not in a shared file.
    db.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = normal');
    // Chosen: 32 MB of pages; a checkpoint each 4 MB of log, which is also what a crash leaves to be replayed.
    db.exec('pragma cache_size = -32768; pragma wal_autocheckpoint = 1000; pragma temp_store = memory');
    // Only a write takes the lock for sure.
    db.exec('begin exclusive; commit');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function transact<T>(db: DatabaseSync, work: () => T): T {
  db.exec('begin immediate');
  try {
    const result = work();
    db.exec('commit');
    return result;
  } catch (error) {
    // A full disk may have ended the transaction already.
    if (db.isTransaction) db.exec('rollback');
    throw error;
  }
}

function close(db: DatabaseSync): void {
  try {
    db.exec('pragma wal_checkpoint(truncate)');
  } catch {
    // Nothing is lost: the log stays beside the file and is replayed by the next to open it.
  }
  db.close();
}
