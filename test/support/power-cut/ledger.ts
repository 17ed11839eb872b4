/** A SQLite database that another process writes to, and what is found in it afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface Ledger {
  /** Numbers of the rows that are acknowledged so far. */
  readonly rows: readonly number[];
  /** When its process has ended, by itself or for want of a disk. */
  readonly ended: Promise<void>;
  /** @throws Error when it ends before it has acknowledged so many */
  reaches(rows: number): Promise<void>;
}

/** Starts writing, in WAL mode, row by row. @param rows how many; left out: until something stops it */
export function startLedger(
  file: string,
  synchronous: 'FULL' | 'OFF',
  rows: number = Number.POSITIVE_INFINITY,
): Ledger {
  const script = path.join(import.meta.dirname, 'ledger-process.ts');
  const child: ChildProcess = spawn(process.execPath, [script, file, synchronous, `${rows}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const told: number[] = [];
  let rest = '';
  child.stdout?.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    told.push(...lines.map(Number));
    child.emit('told');
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    rows: told,
    ended,
    async reaches(count) {
      let isOver = false;
      void ended.then(() => {
        isOver = true;
      });
      while (told.length < count) {
        if (isOver) throw new Error(`The ledger ended after ${told.length} rows.`);
        await Promise.race([ended, new Promise((resolve) => child.once('told', resolve))]);
      }
    },
  };
}

/** @throws Error of SQLite, as where there is no table */
export function readLedger(file: string): {
  readonly integrity: unknown;
  readonly rows: number;
  readonly last: number;
} {
  using database = new DatabaseSync(file);
  const { rows, last } = database.prepare('SELECT count(*) AS rows, max(n) AS last FROM ledger').get() ?? {};
  const integrity = database.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
  return { integrity, rows: Number(rows), last: Number(last) };
}
