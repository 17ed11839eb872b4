/** The tables as their second copy has them: the copy as it was made, with the changes that are in its log. */
import path from 'node:path';
import { type DatabaseSync, constants as sqlite } from 'node:sqlite';
import { createCheckedTable, type Row, type TableSpec } from './checked-table.ts';
import { withItsLength } from './first-page.ts';
import { createNumbers, NUMBERED, type Numbered, type Transaction, transactionOf } from './numbers.ts';
import { openQuietly } from './quiet-database.ts';
import { SCHEMA, STORE_VERSION, TABLES } from './schema.ts';
import { follows, readLog } from './second-copy.ts';

/** Chosen: what takes some ten seconds. */
const MOST_NUMBERS = 10_000_000;

export interface CopiedTables {
  /** Is every row of the copy sound, and the log up to its end? */
  readonly isWhole: boolean;
  /** The last transaction that it holds; 0 where the copy does not say. */
  readonly reached: Transaction;
}

/**
 * Makes the tables in `db` and fills them, as far as the copy can be read.
 * @param last transaction of the tables themselves, where it is known: what came after it in the log counts for nothing
 */
export function fillFromCopy(db: DatabaseSync, folder: string, last?: Transaction): CopiedTables {
  db.exec(`${SCHEMA}; pragma user_version = ${STORE_VERSION}`);
  const { records, isWhole: isLogWhole } = readLog(folder);
  const file = path.join(folder, 'copy.db');
  const whole = openQuietly(file);
  const copied = whole === undefined ? withItsLength(file, (copy) => copyAll(copy, db)) : copyAll(whole, db);
  whole?.close();
  const { start } = copied;
  let isWhole = whole !== undefined && isLogWhole && copied.isAll;
  // Where the copy does not say it, its log begins with what came next.
  const [first] = records;
  let reached = start ?? { number: (first?.transaction.number ?? 1) - 1, changes: first?.before ?? 0 };
  for (const record of records) {
    const { number } = record.transaction;
    if (number <= reached.number) continue;
    if (last !== undefined && number > last.number) break;
    if (!follows(record, reached)) {
      isWhole = false;
      break;
    }
    if (!apply(db, record.bytes)) break;
    reached = record.transaction;
  }
  return { isWhole: isWhole && start !== undefined, reached };
}

function copyAll(copy: DatabaseSync | undefined, db: DatabaseSync): { start: Transaction | undefined; isAll: boolean } {
  if (copy === undefined) return { start: undefined, isAll: false };
  const isAll = TABLES.map((spec) => copyRows(copy, db, spec)).every((isCopied) => isCopied);
  return { start: transactionOf(copy), isAll };
}

function lastOf(db: DatabaseSync, name: Numbered): number | undefined {
  try {
    return createNumbers(db).last(name);
  } catch {
    return undefined;
  }
}

/** What is to be changed and is not there, or not as it was, was damaged: the change is newer. */
function apply(db: DatabaseSync, changes: Uint8Array): boolean {
  const { SQLITE_CHANGESET_DATA, SQLITE_CHANGESET_CONFLICT, SQLITE_CHANGESET_REPLACE, SQLITE_CHANGESET_OMIT } = sqlite;
  const isThere = (conflict: number): boolean =>
    conflict === SQLITE_CHANGESET_DATA || conflict === SQLITE_CHANGESET_CONFLICT;
  try {
    return db.applyChangeset(changes, {
      onConflict: (conflict) => (isThere(conflict) ? SQLITE_CHANGESET_REPLACE : SQLITE_CHANGESET_OMIT),
    });
  } catch {
    return false;
  }
}

/** Copies the sound rows. @returns were all of them sound, and could be read? */
function copyRows(from: DatabaseSync, to: DatabaseSync, spec: TableSpec): boolean {
  const target = createCheckedTable(to, spec);
  let isAll = true;
  const isRead = eachRow(from, spec, (row, isSound) => {
    if (isSound) target.put(row);
    else isAll = false;
  });
  return isRead && isAll;
}

type Take = (row: Row, isSound: boolean) => void;

/** Every row that can be read, some of them twice where not all can. @returns could all be read? */
export function eachRow(db: DatabaseSync, spec: TableSpec, take: Take): boolean {
  const [first] = spec.key as [string];
  let highest = 0;
  const isRead = (condition: string, ...given: number[]): boolean => {
    const rows = createCheckedTable(db, spec)
      .examine(`${condition} order by ${first}`, ...given)
      [Symbol.iterator]();
    for (;;) {
      let next: ReturnType<typeof rows.next>;
      try {
        next = rows.next();
      } catch {
        // As far as it can be read.
        return false;
      }
      if (next.done === true) return true;
      const { row, isSound } = next.value;
      if (isSound) highest = Math.max(highest, Number(row[first]));
      take(row, isSound);
    }
  };
  if (isRead('')) return true;
  // What lies behind a page that cannot be read may still be found by its number, each by its own way through the pages.
  const last = Math.max(highest, lastIn(db, spec));
  for (let number = 1; number <= last; number++) isRead(`where ${first} = ?`, number);
  return false;
}

/** By what numbers rows can have in the first column of their key; 0 where it has none. */
function lastIn(db: DatabaseSync, { name, key: [first] }: TableSpec): number {
  const numbered = first === 'content' ? 'contents' : first === 'id' ? (name as Numbered) : 'nodes';
  const said = NUMBERED.includes(numbered) ? lastOf(db, numbered) : undefined;
  try {
    const { highest } = db.prepare(`select max(${first}) as highest from ${name}`).get() as { highest: unknown };
    // A damaged number can be any.
    return said ?? Math.min(MOST_NUMBERS, Number(highest) || 0);
  } catch {
    return said ?? 0;
  }
}
