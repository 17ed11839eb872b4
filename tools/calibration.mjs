// npm run calibration -- DIR … [--cache DIR] [--record]
//
// How far significance is to be believed: lays a minute of every piece of music below the folders, and tracks made of
// it (calibration/tracks.mjs), over each other, all pairs that have nothing to do with each other, and counts how
// often chance reaches what, beside what the null distribution says. --record writes docs/calibration.md and its plot.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { survivalPlot } from './calibration/plot.mjs';
import { familyOf, MAKINGS, piecesIn, tracksOf } from './calibration/tracks.mjs';

const { createAgreementKernel } = await import('../dist/matching/agreement.js');
const { excerptOf, highestSignificance, offsetsTried } = await import('../dist/matching/significance.js');
const { chanceAt, fitNull, measureNullPairs, NULL_OFFSETS, PRIOR, sampleOf } = await import(
  '../dist/matching/significance-null.js'
);

const root = path.resolve(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { cache: { type: 'string', default: path.join(root, '.cache/calibration') }, record: { type: 'boolean' } },
});
const THRESHOLDS = [2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7];
const SETTINGS = [1000, 100, 10, 1, 0.1, 0.01];
const SHARES = [0.5, 0.1, 0.01, 0.001, 0.0001];
/** Of the pairs that are not two real tracks, one in so many is laid over each other: all would take an hour. */
const ONE_IN = 6;
/** Small libraries: each takes every n-th real track. */
const LIBRARIES = 20;

const kernel = createAgreementKernel(512);
const tracks = piecesIn(positionals).flatMap((piece, i) => {
  if (i % 50 === 0) console.error(`piece ${i}`);
  return tracksOf(piece, values.cache);
});
const excerpts = tracks.map(({ items }) => excerptOf(items, kernel));

/** Pairs of unrelated tracks, the highest first: { highest, offsets, one, other }. */
function allPairs() {
  const pairs = [];
  for (let one = 0; one < tracks.length; one++) {
    if (one % 100 === 0) console.error(`track ${one} of ${tracks.length}`);
    for (let other = one + 1; other < tracks.length; other++) {
      if (areRelated(tracks[one], tracks[other]) || !isWanted(one, other)) continue;
      const [a, b] = [excerpts[one], excerpts[other]];
      const offsets = offsetsTried(a.items.length, b.items.length);
      pairs.push({ highest: highestSignificance(a, b, kernel), offsets, one, other });
    }
  }
  return pairs.sort((a, b) => b.highest - a.highest);
}

/** All real pairs; the others evenly, whatever their making. */
function isWanted(one, other) {
  if (tracks[one].making === 0 && tracks[other].making === 0) return true;
  return Math.imul(one * 4001 + other, 0x9e3779b1) >>> 0 < 2 ** 32 / ONE_IN;
}

function areRelated(one, other) {
  return one.origin === other.origin || (familyOf(one.origin) ?? 1) === (familyOf(other.origin) ?? 2);
}

const figure = (value, digits = 2) => value.toFixed(digits);
const table = (head, rows) =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const quantiles = (pairs) =>
  SHARES.map((share) => (pairs.length * share < 3 ? '–' : figure(pairs[Math.floor(pairs.length * share)].highest)));
const expectedOf = (pairs, z, nulls) => pairs.reduce((sum, { offsets }) => sum + chanceAt(z, offsets, nulls), 0);
const countFrom = (pairs, z) => pairs.findIndex(({ highest }) => highest < z);
const amount = (value) =>
  value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(2)));

function nameOf({ origin, making }) {
  const [folder, name] = origin.split('/').slice(-2);
  return `${folder}/${name}${making === 0 ? '' : ` (${MAKINGS[making].name})`}`;
}

/** What a library of these tracks learns by itself. */
function learned(members) {
  const sample = sampleOf(members);
  const items = sample.map((member) => tracks[member].items);
  return fitNull(measureNullPairs(items, (one, other) => areRelated(tracks[sample[one]], tracks[sample[other]])));
}

const pairs = allPairs();
const real = pairs.filter(({ one, other }) => tracks[one].making === 0 && tracks[other].making === 0);
const nulls = learned(tracks.map((_, i) => i));
const origins = new Set(tracks.map(({ origin }) => origin)).size;

const byMaking = [
  ...MAKINGS.map(({ name }, making) => [
    `${name}, each two of them`,
    pairs.filter(({ one, other }) => tracks[one].making === making && tracks[other].making === making),
  ]),
  ['of two kinds', pairs.filter(({ one, other }) => tracks[one].making !== tracks[other].making)],
  ['all', pairs],
];

const members = tracks.flatMap(({ making }, i) => (making === 0 ? [i] : []));
const libraries = Array.from({ length: LIBRARIES }, (_, n) => members.filter((_, i) => i % LIBRARIES === n));
const fits = libraries.map((library) => learned(library));
const range = (list) => `${figure(Math.min(...list))} … ${figure(Math.max(...list))}`;

const report = [
  '# How far significance is to be believed',
  '',
  'Made by `npm run calibration -- DIR … --record`; what the words mean is in [design/significance.md](design/significance.md).',
  '',
  `${tracks.length.toLocaleString('en')} tracks that have nothing to do with each other: a minute from the middle of each of ${origins} pieces of game music`,
  `(Debian's archive: recorded, tracker modules, one rendering of each MIDI file), and of each piece three tracks made so that their statistics stay those of music:`,
  ...MAKINGS.map(({ name }, making) => `- ${name}: ${tracks.filter((track) => track.making === making).length}`),
  '',
  `${pairs.length.toLocaleString('en')} pairs were laid over each other: all ${real.length.toLocaleString('en')} of two real tracks, and of the others one in ${ONE_IN}. Pairs of one piece are not counted, nor those of families of`,
  'pieces that share takes or are arrangements of each other (listed in `tools/calibration/tracks.mjs`: they were found as the pairs that stand out, and each was',
  'then looked at by name). The highest significance over all offsets at which half of the shorter one is covered:',
  '',
  table(
    ['pairs', 'count', ...SHARES.map((share) => (share === 0.5 ? 'median' : `top ${share * 100} %`)), 'highest'],
    byMaking.map(([name, list]) => [
      name,
      list.length.toLocaleString('en'),
      ...quantiles(list),
      figure(list[0].highest),
    ]),
  ),
  '',
  '![How often chance reaches a significance](calibration.svg)',
  '',
  `## Observed against expected`,
  `Expected by the prior (location ${PRIOR.location}, scale ${PRIOR.scale}) and by what a library of all these tracks learns from 48 of them (location ${figure(nulls.location, 3)}, scale ${figure(nulls.scale, 3)}).`,
  '',
  table(
    ['significance ≥', 'real: observed', 'real: prior', 'all: observed', 'all: prior', 'all: learned'],
    THRESHOLDS.map((z) => [
      z,
      amount(countFrom(real, z)),
      amount(expectedOf(real, z, PRIOR)),
      amount(countFrom(pairs, z)),
      amount(expectedOf(pairs, z, PRIOR)),
      amount(expectedOf(pairs, z, nulls)),
    ]),
  ),
  '',
  'Up to 3 both agree; from 3.5 to 5.5 chance reaches two to five times less than is expected, on purpose: the tail beyond, of drones and of pieces by one hand, is what counts.',
  '',
  '## False pairs at a setting',
  'A pair is accepted where its E-value, by fingerprints alone, is at most the setting. What the setting promises is what is to be expected.',
  '',
  table(
    ['setting', 'real: observed', 'all: observed'],
    SETTINGS.map((setting) => {
      const accepted = (list) =>
        list.filter(({ highest, offsets }) => list.length * chanceAt(highest, offsets, nulls) <= setting).length;
      return [setting, accepted(real), accepted(pairs)];
    }),
  ),
  '',
  'In the product the waveforms’ coherence must speak for a pair as well, so that what is left is less than this.',
  '',
  '## Coherence of unrelated sounds',
  'At the offset where the fingerprints agree most, by `node tools/calibration/coherence.mjs DIR …` (162 of the real pieces, 45 s each, 1,654 pairs):',
  '54,079 blocks of 2 s, of which 257 are coherent by 0.1 or more, 24 by 0.2, 4 by 0.3, none by 0.4. The four make two runs of one block and one of two.',
  '',
  `## Small libraries`,
  `${LIBRARIES} libraries of ${range(libraries.map((library) => library.length)).replaceAll('.00', '')} real tracks learn locations of ${range(fits.map(({ location }) => location))} and scales of ${range(fits.map(({ scale }) => scale))}.`,
  '',
  '## The pairs that stand out',
  table(
    ['significance', 'one', 'other'],
    pairs.slice(0, 12).map(({ highest, one, other }) => [figure(highest), nameOf(tracks[one]), nameOf(tracks[other])]),
  ),
  '',
].join('\n');

console.log(report);
if (values.record) {
  const expectation = (distribution) => ({
    name: `${figure(distribution.location)}, ${figure(distribution.scale)}`,
    shareFrom: (z) => chanceAt(z, NULL_OFFSETS, distribution),
  });
  const curve = (list) => ({ values: list.map(({ highest }) => highest) });
  writeFileSync(path.join(root, 'docs/calibration.md'), report);
  writeFileSync(
    path.join(root, 'docs/calibration.svg'),
    survivalPlot({
      ...{ real: curve(real), all: curve(pairs), largest: pairs[0].highest },
      ...{ prior: expectation(PRIOR), learned: expectation(nulls) },
    }),
  );
}
