import { AppError } from '#kernel';
import type { Connection } from './connection.ts';
import { damaged } from './errors.ts';
import type { Migration } from './migrations.ts';

/** "Rprs" and "Rprj", in SQLite's header: tell a database of ours from any other. Chosen. */
const APPLICATION_IDS = { catalogue: 0x52707273, journal: 0x5270726a };

/**
 * Brings the database to the newest schema, one transaction a step.
 * @throws AppError `catalogue/too-new` (a newer program made it), `catalogue/corrupt` (not one of ours)
 */
export function migrate(connection: Connection, migrations: readonly Migration[]): void {
  const version = numberOf(connection, 'pragma user_version');
  const newest = migrations.at(-1)?.version ?? 0;
  if (version > 0 || hasTables(connection)) checkOwner(connection);
  if (version > newest) throw tooNew(connection, version, newest);
  for (const step of migrations.filter((migration) => migration.version > version)) {
    connection.transact(() => {
      connection.script(step.sql);
      connection.script(
        `pragma application_id = ${APPLICATION_IDS[connection.purpose]}; pragma user_version = ${step.version}`,
      );
    });
  }
}

function checkOwner(connection: Connection): void {
  if (numberOf(connection, 'pragma application_id') === APPLICATION_IDS[connection.purpose]) return;
  throw damaged(connection.file, connection.purpose, 'it is a database of another program');
}

function hasTables(connection: Connection): boolean {
  return numberOf(connection, 'select count(*) from sqlite_schema') > 0;
}

function tooNew({ file, purpose }: Connection, version: number, newest: number): AppError {
  const text = `The ${purpose} ${file} has schema ${version}; this program knows schemas up to ${newest}.`;
  return new AppError(`${purpose}/too-new`, text, {
    kind: 'unsupported',
    hint: 'Use the newer program that made it, or another data folder with --data.',
  });
}

function numberOf(connection: Connection, sql: string): number {
  return Number(connection.arrays(sql)[0]?.[0]);
}
