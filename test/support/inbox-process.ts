/**
 * A process that watches an inbox and may be killed: `node inbox-process.ts INBOX JUDGED [POLL-SECONDS]`. Writes each file
 * that it takes over to JUDGED, as the gate commits it, and tells its name; lines with `!` are trouble.
 */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSameWriting, type StampKey } from '#catalogue';
import { watchInbox } from '#gate';
import { type BytePath, systemClock } from '#kernel';
import { createFileTree, createRootFinder, createWriterProbe } from '../../src/adapters/files/index.ts';
import { createFolderWatcher } from '../../src/adapters/watch/index.ts';

const [root = '', log = '', pollSeconds = '3600'] = process.argv.slice(2);
const judged = new Map<string, StampKey>();
for (const line of fs.existsSync(log) ? fs.readFileSync(log, 'utf8').split('\n') : []) {
  const [stamp, file] = line.split(' ');
  if (stamp && file) judged.set(file, stamp as StampKey);
}

const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
await watchInbox(
  {
    settings: {
      ...{ name: 'downloads', path: root as BytePath, watch: 'auto', exclude: [] },
      ...{ pollSeconds: Number(pollSeconds), stableSeconds: 0.2 },
    },
    tree: createFileTree(),
    roots: createRootFinder(),
    watcher: createFolderWatcher(),
    writers: createWriterProbe(),
    isKnown: async (file, stamp) => isSameWriting(judged.get(file) ?? ('' as StampKey), stamp),
    clock: systemClock,
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  },
  {
    signal: stopping.signal,
    onReady: async (files) => {
      for (const file of files) {
        fs.appendFileSync(log, `${file.stamp} ${file.path}\n`);
        fs.writeSync(1, `${path.relative(root, file.path)}\n`);
      }
    },
    onTrouble: ({ code, hint }) => fs.writeSync(1, `!${code} ${hint}\n`),
  },
);
