/**
 * A process that damages copies of a store, one after another, so that a crash of it is seen:
 * `node damaged-store-process.ts flips|damages STORE SCRATCH FIRST STRIDE SEED …`, with STEP and WHOLE for flips and COUNT
 * for damages. It says the number of each try before it begins with it, and then in JSON what came of it.
 */
import { writeSync } from 'node:fs';
import { truthOf } from './damaged-store.ts';
import { copyStore } from './damaged-store-content.ts';
import { damagesOf, needsOf, tryDamages } from './damaged-store-damages.ts';
import { flipsOf, tryFlip } from './damaged-store-flips.ts';

const [mode, store = '', scratch = '', ...numbers] = process.argv.slice(2);
const [first = 0, stride = 1, seed = 0, ...rest] = numbers.map(Number);
const say = (line: string): void => void writeSync(1, `${line}\n`);
// Others copy the store meanwhile, so it is never opened itself.
copyStore(store, scratch);
const truth = await truthOf(scratch);

if (mode === 'flips') {
  const [step = 1, whole = 0] = rest;
  const flips = flipsOf(store, step, whole, seed);
  for (let n = first; n < flips.length; n += stride) {
    const what = flips[n]!;
    say(String(n));
    say(JSON.stringify({ n, what, ...(await tryFlip(store, scratch, truth, what)) }));
  }
} else {
  const [count = 0] = rest;
  const needs = needsOf(scratch, truth);
  for (let n = first; n < count; n += stride) {
    const what = damagesOf(store, seed, n);
    say(String(n));
    say(JSON.stringify({ n, what, ...(await tryDamages(store, scratch, truth, needs, what)) }));
  }
}
