/** The copy worth keeping, and why, in words that a person reads. */
import {
  type Aspect,
  type Copy,
  compareCopies,
  DEFAULT_RULES,
  decide,
  findSources,
  isWhole,
  type KeepRules,
  type MasterOf,
} from '#audio';
import { explainChoice } from './keeper-reasons.ts';
import { explainLoss } from './loser-reasons.ts';

export interface ChoiceRules<T> extends KeepRules {
  /** Only copies of one master are held against each other by what their bands hold. Absent: no two are known to be. */
  readonly masterOf?: MasterOf<T>;
}

export interface KeeperChoice<T extends Copy> {
  readonly keeper: T;
  /** The decisive one first; never empty. */
  readonly reasons: readonly string[];
  /** All other copies, best first. */
  readonly losers: readonly Loser<T>[];
}

export interface Loser<T extends Copy> {
  readonly copy: T;
  /** What decided; `null` where nothing does. */
  readonly aspect: Aspect | null;
  /** Why it is not kept, in sentences without a full stop: what decided, and whether it comes from another master. Never empty. */
  readonly against: readonly string[];
}

/** Chooses by the order of `compareCopies`; the answer does not depend on the order of `copies`, of which there is at least one. */
export function chooseKeeper<T extends Copy>(
  copies: readonly T[],
  rules: ChoiceRules<T> = DEFAULT_RULES,
): KeeperChoice<T> {
  const { masterOf = () => 'unknown' } = rules;
  const sources = findSources(copies, masterOf, isWhole);
  const judged = copies.map((original) => ({
    original,
    copy: { ...original, source: sources.get(original) as object } as T,
  }));
  const [first, ...others] = judged.toSorted((a, b) => compareCopies(a.copy, b.copy, rules));
  if (first === undefined) throw new RangeError('A keeper is chosen among at least one copy.');
  const beaten = others.map(({ original, copy }) => ({
    original,
    copy,
    aspect: decide(first.copy, copy, rules).aspect,
  }));
  return {
    keeper: first.original,
    reasons: explainChoice(first.copy, beaten, rules),
    losers: beaten.map(({ original, copy, aspect }) => ({
      copy: original,
      aspect,
      against: explainLoss({
        keeper: first.copy,
        loser: copy,
        aspect,
        rules,
        isOtherMaster: masterOf(first.original, original) === 'other',
      }),
    })),
  };
}
