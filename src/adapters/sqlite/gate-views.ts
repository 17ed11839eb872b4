/** What views have made, and what they are to show. */
import type { GateVerdict, ViewEntry, ViewStore } from '#gate';
import { bytesOfPath, pathFromBytes } from '#kernel';
import { type Connection, durably } from './connection.ts';

export function createViewStore(connection: Connection): ViewStore {
  return {
    viewEntries: async (view) =>
      connection
        .arrays('select path, target, kind, stamp from view_entries where view = ? order by path', view)
        .map(entryOf),
    addViewEntries: async (view, entries) => inOne(connection, entries, (entry) => putEntry(connection, view, entry)),
    removeViewEntries: async (view, paths) =>
      inOne(connection, paths, (path) => {
        connection.arrays('delete from view_entries where view = ? and path = ?', view, bytesOfPath(path));
      }),
    shownFiles: async (inbox, afterId, most) => connection.arrays(SHOWN, inbox, afterId, most).map(shownOf),
  };
}

function inOne<T>(connection: Connection, items: readonly T[], write: (item: T) => void): void {
  if (items.length === 0) return;
  durably(connection, () => connection.transact(() => items.forEach(write)));
}

const PUT = `
  insert into view_entries (view, path, target, kind, stamp) values (?, ?, ?, ?, ?)
  on conflict do update set target = excluded.target, kind = excluded.kind, stamp = excluded.stamp`;

function putEntry(connection: Connection, view: string, { path, target, kind, stamp }: ViewEntry): void {
  connection.arrays(PUT, view, bytesOfPath(path), bytesOfPath(target), kind, stamp);
}

function entryOf(row: readonly unknown[]): ViewEntry {
  return {
    path: pathFromBytes(row[0] as Uint8Array),
    target: pathFromBytes(row[1] as Uint8Array),
    kind: row[2] as ViewEntry['kind'],
    stamp: row[3] as ViewEntry['stamp'],
  };
}

const SHOWN = `
  select id, path, verdict from intakes
  where inbox = ? and id > ? and (admitted = 1 or verdict_word = 'unknown') order by id limit ?`;

function shownOf(row: readonly unknown[]): Awaited<ReturnType<ViewStore['shownFiles']>>[number] {
  // Not SQLite's own JSON: it knows no names that are not Unicode.
  const { placed } = JSON.parse(row[2] as string) as GateVerdict;
  return { id: row[0] as number, path: pathFromBytes(row[1] as Uint8Array), placed };
}
