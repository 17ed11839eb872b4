// Builds and runs the counterparts of the kernels in C, and times work in this process the same way.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const SOURCE = path.join(import.meta.dirname, 'kernels.c');
const LEAST_SECONDS = 0.3;

/** C for this processor: what gcc makes of the same lines. */
export const BUILDS = [
  { name: 'C, scalar popcnt', needs: 'popcnt', flags: ['-march=x86-64-v2'] },
  { name: 'C, AVX2', needs: 'avx2', flags: ['-march=x86-64-v3'] },
  { name: 'C, AVX-512 VPOPCNTDQ', needs: 'avx512_vpopcntdq', flags: ['-march=x86-64-v4', '-mavx512vpopcntdq'] },
];

/** Builds for this processor by name, and the names of those that it cannot run. */
export function buildPeers(folder) {
  const features = new Set(
    fs
      .readFileSync('/proc/cpuinfo', 'utf8')
      .match(/^flags\s*:.*$/m)?.[0]
      .split(' '),
  );
  const able = BUILDS.filter(({ needs }) => features.has(needs));
  const peers = able.map(({ name, flags }, n) => {
    const program = path.join(folder, `peer-${n}`);
    execFileSync('gcc', ['-O3', ...flags, SOURCE, '-o', program, '-ldl'], { stdio: ['ignore', 'ignore', 'inherit'] });
    return [name, program];
  });
  return { peers: Object.fromEntries(peers), unable: BUILDS.filter((build) => !able.includes(build)) };
}

/** Runs one operation of a peer; `undefined` where it lacks a library. */
export function runPeer(program, operation, file, items) {
  const ran = spawnSync(program, [operation, file, String(items)], { encoding: 'utf8' });
  if (ran.status === 3) return undefined;
  if (ran.status !== 0) throw new Error(`${operation} in C ended with ${ran.status ?? ran.signal}: ${ran.stderr}`);
  const [cpu, counted] = ran.stdout.trim().split(' ');
  return { cpu: Number(cpu), counted };
}

/** Repeats work that takes `turns` turns, once so long unmeasured that the engine has optimised it; gives the CPU seconds of one. */
export function timed(turns, work) {
  repeat(turns, work);
  return { cpu: repeat(turns, work) };
}

function repeat(turns, work) {
  const started = process.cpuUsage();
  for (let done = turns; ; done += turns) {
    work();
    const { user, system } = process.cpuUsage(started);
    if (user + system > LEAST_SECONDS * 1e6) return (user + system) / 1e6 / done;
  }
}
