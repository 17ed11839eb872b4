/**
 * A process that scans slowly and is meant to be killed: `node scan-process.ts ROOT CATALOGUE DELAY`. Tells `+PATH`
 * when a file is taken up and `=PATH` when its result is committed.
 */

import { createFileTree } from '#adapters/files';
import { openCatalogue } from '#adapters/sqlite';
import { DEFAULT_SCAN_SETTINGS, scan } from '#catalogue';
import { noProgress, systemClock } from '#kernel';
import { createFakeWorkers } from './fake-workers.ts';
import { bytePath } from './music-folder.ts';

const [root = '', catalogue = '', delay = '0'] = process.argv.slice(2);
await using store = await openCatalogue(catalogue, { clock: systemClock, owner: 'a scan', waitMs: 5_000 });
const tell = (line: string): unknown => process.stdout.write(`${line}\n`);
const workers = createFakeWorkers({ width: 3, delayMs: Number(delay), during: (path) => tell(`+${path}`) });
const parts = { store, tree: createFileTree(), workers, clock: systemClock, settings: DEFAULT_SCAN_SETTINGS };
const options = { signal: new AbortController().signal, progress: noProgress };
for await (const { path } of scan({ ...parts, roots: [bytePath(root)] }, options)) tell(`=${path}`);
