// The exact sweep beside fdupes, jdupes, rdfind and rmlint, on four trees (sweep-trees.mjs): the same sets first, then
// time, CPU, what came from the disk, and memory. For a cold run the caches of the system are dropped, and each program is
// run on an empty folder before its time is taken, so that its own files are not part of it.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { interleaved, measure, median, medianOf } from './measure.mjs';
import { CLI } from './reprise.mjs';
import { prepareTree, treePlans } from './sweep-trees.mjs';

const DROP = '/proc/sys/vm/drop_caches';
const PEERS = {
  fdupes: { run: (tree) => ['fdupes', ['-rq', tree]], sets: blocks },
  jdupes: { run: (tree) => ['jdupes', ['-rq', tree]], sets: blocks },
  rdfind: { run: (tree) => ['rdfind', ['-dryrun', 'true', '-makeresultsfile', 'false', tree]], sets: rdfindSets },
  rmlint: { run: (tree) => ['rmlint', ['-T', 'df', '-o', 'fdupes', tree]], sets: blocks },
};

/** Trees, whether their files lie in memory, and the bars for wall time and CPU against the best of the others. */
const RUNS = [
  { tree: 'small', cache: 'warm', wall: 1.3, cpu: 2.5, again: 0.5 },
  { tree: 'small', cache: 'cold' },
  { tree: 'large', cache: 'cold', wall: 1.0 },
  { tree: 'none', cache: 'cold', wall: 1.0 },
  { tree: 'all', cache: 'cold', wall: 1.0 },
];

const TREES = {
  small: ({ files }) => `${files.toLocaleString('en')} small files`,
  large: ({ gib }) => `large files, ${gib} GiB`,
  none: () => 'none in common',
  all: () => 'all the same',
};

const reprise = (tree, data) => [
  process.execPath,
  [CLI, 'sweep', '--source', tree, '--mode', 'trash', '--data', data, '--no-progress'],
];

export async function benchSweep({ rounds, files, gib, folder }) {
  const home = process.env.REPRISE_SWEEP_BENCH ?? path.join(folder, 'sweep');
  const scratch = fs.mkdtempSync(path.join(tmpdir(), 'reprise-sweep-bench-'));
  try {
    const setting = { rounds, scratch, files, gib, canDrop: mayDrop() };
    const trees = Object.entries(treePlans({ files, largeBytes: gib * 2 ** 30 })).map(([name, plan]) => [
      name,
      prepareTree(home, name, plan),
    ]);
    const roots = Object.fromEntries(trees);
    for (const [name, root] of trees) await assertSameSets(name, root, scratch);
    const runs = RUNS.filter(({ cache }) => cache === 'warm' || setting.canDrop);
    const measured = [];
    for (const run of runs) measured.push({ run, results: await measureRun(run, roots[run.tree], setting) });
    return report(measured, setting);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function mayDrop() {
  try {
    fs.accessSync(DROP, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function measureRun({ tree, cache, again }, root, { rounds, scratch }) {
  const empty = path.join(scratch, 'empty');
  fs.mkdirSync(empty, { recursive: true });
  const timed = async (commandFor, prepared = () => {}) => {
    if (cache === 'cold') {
      fs.writeFileSync(DROP, '3');
      await measure(...commandFor(empty));
    }
    prepared();
    const { stdout, ...figures } = await measure(...commandFor(root));
    return figures;
  };
  const data = path.join(scratch, 'data');
  const forget = () => fs.rmSync(data, { recursive: true, force: true });
  const contenders = Object.fromEntries(Object.entries(PEERS).map(([name, { run }]) => [name, () => timed(run)]));
  contenders.Reprise = async () => {
    const first = await timed((folder) => reprise(folder, data), forget);
    if (!again) return first;
    // Nothing is remembered of files that were written a moment ago; those of the trees are old.
    const { stdout, ...second } = await measure(...reprise(root, data));
    return { ...first, second };
  };
  if (cache === 'warm') await measure('cat', everyFile(root)).catch(() => {});
  console.error(`sweep: ${tree}, ${cache}`);
  return interleaved(contenders, rounds);
}

function everyFile(root) {
  return fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .slice(0, 1)
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** One text a set, so that sets can be compared. */
const canonical = (sets, root) =>
  sets
    .filter((set) => set.length > 1)
    .map((set) =>
      set
        .map((file) => path.relative(root, path.resolve(file)))
        .toSorted()
        .join('\n'),
    )
    .toSorted()
    .join('\n\n');

/** What fdupes and those after it print: a path a line, a blank line between sets. */
function blocks(stdout) {
  return stdout.split('\n\n').map((block) => block.split('\n').filter((line) => line !== ''));
}

function rdfindSets(_, scratch) {
  const sets = new Map();
  for (const line of fs.readFileSync(path.join(scratch, 'results.txt'), 'utf8').split('\n')) {
    const [, id, , , , , , ...name] = line.split(' ');
    if (line.startsWith('#') || name.length === 0) continue;
    const key = Math.abs(Number(id));
    sets.set(key, [...(sets.get(key) ?? []), name.join(' ')]);
  }
  return [...sets.values()];
}

function repriseSets(stdout) {
  const byKeeper = Map.groupBy(JSON.parse(stdout).items, ({ keeper }) => keeper);
  return [...byKeeper].map(([keeper, items]) => [keeper, ...items.map(({ source }) => source)]);
}

async function assertSameSets(name, root, scratch) {
  const options = { cwd: scratch, encoding: 'utf8', maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore'] };
  const [node, argv] = reprise(root, path.join(scratch, 'sets-data'));
  const own = canonical(repriseSets(execFileSync(node, [...argv, '--json'], options)), root);
  for (const [tool, { run, sets }] of Object.entries(PEERS)) {
    const [command, args] = run(root);
    const wanted = args.map((word) => (word === 'false' ? 'true' : word));
    const theirs = canonical(sets(execFileSync(command, wanted, options), scratch), root);
    if (theirs !== own) throw new Error(`Reprise and ${tool} do not find the same sets in the tree "${name}"`);
  }
  console.error(`sweep: the same sets as ${Object.keys(PEERS).join(', ')} in the tree "${name}"`);
}

const peers = Object.keys(PEERS);
const best = (results, round, field) => Math.min(...peers.map((name) => results[name][round][field]));
const overBest = (results, field, own = (one) => one) =>
  median(results.Reprise.map((one, round) => own(one)[field] / best(results, round, field)));
const held = (value, bar) => (bar === undefined ? '' : `≤ ${bar.toFixed(1)} ${value <= bar ? '✓' : '✗'}`);

function report(measured, setting) {
  const rows = measured.flatMap(({ run, results }) => {
    const name = `${TREES[run.tree](setting)}, ${run.cache}`;
    const [wall, cpu] = [overBest(results, 'elapsed'), overBest(results, 'cpu')];
    const second = run.again && overBest(results, 'elapsed', (one) => one.second);
    const secondCpu = run.again && overBest(results, 'cpu', (one) => one.second);
    return [
      [name, `${wall.toFixed(2)} ×`, held(wall, run.wall), `${cpu.toFixed(2)} ×`, held(cpu, run.cpu)],
      ...(run.again
        ? [[`${name}, second run`, `${second.toFixed(2)} ×`, held(second, run.again), `${secondCpu.toFixed(2)} ×`, '']]
        : []),
    ];
  });
  const details = measured.flatMap(({ run, results }) =>
    [...peers, 'Reprise'].map((tool) => [
      `${TREES[run.tree](setting)}, ${run.cache}`,
      tool,
      `${medianOf(results, tool, 'elapsed').toFixed(2)} s`,
      `${medianOf(results, tool, 'cpu').toFixed(2)} s`,
      `${Math.round(medianOf(results, tool, 'diskMib')).toLocaleString('en')} MiB`,
      `${Math.round(medianOf(results, tool, 'peakMib'))} MiB`,
    ]),
  );
  return {
    title: 'Exact sweep',
    about:
      'Duplicates by bytes in one folder, beside the tools that do nothing else; all five find the same sets. Ratios are ' +
      `to the best of the others in each round, medians of ${setting.rounds} rounds; wall and CPU each to the best of its ` +
      'kind. A first run of Reprise hashes with SHA-256 and keeps the hashes; a second run reads no file. In a cold run ' +
      'the caches of the system were dropped, and the programs themselves loaded again before the time was taken. ' +
      `The load average of the 15 minutes before the end was ${loadavg()[2].toFixed(1)} on ${cpus().length} cores: beyond what this ` +
      'itself keeps busy, others used the machine. Record it with `npm run bench -- --only sweep --gib 10.2 --record`.',
    tables: [
      { head: ['Tree', 'Wall', 'Bar', 'CPU', 'Bar'], rows },
      { head: ['Tree', 'Tool', 'Wall', 'CPU', 'From the disk', 'Memory'], rows: details },
    ],
  };
}
