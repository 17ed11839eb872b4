// npm run accuracy -- [--workers N] [--record]
//   The whole: the library "dev", the kinds of change on the half for testing, the peers beside them, and the bars.
// npm run accuracy -- --half tuning|testing [--kind NAME,…] [--limit N] [--verbose]
//   Kinds alone. Constants are chosen on "tuning"; --verbose shows every wrong pair with its paths and reasons.
// npm run accuracy -- --set dev|alt|small [--workers N] [--record] [--json]
// npm run accuracy -- --gate [--set dev|alt|small] [--library DIR] [--record] [--json]
//   The import gate on a library: every decision, live and as a backfill.
// npm run accuracy -- --library DIR [--truth FILE] [--found FIND.json]
//   A library alone; another one, or what find said of it before.
//
// Exit code 1: a bar is broken. 3: the music cannot be had here, which is said loudly.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { kindBars, libraryBars } from './accuracy/bars.mjs';
import { scorePairs } from './accuracy/contest.mjs';
import { openFingerprints } from './accuracy/fingerprints.mjs';
import { brokenGate, gateReport, gateScores } from './accuracy/gate.mjs';
import { kindsNamed } from './accuracy/generate.mjs';
import { broken, brokenPlans, find, report, score, scorePlans, wrongKeepers } from './accuracy/library.mjs';
import { HALVES } from './accuracy/originals.mjs';
import { record } from './accuracy/record.mjs';
import { barsTable, contestTable, kindHead, kindRow, peersTable, smallKinds } from './accuracy/report.mjs';
import { rocPicture } from './accuracy/roc.mjs';
import { runKinds, wrongPairs } from './accuracy/runner.mjs';
import { corpusFolder, prepareLibrary, prepareMusic } from './corpus/prepare.mjs';

const docs = path.resolve(import.meta.dirname, '../docs');
const NOT_HAD = 3;
const WANTED_PAIRS = 30;

function notHad(what, why) {
  console.error(`\nSKIPPED: the accuracy on ${what} was not measured: ${why}.\n`);
  return NOT_HAD;
}

/** `{ library, truth }`, or `{ missing }`. */
function libraryOf(set, given) {
  if (!given.library) return prepareLibrary(set);
  return { library: given.library, truth: given.truth ?? path.join(given.library, '../truth.json') };
}

/** `{ document, scores, text }` of a library, or `{ missing }`. */
function measureLibrary(set, { workers, ...given }) {
  const ready = libraryOf(set, given);
  if (ready.missing) return ready;
  const { document, plans } = given.found
    ? { document: JSON.parse(fs.readFileSync(given.found, 'utf8')), plans: {} }
    : find(ready.library, { workers });
  const scores = score(document, ready.library, ready.truth);
  const planned = scorePlans(plans, ready.library, ready.truth);
  const wrong = wrongKeepers(document, ready.library, ready.truth);
  return { scores, planned, text: report(set, document, scores, wrong, planned) };
}

function libraryAlone(given) {
  const set = given.library ? 'given' : given.set;
  const measured = measureLibrary(set, given);
  if (measured.missing) return notHad(`"${set}"`, measured.missing);
  const trouble = [...broken(measured.scores), ...brokenPlans(measured.planned, set)];
  console.log(given.json ? JSON.stringify({ set, broken: trouble, scores: measured.scores }) : measured.text);
  if (given.record) record({ [set]: measured.text });
  for (const words of trouble) console.error(`BROKEN: ${words}`);
  return trouble.length > 0 ? 1 : 0;
}

function gateAlone(given) {
  const set = given.library ? 'given' : (given.set ?? 'dev');
  const ready = libraryOf(set, given);
  if (ready.missing) return notHad(`the gate of "${set}"`, ready.missing);
  const scores = gateScores(ready.library, ready.truth, given);
  const trouble = brokenGate(scores);
  console.log(given.json ? JSON.stringify({ set, broken: trouble, scores }) : gateReport(set, scores));
  if (given.record) record({ gate: gateReport(set, scores) });
  for (const words of trouble) console.error(`BROKEN: ${words}`);
  return trouble.length > 0 ? 1 : 0;
}

/** Runs kinds and prints each as a row when it is done. */
function measureKinds({ half = 'testing', kind, limit, verbose }) {
  console.log(kindHead());
  return runKinds(kindsNamed(kind), {
    half,
    root: corpusFolder(),
    limit: limit === undefined ? undefined : Number(limit),
    onKind: (done) => {
      console.log(kindRow(done.figures));
      if (verbose) for (const words of wrongPairs(done)) console.log(words);
    },
  });
}

async function kindsAlone(given) {
  if (given.half && !HALVES[given.half]) throw new Error(`--half is ${Object.keys(HALVES).join(' or ')}`);
  const missing = prepareMusic();
  if (missing) return notHad('kinds of change', missing);
  const done = await measureKinds(given);
  return done.some(({ figures }) => figures.false > 0) ? 1 : 0;
}

async function whole(given) {
  const missing = prepareMusic();
  if (missing) return notHad('kinds of change', missing);
  const dev = measureLibrary('dev', given);
  if (dev.missing) return notHad('"dev"', dev.missing);
  console.log(dev.text);
  const done = await measureKinds(given);
  const pairs = await scorePairs(done, openFingerprints(corpusFolder()));
  const bars = [...kindBars(done), ...libraryBars(dev.scores)];
  const sections = {
    bars: `### bars\n\n${barsTable(bars)}`,
    peers: peersSection(pairs, done),
    kinds: kindsSection(done, given.limit),
    dev: dev.text,
  };
  console.log(`${sections.bars}\n\n${sections.peers}`);
  if (given.record) {
    record(sections);
    fs.writeFileSync(path.join(docs, 'accuracy-roc.svg'), rocPicture(pairs));
  }
  const trouble = [
    ...broken(dev.scores),
    ...brokenPlans(dev.planned, 'dev'),
    ...bars.filter(({ holds }) => !holds).map(({ bar, reached }) => `${bar}: ${reached}`),
  ];
  for (const words of trouble) console.error(`BROKEN: ${words}`);
  return trouble.length > 0 ? 1 : 0;
}

function peersSection(pairs, done) {
  return [
    '### peers',
    '![Same recordings found against hard negatives accepted, ours and the peers](accuracy-roc.svg)',
    'Public rules on the same pairs, each our own implementation. First: what each accepts of 36 kinds of same recordings at a threshold that accepts none of the other recordings, beside what was measured for it before, on other music of the same sort.',
    peersTable(pairs),
    'Then, kind by kind, which share each calls duplicates by its own rule:',
    contestTable(pairs, done),
  ].join('\n\n');
}

function kindsSection(done, limit) {
  const head = `### kinds: variants against their originals, testing half${limit ? `, the first ${limit} originals` : ''}`;
  const sizes = smallKinds(done, Math.min(WANTED_PAIRS, Number(limit ?? WANTED_PAIRS)));
  return [head, [kindHead(), ...done.map(({ figures }) => kindRow(figures))].join('\n'), sizes]
    .filter(Boolean)
    .join('\n\n');
}

function options() {
  const { values } = parseArgs({
    options: {
      gate: { type: 'boolean', default: false },
      set: { type: 'string' },
      library: { type: 'string' },
      truth: { type: 'string' },
      found: { type: 'string' },
      workers: { type: 'string' },
      half: { type: 'string' },
      kind: { type: 'string', multiple: true },
      limit: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  return values;
}

async function main() {
  const given = options();
  if (given.gate) return gateAlone(given);
  if (given.set || given.library) return libraryAlone(given);
  return given.half || given.kind ? kindsAlone(given) : whole(given);
}

process.exitCode = await main();
