/**
 * The index of anchors: key → place, one row each, with the key as the row's number. Apart from the store's database,
 * for it can be made anew and need not survive a power cut; a damaged one is thrown away.
 */
import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '#kernel';
import type { AnchorIndex } from '#store';
import { bySchema, guarded } from './errors.ts';

/** Offsets in blobs, whose end counts too, fit below; a blob's number and an offset together into 53 bits. */
const OFFSETS = 2 ** 21;
/** Chosen: pages of 16 MB in memory. */
const PRAGMAS = 'pragma journal_mode = wal; pragma synchronous = off; pragma cache_size = -16384';
const TABLES = `
  create table if not exists anchors (key integer primary key, place integer not null);
  create table if not exists state (name text primary key, value integer not null) without rowid;
`;
/** Rows that were added in the order of their keys' hashes leave pages a third empty. Below this nobody minds. */
const WORTH_PACKING = 1.2;
const ROW_BYTES = 18;

export function openAnchorFile(folder: string, waitMs: number): AnchorIndex {
  const file = path.join(folder, 'index.db');
  const open = (): Opened =>
    guarded(file, () => {
      const db = new DatabaseSync(file, { timeout: waitMs });
      try {
        return bySchema(file, () => {
          db.exec(PRAGMAS);
          db.exec(TABLES);
          return { db, statements: prepare(db) };
        });
      } catch (error) {
        closeQuietly(db);
        throw error;
      }
    });
  const anew = (): Opened => {
    guarded(file, () => {
      for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    });
    return open();
  };
  /** Does it on a new index where this one is damaged: what it knew is only missed. */
  const orAnew = <T>(work: () => T): T => {
    try {
      return guarded(file, work);
    } catch (error) {
      if (!isDamaged(error)) throw error;
      closeQuietly(db);
      ({ db, statements } = anew());
      return guarded(file, work);
    }
  };
  let { db, statements } = openOr(open, anew);
  let added = 0;
  const throughNow = (): number => (statements.through.get() as { value: number } | undefined)?.value ?? 0;
  return {
    find: (key) =>
      orAnew(() => {
        const row = statements.find.get(key) as { place: number } | undefined;
        return row && { blob: Math.floor(row.place / OFFSETS), offset: row.place % OFFSETS };
      }),
    add: (anchors, first, last) =>
      orAnew(() => {
        const sorted = [...anchors].sort((a, b) => a.key - b.key);
        db.exec('begin immediate');
        try {
          for (const { key, blob, at } of sorted) statements.add.run(key, blob * OFFSETS + at);
          if (throughNow() >= first - 1) statements.put.run(last);
          db.exec('commit');
        } catch (error) {
          if (db.isTransaction) db.exec('rollback');
          throw error;
        }
        added += sorted.length;
      }),
    through: () => orAnew(throughNow),
    keep: (isKept) =>
      orAnew(() => {
        for (let after = -1; ; ) {
          const rows = statements.some.all(after) as { key: number; place: number }[];
          db.exec('begin immediate');
          for (const { key, place } of rows) if (!isKept(Math.floor(place / OFFSETS))) statements.drop.run(key);
          db.exec('commit');
          const last = rows.at(-1);
          if (last === undefined) break;
          after = last.key;
        }
      }),
    clear: () =>
      orAnew(() => {
        db.exec('delete from anchors; delete from state');
      }),
    [Symbol.dispose]: () => {
      if (added > 0) packWhereItPays(db, file);
      closeQuietly(db);
    },
  };
}

interface Opened {
  readonly db: DatabaseSync;
  readonly statements: ReturnType<typeof prepare>;
}

function openOr(open: () => Opened, anew: () => Opened): Opened {
  try {
    return open();
  } catch (error) {
    if (!isDamaged(error)) throw error;
    return anew();
  }
}

function isDamaged(error: unknown): boolean {
  return error instanceof AppError && error.code === 'store/damaged';
}

function prepare(db: DatabaseSync) {
  return {
    some: db.prepare('select key, place from anchors where key > ? order by key limit 50000'),
    drop: db.prepare('delete from anchors where key = ?'),
    find: db.prepare('select place from anchors where key = ?'),
    add: db.prepare('insert or replace into anchors (key, place) values (?, ?)'),
    put: db.prepare("insert or replace into state (name, value) values ('through', ?)"),
    through: db.prepare("select value from state where name = 'through'"),
  };
}

/** Not where another process has it open, nor where there is no room: it is only larger then. */
function packWhereItPays(db: DatabaseSync, file: string): void {
  try {
    db.exec('pragma wal_checkpoint(truncate)');
    const { rows } = db.prepare('select count(*) as rows from anchors').get() as { rows: number };
    if (statSync(file).size > WORTH_PACKING * (rows * ROW_BYTES) + 16_384) db.exec('vacuum');
  } catch {
    // Not packed.
  }
}

function closeQuietly(db: DatabaseSync): void {
  try {
    db.close();
  } catch {
    // A damaged one may not close; it is removed.
  }
}
