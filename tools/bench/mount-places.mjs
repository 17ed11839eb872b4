// The folders that mount.mjs works in: file systems of libfuse's examples in C, stores mounted by Reprise, and plain ones.
// A place is `{ folder, cpu(), end() }`: processor seconds are those of all processes that answer for it, so far.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { treeOf } from './measure.mjs';
import { CLI } from './reprise.mjs';

const EXAMPLES = '/usr/share/doc/libfuse3-dev/examples';
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const PATIENCE_MS = 10_000;

/** Where bytes lie that no disk has to do with. */
export const MEMORY = '/dev/shm';
export const DISK = tmpdir();

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const isMounted = (folder) => fs.readFileSync('/proc/self/mounts', 'utf8').includes(` ${folder} `);

/** In a sentence, what is missing to measure mounts here. */
export function whyNoMounts() {
  if (process.getuid() !== 0 || !fs.existsSync('/dev/fuse')) return 'mounts need root and /dev/fuse';
  if (!fs.existsSync(EXAMPLES)) return 'the peers need libfuse3-dev with its examples (npm run setup:bench)';
  return undefined;
}

/** User and system time of a process and all its descendants, also of those that have ended. */
function cpuOf(pid) {
  let ticks = 0;
  for (const each of treeOf(pid)) {
    try {
      const stat = fs.readFileSync(`/proc/${each}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      for (const field of fields.slice(11, 15)) ticks += Number(field);
    } catch {
      // it ended between the listing and the look
    }
  }
  return ticks / TICKS;
}

function compile(source, program, ...flags) {
  execFileSync('gcc', ['-O2', source, '-o', program, ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
  return program;
}

/** One of libfuse's examples. */
export function buildExample(scratch, name) {
  const flags = execFileSync('pkg-config', ['fuse3', '--cflags', '--libs'], { encoding: 'utf8' }).trim().split(/\s+/);
  return compile(path.join(EXAMPLES, `${name}.c`), path.join(scratch, name), `-I${EXAMPLES}`, '-w', ...flags);
}

export const buildClient = (scratch) =>
  compile(path.join(import.meta.dirname, 'mount-client.c'), path.join(scratch, 'client'), '-Wall', '-Wextra');

const newFolder = (parent) => fs.mkdtempSync(path.join(parent, 'reprise-bench-'));

async function mounted({ point, behind, folder }, command, argv) {
  const child = spawn(command, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  for (const start = performance.now(); !isMounted(point); await sleep(20)) {
    if (child.exitCode !== null || performance.now() - start > PATIENCE_MS)
      throw new Error(`${command} did not mount anything`);
  }
  return {
    folder,
    cpu: () => cpuOf(child.pid),
    async end() {
      execFileSync('umount', [point]);
      await ended;
      for (const each of [point, behind]) fs.rmSync(each, { recursive: true });
    },
  };
}

/** `passthrough` shows the whole system below its mount. */
export function mountPassthrough(program, ...flags) {
  const [point, behind] = [newFolder(DISK), newFolder(MEMORY)];
  return mounted({ point, behind, folder: path.join(point, behind) }, program, ['-f', ...flags, point]);
}

/** The quickest of the examples, with what the kernel can do for it. */
export function mountLowLevel(program) {
  const [point, behind] = [newFolder(DISK), newFolder(MEMORY)];
  const options = ['-f', '-o', `writeback,clone_fd,source=${behind}`];
  return mounted({ point, behind, folder: point }, program, [...options, point]);
}

/** A new store with what lies in `fill`. Nothing is shared unless it is renamed, which would be other work than that asked for. */
export function mountStore({ parent = MEMORY, options = [], fill } = {}) {
  const [point, behind] = [newFolder(DISK), newFolder(parent)];
  const store = path.join(behind, 'store');
  const argv = (...words) => [CLI, 'store', ...words];
  execFileSync(process.execPath, argv('init', store), { stdio: 'ignore' });
  if (fill) execFileSync(process.execPath, argv('import', store, fill), { stdio: 'ignore' });
  const chosen = ['dedup_on=rename', ...options].join(',');
  const command = argv('mount', '--quiet', '--foreground', '-o', chosen, store, point);
  return mounted({ point, behind, folder: point }, process.execPath, command);
}

export async function plainFolder(parent) {
  const folder = newFolder(parent);
  return { folder, cpu: () => 0, end: async () => fs.rmSync(folder, { recursive: true }) };
}
