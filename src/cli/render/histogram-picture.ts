/** The histogram of similarities as it is drawn. */
import type { HistogramPicture } from '#picture';
import { PAIR_KINDS, type PairKind, type Similarities } from '../similarities.ts';
import { counted, countText } from '../terminal/units.ts';

const TITLES: Readonly<Record<PairKind, string>> = {
  same: 'The same recording',
  related: 'Related: edits, parts, other performances and speeds',
  unsure: 'Unsure',
  different: 'Different',
};

/** Kinds of which there is no pair are left out. */
export function histogramPicture(counts: Similarities): HistogramPicture {
  const sums = PAIR_KINDS.map((kind) => sumOf(counts[kind]));
  const panels = PAIR_KINDS.filter((_, i) => sums[i] !== 0).map((kind) => {
    const known = counts[kind].slice(0, -1);
    return { title: TITLES[kind], about: aboutOf(counts[kind]), kind, counts: known };
  });
  return {
    sentence: `${counted(sumOf(sums), 'compared pair')} by similarity`,
    panels,
    countLabel: countText,
  };
}

function aboutOf(counts: readonly number[]): string {
  const unknown = counts.at(-1) as number;
  const pairs = counted(sumOf(counts), 'pair');
  return unknown === 0 ? pairs : `${pairs}; of ${countText(unknown)} the similarity is not known`;
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
