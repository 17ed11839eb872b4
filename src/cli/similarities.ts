/** How many recorded pairs have which similarity, by what was judged of them. */
import type { Relation } from '#matching';
import type { JudgedPair } from './app.ts';

/** Similarities in steps of 5 per cent; one more count is of pairs of which it is not known. */
export const SIMILARITY_STEPS = 20;

/** What people tell apart first. */
export type PairKind = 'same' | 'related' | 'unsure' | 'different';

export const PAIR_KINDS: readonly PairKind[] = ['same', 'related', 'unsure', 'different'];

const KINDS: Readonly<Record<Relation, PairKind>> = {
  'same-bytes': 'same',
  'same-audio': 'same',
  'same-recording': 'same',
  contains: 'related',
  contained: 'related',
  'other-edit': 'related',
  'other-speed': 'related',
  'shared-parts': 'related',
  'other-performance': 'related',
  unsure: 'unsure',
  different: 'different',
};

/** Counts by kind, the least similar first, unknown last: {@link SIMILARITY_STEPS} + 1 each. */
export type Similarities = Readonly<Record<PairKind, number[]>>;

/** Nothing counted yet. */
export function noSimilarities(): Similarities {
  const none = (): number[] => new Array<number>(SIMILARITY_STEPS + 1).fill(0);
  return { same: none(), related: none(), unsure: none(), different: none() };
}

/** Counts one pair more. */
export function countSimilarity(counts: Similarities, { verdict: { relation, similarity } }: JudgedPair): void {
  const step =
    similarity === null ? SIMILARITY_STEPS : Math.min(SIMILARITY_STEPS - 1, Math.floor(similarity * SIMILARITY_STEPS));
  const kind = counts[KINDS[relation]];
  kind[step] = (kind[step] as number) + 1;
}

/** Counts of all kinds together. */
export function totalsOf(counts: Similarities): number[] {
  return counts.same.map((_, step) => PAIR_KINDS.reduce((sum, kind) => sum + (counts[kind][step] as number), 0));
}
