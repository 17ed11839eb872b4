// The bars of the project, one row each: what the best public matcher reaches, what is wanted, what was reached.
import { percentile } from './score.mjs';

const percent = (share) => `${(100 * share).toFixed(2).replace(/\.?0+$/, '')} %`;
const sum = (list, of) => list.reduce((total, item) => total + of(item), 0);

/** A bar on a share that must reach `least`. */
const atLeast = (bar, best, least, share) => ({
  bar,
  best,
  wanted: least === 1 ? '100 %' : `≥ ${percent(least)}`,
  reached: Number.isNaN(share) ? 'not measured' : percent(share),
  holds: share >= least,
});

/** A bar on a count that must stay nought. */
const none = (bar, best, count, of) => ({ bar, best, wanted: '0', reached: `${count} of ${of}`, holds: count === 0 });

/** The bars on kinds. Kinds that did not run leave theirs "not measured", which does not hold. */
export function kindBars(done) {
  const figures = done.map((one) => ({ ...one.figures, hard: one.kind.truth.hard === true, stems: one.kind.stems }));
  const of = (...names) => figures.filter(({ name }) => names.includes(name));
  const foundOf = (...names) => sum(of(...names), ({ found }) => found) / sum(of(...names), ({ n }) => n);
  const same = figures.filter(({ truth }) => truth.duplicate === 'yes');
  const others = figures.filter(({ truth }) => truth.duplicate === 'no');
  const hard = figures.filter((one) => one.hard);
  const nowhere = hard.filter(({ truth }) => !truth.found);
  const named = hard.filter(({ truth }) => truth.found);
  const rightly = (list) => sum(list, ({ right }) => right) / sum(list, ({ n }) => n);
  const least = (names) => Math.min(...names.map((name) => foundOf(name)));
  return [
    none(
      'false duplicates, hard negatives',
      '67–92 % of instrumentals',
      sum(hard, (one) => one.false),
      sum(hard, ({ n }) => n),
    ),
    none(
      'false duplicates, all other relations',
      '–',
      sum(others, (one) => one.false) - sum(hard, (one) => one.false),
      sum(others, ({ n }) => n) - sum(hard, ({ n }) => n),
    ),
    atLeast(
      'recall of same-recording pairs, all kinds',
      '93.8 / 84.6 / 78.1 %',
      0.995,
      1 - sum(same, ({ missed }) => missed) / sum(same, ({ n }) => n),
    ),
    halfHop(done),
    atLeast('20 s of silence before: found', '0 / 19 %', 1, foundOf('lead-20')),
    atLeast('cross-faded ends: found', '0 / 100 %', 1, foundOf('crossfade', 'crossfade-18')),
    atLeast('speed ±0.5 %: found', '6–9 %', 1, least(['speed+0.5', 'speed-0.5'])),
    atLeast('speed ±2 %: found', '0 %', 0.95, least(['speed+2', 'speed-2'])),
    atLeast('speed +4.27 %: found', '0 %', 0.9, foundOf('speed+4.27')),
    atLeast('hard negatives with a relation: named rightly', 'not offered', 0.9, rightly(named)),
    atLeast('hard negatives with none: left apart', 'not offered', 0.9, rightly(nowhere)),
  ];
}

const MOST_HALF_HOP_ERRORS = 0.005;

function halfHop(done) {
  const results = done.find(({ kind }) => kind.name === 'half-hop')?.results ?? [];
  // A pair that was not found has no alignment and thus no rate; it counts as unrelated bits.
  const rates = results.map(({ verdict }) => verdict.bitErrorRate ?? 0.5);
  const p95 = percentile(rates, 0.95);
  return {
    bar: 'half-hop offset, BER p95',
    best: '0.081',
    wanted: `≤ ${MOST_HALF_HOP_ERRORS}`,
    reached: p95 === null ? 'not measured' : p95.toFixed(4),
    holds: p95 !== null && p95 <= MOST_HALF_HOP_ERRORS,
  };
}

/** The bars on the library "dev", from its scores by question. */
export function libraryBars({ acoustic, stream, exact }) {
  const { right, groups } = acoustic.best ?? { right: 0, groups: 0 };
  return [
    none('dev library: false pairs', '39 (correlation > 0.9)', acoustic.pairs.false, acoustic.pairs.found),
    atLeast('dev library: recall, same sound', '94.5 % (the same)', 0.995, acoustic.recall),
    atLeast('dev library: recall, same stream', '100 % (fpcalc)', 1, stream.recall),
    atLeast('dev library: recall, same bytes', '100 % (jdupes)', 1, exact.recall),
    atLeast('dev library: the right copy kept', 'not offered', 0.98, right / groups),
  ];
}
