/**
 * Databases that SQLite refuses as a whole for what their first page says. Of `meta.db` that page is known: its tables are
 * made in one order, in an empty file, and stay where they begin, so it is taken from new tables. Of any, it can say how many
 * pages there are: what is cut off is then missing, and nothing else.
 */
import { closeSync, copyFileSync, openSync, readSync, statSync, truncateSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { openQuietly, removeDatabase } from './quiet-database.ts';
import { DEFINITIONS, PAGE_BYTES, SCHEMA, STORE_VERSION } from './schema.ts';

/** In the head of a database. @see https://sqlite.org/fileformat2.html#the_database_header */
const CHANGES_AT = 24;
const PAGES_AT = 28;
const FREE_AT = 32;
const FREE_END = 40;
/** The first and that of each table. */
const LEAST_PAGES = 1 + DEFINITIONS.length;
/** Chosen: 64 GB, of which zeros take no room. */
const MOST_PAGES = 2 ** 24;
/** The number of changes for which the number of pages is right. */
const VALID_AT = 92;

/** Does `work` on a copy of `meta.db` with a first page like new ones have; without it where there are no tables. */
export function withFirstPage<T>(file: string, work: (db: DatabaseSync | undefined) => T): T {
  return withCopy(file, (copy) => newFirstPage(copy), work);
}

/** Does `work` on a copy of a database that says of itself how long it is. */
export function withItsLength<T>(file: string, work: (db: DatabaseSync | undefined) => T): T {
  return withCopy(file, () => firstPageOf(file), work);
}

function withCopy<T>(file: string, firstPage: (copy: string) => Buffer, work: (db: DatabaseSync | undefined) => T): T {
  const copy = `${file}.read`;
  removeDatabase(copy);
  const there = Math.ceil((statSync(file, { throwIfNoEntry: false })?.size ?? 0) / PAGE_BYTES);
  if (there > 1) {
    // Zeros in place of what is cut off: a page of them is damaged, and no other is for its sake.
    const pages = Math.max(there, pagesSaid(file), LEAST_PAGES);
    const first = firstPage(copy);
    first.copy(first, VALID_AT, CHANGES_AT, CHANGES_AT + 4);
    first.writeUInt32BE(pages, PAGES_AT);
    // Of those that are free nothing is wanted.
    first.fill(0, FREE_AT, FREE_END);
    copyFileSync(file, copy);
    if (statSync(`${file}-wal`, { throwIfNoEntry: false }) !== undefined) copyFileSync(`${file}-wal`, `${copy}-wal`);
    truncateSync(copy, pages * PAGE_BYTES);
    const descriptor = openSync(copy, 'r+');
    writeSync(descriptor, first, 0, PAGE_BYTES, 0);
    closeSync(descriptor);
  }
  const db = openQuietly(copy);
  try {
    return work(db);
  } finally {
    db?.close();
    removeDatabase(copy);
  }
}

/** 0 where it cannot be. */
function pagesSaid(file: string): number {
  const pages = firstPageOf(file).readUInt32BE(PAGES_AT);
  return pages > MOST_PAGES ? 0 : pages;
}

/** @param place where a file may lie meanwhile */
function newFirstPage(place: string): Buffer {
  const db = new DatabaseSync(place);
  db.exec(`pragma page_size = ${PAGE_BYTES}; begin; ${SCHEMA}; pragma user_version = ${STORE_VERSION}; commit`);
  db.close();
  const page = firstPageOf(place);
  removeDatabase(place);
  return page;
}

function firstPageOf(file: string): Buffer {
  const page = Buffer.alloc(PAGE_BYTES);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, page);
  closeSync(descriptor);
  return page;
}
