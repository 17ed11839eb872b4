// Libraries of known truth: lets the built product find their duplicates with a fresh data folder, and scores what it
// said, for each question a person may ask: same sound, same release, same stream, same bytes.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { groupsFromFind } from '../corpus/groups-from-find.mjs';
import { groupsFromPlan } from '../corpus/groups-from-plan.mjs';
import { table } from './report.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const MODES = ['acoustic', 'release', 'stream', 'exact'];
const PARTLY_DONE = 3; // a messy library holds files that are no audio

/** Bars of the project; a false pair is worse than a miss, so there is none allowed where the truth is certain. */
export const BARS = { acousticRecall: 0.97, falsePairs: { acoustic: 0, stream: 0, exact: 0 }, rightKeepers: 0.98 };

/** Policies of `keep`, with the question whose pairs they may act on. */
const POLICIES = { release: 'release', recording: 'acoustic' };

/** Runs `find`, then `keep` by each policy, in a data folder of its own: `{ document, plans: { POLICY: plan } }`. */
export function find(library, { workers } = {}) {
  const data = fs.mkdtempSync(path.join(tmpdir(), 'reprise-accuracy-'));
  const env = { ...process.env, ...(workers ? { REPRISE_WORKERS: String(workers) } : {}) };
  const reprise = (...command) => {
    const argv = [path.join(root, 'dist/program/cli.js'), ...command, '--data', data, '--json', '--no-progress'];
    const ran = spawnSync(process.execPath, argv, { env, maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 2] });
    if (ran.status !== 0 && ran.status !== PARTLY_DONE) {
      throw new Error(`${command[0]} ended with ${ran.status ?? ran.signal}`);
    }
    return JSON.parse(ran.stdout.toString('utf8'));
  };
  try {
    const document = reprise('find', library);
    const policies = Object.keys(POLICIES);
    return {
      document,
      plans: Object.fromEntries(policies.map((policy) => [policy, reprise('keep', '--policy', policy)])),
    };
  } finally {
    fs.rmSync(data, { recursive: true, force: true });
  }
}

function scoreMode(document, library, truth, mode) {
  return scoreGroups(groupsFromFind(document, fs.realpathSync(library), mode), truth, mode);
}

function scoreGroups(found, truth, mode) {
  const scratch = fs.mkdtempSync(path.join(tmpdir(), 'reprise-score-'));
  const groups = path.join(scratch, 'groups.json');
  fs.writeFileSync(groups, JSON.stringify(found));
  const argv = ['--truth', truth, '--groups', groups, '--mode', mode, '--json'];
  const ran = spawnSync(process.execPath, [path.join(root, 'tools/corpus/score.mjs'), ...argv], { encoding: 'utf8' });
  fs.rmSync(scratch, { recursive: true });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout);
}

/** The scores of a `find --json` document by mode, as score.mjs reports them. */
export function score(document, library, truth) {
  return Object.fromEntries(MODES.map((mode) => [mode, scoreMode(document, library, truth, mode)]));
}

/** What a plan of `keep` does, by policy: each file that goes, with the copy that stays for its sake. */
export function scorePlans(plans, library, truth) {
  return Object.fromEntries(
    Object.entries(plans).map(([policy, plan]) => {
      const groups = groupsFromPlan(plan, fs.realpathSync(library));
      const { pairs, best, unknownPaths } = scoreGroups(groups, truth, POLICIES[policy]);
      const going = plan.items.filter(({ keeper }) => keeper !== null).length;
      return [policy, { going, falsePairs: pairs.false, best, unknownPaths }];
    }),
  );
}

/** The bars that plans break, in words; empty when all hold. How often the right copy stays is a bar on "dev" alone. */
export function brokenPlans(planned, set) {
  const rightKeepers = set === 'dev' ? BARS.rightKeepers : 0;
  return Object.entries(planned).flatMap(([policy, { falsePairs, best, unknownPaths }]) => [
    ...(falsePairs > 0 ? [`keep by ${policy} acts on ${falsePairs} pairs that are none`] : []),
    ...(unknownPaths > 0 ? [`keep by ${policy} names ${unknownPaths} paths that are not in the truth`] : []),
    ...(best && best.right < best.groups * rightKeepers
      ? [`keep by ${policy} keeps the right copy in ${best.right} of ${best.groups} groups`]
      : []),
  ]);
}

/** The bars that these scores break, in words; empty when all hold. */
export function broken(scores) {
  const words = [];
  for (const [mode, most] of Object.entries(BARS.falsePairs)) {
    const count = scores[mode].pairs.false;
    if (count > most) words.push(`${count} false pairs in ${mode} mode, ${most} allowed`);
  }
  const { recall } = scores.acoustic;
  if (recall < BARS.acousticRecall)
    words.push(`recall ${percent(recall)}, at least ${percent(BARS.acousticRecall)} wanted`);
  const strangers = Math.max(...MODES.map((mode) => scores[mode].unknownPaths));
  if (strangers > 0) words.push(`${strangers} reported paths are not in the truth`);
  return words;
}

const percent = (share) => `${(100 * share).toFixed(2)} %`;

function summary(scores) {
  const row = (mode) => {
    const { pairs, recall, precision } = scores[mode];
    return [mode, pairs.true, pairs.found, percent(recall), pairs.false, percent(precision)];
  };
  return table(['question', 'true pairs', 'found', 'recall', 'false pairs', 'precision'], MODES.map(row));
}

function misses({ byKind }) {
  const missed = Object.entries(byKind).filter(([, kind]) => kind.pos > kind.tp);
  if (missed.length === 0) return 'No pair is missed.';
  const rows = missed
    .sort(([, a], [, b]) => b.pos - b.tp - (a.pos - a.tp))
    .map(([name, { pos, tp, refPos, refTp }]) => [name, pos - tp, pos, `${refPos - refTp} of ${refPos}`]);
  return table(['missed, by kind of file', 'pairs', 'of', 'with the reference'], rows);
}

function falsePairs({ falseByHardNegative: found, hardNegativePairs: all }) {
  const rows = Object.keys(all)
    .sort()
    .map((name) => [name, all[name], found[name] ?? 0]);
  return table(['not the same', 'pairs of files', 'reported'], rows);
}

/** Copies whose quality differs by no more are as good as each other, as in score.mjs. */
const AS_GOOD = 2;

/** Groups whose keeper is not among the best copies that the truth knows of its recording, in words. */
export function wrongKeepers(document, library, truth) {
  const known = new Map(JSON.parse(fs.readFileSync(truth, 'utf8')).files.map((file) => [file.path, file]));
  const { groups } = groupsFromFind(document, fs.realpathSync(library), 'acoustic');
  return groups.flatMap(({ paths, keep }) => {
    const kept = known.get(keep);
    if (!kept?.recording) return [];
    const copies = paths.map((name) => known.get(name)).filter((file) => file?.recording === kept.recording);
    const best = copies.reduce((a, b) => (b.quality > a.quality ? b : a));
    if (kept.quality >= best.quality - AS_GOOD) return [];
    const spoken = ({ path: name, kind, codec, quality }) => `${JSON.stringify(name)} (${kind}, ${codec}, ${quality})`;
    return [`- kept ${spoken(kept)} before ${spoken(best)}`];
  });
}

function keepers({ best }, wrong) {
  if (!best) return 'No keeper was named.';
  return [`The keeper is among the best copies in ${best.right} of ${best.groups} groups.`, '', ...wrong]
    .join('\n')
    .trim();
}

function planned(plans) {
  const rows = Object.entries(plans).map(([policy, { going, falsePairs, best }]) => [
    policy,
    going,
    falsePairs,
    best ? `${best.right} of ${best.groups}` : '–',
  ]);
  return table(['keep by', 'files that go', 'for another release or recording', 'right copy stays'], rows);
}

/** The result as Markdown, for the terminal and for docs/accuracy.md. */
export function report(set, document, scores, wrong = [], plans = {}) {
  const { files, recordings, failed } = document.library;
  return [
    `### ${set}: ${files} files, ${recordings} recordings, ${failed} failed`,
    summary(scores),
    keepers(scores.acoustic, wrong),
    ...(Object.keys(plans).length > 0 ? [planned(plans)] : []),
    misses(scores.acoustic),
    falsePairs(scores.acoustic),
    ...MODES.flatMap((mode) =>
      scores[mode].examples.map(
        ([a, b, why]) => `- false in ${mode} (${why}): ${JSON.stringify(a)} and ${JSON.stringify(b)}`,
      ),
    ),
  ].join('\n\n');
}
