/**
 * A process that fills a journal and is meant to be killed: `node journal-process.ts JOURNAL`. Tells the number of each
 * entry once it is written, and again with a `+` once it is closed.
 */

import { writeSync } from 'node:fs';
import { openJournal } from '#adapters/sqlite';
import { sampleEntry } from '../../src/filing/journal.contract.ts';

const [file = ''] = process.argv.slice(2);
const journal = openJournal(file);
for (;;) {
  const [entry] = journal.add([sampleEntry()]);
  writeSync(1, `${entry?.n}\n`);
  journal.change([{ n: entry?.n ?? 0, state: 'done' }]);
  writeSync(1, `+${entry?.n}\n`);
}
