/**
 * A process that works on a store until something stops it: `node store-process.ts PLACE`, see {@link WorkPlace}. Tells on
 * lines of JSON, before and after each act.
 */
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { openTestStore } from './store.ts';
import type { Told } from './store-claims.ts';
import { createWork, prepareSources, type WorkPlace } from './store-work.ts';

export interface ProcessPlace extends WorkPlace {
  /** Alone with the store: it begins with what a crash has left. */
  readonly recovers: boolean;
}

const place = JSON.parse(process.argv[2] ?? '') as ProcessPlace;
const tell = (told: Told): void => void writeSync(1, `${JSON.stringify(told)}\n`);
const nowNs = (): bigint => BigInt(Date.now()) * 1_000_000n;
if (place.recovers) prepareSources(place.sources);
const work = createWork(place, () => openTestStore(place.store, { nowNs }), tell);
if (await isBegun()) tell({ ready: true });
else process.exit(0);
// Else only a process that is not killed would leave its compiled code to the next.
flushCompileCache();
// One goes on as if nothing had happened, or begins anew; what cannot be opened again and again is given up.
for (let refused = 0; refused < 5; ) {
  if ((await work.step()) === undefined) refused = 0;
  else if (++refused % 2 === 1) await work.perform('reopen');
}

async function isBegun(): Promise<boolean> {
  for (let tries = 0; tries < 3; tries++)
    if ((await work.perform(place.recovers ? 'recover' : 'reopen')) === undefined) return true;
  return false;
}
