// One search in a process of its own, so that its memory is its own. Prints one line of JSON: stages with seconds and
// CPU, the highest resident memory, and what the task gave; pairs go to a file, a line each.
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { chosenSounds, indexOthers, searchAll, searchNew, searchSpeeds } from './product.mjs';

const TASKS = { all: searchAll, speeds: searchSpeeds, others: indexOthers, new: searchNew };
const { values } = parseArgs({
  options: {
    task: { type: 'string' },
    catalogue: { type: 'string' },
    tracks: { type: 'string' },
    count: { type: 'string', default: '0' },
    workers: { type: 'string', default: '1' },
    pairs: { type: 'string' },
    memory: { type: 'string', default: '2048' },
    pool: { type: 'string' },
  },
});

const stages = [];
let running;
function stage(name) {
  const now = { at: performance.now(), cpu: process.cpuUsage() };
  if (running) {
    const used = process.cpuUsage(running.cpu);
    stages.push({ name: running.name, seconds: (now.at - running.at) / 1000, cpu: (used.user + used.system) / 1e6 });
  }
  running = name && { name, ...now };
}

/** Lines collect here and are written some thousand at a time. */
const lines = [];
const out = values.pairs ? fs.openSync(values.pairs, 'w') : undefined;
function flush() {
  if (out !== undefined && lines.length > 0) fs.writeSync(out, `${lines.join('\n')}\n`);
  lines.length = 0;
}
function pair(a, b, offsets) {
  lines.push(
    `${a} ${b} ${offsets.map(({ offsetSeconds, votes }) => `${offsetSeconds.toFixed(3)}:${votes}`).join(' ')}`,
  );
  if (lines.length === 4096) flush();
}

/** The most memory that the process ever had resident, in bytes. */
function peakMemory() {
  const status = fs.readFileSync('/proc/self/status', 'utf8');
  return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
}

const [tracks, count, workers, memoryMegabytes] = [values.tracks, values.count, values.workers, values.memory].map(
  Number,
);
const chosen = ['all', 'speeds'].includes(values.task)
  ? undefined
  : await chosenSounds(values.catalogue, { tracks, count });
const [started, cpuBefore] = [performance.now(), process.cpuUsage()];
const given = await TASKS[values.task](values.catalogue, {
  chosen,
  workers,
  memoryMegabytes,
  poolFile: values.pool,
  on: { stage, pair },
});
stage(undefined);
flush();
const { user, system } = process.cpuUsage(cpuBefore);
const whole = { seconds: (performance.now() - started) / 1000, cpu: (user + system) / 1e6, peakBytes: peakMemory() };
console.log(JSON.stringify({ ...whole, stages, ...given }));
