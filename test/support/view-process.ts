/**
 * A process that reconciles a view and is meant to be killed: `node view-process.ts FOLDER MODE CALLS`. Comes to a stop right
 * after it made so many links or copies, and says "there".
 */
import { writeSync } from 'node:fs';
import { createFileActs } from '#adapters/files';
import { createView, type ViewActs } from '#gate';
import { openGateStore } from './gate-store.ts';
import { viewedInbox, viewSettings } from './view-place.ts';

const [folder = '', mode = 'symlink', calls = '0'] = process.argv.slice(2);
using gate = openGateStore(`${folder}/catalogue.db`);
const acts = createFileActs();
let made = 0;

function stopWhereAsked(): void {
  made += 1;
  if (made < Number(calls)) return;
  writeSync(1, 'there\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const stopping: ViewActs = {
  ...acts,
  symbolicLink(target, name) {
    acts.symbolicLink(target, name);
    stopWhereAsked();
  },
  async copy(file, copy, signal) {
    const copied = await acts.copy(file, copy, signal);
    stopWhereAsked();
    return copied;
  },
};
const settings = viewSettings(folder, { mode: mode as 'symlink' | 'copy' });
const view = createView({ settings, inbox: viewedInbox(folder), store: gate.store, acts: stopping });
await view.reconcile({
  signal: new AbortController().signal,
  onTrouble: (error) => void process.stderr.write(`${error.message}\n`),
});
