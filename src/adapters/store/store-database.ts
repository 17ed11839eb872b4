/**
 * The tables of a store in `meta.db`, by SQLite. Write-ahead log: readers and one writer at a time, of any number of
 * processes. A commit survives the death of the process at once, and a power cut once {@link StoreDatabase.sync} has
 * brought the log to the disk, so that a group of commits costs one wait.
 * @see https://sqlite.org/wal.html
 */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { AppError } from '#kernel';
import type {
  Blob,
  Content,
  Entry,
  Node,
  NodeKind,
  Pack,
  RecipePage,
  StoreDatabase,
  StoreSettings,
  StoreTotals,
} from '#store';
import { type CheckedTable, createCheckedTable, type Row, sumOf, type TableSpec } from './checked-table.ts';
import { examineTables } from './damages.ts';
import { bySchema, damaged, guarded, isBusy } from './errors.ts';
import { checkFormat, checkHead } from './format.ts';
import { createNumbers, makeNumbers, transactionOf } from './numbers.ts';
import {
  BLOBS,
  CONTENTS,
  ENTRIES,
  FOLDERS,
  NODES,
  PACKS,
  PAGE_BYTES,
  RECIPES,
  SCHEMA,
  SETTINGS,
  STORE_VERSION,
} from './schema.ts';
import { examineCopy, openSecondCopy } from './second-copy.ts';
import { openWriteAheadLog } from './write-ahead-log.ts';

/** Sums of checksums are kept below this, so that they stay exact. */
const TOTALS = 2 ** 48;
const COOKIE_BITS = 52n;
const KINDS: readonly NodeKind[] = ['file', 'folder', 'symlink', 'fifo', 'socket', 'character-device', 'block-device'];
const FOLDER = KINDS.indexOf('folder');
/** Of `nodes.raw`: what the row says of the file's bytes counts for nothing beside what its raw file says. */
const LIVE = 2;
const PRAGMAS = 'pragma journal_mode = wal; pragma synchronous = normal';
/** Chosen: pages of 16 MB in memory. */
const CACHES = 'pragma cache_size = -16384; pragma temp_store = memory';

/** Makes the tables in an empty file. */
export function makeStoreDatabase(folder: string, settings: StoreSettings): void {
  const file = path.join(folder, 'meta.db');
  guarded(file, () => {
    const db = new DatabaseSync(file);
    try {
      db.exec(`pragma page_size = ${PAGE_BYTES}; ${PRAGMAS}`);
      db.exec(`begin immediate; ${SCHEMA}`);
      makeNumbers(db);
      const table = createCheckedTable(db, SETTINGS);
      table.put({ name: 'version', value: String(settings.version) });
      table.put({ name: 'chunks', value: JSON.stringify(settings.chunks) });
      db.exec(`commit; pragma user_version = ${STORE_VERSION}; pragma wal_checkpoint(truncate)`);
      openSecondCopy(folder).renew(db);
    } finally {
      db.close();
    }
  });
}

/** Folders whose entries were all there, by the sum of their checksums. Connections may share one. */
export interface WholeFolders {
  get(folder: number): number | undefined;
  set(folder: number, total: number): void;
  delete(folder: number): void;
}

export interface OpenOptions {
  /** For reading alone, where nothing can be written, not even what SQLite keeps beside: nobody changes it meanwhile. */
  readonly isFrozen?: boolean;
  readonly wholeFolders?: WholeFolders;
  /**
   * Of {@link makeNodeVersions}, where all who change nodes share it: then a node is looked up once, until it is changed.
   */
  readonly nodeVersions?: SharedArrayBuffer;
  /**
   * Another connection of this process has it open, whose locks would go if the file were looked at beside SQLite: the first
   * descriptor of a file that a process closes takes them along.
   * @see https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
   */
  readonly isOpenHere?: boolean;
  /** Called again and again while another process, or another connection, writes; by default SQLite waits. */
  readonly onBusy?: () => void;
}

/** Nodes share places; chosen so that few that are worked on do. */
const VERSION_PLACES = 1 << 14;
/** Nodes that are remembered at most. Chosen: some megabytes. */
const MOST_REMEMBERED = 4096;

/** Counts how often nodes were changed, for the threads of a process. */
export function makeNodeVersions(): SharedArrayBuffer {
  return new SharedArrayBuffer(VERSION_PLACES * Int32Array.BYTES_PER_ELEMENT);
}

export function openStoreDatabase(
  folder: string,
  waitMs: number,
  { isFrozen = false, isOpenHere = false, wholeFolders: whole = new Map(), nodeVersions, onBusy }: OpenOptions = {},
): StoreDatabase {
  const file = path.join(folder, 'meta.db');
  const guard = <T>(work: () => T): T => guarded(file, work);
  const db = guard(() => {
    if (!isOpenHere) checkFile(file);
    return openExisting(file, waitMs, isFrozen);
  });
  try {
    const begin = createBegin(db, waitMs, onBusy);
    return guard(() => createStoreDatabase(db, folder, { whole, nodeVersions, begin }, guard));
  } catch (error) {
    db.close();
    throw error;
  }
}

function checkFile(file: string): void {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) throw damaged(`${file} is not there.`);
  checkHead(file);
}

function openExisting(file: string, waitMs: number, isFrozen: boolean): DatabaseSync {
  const db = isFrozen ? openFrozen(file) : new DatabaseSync(file, { timeout: waitMs });
  try {
    bySchema(file, () => {
      db.exec(isFrozen ? CACHES : `${PRAGMAS}; ${CACHES}`);
      checkFormat(db, file);
    });
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** @throws AppError `store/denied` where a part of it is still in the log that SQLite writes ahead */
function openFrozen(file: string): DatabaseSync {
  if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    throw new AppError(
      'store/denied',
      `${file} was not closed when it was last written, so it cannot be read as it is.`,
      {
        kind: 'denied',
        hint: 'Copy the store to where it can be written, or make room there, and try again.',
      },
    );
  }
  const place = pathToFileURL(file);
  place.searchParams.set('immutable', '1');
  return new DatabaseSync(place, { readOnly: true });
}

function readSettings(db: DatabaseSync, folder: string): StoreSettings {
  const [found] = [...createCheckedTable(db, SETTINGS).examine("where name = 'chunks'")];
  if (!found?.isSound) throw damaged(`The store ${folder} does not say how it cuts.`);
  return { version: STORE_VERSION, chunks: JSON.parse(found.row['value'] as string) as StoreSettings['chunks'] };
}

interface Within {
  readonly whole: WholeFolders;
  readonly nodeVersions: SharedArrayBuffer | undefined;
  /** Begins a transaction that writes. */
  readonly begin: () => void;
}

function createBegin(db: DatabaseSync, waitMs: number, onBusy: (() => void) | undefined): () => void {
  const begin = (): void => db.exec('begin immediate');
  if (onBusy === undefined) return begin;
  return () => {
    const until = performance.now() + waitMs;
    db.exec('pragma busy_timeout = 0');
    try {
      while (!unlessBusy(begin, performance.now() < until)) onBusy();
    } finally {
      db.exec(`pragma busy_timeout = ${waitMs}`);
    }
  };
}

/** @returns whether it was done; false where somebody else writes, which `isBorne` */
function unlessBusy(work: () => void, isBorne: boolean): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (isBorne && isBusy(error)) return false;
    throw error;
  }
}

function createStoreDatabase(
  db: DatabaseSync,
  folder: string,
  { whole, nodeVersions, begin }: Within,
  guard: <T>(work: () => T) => T,
): StoreDatabase {
  const settings = readSettings(db, folder);
  const second = openSecondCopy(folder);
  const table = (spec: TableSpec): CheckedTable => createCheckedTable(db, spec);
  const [nodes, entries, folders] = [table(NODES), table(ENTRIES), table(FOLDERS)];
  const [contents, recipes, blobs, packs] = [table(CONTENTS), table(RECIPES), table(BLOBS), table(PACKS)];
  /** Folders whose entries this transaction has changed, and nodes. */
  const changedFolders = new Set<number>();
  const changedNodes = new Set<number>();
  const remembered = createRowMemory(nodes, nodeVersions);
  /** Nodes as this transaction has read or written them: nobody else changes them meanwhile. */
  const ownRows = new Map<number, Row | undefined>();
  let hasChanged = false;
  const numbers = createNumbers(db);
  const file = path.join(folder, 'meta.db');
  const log = openWriteAheadLog(db, file);

  function observed<T>(work: () => T): { result: T; changes: Uint8Array } {
    const session = db.createSession();
    try {
      return { result: work(), changes: session.changeset() };
    } finally {
      session.close();
    }
  }

  function transact<T>(work: () => T): T {
    begin();
    ownRows.clear();
    try {
      const { result, changes } = observed(work);
      if (changes.length > 0) {
        numbers.setTransaction(second.append(numbers.transaction(), changes));
        hasChanged = true;
      }
      db.exec('commit');
      remembered.changed(changedNodes);
      if (changes.length > 0) log.grown(changes.length);
      return result;
    } catch (error) {
      for (const node of changedFolders) whole.delete(node);
      if (db.isTransaction) db.exec('rollback');
      throw error;
    } finally {
      changedFolders.clear();
      changedNodes.clear();
      ownRows.clear();
    }
  }

  function viewed<T>(work: () => T): T {
    db.exec('begin');
    ownRows.clear();
    try {
      return work();
    } finally {
      // SQLite ends it by itself where the disk fails.
      if (db.isTransaction) db.exec('commit');
      ownRows.clear();
    }
  }

  function nodeRow(id: number): Row | undefined {
    return seen(storedRow(id), folder);
  }

  function storedRow(id: number): Row | undefined {
    return db.isTransaction ? ownRow(id) : remembered.get(id);
  }

  function ownRow(id: number): Row | undefined {
    if (ownRows.has(id)) return ownRows.get(id);
    const row = nodes.get(id);
    noteRow(id, row);
    return row;
  }

  function noteRow(id: number, row: Row | undefined): void {
    if (ownRows.size >= MOST_REMEMBERED) ownRows.clear();
    ownRows.set(id, row);
  }

  function putNode(id: number, node: Omit<Node, 'id'>): void {
    const row = { ...rowOfNode(node), id };
    changedNodes.add(id);
    nodes.put(row);
    noteRow(id, row);
  }

  function folderOf(node: number): { entries: number; total: number } {
    const row = folders.get(node);
    if (row === undefined) throw damaged(`The store does not know what folder ${node} holds.`);
    return row as unknown as { entries: number; total: number };
  }

  /** @throws AppError `store/damaged` where the folder's entries are not what they ought to be */
  function checkFolder(node: number): void {
    const { entries: expected, total } = folderOf(node);
    if (whole.get(node) === total) return;
    let found = 0;
    let sum = 0;
    // Row by row: one with another name than it had still adds the checksum that it had.
    for (const { row, isSound } of entries.examine('where folder = ?', node)) {
      if (!isSound) throw damaged(`A name in folder ${node} is damaged.`);
      // Each by its own way through the pages: one that leads astray hides what a walk through all of them sees.
      if (entries.get(node, row['cookie'] ?? null, row['name'] ?? null) === undefined)
        throw damaged(`A name in folder ${node} is not found where it ought to be.`);
      found += 1;
      sum = (sum + (row['sum'] as number)) % TOTALS;
    }
    if (found !== expected || sum !== total) {
      throw damaged(`Names are missing from folder ${node}: it ought to hold ${expected}, and ${found} are there.`);
    }
    whole.set(node, total);
  }

  function changeFolder(node: number, by: 1 | -1, sum: number): void {
    const { entries: held, total } = folderOf(node);
    const wasWhole = whole.get(node) === total;
    const sumNow = (total + by * sum + TOTALS) % TOTALS;
    folders.put({ node, entries: held + by, total: sumNow });
    changedFolders.add(node);
    if (wasWhole) whole.set(node, sumNow);
  }

  function tidy(): void {
    if (!hasChanged) return;
    try {
      // Looked at before others have to wait: it takes far longer than the copy, and what they change is sound.
      if (second.isStale(numbers.transaction()) && viewed(() => examineTables(db)).length === 0)
        aloneAmongWriters(file, () => second.renew(db, log.sync));
      hasChanged = false;
    } catch {
      // The second copy stays as it is; it is tried again the next time.
    }
  }

  return {
    settings,
    transact: (work) => guard(() => transact(work)),
    view: (work) => guard(() => viewed(work)),
    sync: () =>
      guard(() => {
        log.sync();
        second.sync();
      }),

    node: (id) => guard(() => asNode(nodeRow(id))),
    storedNode: (id) => guard(() => asNode(storedRow(id))),
    addNode: (node) =>
      guard(() => {
        const id = numbers.give('nodes');
        putNode(id, node);
        if (node.kind === 'folder') folders.put({ node: id, entries: 0, total: 0 });
        return id;
      }),
    changeNode: (id, change) =>
      guard(() => {
        const node = asNode(nodeRow(id));
        if (node === undefined) throw damaged(`The store has no node ${id}.`);
        const changed = { ...node, ...change };
        // The disk's clock is not ours: what is changed after bytes were written is changed later.
        if (
          node.isLive &&
          change.mtimeNs === undefined &&
          change.ctimeNs !== undefined &&
          changed.ctimeNs <= node.ctimeNs
        )
          changed.ctimeNs = node.ctimeNs + 1n;
        putNode(id, changed);
      }),
    dropNode: (id) =>
      guard(() => {
        changedNodes.add(id);
        nodes.drop(id);
        noteRow(id, undefined);
        folders.drop(id);
        whole.delete(id);
      }),
    orphans: () =>
      guard(() =>
        db
          .prepare('select id from nodes where links = 0 order by id')
          .all()
          .map(({ id }) => Number(id)),
      ),
    nodesAfter: (after, most) =>
      guard(() =>
        nodes.select('where id > ? order by id limit ?', after, most).map((row) => asNode(seen(row, folder)) as Node),
      ),

    entry: (folder, name) =>
      guard(() => {
        const row = entries.get(folder, cookieOf(name), name);
        if (row === undefined) checkFolder(folder);
        return row && asEntry(row);
      }),
    entriesAfter: (folder, cookie, most) =>
      guard(() => {
        checkFolder(folder);
        return entries
          .select('where folder = ? and cookie > ? order by cookie, name limit ?', folder, cookie, most)
          .map(asEntry);
      }),
    soundEntries: (folder) => {
      const sound: Entry[] = [];
      try {
        for (const { row, isSound } of entries.examine('where folder = ?', folder))
          if (isSound) sound.push(asEntry(row));
      } catch {
        // As far as it can be read; whoever asks for all of them is told.
      }
      return sound;
    },
    countEntries: (folder) => guard(() => folderOf(folder).entries),
    addEntry: (folder, name, node) =>
      guard(() => {
        const row = { folder, cookie: cookieOf(name), name, node };
        entries.put(row);
        changeFolder(folder, 1, sumOf(ENTRIES, row));
      }),
    dropEntry: (folder, name) =>
      guard(() => {
        const row = entries.get(folder, cookieOf(name), name);
        if (row === undefined) return;
        entries.drop(folder, cookieOf(name), name);
        changeFolder(folder, -1, sumOf(ENTRIES, row));
      }),

    content: (id) => guard(() => asContent(contents.get(id))),
    addContent: ({ size, hash, container, record }) =>
      guard(() => {
        const id = numbers.give('contents');
        contents.put({ id, size, hash, container, record });
        return id;
      }),
    dropContent: (id) =>
      guard(() => {
        contents.drop(id);
        db.prepare('delete from recipes where content = ?').run(id);
      }),
    contentsAfter: (after, most) =>
      guard(() =>
        contents.select('where id > ? order by id limit ?', after, most).map((row) => asContent(row) as Content),
      ),
    numbersOf: (name) =>
      guard(() => {
        try {
          return db
            .prepare(`select id from ${name}`)
            .all()
            .map(({ id }) => id as number);
        } catch {
          // What lies behind a damaged page is still found by its number.
          return Array.from({ length: numbers.last(name) }, (_, n) => n + 1);
        }
      }),
    addPage: (page) => guard(() => recipes.put({ ...page })),
    pageAt: (content, offset) =>
      guard(() => {
        const [row] = recipes.select(
          'where content = ? and start <= ? order by start desc limit 1',
          content,
          offset,
        ) as unknown as RecipePage[];
        return row;
      }),
    pagesOf: (content) =>
      guard(() => recipes.select('where content = ? order by start', content) as unknown as RecipePage[]),

    blob: (id) => guard(() => blobs.get(id) as unknown as Blob | undefined),
    addBlob: (blob) =>
      guard(() => {
        blobs.put({ ...blob });
        numbers.given('blobs', blob.id);
      }),
    dropBlob: (id) => guard(() => blobs.drop(id)),
    nextBlob: () => guard(() => numbers.last('blobs') + 1),
    blobsAfter: (after, most) =>
      guard(() => blobs.select('where id > ? order by id limit ?', after, most) as unknown as Blob[]),
    blobsOfPack: (pack) => guard(() => blobs.select('where pack = ? order by offset', pack) as unknown as Blob[]),

    packs: () => guard(() => packs.select('order by id') as unknown as Pack[]),
    putPack: (pack) =>
      guard(() => {
        packs.put({ ...pack });
        numbers.given('packs', pack.id);
      }),
    dropPack: (id) => guard(() => packs.drop(id)),
    nextPack: () => guard(() => numbers.last('packs') + 1),

    mark: (server, request) => guard(() => numbers.mark(server, request)),
    marks: () => guard(() => numbers.marks()),
    clearMarks: () => guard(() => numbers.clearMarks()),

    totals: () => guard(() => totals(db, folder)),
    damages: () => examineTables(db),
    examineCopy: (known) => guard(() => examineCopy(folder, transactionOf(db), known)),
    tidy,
    [Symbol.dispose]: () => {
      tidy();
      second[Symbol.dispose]();
      log.settle();
      db.close();
    },
  };
}

interface RowMemory {
  get(id: number): Row | undefined;
  /** These rows were changed, by a transaction that is committed. */
  changed(ids: ReadonlySet<number>): void;
}

/** Rows that were looked up, each as long as its version is the same. Outside transactions. */
function createRowMemory(table: CheckedTable, memory: SharedArrayBuffer | undefined): RowMemory {
  if (memory === undefined) return { get: (id) => table.get(id), changed: () => undefined };
  const versions = new Int32Array(memory);
  const known = new Map<number, { readonly row: Row | undefined; readonly version: number }>();
  return {
    get(id) {
      const version = Atomics.load(versions, id % VERSION_PLACES);
      const found = known.get(id);
      if (found?.version === version) return found.row;
      if (known.size >= MOST_REMEMBERED) known.clear();
      const row = table.get(id);
      // Imports, in other processes, change folders beside us.
      if (row?.['kind'] !== FOLDER) known.set(id, { row, version });
      return row;
    },
    changed(ids) {
      for (const id of ids) Atomics.add(versions, id % VERSION_PLACES, 1);
    },
  };
}

/** By a connection of its own, as a copy cannot be made within a transaction. */
function aloneAmongWriters(file: string, work: () => void): void {
  const other = new DatabaseSync(file);
  try {
    other.exec('begin immediate');
    work();
  } finally {
    other.close();
  }
}

/** 52 bits of the name's hash: entries keep their place in a folder whatever comes and goes beside them. */
function cookieOf(name: Uint8Array): number {
  const hash = createHash('sha256').update(name).digest();
  return Number(hash.readBigUInt64LE() >> (64n - COOKIE_BITS)) || 1;
}

function rowOfNode(node: Omit<Node, 'id'>): Row {
  const { mode, uid, gid, links, size, device, parent, target, content, attributes } = node;
  const [atime, mtime, ctime] = [node.atimeNs, node.mtimeNs, node.ctimeNs];
  const kind = KINDS.indexOf(node.kind);
  const raw = !node.isRaw ? 0 : node.isLive ? LIVE : 1;
  return { kind, mode, uid, gid, links, size, atime, mtime, ctime, device, parent, target, content, raw, attributes };
}

/** A live file is as long as its raw file, and was changed with it. Where that is lost, who reads it is told. */
function seen(row: Row | undefined, folder: string): Row | undefined {
  if (row?.['raw'] !== LIVE) return row;
  const raw = statSync(`${folder}/raw/${row['id']}`, { bigint: true, throwIfNoEntry: false });
  if (raw === undefined) return row;
  const ctime = row['ctime'] as bigint;
  return { ...row, size: Number(raw.size), mtime: raw.mtimeNs, ctime: raw.mtimeNs > ctime ? raw.mtimeNs : ctime };
}

function asNode(row: Row | undefined): Node | undefined {
  if (row === undefined) return undefined;
  const { id, kind, mode, uid, gid, links, size, device, parent } = row as Record<string, number>;
  const { atime, mtime, ctime } = row as Record<string, bigint>;
  const { target, attributes } = row as Record<string, Uint8Array | null>;
  return {
    ...{ id, mode, uid, gid, links, size, device, parent, target, attributes },
    ...{ atimeNs: atime, mtimeNs: mtime, ctimeNs: ctime },
    kind: KINDS[kind as number],
    content: row['content'] as number | null,
    isRaw: row['raw'] !== 0,
    isLive: row['raw'] === LIVE,
  } as Node;
}

function asEntry(row: Row): Entry {
  const { name, node, cookie } = row;
  return { name: name as Uint8Array, node: node as number, cookie: cookie as number };
}

function asContent(row: Row | undefined): Content | undefined {
  if (row === undefined) return undefined;
  const { id, size, hash, container, record } = row;
  return {
    id: id as number,
    size: size as number,
    hash: hash as Uint8Array,
    container: container as string,
    record: record as Uint8Array | null,
  };
}

function totals(db: DatabaseSync, folder: string): StoreTotals {
  const rows = db
    .prepare(`
      select
        (select count(*) from nodes where kind = 0) as files,
        (select count(*) from nodes where kind = 1) as folders,
        (select total(size) from nodes where kind = 0) as logicalBytes,
        (select count(*) from nodes where raw > 0) as rawFiles,
        (select total(size) from nodes where raw > 0) as rawBytes,
        (select count(*) from blobs) as blobs,
        (select total(length) from blobs) as blobBytes,
        (select count(*) from packs) as packs
    `)
    .get() as unknown as StoreTotals;
  // What the row of a live file says of its size is what it was.
  const live = db.prepare(`select id, size from nodes where raw = ${LIVE}`).all() as { id: number; size: number }[];
  const grown = live
    .map(({ id, size }) => (statSync(`${folder}/raw/${id}`, { throwIfNoEntry: false })?.size ?? size) - size)
    .reduce((sum, bytes) => sum + bytes, 0);
  return { ...rows, logicalBytes: rows.logicalBytes + grown, rawBytes: rows.rawBytes + grown };
}
