/**
 * The journal of filing in one SQLite file. Every write is durable when it returns (`synchronous = full`), because what is
 * done next to a person's files rests on it.
 */
import type { Entry, EntryChange, EntryFilter, Journal, NewEntry } from '#filing';
import type { Connection } from './connection.ts';
import { openConnection } from './connection.ts';
import { readText, textOf } from './journal-text.ts';
import type { Migration } from './migrations.ts';
import { migrate } from './schema.ts';

/** `body` is the entry as JSON without the columns that are searched by. */
const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
create table entries (
  n integer primary key autoincrement,
  plan text not null,
  state text not null,
  at_ms integer not null,
  body text not null
) strict;
create index entries_by_plan on entries (plan);
create index entries_by_state on entries (state);`,
  },
  {
    version: 2,
    sql: `
alter table entries add column verb text generated always as (body ->> '$.verb') virtual;
create index entries_by_verb on entries (verb, state);`,
  },
];

/**
 * Opens the journal, makes it where there is none, and locks it for this process.
 * @param waitMs how long to wait for another process to let go
 * @throws AppError `journal/locked`, `journal/corrupt`, `journal/denied`, `journal/too-new`, `journal/disk-full`
 */
export function openJournal(file: string, waitMs = 1_000): Journal {
  const connection = openConnection(file, waitMs, 'journal');
  try {
    connection.script('pragma synchronous = full');
    migrate(connection, MIGRATIONS);
  } catch (error) {
    connection[Symbol.dispose]();
    throw error;
  }
  return {
    add: (entries) => connection.transact(() => entries.map((entry) => addEntry(connection, entry))),
    change: (changes) => connection.transact(() => changes.forEach((change) => void changeEntry(connection, change))),
    inHand: { entries: new Set(), plans: new Set() },
    entries: (filter) => entriesBy(connection, filter),
    [Symbol.dispose]: () => connection[Symbol.dispose](),
  };
}

function addEntry(connection: Connection, entry: NewEntry): Entry {
  const { plan, state, at, ...body } = entry;
  const insert = 'insert into entries (plan, state, at_ms, body) values (?, ?, ?, ?) returning n';
  const [row] = connection.arrays(insert, plan, state, at, textOf(body));
  return { ...entry, n: Number(row?.[0]) };
}

function changeEntry(connection: Connection, { n, ...change }: EntryChange): void {
  const [entry] = entriesBy(connection, { numbers: [n] });
  if (entry === undefined) throw new Error(`The journal has no entry ${n}.`);
  const { n: _, plan, state, at, ...body } = { ...entry, ...change };
  connection.arrays('update entries set state = ?, body = ? where n = ?', state, textOf(body), n);
}

function entriesBy(connection: Connection, { plan, states, verbs, since, numbers }: EntryFilter): Entry[] {
  // Only the conditions that are asked for: one that may be absent keeps SQLite from using an index.
  const conditions: readonly (readonly [sql: string, value: string | number | undefined])[] = [
    ['plan = ?', plan],
    ['at_ms >= ?', since],
    ['state in (select value from json_each(?))', states && JSON.stringify(states)],
    ['verb in (select value from json_each(?))', verbs && JSON.stringify(verbs)],
    ['n in (select value from json_each(?))', numbers && JSON.stringify(numbers)],
  ];
  const asked = conditions.filter(([, value]) => value !== undefined);
  const where = asked.length === 0 ? '' : `where ${asked.map(([sql]) => sql).join(' and ')}`;
  const rows = connection.arrays(
    `select n, plan, state, at_ms, body from entries ${where} order by n`,
    ...asked.map(([, value]) => value as string | number),
  );
  return rows.map(([n, id, state, at, body]) => ({
    ...(readText(body as string) as Omit<Entry, 'n' | 'plan' | 'state' | 'at'>),
    n: n as number,
    plan: id as string,
    state: state as Entry['state'],
    at: at as number,
  }));
}
