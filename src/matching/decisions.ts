/**
 * What a person said about pairs of sounds: which words are in force, and which of them can hold together. "Different"
 * always holds, because a false duplicate costs a recording and a miss costs disk space; "same" holds, the latest
 * first, where it does not put a pair into one group that is called different. Deterministic: the order of words
 * in the lists does not matter, only their times.
 */
import type { RecordedPair, RecordedVerdict, Relation } from './verdict.ts';

/** `ask` takes back what was said before: the machine is asked again. */
export type DecisionWord = 'same' | 'different' | 'ask';

/** A person's word about a pair of sounds, each known by its audio hash; `a` < `b` as strings. */
export interface Decision {
  /** Its number in the catalogue, by which a person names it. */
  readonly n: number;
  readonly a: string;
  readonly b: string;
  readonly word: DecisionWord;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A word that cannot hold beside others. */
export interface Overruled<D extends Decision = Decision> {
  readonly decision: D;
  /** What it contradicts: one that says "different", and those that say "same" on the way from it; by time. */
  readonly by: readonly D[];
}

export interface SettledDecisions<D extends Decision = Decision> {
  /** By time. */
  readonly held: readonly D[];
  /** By time. */
  readonly overruled: readonly Overruled<D>[];
}

/** The last word about each pair, by time; pairs whose last word is `ask` are left out. */
export function decisionsInForce<D extends Decision>(log: readonly D[]): D[] {
  const last = new Map(log.toSorted(byTime).map((decision) => [pairKey(decision), decision]));
  return [...last.values()].filter(({ word }) => word !== 'ask').sort(byTime);
}

/** Which of the words in force hold together. */
export function settleDecisions<D extends Decision>(log: readonly D[]): SettledDecisions<D> {
  const inForce = decisionsInForce(log);
  const differences = inForce.filter(({ word }) => word === 'different');
  const bundles = createBundles(differences);
  const joined: D[] = [];
  const refused: D[] = [];
  for (const decision of inForce.filter(({ word }) => word === 'same').reverse()) {
    if (bundles.differenceBetween(decision.a, decision.b) === undefined) {
      bundles.join(decision.a, decision.b);
      joined.push(decision);
    } else refused.push(decision);
  }
  const ways = waysAlong(joined);
  const overruled = refused.map((decision) => {
    const difference = bundles.differenceBetween(decision.a, decision.b) as D;
    const straight = bundles.areTogether(decision.a, difference.a);
    const [fromA, fromB] = straight ? [difference.a, difference.b] : [difference.b, difference.a];
    const by = [difference, ...ways(decision.a, fromA), ...ways(decision.b, fromB)];
    return { decision, by: by.sort(byTime) };
  });
  return { held: [...differences, ...joined].sort(byTime), overruled: overruled.reverse() };
}

/** From the weakest: of two words about one pair in one millisecond, from different catalogues, the safer one counts. */
const WEIGHTS: readonly DecisionWord[] = ['ask', 'same', 'different'];

function byTime(one: Decision, other: Decision): number {
  const heavier = WEIGHTS.indexOf(one.word) - WEIGHTS.indexOf(other.word);
  return one.at - other.at || compare(pairKey(one), pairKey(other)) || heavier;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** One text a pair. */
export function pairKey({ a, b }: { readonly a: string; readonly b: string }): string {
  return `${a} ${b}`;
}

interface Bundles<D> {
  join(a: string, b: string): void;
  areTogether(a: string, b: string): boolean;
  /** The first word by time that keeps the bundles of two sounds apart. */
  differenceBetween(a: string, b: string): D | undefined;
}

/** Sounds that words put together. A join moves the smaller bundle, so that all joins cost n·log n. */
function createBundles<D extends Decision>(differences: readonly D[]): Bundles<D> {
  const bundleOf = new Map<string, string[]>();
  const apart = new Map<string, D[]>();
  for (const difference of differences) {
    for (const id of [difference.a, difference.b]) apart.set(id, [...(apart.get(id) ?? []), difference]);
  }
  const of = (id: string): string[] => {
    const bundle = bundleOf.get(id) ?? [id];
    bundleOf.set(id, bundle);
    return bundle;
  };
  return {
    join(a, b) {
      const [small, large] = of(a).length < of(b).length ? [of(a), of(b)] : [of(b), of(a)];
      if (small === large) return;
      for (const id of small) bundleOf.set(id, large);
      large.push(...small);
    },
    areTogether: (a, b) => of(a) === of(b),
    differenceBetween(a, b) {
      const [small, large] = of(a).length < of(b).length ? [of(a), of(b)] : [of(b), of(a)];
      const between = small.flatMap((id) =>
        (apart.get(id) ?? []).filter((difference) => of(difference.a === id ? difference.b : difference.a) === large),
      );
      return between.sort(byTime)[0];
    },
  };
}

/** The words by which one sound is the same as another, the fewest; none where the two are one. */
function waysAlong<D extends Decision>(joined: readonly D[]): (from: string, to: string) => D[] {
  const steps = new Map<string, D[]>();
  for (const decision of joined) {
    for (const id of [decision.a, decision.b]) steps.set(id, [...(steps.get(id) ?? []), decision]);
  }
  return (from, to) => {
    const ways = new Map<string, D[]>([[from, []]]);
    for (const [id, way] of ways) {
      if (id === to) return way;
      for (const step of steps.get(id) ?? []) {
        const next = step.a === id ? step.b : step.a;
        if (!ways.has(next)) ways.set(next, [...way, step]);
      }
    }
    return [];
  };
}

const DUPLICATES: ReadonlySet<Relation> = new Set<Relation>(['same-bytes', 'same-audio', 'same-recording']);

/** A recorded verdict as it counts once a person has spoken; `decision` is what was said, where something was. */
export interface StandingVerdict extends RecordedVerdict {
  readonly decision?: Pick<Decision, 'n' | 'word'>;
}

/** A standing verdict with its pair, as {@link RecordedPair}. */
export interface StandingPair extends RecordedPair {
  readonly verdict: StandingVerdict;
}

/**
 * The verdicts as they count once a person has spoken: what `held` calls the same is `same-recording`, and no pair is a
 * duplicate that it calls different. Other relations of such a pair stay: an other edit is different, too.
 * Figures stay as they were measured, and what was never compared has none.
 */
export function withDecisions(verdicts: readonly RecordedPair[], held: readonly Decision[]): StandingPair[] {
  const words = new Map(held.map((decision) => [pairKey(decision), decision]));
  const judged = verdicts.map((pair) => {
    const decision = words.get(pairKey(pair));
    words.delete(pairKey(pair));
    return decision === undefined ? pair : { ...pair, verdict: decided(pair.verdict, decision) };
  });
  return [...judged, ...[...words.values()].map(({ a, b, ...word }) => ({ a, b, verdict: decided(UNJUDGED, word) }))];
}

function decided(verdict: RecordedVerdict, { n, word }: Pick<Decision, 'n' | 'word'>): StandingVerdict {
  const wasSame = DUPLICATES.has(verdict.relation);
  const decision = { n, word };
  if (word === 'same') {
    return { ...verdict, relation: 'same-recording', truncated: wasSame ? verdict.truncated : null, decision };
  }
  const relation = wasSame || verdict.relation === 'unsure' ? 'different' : verdict.relation;
  return { ...verdict, relation, truncated: null, decision };
}

const UNJUDGED: RecordedVerdict = {
  relation: 'unsure',
  truncated: null,
  similarity: null,
  overlapSeconds: 0,
  offsetSeconds: null,
  speedRatio: null,
  coherence: null,
};
