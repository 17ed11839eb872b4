// npm run nightly: everything that takes long. Accuracy on every library in full, many rounds of faults, a soak of
// bounded length, and scale. Goes on after a failure and says at the end what held. REPRISE_SOAK_MINUTES sets the soak.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { soak } from './soak.mjs';

const root = path.resolve(import.meta.dirname, '..');
const SKIPPED = 3;
const SOAK_MINUTES = Number(process.env.REPRISE_SOAK_MINUTES ?? 20);

const node = (...argv) => ({ command: process.execPath, argv });
const accuracy = (set) => node('tools/accuracy.mjs', '--set', set);

/** What is run, in order. `REPRISE_LONG` makes the tests that have a long form take it. */
const STEPS = {
  'accuracy on dev and by kinds of change, beside the peers': node('tools/accuracy.mjs'),
  'accuracy on alt': accuracy('alt'),
  ...Object.fromEntries(
    ['drones', 'silence', 'copies', 'mix'].map((what) => [`stress: ${what}`, node('tools/corpus/stress.mjs', what)]),
  ),
  'all tests in their long form': { ...node('node_modules/vitest/vitest.mjs', 'run'), env: { REPRISE_LONG: '1' } },
  [`soak of ${SOAK_MINUTES} minutes`]: { work: () => soak(SOAK_MINUTES * 60) },
  'scale: 100,000 files': node('tools/bench/run.mjs', '--only', 'tree,memory', '--files', '100000'),
};

function run({ command, argv, env = {}, work }) {
  if (work) return work();
  return spawnSync(command, argv, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  }).status;
}

const words = (status) => (status === 0 ? 'held' : status === SKIPPED ? 'SKIPPED' : 'BROKEN');

const results = [];
for (const [name, step] of Object.entries(STEPS)) {
  console.log(`\n== ${name}`);
  const start = performance.now();
  results.push({ name, word: words(await run(step)), minutes: (performance.now() - start) / 60_000 });
}
console.log('\n== nightly');
for (const { name, word, minutes } of results) console.log(`${word.padEnd(8)} ${name} (${minutes.toFixed(1)} min)`);
process.exitCode = results.some(({ word }) => word === 'BROKEN') ? 1 : 0;
