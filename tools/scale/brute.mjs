// All pairs of a library that agree, by laying everything over everything: a C program, built when it is needed.
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { openPool } from './open-pool.mjs';
import { createRoles, makeTrack } from './roles.mjs';

const MOST_OUTPUT = 2 ** 28;

/** Whether there is a compiler. */
export const canCompile = () => {
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Makes the tracks anew and writes them as brute.c reads them. Phases that are an item short get one that fits nothing. */
function writeItems(file, { seed, tracks, poolFile }) {
  const { kernel, pool } = openPool(poolFile);
  const roles = createRoles(seed);
  const phases = [[], [], [], []];
  const starts = [0];
  for (let number = 0; number < tracks; number++) {
    const frames = makeTrack(kernel, pool, seed, number, roles.of(number));
    kernel.fingerprint(frames);
    const zero = kernel.itemsOf(0, frames);
    phases[0].push(zero);
    for (let k = 1; k < 4; k++) {
      const padded = new Uint32Array(zero.length);
      padded.set(kernel.itemsOf(k, frames));
      phases[k].push(padded);
    }
    starts.push(starts.at(-1) + zero.length);
  }
  const out = fs.openSync(file, 'w');
  const write = (words) => fs.writeSync(out, Buffer.from(words.buffer, words.byteOffset, words.byteLength));
  write(Uint32Array.of(tracks, ...starts));
  for (const all of phases) for (const items of all) write(items);
  fs.closeSync(out);
}

/**
 * The pairs of a library of so many tracks that agree at some offset, as `{ a, b, offsetQuarters, share }` by number, `a`
 * the longer; and how long that took: `{ pairs, seconds }`.
 */
export async function bruteForce({ seed, tracks, poolFile, parts = 2 }) {
  const scratch = fs.mkdtempSync(path.join(tmpdir(), 'reprise-brute-'));
  try {
    const program = path.join(scratch, 'brute');
    execFileSync('gcc', ['-O3', '-march=native', '-o', program, path.join(import.meta.dirname, 'brute.c')]);
    const file = path.join(scratch, 'items');
    writeItems(file, { seed, tracks, poolFile });
    const started = performance.now();
    const runs = Array.from({ length: parts }, (_, part) =>
      promisify(execFile)(program, [file, String(part), String(parts)], { maxBuffer: MOST_OUTPUT }),
    );
    const lines = (await Promise.all(runs)).flatMap(({ stdout }) => stdout.split('\n').filter(Boolean));
    const pairs = lines.map((line) => {
      const [a, b, offsetQuarters, bits, compared] = line.split(' ').map(Number);
      return { a, b, offsetQuarters, share: bits / compared };
    });
    return { pairs, seconds: (performance.now() - started) / 1000 };
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
