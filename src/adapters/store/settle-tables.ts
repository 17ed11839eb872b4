/** What is left of damaged tables made to agree: what refers to nothing goes, or gets what it refers to. */
import type { DatabaseSync } from 'node:sqlite';
import type { StoreSettings } from '#store';
import { createCheckedTable, type Row } from './checked-table.ts';
import { createNumbers, makeNumbers, NUMBERED } from './numbers.ts';
import { CONTENTS, ENTRIES, FOLDERS, NODES, SETTINGS, STORE_VERSION } from './schema.ts';

const TOTALS = 2 ** 48;
const ROOT = 1;
const FOLDER = 1;
/** Numbers that are passed over where nobody knows the last. Chosen. */
const NUMBERS_LEFT_OUT = 1_000_000;

/**
 * @param main the tables that are damaged
 * @param spare settings for where they are lost
 * @param reached the number of a transaction that is in the tables
 * @returns how many rows and names went, or are missing
 */
export function settleTables(
  db: DatabaseSync,
  main: DatabaseSync | undefined,
  spare: StoreSettings,
  reached: number,
): number {
  const lost = settleSettings(db, spare) + settleFolders(db) + settleNames(db);
  settleContents(db);
  settleNumbers(db, main, reached);
  return lost;
}

function settleSettings(db: DatabaseSync, { chunks }: StoreSettings): number {
  const table = createCheckedTable(db, SETTINGS);
  table.put({ name: 'version', value: String(STORE_VERSION) });
  if (table.get('chunks') !== undefined) return 0;
  table.put({ name: 'chunks', value: JSON.stringify(chunks) });
  return 1;
}

/** The root, and folders of which names are left. */
function settleFolders(db: DatabaseSync): number {
  const nodes = createCheckedTable(db, NODES);
  const missing = db
    .prepare(`select ${ROOT} as id union select folder from ${ENTRIES.name} order by id`)
    .all()
    .map(({ id }) => id as number)
    .filter((id) => nodes.get(id) === undefined);
  const above = db.prepare(`select folder from ${ENTRIES.name} where node = ?`);
  for (const id of missing) {
    const parent = (above.get(id)?.['folder'] ?? ROOT) as number;
    nodes.put({ ...LOST_FOLDER, id, parent });
  }
  return missing.length;
}

const LOST_FOLDER: Row = {
  ...{ kind: FOLDER, mode: 0o755, uid: 0, gid: 0, links: 2, size: 0, atime: 0n, mtime: 0n, ctime: 0n },
  ...{ device: 0, target: null, content: null, raw: 0, attributes: null },
};

/** Names of what is not there go; folders hold what is there. */
function settleNames(db: DatabaseSync): number {
  const nodes = createCheckedTable(db, NODES);
  const entries = createCheckedTable(db, ENTRIES);
  const folders = createCheckedTable(db, FOLDERS);
  let lost = 0;
  const totals = new Map<number, { count: number; total: number }>();
  for (const { row } of [...entries.examine('')]) {
    const [folder, node] = [row['folder'] as number, row['node'] as number];
    if (nodes.get(node) === undefined || nodes.get(folder)?.['kind'] !== FOLDER) {
      entries.drop(folder, row['cookie'] ?? null, row['name'] ?? null);
      lost += 1;
      continue;
    }
    const held = totals.get(folder) ?? { count: 0, total: 0 };
    totals.set(folder, { count: held.count + 1, total: (held.total + (row['sum'] as number)) % TOTALS });
  }
  for (const { row } of [...nodes.examine(`where kind = ${FOLDER}`)]) {
    const id = row['id'] as number;
    const { count, total } = totals.get(id) ?? { count: 0, total: 0 };
    const expected = folders.get(id)?.['entries'] as number | undefined;
    if (expected !== undefined && expected > count) lost += expected - count;
    folders.put({ node: id, entries: count, total });
  }
  return lost;
}

/** Contents that no file holds and that are not whole are no loss; nor is a recipe of nothing. */
function settleContents(db: DatabaseSync): void {
  db.exec(`
    delete from ${CONTENTS.name} where id not in (select content from nodes where content is not null)
      and size <> coalesce((select sum(length) from recipes r where r.content = contents.id), 0);
    delete from recipes where content not in (select id from ${CONTENTS.name});
    delete from ${FOLDERS.name} where node not in (select id from nodes where kind = ${FOLDER})
  `);
}

/** No number that may have been given is given again. */
function settleNumbers(db: DatabaseSync, main: DatabaseSync | undefined, reached: number): void {
  const known = NUMBERED.map((name) => lastOf(db, name));
  makeNumbers(db);
  const numbers = createNumbers(db);
  for (const [at, name] of NUMBERED.entries()) {
    const isTable = name !== 'transactions';
    const highest = isTable ? db.prepare(`select coalesce(max(id), 0) as last from ${name}`).get()?.['last'] : reached;
    const said = main === undefined ? 0 : lastOf(main, name);
    const last = Math.max(known[at] ?? 0, highest as number, said);
    // What the tables did not say may have been given before they were damaged.
    numbers.given(name, said === 0 ? last + NUMBERS_LEFT_OUT : last + 1);
  }
}

/** 0 where it cannot be read. */
function lastOf(db: DatabaseSync, name: (typeof NUMBERED)[number]): number {
  try {
    return createNumbers(db).last(name);
  } catch {
    return 0;
  }
}
