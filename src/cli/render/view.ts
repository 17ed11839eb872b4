import type { Style } from '../terminal/style.ts';
import type { PathBase } from './paths.ts';

/** How results are laid out. */
export interface View {
  readonly style: Style;
  /** Columns to fit into; `undefined` where lines may be as long as they like. */
  readonly columns: number | undefined;
  readonly base: PathBase;
}

const RELATION_WORDS: Readonly<Record<string, string>> = {
  'same-bytes': 'same bytes',
  'same-audio': 'same audio',
  'same-recording': 'same recording',
  contains: 'contains',
  contained: 'contained',
  'other-edit': 'other edit',
  'other-speed': 'other speed',
  'shared-parts': 'shared parts',
  'other-performance': 'other performance',
  different: 'different',
  unsure: 'unsure',
};

/** A relation for people. */
export function relationText(relation: string): string {
  return RELATION_WORDS[relation] ?? relation;
}
