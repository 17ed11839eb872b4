/** A process that reconciles a view and is meant to be killed: `node view-process.ts FOLDER MODE`. Says "begun" before. */
import { writeSync } from 'node:fs';
import { createFileActs } from '#adapters/files';
import { createView } from '#gate';
import { openGateStore } from './gate-store.ts';
import { viewedInbox, viewSettings } from './view-place.ts';

const [folder = '', mode = 'symlink'] = process.argv.slice(2);
using gate = openGateStore(`${folder}/catalogue.db`);
writeSync(1, 'begun\n');
const settings = viewSettings(folder, { mode: mode as 'symlink' | 'copy' });
const view = createView({ settings, inbox: viewedInbox(folder), store: gate.store, acts: createFileActs() });
await view.reconcile({
  signal: new AbortController().signal,
  onTrouble: (error) => void process.stderr.write(`${error.message}\n`),
});
