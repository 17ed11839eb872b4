/**
 * Brings SQLite's write-ahead log to the disk, and what it holds into the database. Where a disk has refused to sync, it says
 * the next time that all is well, though bytes may be missing for good: of a log with such a gap nothing behind it counts after a
 * power cut, and a database into which it was brought contradicts itself. So the log is written anew before it is synced
 * again, and SQLite, which does not do that, is given nothing to bring over that was not synced here.
 * @see https://wiki.postgresql.org/wiki/Fsync_Errors
 */
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** After so many bytes it is brought over, by a rough reckoning: what SQLite itself would wait for. */
const MOST_BYTES = 4 << 20;
/** Of a transaction, beside what it changes: a page of each of the tables that most of them touch. */
const LEAST_BYTES = 16 << 10;
const COPY_BYTES = 1 << 20;

export interface WriteAheadLog {
  /** What was committed survives a power cut from here on. */
  sync(): void;
  /** Something was committed that changes so many bytes. */
  grown(bytes: number): void;
  /** Before the database is closed, upon which SQLite brings everything over. */
  settle(): void;
}

/** @param file of the database */
export function openWriteAheadLog(db: DatabaseSync, file: string): WriteAheadLog {
  const log = `${file}-wal`;
  db.exec('pragma wal_autocheckpoint = 0');
  let isDoubtful = false;
  let bytes = 0;

  function sync(): void {
    if (!isDoubtful && !isRefused(log)) return;
    isDoubtful = true;
    aloneAmongWriters(db, () => writeAnew(log));
    isDoubtful = false;
  }

  return {
    sync,
    grown(more) {
      bytes += LEAST_BYTES + more;
      if (bytes < MOST_BYTES) return;
      try {
        sync();
        db.exec('pragma wal_checkpoint(passive)');
        bytes = 0;
      } catch {
        // It is committed all the same; the next one tries again, and whoever asks for a sync is told.
      }
    },
    settle() {
      try {
        sync();
      } catch {
        // Nobody was promised what is not safe.
      }
    },
  };
}

function isRefused(log: string): boolean {
  try {
    withFile(log, 'r', fsyncSync);
    return false;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    // Everything is in the database, which SQLite brought to the disk before it removed the log.
    if (code === 'ENOENT') return false;
    if (syscall === 'fsync') return true;
    throw error;
  }
}

/** Nobody adds to the log meanwhile, or begins it anew. */
function aloneAmongWriters(db: DatabaseSync, work: () => void): void {
  const isAlone = db.isTransaction;
  if (!isAlone) db.exec('begin immediate');
  try {
    work();
  } finally {
    if (!isAlone) db.exec('rollback');
  }
}

/** With the bytes that it has: a disk takes those for new, and writes them. */
function writeAnew(log: string): void {
  withFile(log, 'r+', (descriptor) => {
    const buffer = new Uint8Array(COPY_BYTES);
    for (let at = 0; ; ) {
      const length = readSync(descriptor, buffer, 0, buffer.length, at);
      if (length === 0) break;
      for (let done = 0; done < length; ) done += writeSync(descriptor, buffer, done, length - done, at + done);
      at += length;
    }
    fsyncSync(descriptor);
  });
}

function withFile(file: string, flags: string, work: (descriptor: number) => void): void {
  const descriptor = openSync(file, flags);
  try {
    work(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
