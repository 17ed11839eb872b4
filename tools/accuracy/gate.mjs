// The import gate on a library of known truth: files arrive one by one, live in their order of arrival, and as a backfill of
// the same files, the newest first. Live is scored by score.mjs; what a backfill should decide is worked out here.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const PARTLY_DONE = 3;
const ACTIONS = { new: 'import', unknown: 'import', duplicate: 'duplicate', exact: 'duplicate', upgrade: 'duplicate' };

/** `{ live, backfill }`, each `{ right, all, wrong: [WORDS] }`. */
export function gateScores(library, truthFile, { workers } = {}) {
  const truth = JSON.parse(fs.readFileSync(truthFile, 'utf8'));
  return { live: live(library, truthFile, truth, workers), backfill: backfill(library, truth, workers) };
}

/** What is wrong, in words; empty when every decided case is right. */
export function brokenGate({ live, backfill }) {
  return Object.entries({ live, backfill })
    .filter(([, { right, all }]) => right < all)
    .map(([name, { right, all, wrong }]) => `gate, ${name}: ${right} of ${all} decisions right\n${wrong.join('\n')}`);
}

export function gateReport(set, { live, backfill }) {
  const row = (name, { right, all }) => `| ${name} | ${right} of ${all} |`;
  const rows = [row('live, in order of arrival', live), row('backfill, newest first', backfill)];
  return [`### gate: decisions on ${set}`, '| Files arrive | right |\n|---|---:|', ...rows]
    .join('\n')
    .replace('\n|', '\n\n|');
}

function live(library, truthFile, truth, workers) {
  return inScratch((scratch) => {
    const order = path.join(scratch, 'order');
    fs.writeFileSync(order, truth.gate.map(({ path: name }) => `${path.join(library, name)}\0`).join(''));
    const lines = reprise(scratch, workers, 'import', '--order-file', order);
    const decisions = path.join(scratch, 'decisions.json');
    fs.writeFileSync(decisions, JSON.stringify({ decisions: lines.map((line) => decisionOf(line, library)) }));
    const argv = [path.join(root, 'tools/corpus/score.mjs'), '--truth', truthFile, '--gate', decisions, '--json'];
    const ran = spawnSync(process.execPath, argv, { encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(ran.stderr);
    const { right, all, wrong } = JSON.parse(ran.stdout);
    return { right, all, wrong };
  });
}

/** Each file was written when it arrived, so that the last to arrive is the newest. */
function backfill(library, truth, workers) {
  return inScratch((scratch) => {
    const copy = path.join(scratch, 'archive');
    const arrived = truth.files.filter(({ arrival }) => arrival !== null);
    for (const { path: name, arrival } of arrived) {
      const to = path.join(copy, name);
      fs.mkdirSync(path.dirname(to), { recursive: true });
      fs.copyFileSync(path.join(library, name), to);
      const seconds = 1_600_000_000 + 60 * arrival;
      fs.utimesSync(to, seconds, seconds);
    }
    const decided = new Map(
      reprise(scratch, workers, 'backfill', copy)
        .map((line) => decisionOf(line, copy))
        .map((line) => [line.path, line]),
    );
    return scoreDecisions(decided, expectedOf(arrived), new Map(arrived.map((file) => [file.path, file])));
  });
}

/** By the rule of the corpus, with time turned round: the newest file of each track of each release comes in. */
function expectedOf(arrived) {
  const seen = new Set();
  const newestFirst = arrived.toSorted((a, b) => b.arrival - a.arrival);
  return newestFirst.flatMap((file) => {
    const { releaseKnown, relation, kind, release, disc, track, recording } = file;
    // Nobody can say what should become of these.
    if (!releaseKnown || relation === 'partial' || kind === 'corrupt-middle') return [];
    const key = [release.sameAs || release.id, disc, track, recording].join('|');
    const action = seen.has(key) ? 'duplicate' : 'import';
    seen.add(key);
    return [{ path: file.path, action }];
  });
}

function scoreDecisions(decided, expected, files) {
  const wrong = expected.flatMap(({ path: name, action }) => {
    const got = decided.get(name);
    const kept = got?.of && files.get(got.of);
    const isRight = got?.action === action && (!kept || kept.recording === files.get(name).recording);
    return isRight ? [] : [`${name} (${files.get(name).kind}): expected ${action}, got ${got?.action ?? 'nothing'}`];
  });
  return { right: expected.length - wrong.length, all: expected.length, wrong };
}

function decisionOf({ path: name, verdict, of }, folder) {
  const below = (file) => path.relative(fs.realpathSync(folder), file);
  return { path: below(name), action: ACTIONS[verdict] ?? 'error', ...(of && { of: below(of) }) };
}

/** The lines of `gate … --json`. */
function reprise(scratch, workers, ...command) {
  const env = { ...process.env, ...(workers ? { REPRISE_WORKERS: String(workers) } : {}) };
  const cli = path.join(root, 'dist/program/cli.js');
  const argv = [cli, 'gate', ...command, '--data', path.join(scratch, 'data'), '--json', '--no-progress'];
  const ran = spawnSync(process.execPath, argv, { env, maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 2] });
  if (ran.status !== 0 && ran.status !== PARTLY_DONE) {
    throw new Error(`gate ${command[0]} ended with ${ran.status ?? ran.signal}`);
  }
  const lines = ran.stdout.toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

function inScratch(work) {
  const scratch = fs.mkdtempSync(path.join(tmpdir(), 'reprise-gate-'));
  try {
    return work(scratch);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
