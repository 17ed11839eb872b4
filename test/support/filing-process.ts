/**
 * A process that files and is meant to be killed: `node filing-process.ts apply|undo JOURNAL PLAN`. Says "begun" when it
 * has the journal, and ends with 0 where nothing failed.
 */
import { readFileSync, writeSync } from 'node:fs';
import { createFileActs } from '#adapters/files';
import { openJournal } from '#adapters/sqlite';
import { applyPlan, readPlan, recover, takeBack } from '#filing';
import { noProgress, systemClock } from '#kernel';
import { createTagParts } from '../../src/main/tag-parts.ts';

const [work, journalFile = '', planFile = ''] = process.argv.slice(2);
using journal = openJournal(journalFile, 5_000);
writeSync(1, 'begun\n');
const parts = { acts: createFileActs(), journal, tags: createTagParts(), clock: systemClock, wait: async () => {} };
const pace = { width: 4, retries: 0, retryDelayMs: 0 };
const options = { signal: new AbortController().signal, progress: noProgress, pace, dryRun: false };
await recover(parts);
const reports =
  work === 'undo'
    ? await takeBack(
        journal.entries({ states: ['done'] }).filter(({ concerns }) => concerns === null),
        parts,
        options,
      )
    : (
        await applyPlan(readPlan(readFileSync(planFile, 'utf8')), parts, {
          ...options,
          onItem: () => {},
          protectedPaths: [],
        })
      ).items;
for (const { error } of reports) if (error !== null) process.stderr.write(`${error.code}: ${error.message}\n`);
process.exitCode = reports.every(({ error }) => error === null) ? 0 : 3;
