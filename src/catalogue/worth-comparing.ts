/**
 * Which of many sounds are worth a comparison with one: those whose fingerprints it finds when it asks all at once, as in a
 * search of a library, which costs little beside comparing each. What only the notes would show is not found.
 */
import { unpackAlteredQuestions } from '#fingerprint';
import { askAbout, indexOf, leastAlteredVotes, NEAR_ITEMS } from '#matching';
import type { PhaseFingerprints } from './model.ts';
import type { StoredPrints } from './ports.ts';
import { itemsOf, phaseItems } from './prints.ts';

/** @returns positions in `others` */
export function worthComparing(one: StoredPrints, others: readonly PhaseFingerprints[]): ReadonlySet<number> {
  const index = indexOf(others.map(([phase0]) => itemsOf(phase0)));
  const near = index.itemCount <= NEAR_ITEMS;
  const asking = { phases: phaseItems(one.fingerprint), altered: unpackAlteredQuestions(one.altered) };
  const answers = askAbout(index, [asking], { near, leastAltered: leastAlteredVotes(others.length + 1, near) });
  return new Set(answers.flat().map(({ track }) => track));
}
