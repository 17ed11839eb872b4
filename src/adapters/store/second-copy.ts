/**
 * The second copy of a store's tables: `copy.db`, the tables as they were once, all rows checked, and `copy.log`, the
 * changes of every transaction since. A record of the log is a number, a length, a CRC-32 of what follows, and a
 * changeset of SQLite's; a record whose number comes again replaces the one before, for its transaction was not
 * committed. Nothing reads it but the repair.
 * @see https://sqlite.org/sessionintro.html
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { examineTables } from './damages.ts';
import { guarded } from './errors.ts';
import { checkHead } from './format.ts';
import { createNumbers } from './numbers.ts';

const HEADER_BYTES = 20;
/** A log smaller than this is never worth a new copy. Chosen. */
const LEAST_LOG = 64 << 10;

export interface SecondCopy extends Disposable {
  /** Adds a transaction's changes, before it is committed. */
  append(number: number, changes: Uint8Array): void;
  /** What was added survives a power cut from here on. */
  sync(): void;
  /** Has the log outgrown the copy, or does it not lead to the transaction of this number? */
  isStale(number: number): boolean;
  /**
   * Makes the copy anew from tables that were checked, and empties the log. Alone among writers.
   * @param settle makes sure of what the tables hold, before the copy holds it: a power cut must not take it from them alone
   */
  renew(db: DatabaseSync, settle?: () => void): void;
}

export function openSecondCopy(folder: string): SecondCopy {
  const log = path.join(folder, 'copy.log');
  const copy = path.join(folder, 'copy.db');
  let descriptor: number | undefined;
  const guard = <T>(work: () => T): T => guarded(log, work);

  /** For the record of this number. */
  function opened(number: number): number {
    // Another process has begun a new log.
    if (descriptor !== undefined && fstatSync(descriptor).nlink === 0) close();
    if (descriptor === undefined) {
      descriptor = openSync(log, 'a+');
      const end = endBefore(descriptor, number);
      if (end < fstatSync(descriptor).size) ftruncateSync(descriptor, end);
    }
    return descriptor;
  }

  function close(): void {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
  }

  return {
    append: (number, changes) =>
      guard(() => {
        const record = Buffer.alloc(HEADER_BYTES + changes.length);
        record.writeBigUInt64LE(BigInt(number), 0);
        record.writeUInt32LE(changes.length, 8);
        record.writeUInt32LE(crc32(record.subarray(0, 12)), 12);
        record.writeUInt32LE(crc32(changes), 16);
        record.set(changes, HEADER_BYTES);
        try {
          const end = opened(number);
          for (let done = 0; done < record.length; ) done += writeSync(end, record, done);
        } catch (error) {
          // What is there of it goes when the log is opened for the next.
          close();
          throw error;
        }
      }),
    sync: () =>
      guard(() => {
        if (descriptor !== undefined) fsyncSync(descriptor);
      }),
    isStale: (number) => {
      if (sizeOf(log) > Math.max(LEAST_LOG, sizeOf(copy))) return true;
      const { records, isWhole } = readLog(folder);
      const copied = numberIn(copy);
      return !isWhole || copied === undefined || reachedBy(records, copied) !== number;
    },
    renew: (db, settle = () => undefined) =>
      guard(() => {
        const made = `${copy}.new`;
        rmSync(made, { force: true });
        db.prepare('vacuum into ?').run(made);
        const file = openSync(made, 'r+');
        fsyncSync(file);
        closeSync(file);
        settle();
        renameSync(made, copy);
        // Should the old log outlive a power cut, its records are told by their numbers: the copy has them.
        close();
        rmSync(log, { force: true });
      }),
    [Symbol.dispose]: close,
  };
}

/**
 * Where the log's whole records end that come before this one. What lies behind was never committed, or a power cut has taken it
 * back from the tables; or it is the beginning of a record that a crash cut short.
 */
function endBefore(descriptor: number, number: number): number {
  const { size } = fstatSync(descriptor);
  const header = Buffer.alloc(HEADER_BYTES);
  for (let at = 0; ; ) {
    readSync(descriptor, header, 0, HEADER_BYTES, at);
    const end = at + HEADER_BYTES + header.readUInt32LE(8);
    const isSound = header.readUInt32LE(12) === crc32(header.subarray(0, 12));
    if (end > size || !isSound || header.readBigUInt64LE(0) >= number) return Math.min(at, size);
    at = end;
  }
}

export interface SavedChanges {
  readonly number: number;
  readonly changes: Uint8Array;
}

/** The log's records up to the first that is damaged or cut off. */
export function readLog(folder: string): { records: readonly SavedChanges[]; isWhole: boolean } {
  const bytes = readIfThere(path.join(folder, 'copy.log'));
  const records: SavedChanges[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const length = bytes.readUInt32LE(at + 8);
    if (bytes.readUInt32LE(at + 12) !== crc32(bytes.subarray(at, at + 12))) break;
    const changes = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
    if (changes.length < length || bytes.readUInt32LE(at + 16) !== crc32(changes)) break;
    const number = Number(bytes.readBigUInt64LE(at));
    if (records.at(-1)?.number === number) records.pop();
    records.push({ number, changes });
    at += HEADER_BYTES + length;
  }
  return { records, isWhole: at === bytes.length };
}

/** The last transaction that can be had from a copy of which it is known up to which it goes. */
function reachedBy(records: readonly SavedChanges[], copied: number): number {
  return records.reduce((at, record) => (record.number === at + 1 ? at + 1 : at), copied);
}

/** Up to which transaction a copy goes; undefined where it cannot be read. */
function numberIn(copy: string): number | undefined {
  try {
    const db = new DatabaseSync(copy, { readOnly: true });
    try {
      return createNumbers(db).last('transactions');
    } finally {
      db.close();
    }
  } catch {
    return undefined;
  }
}

/** What is wrong with the copy, in sentences. @param number of the last transaction, where it is known */
export function examineCopy(folder: string, number: number | undefined): readonly string[] {
  const wrong: string[] = [];
  try {
    const { records, isWhole } = readLog(folder);
    if (!isWhole) wrong.push('copy.log, the second copy of the latest changes, is damaged.');
    const file = path.join(folder, 'copy.db');
    checkHead(file);
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      wrong.push(...examineTables(db).map((message) => `In copy.db, the second copy of the tables: ${message}`));
      const reached = reachedBy(records, createNumbers(db).last('transactions'));
      if (isWhole && number !== undefined && reached < number)
        wrong.push('The second copy of the tables lacks the latest changes.');
    } finally {
      db.close();
    }
  } catch (error) {
    wrong.push(`The second copy of the tables cannot be read: ${(error as Error).message}`);
  }
  return wrong;
}

function readIfThere(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
