/** Every row looked at: what contradicts its checksum, which folders lack names, what refers to nothing. */
import type { DatabaseSync } from 'node:sqlite';
import { createCheckedTable, type Row, type TableSpec } from './checked-table.ts';
import { translate } from './errors.ts';
import { checkFormat } from './format.ts';
import { ENTRIES, FOLDERS, TABLES } from './schema.ts';

const TOTALS = 2 ** 48;

/** In sentences. */
export function examineTables(db: DatabaseSync): readonly string[] {
  const found: string[] = [];
  const attempt = (table: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      const { message } = translate(error, 'meta.db') as Error;
      found.push(`The table "${table}" cannot be read to its end: ${message}`);
    }
  };
  attempt('schema', () => checkFormat(db, 'meta.db'));
  attempt('schema', () => {
    for (const { integrity_check: message } of db.prepare('pragma integrity_check(50)').all()) {
      if (message !== 'ok') found.push(`SQLite says: ${String(message)}`);
    }
  });
  for (const spec of TABLES) attempt(spec.name, () => found.push(...unsoundRows(db, spec)));
  attempt('folders', () => found.push(...foldersNotWhole(db)));
  attempt('nodes', () => found.push(...dangling(db)));
  return found;
}

function* unsoundRows(db: DatabaseSync, spec: TableSpec): Generator<string> {
  const table = createCheckedTable(db, spec);
  for (const { row, isSound } of table.examine('')) {
    if (!isSound) yield messageOf(spec, row);
  }
}

function messageOf({ name, key }: TableSpec, row: Row): string {
  const which = key.map((column) => {
    const value = row[column];
    return value instanceof Uint8Array ? `"${new TextDecoder().decode(value)}"` : String(value);
  });
  return `Row ${which.join(', ')} of the table "${name}" contradicts its checksum.`;
}

function* foldersNotWhole(db: DatabaseSync): Generator<string> {
  const rows = db
    .prepare(`
      select node, entries, total, (select count(*) from ${ENTRIES.name} e where e.folder = f.node) as found,
        (select coalesce(sum(sum), 0) from ${ENTRIES.name} e where e.folder = f.node) as sum from ${FOLDERS.name} f
    `)
    .all() as Record<string, number>[];
  for (const { node, entries, total, found, sum } of rows) {
    if (found === entries && (sum as number) % TOTALS === total) continue;
    yield `Names are missing from folder ${node}: it ought to hold ${entries}, and ${found} are there.`;
  }
}

/** References that lead nowhere. */
function* dangling(db: DatabaseSync): Generator<string> {
  const rows = (sql: string): Record<string, number>[] => db.prepare(sql).all() as Record<string, number>[];
  for (const { folder, node } of rows('select folder, node from entries where node not in (select id from nodes)'))
    yield `Folder ${folder} names node ${node}, which is not there.`;
  for (const { id } of rows('select id from nodes where kind = 1 and id not in (select node from folders)'))
    yield `What folder ${id} holds is not known.`;
  for (const { id, content } of rows(
    'select id, content from nodes where content is not null and content not in (select id from contents)',
  ))
    yield `What file ${id} holds (${content}) is not there.`;
  for (const { id } of rows(`
    select id from contents c where size <> coalesce((select sum(length) from recipes r where r.content = c.id), 0)
  `))
    yield `The recipe of content ${id} is not whole.`;
}
