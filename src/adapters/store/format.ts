/** Of which format a store is. Said in three places, so that damage of one is told from a store of another version. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { AppError } from '#kernel';
import { createCheckedTable } from './checked-table.ts';
import { damaged } from './errors.ts';
import { DEFINITIONS, SETTINGS, STORE_VERSION } from './schema.ts';

/** How a database of ours begins but for the bytes 18 and 19. @see https://sqlite.org/fileformat2.html#the_database_header */
const HEAD: Uint8Array = Buffer.from('SQLite format 3\0\x10\0??\0\x40\x20\x20', 'latin1');

/**
 * The numbers at the head of a database that SQLite believes: with another one it would only read, or take the end of
 * each page for its own. Not of one that this process has open: its locks would go. @throws AppError `store/damaged`
 */
export function checkHead(file: string): void {
  const head = new Uint8Array(HEAD.length);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, head);
  } finally {
    closeSync(descriptor);
  }
  const isOurs = HEAD.every((byte, at) => (at === 18 || at === 19 ? isVersion(head[at]) : head[at] === byte));
  if (!isOurs) throw damaged(`${file} is damaged: it does not begin as a database does.`);
}

/** Of SQLite's own format: with a journal for rolling back, or one written ahead. */
function isVersion(byte: number | undefined): boolean {
  return byte === 1 || byte === 2;
}

/** Are these the tables of our format, to the letter? @throws AppError `store/too-new`, `store/damaged` */
export function checkFormat(db: DatabaseSync, where: string): void {
  const said = db.prepare('pragma user_version').get()?.['user_version'] as number;
  if (said === STORE_VERSION) {
    if (!hasOurTables(db)) throw damaged(`${where} is damaged: the definitions of its tables are not what they were.`);
    return;
  }
  // That number has no checksum; the settings have one.
  const known = formatOf(db);
  if (said > STORE_VERSION && (known === undefined || known > STORE_VERSION)) throw tooNew(where, said);
  throw damaged(`${where} is damaged: it does not say of which format it is.`);
}

function hasOurTables(db: DatabaseSync): boolean {
  const there = db.prepare('select type, name, tbl_name, sql from sqlite_schema order by rowid').all();
  return (
    there.length === DEFINITIONS.length &&
    DEFINITIONS.every((definition, at) => {
      const { type, name, tbl_name: table, sql } = there[at] ?? {};
      const [expected] = definition.split(' ');
      return type === 'table' && name === expected && table === expected && sql === `CREATE TABLE ${definition}`;
    })
  );
}

/** As the settings have it; undefined where they cannot be read. */
export function formatOf(db: DatabaseSync): number | undefined {
  try {
    const version = Number(createCheckedTable(db, SETTINGS).get('version')?.['value']);
    return Number.isInteger(version) ? version : undefined;
  } catch {
    // Damaged, or laid out otherwise by another version.
    return undefined;
  }
}

export function tooNew(store: string, version: number): AppError {
  return new AppError('store/too-new', `The store ${store} was made by a newer Reprise (format ${version}).`, {
    kind: 'unsupported',
    hint: `This one knows formats up to ${STORE_VERSION}. Use the newer one.`,
  });
}
