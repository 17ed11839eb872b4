// The gate's check of songs of four minutes in a large library, in one process that lives on, beside decoding and
// fingerprinting the same file by the same worker in the same run. Prints a line of JSON.
//
// node tools/bench/gate-check.mjs DIST DATA LIBRARY ROUNDS CASES   (CASES: JSON, file by name)
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

const [dist, data, library, rounds, cases] = process.argv.slice(2);
const load = (name) => import(path.join(dist, name));
const { openCatalogue } = await load('adapters/sqlite/index.js');
const { createSoundWorkers } = await load('adapters/workers/index.js');
const { createFileActs, createFileTree } = await load('adapters/files/index.js');
const { decoderName } = await load('adapters/decoder/index.js');
const { producerOf } = await load('catalogue/index.js');
const { systemClock } = await load('kernel/index.js');
const { makeGate } = await load('main/gate-app.js');

const { signal } = new AbortController();
/** The clock of the kernel counts children in these. */
const TICK_MS = 10;

/** Milliseconds of the processor that this process and its children took until now. */
function cpuNow() {
  const { user, system } = process.cpuUsage();
  const children = fs.readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);
  const ticks = children.map((pid) => {
    const fields = fs
      .readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return (user + system) / 1000 + TICK_MS * ticks.reduce((sum, count) => sum + count, 0);
}

async function costOf(work) {
  const [startedAt, cpu] = [performance.now(), cpuNow()];
  const result = await work();
  return { wall: performance.now() - startedAt, cpu: cpuNow() - cpu, result };
}

const workers = createSoundWorkers({
  ...{ entry: path.join(dist, 'program/worker.js'), width: 1, filesPerChild: 1_000_000, secondsPerFile: 300 },
  ...{ producer: producerOf(await decoderName()), memoryBytes: 2 ** 30 },
});
const opening = await costOf(() =>
  openCatalogue(path.join(data, 'catalogue.sqlite'), { clock: systemClock, owner: 'the bench' }),
);
const catalogue = opening.result;
const settings = {
  ...{ inboxes: [], roots: [library], gate: { leaseSeconds: 60, attempts: 5, retrySeconds: 10 } },
  filing: { protected: [] },
};
const gate = await makeGate(
  {
    ...{ settings, tree: createFileTree(), acts: createFileActs(), workers, clock: systemClock },
    wait: (milliseconds, told) => setTimeout(milliseconds, undefined, { signal: told }),
  },
  catalogue,
  async () => {
    throw new Error('Nothing is filed by a check.');
  },
);

const files = Object.entries(JSON.parse(cases));
// The worker starts, and what nobody looks at here is in memory.
await workers.analyse(files[0][1], { signal, known: [] });
const first = await costOf(() => gate.check(files[0][1], { signal }));
const results = Object.fromEntries(files.map(([name]) => [name, []]));
for (let round = 0; round < Number(rounds); round++) {
  for (const [name, file] of files) {
    const decode = () => costOf(() => workers.analyse(file, { signal, known: [] }));
    const check = () => costOf(() => gate.check(file, { signal }));
    const [one, other] = round % 2 === 0 ? [decode, check] : [check, decode];
    const [a, b] = [await one(), await other()];
    const [decoding, checking] = round % 2 === 0 ? [a, b] : [b, a];
    const { verdict, reasons } = checking.result;
    results[name].push({ decode: bare(decoding), check: bare(checking), verdict, reason: reasons[0] });
  }
}
await workers[Symbol.asyncDispose]();
await catalogue[Symbol.asyncDispose]();
console.log(JSON.stringify({ opening: bare(opening), first: bare(first), results }));

function bare({ wall, cpu }) {
  return { wall, cpu };
}
