/** In which order two copies are compared, and what a person may change about it. */

/** What two copies are compared in, the weightiest first, unless a person says otherwise. */
export const ASPECTS = [
  'decodable',
  'whole',
  'remains',
  'errors',
  'badly-clipped',
  'lossless',
  'clipped',
  'coding',
  'band',
  'resolution',
  'length',
  'tags',
  'conflicts',
  'cover',
  'age',
  'name',
] as const;
export type Aspect = (typeof ASPECTS)[number];

/** Whatever a person says: nothing goes before wholeness. */
const ALWAYS_FIRST: readonly Aspect[] = ['decodable', 'whole', 'remains', 'errors'];
/** The last resort, which is different for every copy. */
const ALWAYS_LAST: Aspect = 'name';

/** What a person may say about the choice of a keeper. */
export interface KeepRules {
  /** Aspects by weight. What is left out comes after, in the order of {@link ASPECTS}. */
  readonly order: readonly Aspect[];
  /** `oldest` and `newest` put age directly after wholeness. */
  readonly prefer: 'best' | 'oldest' | 'newest';
}

export const DEFAULT_RULES: KeepRules = { order: [], prefer: 'best' };

/** Every aspect once: decodable and whole first, the name last, between them what the rules say. */
export function orderOf({ order, prefer }: KeepRules): readonly Aspect[] {
  const preferred: readonly Aspect[] = prefer === 'best' ? [] : ['age'];
  const free = [...preferred, ...order, ...ASPECTS].filter((aspect) => aspect !== ALWAYS_LAST);
  return [...new Set([...ALWAYS_FIRST, ...free, ALWAYS_LAST])];
}
