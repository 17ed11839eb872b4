// npm run bench -- [--rounds 3] [--only scan,parts,memory,second,tree,match,judgement,comparisons,sweep,gate,store,store-reads,mount,kernels,start]
//                  [--files 100000] [--gib 10] [--codecs mp3,aac,…] [--record]
// npm run bench -- --only store-growth [--steps 20] [--hours 24] [--record]
//
// Measures Reprise against the tools of its trade in the same run, on long files encoded from the corpus. Contenders
// take turns and what counts is the median of their ratios round by round: a noisy machine disturbs all alike.
// Nothing is asserted here; the bars stand in the last column for the eye. How the store grows takes some minutes and
// 12 GB of disk, and runs when it is asked for.
import fs from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { corpusFolder, prepareLibrary, prepareRadio } from '../corpus/prepare.mjs';
import { benchMatch, benchSecond, benchTree } from './again.mjs';
import { benchComparisons } from './comparisons.mjs';
import { benchGate } from './gate.mjs';
import { benchJudgement } from './judgement.mjs';
import { benchKernels } from './kernels.mjs';
import { canMeasure } from './measure.mjs';
import { benchMount } from './mount.mjs';
import { benchParts } from './parts.mjs';
import { benchMemory, benchScan, benchWorkers } from './scan.mjs';
import { longSounds } from './sounds.mjs';
import { benchStart } from './start.mjs';
import { benchStore, RADIO_CODECS } from './store.mjs';
import { benchStoreGrowth } from './store-growth.mjs';
import { benchStoreReads } from './store-reads.mjs';
import { benchSweep } from './sweep.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const COMMAND = 'npm run bench -- --record';

/** Every section by its name in `--only`, in the order of the page. */
const SECTIONS = {
  scan: benchScan,
  parts: benchParts,
  workers: benchWorkers,
  memory: benchMemory,
  second: benchSecond,
  tree: benchTree,
  match: benchMatch,
  judgement: benchJudgement,
  comparisons: benchComparisons,
  sweep: benchSweep,
  gate: benchGate,
  store: benchStore,
  'store-reads': benchStoreReads,
  'store-growth': benchStoreGrowth,
  mount: benchMount,
  kernels: benchKernels,
  start: benchStart,
};

/** Sections that make up what they measure, or ask for no more than recordings of the radio. */
const WITHOUT_LIBRARY = new Set(['comparisons', 'sweep', 'store', 'store-reads', 'store-growth', 'mount']);
/** Sections that are not run unless they are named. */
const LONG = new Set(['store-growth']);

function options() {
  const names = Object.keys(SECTIONS);
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: names.filter((name) => !LONG.has(name)).join(',') },
      files: { type: 'string', default: '100000' },
      gib: { type: 'string', default: '10' },
      codecs: { type: 'string', default: RADIO_CODECS.join(',') },
      steps: { type: 'string', default: '20' },
      hours: { type: 'string', default: '24' },
      record: { type: 'boolean', default: false },
    },
  });
  const numbers = ['rounds', 'files', 'gib', 'steps', 'hours'].map((name) => [name, Number(values[name])]);
  const [only, codecs] = [values.only, values.codecs].map((list) => list.split(','));
  return { ...values, ...Object.fromEntries(numbers), only, codecs };
}

const table = ({ head, rows }) =>
  [
    `| ${head.join(' | ')} |`,
    `|---|${'---:|'.repeat(head.length - 1)}`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');

/** A section as Markdown: what it shows, its table, and what to keep in mind. The mark finds it again. */
const spoken = (name, { title, about, tables }) =>
  [`<!-- ${name} -->\n## ${title}`, about, ...tables.map(table)].join('\n\n');

/** The page's sections by name, so that measuring one again leaves the others. */
function recorded(page) {
  const text = fs.existsSync(page) ? fs.readFileSync(page, 'utf8') : '';
  return new Map(
    text.split(/^(?=<!-- [\w-]+ -->$)/m).map((part) => [/^<!-- ([\w-]+) -->/.exec(part)?.[1], part.trim()]),
  );
}

const introduction = () => `# Benchmarks

Made by \`${COMMAND}\` (\`npm run setup:bench\` installs the peers) on ${cpus().length} cores of ${cpus()[0].model.trim()}.
CPU is user and system time of a process and all its descendants; ratios are medians over interleaved rounds; the music
is that of the [corpus](../tools/corpus/README.md). Absolute seconds belong to this machine, ratios travel better.
`;

/** What the sections are measured on, or `{ missing }`. */
function prepared({ only, codecs }) {
  const library = only.every((name) => WITHOUT_LIBRARY.has(name)) ? {} : prepareLibrary('dev');
  if (library.missing) return library;
  if (!only.some((name) => name === 'mount' || name.startsWith('store'))) return library;
  return { ...library, ...prepareRadio(only.includes('store') ? codecs : []) };
}

async function main() {
  const wanted = options();
  if (!canMeasure()) {
    console.error('SKIPPED: benchmarks need Linux and GNU time (npm run setup:bench)');
    return 3;
  }
  const ready = prepared(wanted);
  if (ready.missing) {
    console.error(`SKIPPED: benchmarks need the corpus: ${ready.missing}`);
    return 3;
  }
  const folder = path.join(corpusFolder(), 'bench');
  const setting = {
    ...wanted,
    ...ready,
    folder,
    /** Encoded when the first section wants them. */
    get sounds() {
      return longSounds(ready.originals, path.join(folder, 'long'));
    },
  };
  const page = path.join(root, 'docs/benchmarks.md');
  const parts = recorded(page);
  for (const [name, section] of Object.entries(SECTIONS)) {
    if (!wanted.only.includes(name)) continue;
    const told = await section(setting);
    if (told.missing) {
      console.error(`SKIPPED: ${name}: ${told.missing}`);
      continue;
    }
    parts.set(name, spoken(name, told));
    console.log(`\n${parts.get(name)}`);
    if (!wanted.record) continue;
    const sections = Object.keys(SECTIONS).flatMap((each) => parts.get(each) ?? []);
    fs.writeFileSync(page, `${introduction()}\n${sections.join('\n\n')}\n`);
  }
  return 0;
}

process.exitCode = await main();
