/** Databases that may be damaged. */
import { rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isUnreadable, translate } from './errors.ts';

/** @returns undefined where the file is not there, or nothing of it can be read */
export function openQuietly(file: string): DatabaseSync | undefined {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file);
    db.prepare('select count(*) from sqlite_schema').get();
    return db;
  } catch (error) {
    if (db?.isOpen) db.close();
    if (isUnreadable(error)) return undefined;
    throw translate(error, file);
  }
}

/** With what SQLite keeps beside it. */
export function removeDatabase(file: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(file + end, { force: true });
}
