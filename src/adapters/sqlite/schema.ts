import { AppError } from '#kernel';
import type { Connection } from './connection.ts';
import { damaged } from './errors.ts';
import type { Migration } from './migrations.ts';

/** "Rprs", in SQLite's header: tells a catalogue from any other database. Chosen. */
const APPLICATION_ID = 0x52707273;

/**
 * Brings the catalogue to the newest schema, one transaction a step.
 * @throws AppError `catalogue/too-new` (a newer program made it), `catalogue/corrupt` (not a catalogue)
 */
export function migrate(connection: Connection, migrations: readonly Migration[]): void {
  const version = numberOf(connection, 'pragma user_version');
  const newest = migrations.at(-1)?.version ?? 0;
  if (version > 0 || hasTables(connection)) checkOwner(connection);
  if (version > newest) throw tooNew(connection.file, version, newest);
  for (const step of migrations.filter((migration) => migration.version > version)) {
    connection.transact(() => {
      connection.script(step.sql);
      connection.script(`pragma application_id = ${APPLICATION_ID}; pragma user_version = ${step.version}`);
    });
  }
}

function checkOwner(connection: Connection): void {
  if (numberOf(connection, 'pragma application_id') === APPLICATION_ID) return;
  throw damaged(connection.file, 'it is a database of another program');
}

function hasTables(connection: Connection): boolean {
  return numberOf(connection, 'select count(*) from sqlite_schema') > 0;
}

function tooNew(file: string, version: number, newest: number): AppError {
  const text = `The catalogue ${file} has schema ${version}; this program knows schemas up to ${newest}.`;
  return new AppError('catalogue/too-new', text, {
    kind: 'unsupported',
    hint: 'Use the newer program that made it, or another data folder with --data.',
  });
}

function numberOf(connection: Connection, sql: string): number {
  return Number(connection.arrays(sql)[0]?.[0]);
}
