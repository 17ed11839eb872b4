/**
 * Makes a store's tables whole again from what is sound in them and in their second copy. Where the copy and its log lead
 * to the last transaction, they alone are taken; else each row is taken from the tables, and where it is not sound there
 * from the copy. The damaged file is kept beside as `meta.db.damaged`.
 */

import { closeSync, copyFileSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, constants as sqlite } from 'node:sqlite';
import type { CopiedNames, TableRepair } from '#store';
import { createCheckedTable, type Row, type TableSpec } from './checked-table.ts';
import { examineTables } from './damages.ts';
import { guarded } from './errors.ts';
import { createNumbers, makeNumbers, NUMBERED } from './numbers.ts';
import { ENTRIES, FOLDERS, NODES, PAGE_BYTES, SCHEMA, STORE_VERSION, TABLES } from './schema.ts';
import { openSecondCopy, readLog } from './second-copy.ts';

const TOTALS = 2 ** 48;
/** Numbers that are passed over where nobody knows the last. Chosen. */
const NUMBERS_LEFT_OUT = 1_000_000;

/** Alone with the store. */
export function repairStoreTables(folder: string): TableRepair {
  const file = path.join(folder, 'meta.db');
  return guarded(file, () => repair(folder, file));
}

function repair(folder: string, file: string): TableRepair {
  const main = openQuietly(file);
  try {
    if (main !== undefined && examineTables(main).length === 0) {
      return { isRebuilt: false, lostRows: 0, isCopyRenewed: renewCopy(folder, main) };
    }
    const made = `${file}.new`;
    removeDatabase(made);
    const db = new DatabaseSync(made);
    let lostRows = 0;
    try {
      db.exec(`pragma page_size = ${PAGE_BYTES}; pragma journal_mode = delete; pragma synchronous = full`);
      db.exec('begin');
      const reached = fillFromCopy(db, folder);
      const last = main && numberOf(main);
      const isCurrent =
        reached !== undefined && (last === undefined || reached >= last) && examineTables(db).length === 0;
      if (!isCurrent) lostRows = fillFromBoth(db, main);
      db.exec(`pragma user_version = ${STORE_VERSION}; commit`);
    } finally {
      db.close();
    }
    main?.close();
    putInPlace(made, file);
    const repaired = new DatabaseSync(file);
    try {
      repaired.exec('pragma journal_mode = wal');
      renewCopy(folder, repaired);
    } finally {
      repaired.close();
    }
    return { isRebuilt: true, lostRows, isCopyRenewed: true };
  } finally {
    if (main?.isOpen) main.close();
  }
}

/**
 * The names of a store as its second copy has them: for telling which files are hit where the tables themselves cannot be
 * read. Nothing is changed.
 */
export function copiedNames(folder: string): CopiedNames {
  const db = new DatabaseSync(':memory:');
  safely(() => fillFromCopy(db, folder));
  const entries = createCheckedTable(db, ENTRIES);
  const nodes = createCheckedTable(db, NODES);
  return {
    soundEntries: (of) =>
      [...entries.examine('where folder = ?', of)]
        .filter(({ isSound }) => isSound)
        .map(({ row }) => ({
          name: row['name'] as Uint8Array,
          node: row['node'] as number,
          cookie: row['cookie'] as number,
        })),
    files: () => [...nodes.examine('where kind = 0')].map(({ row }) => row['id'] as number),
    [Symbol.dispose]: () => db.close(),
  };
}

function openQuietly(file: string): DatabaseSync | undefined {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file);
    db.prepare('select count(*) from sqlite_schema').get();
    return db;
  } catch {
    // Nothing of it can be read.
    if (db?.isOpen) db.close();
    return undefined;
  }
}

function numberOf(db: DatabaseSync): number | undefined {
  return safely(() => createNumbers(db).last('transactions'));
}

function renewCopy(folder: string, db: DatabaseSync): boolean {
  using second = openSecondCopy(folder);
  second.renew(db);
  return true;
}

/** @returns the number of the last transaction that it holds; undefined where the copy cannot be read */
function fillFromCopy(db: DatabaseSync, folder: string): number | undefined {
  const file = path.join(folder, 'copy.db');
  const copy = openQuietly(file);
  let reached: number | undefined;
  db.exec(SCHEMA);
  if (copy !== undefined) {
    try {
      reached = numberOf(copy);
      for (const spec of TABLES) if (!copyRows(copy, db, spec, false)) reached = undefined;
    } finally {
      copy.close();
    }
  }
  const start = reached ?? 0;
  let at = start;
  for (const { number, changes } of readLog(folder).records) {
    if (number <= start) continue;
    if (number !== at + 1) break;
    db.applyChangeset(changes, { onConflict: () => sqlite.SQLITE_CHANGESET_REPLACE });
    at = number;
  }
  return copy === undefined && at === 0 ? undefined : at;
}

/** Copies the sound rows. @returns were all of them sound and could be read? */
function copyRows(from: DatabaseSync, to: DatabaseSync, spec: TableSpec, isOver: boolean): boolean {
  const target = createCheckedTable(to, spec);
  const [first] = spec.key;
  let isAll = true;
  const take = (order: string): boolean => {
    try {
      for (const { row, isSound } of createCheckedTable(from, spec).examine(`order by ${first} ${order}`)) {
        if (!isSound) isAll = false;
        else if (isOver || target.get(...spec.key.map((column) => row[column] ?? null)) === undefined) target.put(row);
      }
      return true;
    } catch {
      // As far as it can be read.
      return false;
    }
  };
  // What lies behind a page that cannot be read may be reached from the other end.
  if (take('asc')) return isAll;
  take('desc');
  return false;
}

/** Rows of the damaged tables over those of the copy. @returns how many names, nodes or contents are lost for sure */
function fillFromBoth(db: DatabaseSync, main: DatabaseSync | undefined): number {
  let lost = 0;
  for (const spec of TABLES) {
    if (main === undefined) continue;
    // What was removed since the copy was made must not come back where the table tells.
    const copied = createCheckedTable(db, spec);
    const before = new Set([...copied.examine('')].map(({ row }) => keyOf(spec, row)));
    if (copyRows(main, db, spec, true)) {
      const there = new Set([...createCheckedTable(main, spec).examine('')].map(({ row }) => keyOf(spec, row)));
      for (const { row } of [...copied.examine('')]) {
        if (before.has(keyOf(spec, row)) && !there.has(keyOf(spec, row)))
          copied.drop(...spec.key.map((column) => row[column] ?? null));
      }
    } else lost += 1;
  }
  settleNumbers(db, main);
  return lost + settleNames(db);
}

/** No number that may have been given is given again. */
function settleNumbers(db: DatabaseSync, main: DatabaseSync | undefined): void {
  const known = NUMBERED.map((name) => safely(() => createNumbers(db).last(name)) ?? 0);
  makeNumbers(db);
  const numbers = createNumbers(db);
  for (const [at, name] of NUMBERED.entries()) {
    const isTable = name !== 'transactions';
    const highest = isTable ? db.prepare(`select coalesce(max(id), 0) as last from ${name}`).get()?.['last'] : 0;
    const said = (main && safely(() => createNumbers(main).last(name))) ?? 0;
    const last = Math.max(known[at] ?? 0, highest as number, said);
    // What the tables did not say may have been given before they were damaged.
    numbers.given(name, said === 0 ? last + NUMBERS_LEFT_OUT : last + 1);
  }
}

function keyOf({ key }: TableSpec, row: Row): string {
  return key
    .map((column) => (row[column] instanceof Uint8Array ? `x${Buffer.from(row[column]).toString('hex')}` : row[column]))
    .join('|');
}

/** Names of what is not there go; folders hold what is there. @returns how many names went, or are missing */
function settleNames(db: DatabaseSync): number {
  const nodes = createCheckedTable(db, NODES);
  const entries = createCheckedTable(db, ENTRIES);
  const folders = createCheckedTable(db, FOLDERS);
  let lost = 0;
  const totals = new Map<number, { count: number; total: number }>();
  for (const { row } of [...entries.examine('')]) {
    const [folder, node] = [row['folder'] as number, row['node'] as number];
    if (nodes.get(node) === undefined || nodes.get(folder)?.['kind'] !== 1) {
      entries.drop(folder, row['cookie'] ?? null, row['name'] ?? null);
      lost += 1;
      continue;
    }
    const held = totals.get(folder) ?? { count: 0, total: 0 };
    totals.set(folder, { count: held.count + 1, total: (held.total + (row['sum'] as number)) % TOTALS });
  }
  for (const { row } of [...nodes.examine('where kind = 1')]) {
    const id = row['id'] as number;
    const { count, total } = totals.get(id) ?? { count: 0, total: 0 };
    const expected = folders.get(id)?.['entries'] as number | undefined;
    if (expected !== undefined && expected > count) lost += expected - count;
    folders.put({ node: id, entries: count, total });
  }
  return lost;
}

function putInPlace(made: string, file: string): void {
  const descriptor = openSync(made, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) copyFileSync(file, `${file}.damaged`);
  for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true });
  renameSync(made, file);
  const folder = openSync(path.dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function removeDatabase(file: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(file + end, { force: true });
}

function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
