// From verdicts to figures: what was found, missed, false and rightly named, kind by kind.
import { DUPLICATES } from './kinds.mjs';

const APART = ['different', 'unsure'];

/**
 * One pair against the truth of its kind. `found`: said to belong together. `missed`: a duplicate that was not called
 * one, or a relation that was not seen. `false`: called a duplicate and is none. `right`: named as the truth has it.
 */
export function assess({ truth }, { relation }) {
  const isDuplicate = DUPLICATES.includes(relation);
  const found = !APART.includes(relation);
  return {
    found,
    missed: truth.duplicate === 'yes' ? !isDuplicate : truth.found && !found,
    false: truth.duplicate === 'no' && isDuplicate,
    right: truth.right.includes(relation),
  };
}

/** The figures of a kind: counts, and the coherence and bit error rate of its pairs. */
export function kindFigures(kind, results) {
  const assessed = results.map(({ verdict }) => assess(kind, verdict));
  const count = (claim) => assessed.filter((one) => one[claim]).length;
  const values = (name) => results.map(({ verdict }) => verdict[name]).filter((value) => value != null);
  return {
    name: kind.name,
    title: kind.title,
    truth: kind.truth,
    n: results.length,
    found: count('found'),
    missed: count('missed'),
    false: count('false'),
    right: count('right'),
    relations: tally(results.map(({ verdict }) => verdict.relation)),
    coherence: { p5: percentile(values('coherence'), 0.05), p50: percentile(values('coherence'), 0.5) },
    bitErrorRate: { p50: percentile(values('bitErrorRate'), 0.5), p95: percentile(values('bitErrorRate'), 0.95) },
  };
}

function tally(words) {
  const counts = Object.entries(Object.groupBy(words, (word) => word)).map(([word, all]) => [word, all.length]);
  return Object.fromEntries(counts.sort(([, a], [, b]) => b - a));
}

/** The value below which this share lies (nearest rank), or `null` of nothing. */
export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
