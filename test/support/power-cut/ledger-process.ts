/**
 * A process that writes to a SQLite database until something stops it: `node ledger-process.ts FILE SYNCHRONOUS [ROWS]`.
 * Tells the number of each row once its transaction is committed; with ROWS, ends after so many.
 */
import { writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const [file = '', synchronous = 'FULL', rows = 'Infinity'] = process.argv.slice(2);
const database = new DatabaseSync(file, { timeout: 20_000 });
database.exec(`PRAGMA synchronous = ${synchronous}; PRAGMA journal_mode = WAL`);
database.exec('CREATE TABLE IF NOT EXISTS ledger (n INTEGER PRIMARY KEY, filler BLOB NOT NULL)');
// Not RETURNING: `get` gives the row before its transaction is committed, and hides that the commit fails.
const insert = database.prepare('INSERT INTO ledger (filler) VALUES (zeroblob(500 + abs(random() % 5000)))');
for (let done = 0; done < Number(rows); done++) writeSync(1, `${insert.run().lastInsertRowid}\n`);
database.close();
