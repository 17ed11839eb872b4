import type { TableSpec } from './checked-table.ts';

/** The version of the format. A store of a higher one is refused; there is no lower one. */
export const STORE_VERSION = 1;

export const SETTINGS: TableSpec = { name: 'settings', key: ['name'], columns: ['name', 'value'] };
/** The highest number that was ever given to the rows of a table, and to transactions; and what the last of those changed. */
export const NUMBERS: TableSpec = { name: 'numbers', key: ['name'], columns: ['name', 'last'] };
export const NODES: TableSpec = {
  name: 'nodes',
  key: ['id'],
  columns: [
    ...['id', 'kind', 'mode', 'uid', 'gid', 'links', 'size', 'atime', 'mtime', 'ctime', 'device', 'parent'],
    ...['target', 'content', 'raw', 'attributes'],
  ],
  big: ['atime', 'mtime', 'ctime'],
};
export const ENTRIES: TableSpec = {
  name: 'entries',
  key: ['folder', 'cookie', 'name'],
  columns: ['folder', 'cookie', 'name', 'node'],
};
/** How many entries a folder has, and the sum of their checksums. */
export const FOLDERS: TableSpec = { name: 'folders', key: ['node'], columns: ['node', 'entries', 'total'] };
export const CONTENTS: TableSpec = {
  name: 'contents',
  key: ['id'],
  columns: ['id', 'size', 'hash', 'container', 'record'],
};
export const RECIPES: TableSpec = {
  name: 'recipes',
  key: ['content', 'start'],
  columns: ['content', 'start', 'length', 'extents'],
};
export const BLOBS: TableSpec = {
  name: 'blobs',
  key: ['id'],
  columns: ['id', 'pack', 'offset', 'length'],
};
export const PACKS: TableSpec = { name: 'packs', key: ['id'], columns: ['id', 'length'] };

export const TABLES: readonly TableSpec[] = [
  SETTINGS,
  NUMBERS,
  NODES,
  ENTRIES,
  FOLDERS,
  CONTENTS,
  RECIPES,
  BLOBS,
  PACKS,
];

/** Small pages keep small stores small; the log's pages, too. Chosen. */
export const PAGE_BYTES = 4096;

/** The tables, each as SQLite writes its definition down behind "CREATE TABLE". */
export const DEFINITIONS: readonly string[] = [
  'settings (name text primary key, value text not null, sum integer not null) without rowid',
  'numbers (name text primary key, last integer not null, sum integer not null) without rowid',
  `nodes (
    id integer primary key, kind integer not null, mode integer not null, uid integer not null, gid integer not null,
    links integer not null, size integer not null, atime integer not null, mtime integer not null,
    ctime integer not null, device integer not null, parent integer not null, target blob, content integer,
    raw integer not null, attributes blob, sum integer not null
  )`,
  `entries (
    folder integer not null, cookie integer not null, name blob not null, node integer not null,
    sum integer not null, primary key (folder, cookie, name)
  ) without rowid`,
  'folders (node integer primary key, entries integer not null, total integer not null, sum integer not null)',
  `contents (
    id integer primary key, size integer not null, hash blob not null, container text not null, record blob,
    sum integer not null
  )`,
  `recipes (
    content integer not null, start integer not null, length integer not null, extents blob not null,
    sum integer not null, primary key (content, start)
  ) without rowid`,
  `blobs (
    id integer primary key, pack integer not null, offset integer not null, length integer not null,
    sum integer not null
  )`,
  'packs (id integer primary key, length integer not null, sum integer not null)',
];

export const SCHEMA: string = DEFINITIONS.map((definition) => `create table ${definition};`).join('\n');
