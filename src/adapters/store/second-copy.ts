/**
 * The second copy of a store's tables: `copy.db`, the tables as they were once, all rows checked, and `copy.log`, the
 * changes of every transaction since. A record of the log is a number, a length, the CRC-32 of the changes before, one of
 * its own changes, one of those four, and a changeset of SQLite's; a record whose number comes again replaces the one
 * before, for its transaction was not committed. A power cut can take one of tables and log back and not the other: a
 * record that does not follow from what was before it tells. Nothing reads it but the repair.
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
import { createNumbers, type Transaction, transactionOf } from './numbers.ts';

const HEADER_BYTES = 24;
const CHECKED_BYTES = 20;
/** A log smaller than this is never worth a new copy. Chosen. */
const LEAST_LOG = 64 << 10;

export interface SecondCopy extends Disposable {
  /** Adds the changes of the transaction that follows `before`, before it is committed. */
  append(before: Transaction, changes: Uint8Array): Transaction;
  /** What was added survives a power cut from here on. */
  sync(): void;
  /** Has the log outgrown the copy, or does it not lead to this transaction? */
  isStale(last: Transaction): boolean;
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
    append: (before, changes) =>
      guard(() => {
        const next = { number: before.number + 1, changes: crc32(changes) };
        const record = Buffer.alloc(HEADER_BYTES + changes.length);
        record.writeBigUInt64LE(BigInt(next.number), 0);
        record.writeUInt32LE(changes.length, 8);
        record.writeUInt32LE(before.changes, 12);
        record.writeUInt32LE(next.changes, 16);
        record.writeUInt32LE(crc32(record.subarray(0, CHECKED_BYTES)), CHECKED_BYTES);
        record.set(changes, HEADER_BYTES);
        try {
          const end = opened(next.number);
          for (let done = 0; done < record.length; ) done += writeSync(end, record, done);
          return next;
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
    isStale: (last) => {
      if (sizeOf(log) > Math.max(LEAST_LOG, sizeOf(copy))) return true;
      const { records, isWhole } = readLog(folder);
      const copied = transactionIn(copy);
      return !isWhole || copied === undefined || !isSame(reachedBy(records, copied), last);
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
        // An empty one: where there is none, it was lost, and with it changes.
        closeSync(openSync(`${log}.new`, 'w'));
        renameSync(`${log}.new`, log);
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
    const isSound = header.readUInt32LE(CHECKED_BYTES) === crc32(header.subarray(0, CHECKED_BYTES));
    if (end > size || !isSound || header.readBigUInt64LE(0) >= number) return Math.min(at, size);
    at = end;
  }
}

export interface SavedChanges {
  readonly transaction: Transaction;
  /** What the transaction before it changed, as {@link Transaction.changes} has it. */
  readonly before: number;
  readonly bytes: Uint8Array;
}

/** The log's records up to the first that is damaged or cut off. */
export function readLog(folder: string): { records: readonly SavedChanges[]; isWhole: boolean } {
  const bytes = readIfThere(path.join(folder, 'copy.log'));
  if (bytes === undefined) return { records: [], isWhole: false };
  const records: SavedChanges[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const length = bytes.readUInt32LE(at + 8);
    if (bytes.readUInt32LE(at + CHECKED_BYTES) !== crc32(bytes.subarray(at, at + CHECKED_BYTES))) break;
    const saved = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
    const changes = bytes.readUInt32LE(at + 16);
    if (saved.length < length || changes !== crc32(saved)) break;
    const number = Number(bytes.readBigUInt64LE(at));
    if (records.at(-1)?.transaction.number === number) records.pop();
    records.push({ transaction: { number, changes }, before: bytes.readUInt32LE(at + 12), bytes: saved });
    at += HEADER_BYTES + length;
  }
  return { records, isWhole: at === bytes.length };
}

/** Does the record say what came right after this transaction? */
export function follows({ transaction, before }: SavedChanges, at: Transaction): boolean {
  return transaction.number === at.number + 1 && before === at.changes;
}

export function isSame(a: Transaction, b: Transaction): boolean {
  return a.number === b.number && a.changes === b.changes;
}

/** The last transaction that can be had from a copy of which it is known up to which it goes. */
function reachedBy(records: readonly SavedChanges[], copied: Transaction): Transaction {
  return records.reduce((at, record) => (follows(record, at) ? record.transaction : at), copied);
}

/** Up to which transaction a copy goes; undefined where it cannot be read. */
function transactionIn(copy: string): Transaction | undefined {
  try {
    const db = new DatabaseSync(copy, { readOnly: true });
    const transaction = transactionOf(db);
    db.close();
    return transaction;
  } catch {
    return undefined;
  }
}

/**
 * What is wrong with the copy, in sentences.
 * @param last the last transaction of the tables, where it is known
 * @param known what is wrong with the tables themselves, of which it is a copy
 */
export function examineCopy(
  folder: string,
  last: Transaction | undefined,
  known: readonly string[],
): readonly string[] {
  const wrong: string[] = [];
  try {
    const { records, isWhole } = readLog(folder);
    if (!isWhole) wrong.push('copy.log, the second copy of the latest changes, is damaged or not there.');
    const file = path.join(folder, 'copy.db');
    checkHead(file);
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      const own = examineTables(db).filter((message) => !known.includes(message));
      wrong.push(...own.map((message) => `In copy.db, the second copy of the tables: ${message}`));
      // What lies behind was not committed, or a power cut has taken it back.
      const committed = records.filter(({ transaction }) => last === undefined || transaction.number <= last.number);
      const reached = reachedBy(committed, createNumbers(db).transaction());
      if (isWhole && last !== undefined && !isSame(reached, last))
        wrong.push('The second copy of the tables lacks the latest changes.');
    } finally {
      db.close();
    }
  } catch (error) {
    wrong.push(`The second copy of the tables cannot be read: ${(error as Error).message}`);
  }
  return wrong;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
