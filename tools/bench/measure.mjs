// Runs a command and says what it and everything it started cost. CPU is what wait4 adds up over the tree: a child's
// seconds count once it was waited for, which every well-behaved parent does before it ends.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const TIME = '/usr/bin/time';
const SAMPLE_MS = 100;
const MIB = 2 ** 20;

/** Whether CPU can be measured here: GNU time is a package of its own on Debian. */
export const canMeasure = () => fs.existsSync(TIME) && fs.existsSync('/proc/self/stat');

/**
 * Runs a command to its end and gives `{ cpu, elapsed, stdout, status, peakMib, diskMib }`, in seconds.
 * `accept` names the exit codes that count as success; any other throws.
 */
export async function measure(command, argv, { env = {}, accept = [0], memory = false } = {}) {
  const sheet = path.join(fs.mkdtempSync(path.join(tmpdir(), 'reprise-time-')), 'sheet');
  const timed = ['-q', '-f', '%e %U %S %M %I', '-o', sheet, command, ...argv];
  const child = spawn(TIME, timed, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const watch = memory ? watchMemory(child.pid) : undefined;
  const output = { stdout: [], stderr: [] };
  child.stdout.on('data', (piece) => output.stdout.push(piece));
  child.stderr.on('data', (piece) => output.stderr.push(piece));
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code));
  });
  const peak = watch?.stop();
  const [elapsed, user, system, peakKib, blocksIn] = fs.readFileSync(sheet, 'utf8').trim().split(/\s+/).map(Number);
  fs.rmSync(path.dirname(sheet), { recursive: true });
  if (!accept.includes(status)) {
    throw new Error(
      `${command} ${argv.join(' ')} ended with ${status}: ${Buffer.concat(output.stderr).toString().slice(-2000)}`,
    );
  }
  return {
    cpu: user + system,
    elapsed,
    /** The largest resident memory of one process. */
    peakMib: peakKib / 1024,
    /** What came from a disk, not from memory. */
    diskMib: (blocksIn * 512) / MIB,
    stdout: Buffer.concat(output.stdout).toString(),
    status,
    ...(peak && { memory: peak }),
  };
}

/** Every living process by parent. */
function families() {
  const children = new Map();
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // it ended between the listing and the look
    }
  }
  return children;
}

/** A process and its descendants, by id. */
export function treeOf(pid) {
  const children = families();
  const found = [];
  const open = [pid];
  while (open.length > 0) {
    const next = open.pop();
    found.push(next);
    open.push(...(children.get(next) ?? []));
  }
  return found;
}

/** Resident bytes of a process: all of them, and with pages shared between processes divided among them. */
function residentBytes(pid) {
  try {
    const rollup = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const kib = (field) => Number(rollup.match(new RegExp(`^${field}:\\s+(\\d+)`, 'm'))?.[1] ?? 0);
    return { rss: kib('Rss') * 1024, pss: kib('Pss') * 1024 };
  } catch {
    return { rss: 0, pss: 0 };
  }
}

/**
 * Samples the memory of a process and its descendants until stopped; gives peaks in MiB and the peak of each tenth of the
 * time: `course` of all, `own` of the process without its descendants.
 */
function watchMemory(pid) {
  const samples = [];
  const look = () => {
    const each = treeOf(pid).map(residentBytes);
    const sum = (field) => each.reduce((total, one) => total + one[field], 0) / MIB;
    // The first is GNU time itself, the second what it runs.
    samples.push({ rss: sum('rss'), pss: sum('pss'), own: (each[1]?.rss ?? 0) / MIB });
  };
  const timer = setInterval(look, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      const most = (list, field) => Math.max(0, ...list.map((sample) => sample[field]));
      const tenth = Math.max(1, Math.ceil(samples.length / 10));
      const courseOf = (field) =>
        Array.from({ length: 10 }, (_, n) => most(samples.slice(n * tenth, (n + 1) * tenth), field));
      return { rss: most(samples, 'rss'), pss: most(samples, 'pss'), course: courseOf('rss'), own: courseOf('own') };
    },
  };
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs each contender once a round, in an order that turns from round to round, so that a slow minute of the machine
 * hits all alike. Gives each one's results, in order of the rounds.
 */
export async function interleaved(contenders, rounds) {
  const names = Object.keys(contenders);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      results[name].push(await contenders[name](round));
    }
  }
  return results;
}

/** The median over the rounds of one contender's figure divided by another's in the same round. */
export const ratio = (results, over, under, field = 'cpu') =>
  median(results[over].map((one, round) => one[field] / results[under][round][field]));

export const medianOf = (results, name, field = 'cpu') => median(results[name].map((one) => one[field]));
