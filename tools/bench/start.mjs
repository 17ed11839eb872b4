// How long a command takes before it does anything.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { interleaved, measure, medianOf } from './measure.mjs';
import { CLI, DIST, LAUNCHER, withData } from './reprise.mjs';

const ROUNDS = 7;
const STARTS = 10;

/** Several starts at once, because GNU time counts hundredths of a second. */
async function starts(...command) {
  const loop = `n=0; while [ $n -lt ${STARTS} ]; do "$@" >/dev/null || exit 1; n=$((n + 1)); done`;
  const { cpu, elapsed } = await measure('sh', ['-c', loop, 'sh', ...command]);
  return { cpu: cpu / STARTS, elapsed: elapsed / STARTS };
}

/** The Node that a person has, which is not the one that Reprise carries; none where there is only ours. */
function hostNode() {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const node = path.join(folder, 'node');
    if (folder.includes('node_modules') || !fs.existsSync(node)) continue;
    return { node, version: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim() };
  }
  return undefined;
}

/**
 * `--help`, `--version` and a command that needs the catalogue, under Node itself and through the launcher, beside a Node
 * that does nothing and beside the same modules before `tools/bundle.mjs` joins them.
 */
export function benchStart() {
  return withData(measureStarts);
}

async function measureStarts(data) {
  const host = hostNode();
  const groups = ['groups', '--data', data];
  // The catalogue is there from the first one on.
  await starts(process.execPath, CLI, ...groups);
  const contenders = {
    [`\`node -e 0\`, ${process.version}`]: () => starts(process.execPath, '-e', '0'),
    '`reprise --help`': () => starts(process.execPath, CLI, '--help'),
    '`reprise --version`': () => starts(process.execPath, CLI, '--version'),
    '`reprise groups`, of nothing': () => starts(process.execPath, CLI, ...groups),
    'the same, modules not joined': () => starts(process.execPath, path.join(DIST, 'main/cli.js'), ...groups),
    ...(host && {
      [`\`node -e 0\`, the host's ${host.version}`]: () => starts(host.node, '-e', '0'),
      '`reprise --help` through the launcher': () => starts(host.node, LAUNCHER, '--help'),
    }),
  };
  const results = await interleaved(contenders, ROUNDS);
  const rows = Object.keys(contenders).map((name) => [
    name,
    medianOf(results, name).toFixed(3),
    medianOf(results, name, 'elapsed').toFixed(3),
  ]);
  return {
    title: 'Start',
    about: `Medians of ${ROUNDS} rounds of ${STARTS} starts. Bar: \`reprise --help\` at most 0.10 s of CPU under Node itself; the launcher adds one start of the host's Node and nothing else.`,
    tables: [{ head: ['', 'CPU s', 'elapsed s'], rows }],
  };
}
