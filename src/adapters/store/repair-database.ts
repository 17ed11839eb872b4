/**
 * Makes a store's tables whole again from what is sound in them and in their second copy. Where the copy and its log lead
 * to the last transaction, they alone are taken; else each row is taken from the tables, and where it is not sound there
 * from the copy. The damaged file is kept beside as `meta.db.damaged`.
 */

import { closeSync, copyFileSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '#kernel';
import type { CopiedNames, StoreSettings, TableRepair } from '#store';
import { createCheckedTable } from './checked-table.ts';
import { fillFromCopy } from './copied-tables.ts';
import { examineTables } from './damages.ts';
import { guarded, isUnreadable } from './errors.ts';
import { withFirstPage } from './first-page.ts';
import { checkFormat, checkHead, formatOf } from './format.ts';
import { layOver } from './lay-over.ts';
import { transactionOf } from './numbers.ts';
import { openQuietly, removeDatabase } from './quiet-database.ts';
import { ENTRIES, NODES, PAGE_BYTES } from './schema.ts';
import { isSame, openSecondCopy } from './second-copy.ts';
import { settleTables } from './settle-tables.ts';

/** Alone with the store. @param spare settings for where they are lost */
export function repairStoreTables(folder: string, spare: StoreSettings): TableRepair {
  const file = path.join(folder, 'meta.db');
  return guarded(file, () => {
    const main = openOurs(file);
    try {
      if (main === undefined || examineTables(main).length > 0) return rebuild(folder, file, main, spare);
      renewCopy(folder, main);
      return { isRebuilt: false, lostRows: 0, isCopyRenewed: true };
    } finally {
      if (main?.isOpen) main.close();
    }
  });
}

/** @returns undefined where they are not to be read as they are. @throws AppError `store/too-new` */
function openOurs(file: string): DatabaseSync | undefined {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  if (!isSound(() => checkHead(file))) return undefined;
  const db = openQuietly(file);
  if (db === undefined || isSound(() => checkFormat(db, file))) return db;
  db.close();
  return undefined;
}

function isSound(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if ((error instanceof AppError && error.kind === 'corrupt') || isUnreadable(error)) return false;
    throw error;
  }
}

/** @param main the damaged tables, where they can be read as they are */
function rebuild(folder: string, file: string, main: DatabaseSync | undefined, spare: StoreSettings): TableRepair {
  const made = `${file}.new`;
  removeDatabase(made);
  const db = new DatabaseSync(made);
  let lostRows: number;
  try {
    db.exec(`pragma page_size = ${PAGE_BYTES}; pragma journal_mode = delete; pragma synchronous = full; begin`);
    lostRows =
      main === undefined
        ? withFirstPage(file, (found) => fill(db, folder, found, spare))
        : fill(db, folder, main, spare);
    db.exec('commit');
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
}

/** @returns how many rows and names are lost for good, as far as can be told */
function fill(db: DatabaseSync, folder: string, main: DatabaseSync | undefined, spare: StoreSettings): number {
  const last = main && transactionOf(main);
  const copy = fillFromCopy(db, folder, last);
  const isCurrent = copy.isWhole && (main === undefined || (last !== undefined && isSame(copy.reached, last)));
  const unknown = isCurrent || main === undefined ? 0 : layOver(db, main, copy.isWhole);
  // Without the tables nobody knows whether the log was longer: numbers that it may have given are left out.
  if (isCurrent && main !== undefined && examineTables(db).length === 0) return 0;
  const lacking = main === undefined && !copy.isWhole ? 1 : 0;
  return unknown + lacking + settleTables(db, main, spare, copy.reached.number);
}

/**
 * The names of a store as its second copy has them: for telling which files are hit where the tables themselves cannot be
 * read. Nothing is changed.
 */
export function copiedNames(folder: string): CopiedNames {
  const db = new DatabaseSync(':memory:');
  fillFromCopy(db, folder);
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

/** Of which format the tables of a store say that they are, or their second copy; undefined where neither can be read. */
export function formatIn(folder: string): number | undefined {
  for (const name of ['meta.db', 'copy.db']) {
    const db = openQuietly(path.join(folder, name));
    const format = db && formatOf(db);
    db?.close();
    if (format !== undefined) return format;
  }
  return undefined;
}

function renewCopy(folder: string, db: DatabaseSync): void {
  using second = openSecondCopy(folder);
  second.renew(db);
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
