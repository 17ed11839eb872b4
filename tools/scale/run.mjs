// One search in its own process, watched from outside: what it printed, and the most memory that it and its children had.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const SAMPLE_MS = 500;

/** Resident bytes of a process and all its descendants. */
function residentBytes(pid) {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
    const own = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
    const children = fs
      .readdirSync(`/proc/${pid}/task`)
      .flatMap((task) => fs.readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean));
    return own + children.reduce((sum, child) => sum + residentBytes(child), 0);
  } catch {
    // It ended between the listing and the look.
    return 0;
  }
}

/** Runs measured.mjs with these options and gives what it printed, with `peakBytes` over the whole tree. @throws Error where it fails */
export async function runMeasured(options) {
  const argv = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const script = path.join(import.meta.dirname, 'measured.mjs');
  const child = spawn(process.execPath, [script, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, residentBytes(child.pid));
  }, SAMPLE_MS);
  let text = '';
  child.stdout.on('data', (piece) => {
    text += piece;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  if (status !== 0) throw new Error(`The search of ${options.catalogue} ended with ${status}.`);
  const given = JSON.parse(text);
  return { ...given, peakBytes: Math.max(peak, given.peakBytes) };
}

/** Runs look-up.mjs with these options and gives what it printed. @throws Error where it fails */
export function runLookUps(options) {
  const argv = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const script = path.join(import.meta.dirname, 'look-up.mjs');
  return JSON.parse(
    execFileSync(process.execPath, [script, ...argv], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
  );
}
