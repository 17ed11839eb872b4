// Other programs, run from the accuracy suite: one at a time, or a list with a bound on how many at once.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const LIMIT_MS = 180_000;

/**
 * Runs a program to its end and gives what it printed, as bytes. `accept`: exit codes that are no failure.
 * @throws Error with what it said when it fails
 */
export function run(command, argv, { input, accept = [0] } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, argv, { stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'] });
    const [out, trouble] = [[], []];
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    child.stdout.on('data', (part) => out.push(part));
    child.stderr.on('data', (part) => trouble.push(part));
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (accept.includes(code)) resolve(Buffer.concat(out));
      else reject(new Error(`${command} ended with ${code}: ${Buffer.concat(trouble).toString().slice(-1500)}`));
    });
    child.stdin?.on('error', () => {}); // a program that ends early says why itself
    child.stdin?.end(input);
  });
}

/** FFmpeg, quiet, on one thread, with nothing of date or version in what it writes. */
export function ffmpeg(argv, options) {
  return run('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-threads', '1', ...argv], options);
}

/** What FFmpeg needs before an output file for the same bytes on every run. */
export const REPEATABLE = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'];

/** Does the work for each item, at most `width` at a time, and gives the results in the order of the items. */
export async function forEachOf(items, width, work) {
  const results = new Array(items.length);
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index], index);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}

/**
 * Makes a file unless it is there: `make` writes to the path it is given, which then takes its place in one step.
 * Two that want the same file at once share the making.
 */
export async function fileMade(file, make) {
  if (fs.existsSync(file)) return file;
  const running = making.get(file);
  if (running) return running;
  const started = makeOnce(file, make).finally(() => making.delete(file));
  making.set(file, started);
  return started;
}

/** Writes a text file in one step: who reads it meanwhile reads the old or the new one. */
export function replaceFile(file, text) {
  const part = `${file}.part-${process.pid}`;
  fs.writeFileSync(part, text);
  fs.renameSync(part, file);
}

const making = new Map();

async function makeOnce(file, make) {
  const { dir, base } = path.parse(file);
  fs.mkdirSync(dir, { recursive: true });
  const part = path.join(dir, `.part-${process.pid}-${base}`);
  try {
    await make(part);
    fs.renameSync(part, file);
  } finally {
    fs.rmSync(part, { force: true });
  }
  return file;
}
