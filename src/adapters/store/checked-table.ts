/**
 * Tables whose rows carry a checksum over all that a reader depends on, so that a flipped bit is an error and never
 * another answer. The checksum is CRC-32 over the table's name and the row's values in the order of its columns.
 */

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { damaged } from './errors.ts';

export type Value = number | bigint | string | Uint8Array | null;
export type Row = Record<string, Value>;

export interface TableSpec {
  readonly name: string;
  readonly key: readonly string[];
  /** All columns but the checksum, keys first, in the order of the checksum. */
  readonly columns: readonly string[];
  /** Columns with integers beyond 53 bits. */
  readonly big?: readonly string[];
}

export interface CheckedTable {
  readonly spec: TableSpec;
  /** @throws AppError `store/damaged` */
  get(...key: Value[]): Row | undefined;
  /** Rows by a condition: `where …`, checked. */
  select(condition: string, ...values: Value[]): Row[];
  put(row: Row): void;
  drop(...key: Value[]): void;
  /** Like {@link select}, with what contradicts its checksum told apart. */
  examine(condition: string, ...values: Value[]): Iterable<{ row: Row; isSound: boolean }>;
}

export function createCheckedTable(db: DatabaseSync, spec: TableSpec): CheckedTable {
  const { name, key, columns, big = [] } = spec;
  const statements = new Map<string, StatementSync>();
  const hasBig = big.length > 0;
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = db.prepare(sql);
      statement.setReadBigInts(hasBig);
      statements.set(sql, statement);
    }
    return statement;
  };
  const list = `${columns.join(', ')}, sum`;
  const byKey = key.map((column) => `${column} = ?`).join(' and ');
  const values = (row: Row): SQLInputValue[] => columns.map((column) => row[column] as SQLInputValue);

  function read(raw: Row): Row {
    if (!hasBig) return raw;
    for (const column of [...columns, 'sum']) {
      const value = raw[column];
      if (typeof value === 'bigint' && !big.includes(column)) raw[column] = Number(value);
    }
    return raw;
  }
  function checked(raw: Row): Row {
    const row = read(raw);
    if (row['sum'] !== sumOf(spec, row)) {
      const which = key.map((column) => show(row[column] ?? null)).join(', ');
      throw damaged(`The store's row ${which} of the table "${name}" contradicts its checksum.`);
    }
    return row;
  }
  const select = (condition: string, given: Value[]): Row[] =>
    prepare(`select ${list} from ${name} ${condition}`).all(...(given as SQLInputValue[])) as Row[];
  const getting = `select ${list} from ${name} where ${byKey}`;
  const putting = `insert or replace into ${name} (${list}) values (${[...columns, 'sum'].map(() => '?').join(', ')})`;
  const dropping = `delete from ${name} where ${byKey}`;

  return {
    spec,
    get: (...wanted) => {
      const row = prepare(getting).get(...(wanted as SQLInputValue[]));
      return row === undefined ? undefined : checked(row as Row);
    },
    select: (condition, ...given) => select(condition, given).map(checked),
    put: (row) => {
      prepare(putting).run(...values(row), sumOf(spec, row));
    },
    drop: (...wanted) => {
      prepare(dropping).run(...(wanted as SQLInputValue[]));
    },
    *examine(condition, ...given) {
      const sql = `select ${list} from ${name} ${condition}`;
      try {
        for (const raw of prepare(sql).iterate(...(given as SQLInputValue[]))) {
          const row = read(raw as Row);
          yield { row, isSound: row['sum'] === sumOf(spec, row) };
        }
      } catch (error) {
        // A statement that failed on the way would fail again at its next use, whatever it is asked then.
        statements.delete(sql);
        throw error;
      }
    },
  };
}

export function sumOf({ name, columns }: TableSpec, row: Row): number {
  let sum = 0;
  // One call for as many values as can be: calls cost more than bytes.
  let text = name;
  for (const column of columns) {
    const value = row[column] ?? null;
    if (value instanceof Uint8Array) {
      sum = crc32(value, crc32(`${text}\0${value.length}:`, sum));
      text = '';
    } else text += `\0${typeof value === 'string' ? `'${value}` : value}`;
  }
  return text === '' ? sum : crc32(text, sum);
}

function show(value: Value): string {
  return value instanceof Uint8Array ? `"${new TextDecoder().decode(value)}"` : String(value);
}
