/** What was judged about pairs of sounds, to be asked from either side. */
import { type ComparisonTable, type Decision, pairKey, type StandingVerdict, withDecisions } from '#matching';

/** How two sounds stand to each other, seen from the first one asked for. */
export interface Standing {
  readonly verdict: StandingVerdict;
  /** How much later the second sound starts than the first. */
  readonly offsetSeconds: number | null;
}

export interface Pairs {
  /** `undefined` where the pair was not judged. */
  standing(first: string, second: string): Standing | undefined;
  /** Does a verdict with another of these sounds say that this one lacks an end? */
  isTruncatedAmong(audioHash: string, others: ReadonlySet<string>): boolean;
  /** What a person called the same among these sounds, by time. */
  decidedAmong(sounds: ReadonlySet<string>): Decision[];
}

/** `decisions` are those that hold. Looks pairs up as it is asked and keeps no copy of the comparisons. */
export function pairsOf(table: ComparisonTable, decisions: readonly Decision[]): Pairs {
  const words = new Map(decisions.map((decision) => [pairKey(decision), decision]));
  const decided = Map.groupBy(
    decisions.filter(({ word }) => word === 'same'),
    ({ a }) => a,
  );
  const verdictOf = (a: string, b: string): StandingVerdict | undefined => {
    const [one, other] = [table.placeOf(a), table.placeOf(b)];
    const record = one === undefined || other === undefined ? undefined : table.find(one, other);
    const word = words.get(pairKey({ a, b }));
    const judged = record === undefined ? [] : [{ a, b, verdict: table.verdict(record) }];
    return withDecisions(judged, word === undefined ? [] : [word])[0]?.verdict;
  };
  const lacksAnEnd = (sound: string, other: string): boolean => {
    const verdict = sound < other ? verdictOf(sound, other) : verdictOf(other, sound);
    return verdict?.relation === 'same-recording' && verdict.truncated === (sound < other ? 'a' : 'b');
  };
  return {
    standing(first, second) {
      const isForward = first < second;
      const verdict = isForward ? verdictOf(first, second) : verdictOf(second, first);
      if (verdict === undefined) return undefined;
      const offset = verdict.offsetSeconds;
      return { verdict, offsetSeconds: offset === null || isForward ? offset : 0 - offset };
    },
    isTruncatedAmong: (audioHash, others) =>
      [...others].some((other) => other !== audioHash && lacksAnEnd(audioHash, other)),
    decidedAmong: (sounds) =>
      [...sounds]
        .flatMap((sound) => decided.get(sound) ?? [])
        .filter(({ b }) => sounds.has(b))
        .sort((one, other) => one.at - other.at || one.n - other.n),
  };
}
