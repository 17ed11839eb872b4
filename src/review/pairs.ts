/** What was judged about pairs of sounds, to be asked from either side. */
import type { Decision, RecordedPair, RecordedVerdict } from '#matching';

/** How two sounds stand to each other, seen from the first one asked for. */
export interface Standing {
  readonly verdict: RecordedVerdict;
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

/** `decisions` are those that hold. Keeps no copy of the verdicts. */
export function pairsOf(verdicts: readonly RecordedPair[], decisions: readonly Decision[]): Pairs {
  const decided = Map.groupBy(
    decisions.filter(({ word }) => word === 'same'),
    ({ a }) => a,
  );
  const byPair = new Map(verdicts.map((pair) => [`${pair.a} ${pair.b}`, pair.verdict]));
  const shortened = new Map<string, string[]>();
  for (const { a, b, verdict } of verdicts) {
    if (verdict.truncated === null || verdict.relation !== 'same-recording') continue;
    const [short, whole] = verdict.truncated === 'a' ? [a, b] : [b, a];
    shortened.set(short, [...(shortened.get(short) ?? []), whole]);
  }
  return {
    standing(first, second) {
      const isForward = first < second;
      const verdict = byPair.get(isForward ? `${first} ${second}` : `${second} ${first}`);
      if (verdict === undefined) return undefined;
      const offset = verdict.offsetSeconds;
      return { verdict, offsetSeconds: offset === null || isForward ? offset : 0 - offset };
    },
    isTruncatedAmong: (audioHash, others) => shortened.get(audioHash)?.some((whole) => others.has(whole)) ?? false,
    decidedAmong: (sounds) =>
      [...sounds]
        .flatMap((sound) => decided.get(sound) ?? [])
        .filter(({ b }) => sounds.has(b))
        .sort((one, other) => one.at - other.at || one.n - other.n),
  };
}
