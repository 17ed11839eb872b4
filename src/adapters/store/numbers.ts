/** Numbers of rows that were given are never given again, whatever became of the rows; and by which transaction tables came to be. */
import type { DatabaseSync } from 'node:sqlite';
import { createCheckedTable } from './checked-table.ts';
import { damaged } from './errors.ts';
import { NUMBERS } from './schema.ts';

/** What has numbers. */
export type Numbered = (typeof NUMBERED)[number];
export const NUMBERED = ['nodes', 'contents', 'blobs', 'packs', 'transactions'] as const;

/** A transaction, and by which changes: another may have had its number, and been taken back by a power cut. */
export interface Transaction {
  readonly number: number;
  /** CRC-32 of its changes. */
  readonly changes: number;
}

/** The row that holds {@link Transaction.changes}. */
const CHANGES = 'changes';
/** Rows that hold which request a server of the tree has done last: see {@link Numbers.mark}. */
const REQUEST = 'request ';

export interface Numbers {
  /** The highest that was ever given; 0 at first. @throws AppError `store/damaged` */
  last(name: Numbered): number;
  /** Gives the next. */
  give(name: Numbered): number;
  /** This one was given. */
  given(name: Numbered, number: number): void;
  /** The last that changed something. @throws AppError `store/damaged` */
  transaction(): Transaction;
  setTransaction(transaction: Transaction): void;
  /** The number of the last request that the server of this number has done; part of the transaction that did it. */
  mark(server: number, request: number): void;
  marks(): readonly number[];
  clearMarks(): void;
}

export function createNumbers(db: DatabaseSync): Numbers {
  const table = createCheckedTable(db, NUMBERS);
  function last(name: Numbered | typeof CHANGES): number {
    const row = table.get(name);
    if (row === undefined) throw damaged(`The store does not know which number of "${name}" comes next.`);
    return row['last'] as number;
  }
  function given(name: Numbered, number: number): void {
    if (number > last(name)) table.put({ name, last: number });
  }
  return {
    last,
    given,
    transaction: () => ({ number: last('transactions'), changes: last(CHANGES) }),
    setTransaction({ number, changes }) {
      table.put({ name: 'transactions', last: number });
      table.put({ name: CHANGES, last: changes });
    },
    mark: (server, request) => table.put({ name: `${REQUEST}${server}`, last: request }),
    marks: () => table.select('where name glob ?', `${REQUEST}*`).map(({ last }) => last as number),
    clearMarks() {
      for (const { name } of table.select('where name glob ?', `${REQUEST}*`)) table.drop(name as string);
    },
    give(name) {
      const number = last(name) + 1;
      table.put({ name, last: number });
      return number;
    },
  };
}

/** Undefined where the tables do not say it, or cannot be read. */
export function transactionOf(db: DatabaseSync): Transaction | undefined {
  try {
    return createNumbers(db).transaction();
  } catch {
    return undefined;
  }
}

/** For new tables. */
export function makeNumbers(db: DatabaseSync): void {
  const table = createCheckedTable(db, NUMBERS);
  for (const name of [...NUMBERED, CHANGES]) table.put({ name, last: 0 });
}
