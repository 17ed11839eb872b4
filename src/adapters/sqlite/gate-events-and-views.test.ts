import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { bytesOfPath } from '#kernel';
import { describeEventStore } from '../../gate/event-store.contract.ts';
import { describeViewStore, type JudgedFile } from '../../gate/view-store.contract.ts';
import { type Connection, openConnection } from './connection.ts';
import { addEvents, createEventStore } from './gate-events.ts';
import { createViewStore } from './gate-views.ts';
import { MIGRATIONS } from './migrations.ts';
import { migrate } from './schema.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'reprise-gate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(): Connection {
  const connection = openConnection(path.join(folder, 'catalogue.db'), 1_000);
  migrate(connection, MIGRATIONS);
  return connection;
}

describeEventStore('SQLite', async () => {
  const connection = open();
  return {
    store: createEventStore(connection),
    addEvents: (bodies, at) => connection.transact(() => addEvents(connection, bodies, at)),
    close: async () => connection[Symbol.dispose](),
  };
});

describeViewStore('SQLite', async () => {
  const connection = open();
  return {
    store: createViewStore(connection),
    judge: (file) => judge(connection, file),
    close: async () => connection[Symbol.dispose](),
  };
});

const JUDGE = `
  insert into intakes (path, inode, size_bytes, mtime_ns, stamp, inbox, verdict_word, verdict, admitted, decided_at_ms)
  values (?, 1, 1, 1, '1:1:1:1:1', ?, ?, ?, ?, 1)`;

function judge(connection: Connection, { path: file, inbox, word, isAdmitted, placed = undefined }: JudgedFile): void {
  const verdict = JSON.stringify({ path: file, verdict: word, placed: placed ?? null });
  connection.arrays(JUDGE, bytesOfPath(file), inbox, word, verdict, Number(isAdmitted));
}
