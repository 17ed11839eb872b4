/**
 * Verdicts of pairs → groups of the same recording. Complete link: two groups join only where at least one pair
 * across is the same recording and no judged pair across is anything else, so that a chain of doubtful pairs never
 * gathers strangers; pairs of which nobody is sure abstain, and must be fewer. Whole copies join first, the most coherent pairs first; truncated ones last, to the group with
 * most members that speak for it, for a beginning may be the beginning of several things. Before all that come a
 * person's decisions, which outrank verdicts and equal samples. Deterministic: the order of sounds, verdicts and
 * decisions does not matter.
 */
import { invariant } from '#kernel';
import { type Decision, pairKey, settleDecisions } from './decisions.ts';
import type { RecordedPair, Relation } from './verdict.ts';

/** A sound to be grouped. */
export interface GroupedSound {
  /** Its audio hash: files with equal audio are one sound. */
  readonly id: string;
  /** Sounds with equal sample hashes belong together unless a person says otherwise; `null` where there is none. */
  readonly sampleHash: string | null;
}

export interface SoundGroup {
  /** Ids in ascending order; a sound without a counterpart is a group of one. */
  readonly sounds: readonly string[];
  /** The weakest that holds within: `same-audio` where all samples are equal. */
  readonly relation: 'same-audio' | 'same-recording';
}

export interface Grouping {
  /** Every sound in exactly one group, ordered by first id. */
  readonly groups: readonly SoundGroup[];
  /** Judged pairs across groups that are related but no duplicates; ordered by a, then b. */
  readonly related: readonly RecordedPair[];
  /** Pairs judged the same recording whose groups contradict each other elsewhere, so that they stay apart. */
  readonly undecided: readonly RecordedPair[];
}

const RELATED: ReadonlySet<Relation> = new Set<Relation>([
  'contains',
  'contained',
  'other-edit',
  'other-speed',
  'shared-parts',
  'other-performance',
]);

/**
 * Groups sounds. Verdicts about sounds that are not listed are left aside. Each pair may be judged once at most.
 * Decisions also count where one of their sounds is not listed: what was said of a file that is gone still joins
 * and parts the others.
 */
export function groupSounds(
  sounds: readonly GroupedSound[],
  verdicts: readonly RecordedPair[],
  decisions: readonly Decision[] = [],
): Grouping {
  const { held } = settleDecisions(decisions);
  const clusters = createClusters(
    sounds,
    held.flatMap(({ a, b }) => [a, b]),
  );
  obey(clusters, held);
  clusters.joinEqualSamples();
  const known = verdicts.filter(({ a, b }) => clusters.has(a) && clusters.has(b)).sort(byPair);
  const decided = new Set(held.map(pairKey));
  const open = known.filter((pair) => !decided.has(pairKey(pair)));
  for (const { a, b, verdict } of open) clusters.link(a, b, linkOf(verdict));
  const same = open.filter(({ verdict }) => verdict.relation === 'same-recording');
  const whole = same.filter(({ verdict }) => verdict.truncated === null).sort(byCoherence);
  for (const { a, b } of whole) clusters.joinIfUncontested(a, b);
  joinTruncated(clusters, same);
  const across = known.filter(({ a, b }) => clusters.of(a) !== clusters.of(b));
  return {
    groups: clusters.groups(),
    related: across.filter(({ verdict }) => RELATED.has(verdict.relation)),
    undecided: across.filter((pair) => pair.verdict.relation === 'same-recording' && !decided.has(pairKey(pair))),
  };
}

/** Differences first: where clusters join, they are handed on. */
function obey(clusters: Clusters, held: readonly Decision[]): void {
  for (const { a, b, word } of held) if (word === 'different') clusters.link(a, b, 'other');
  for (const { a, b, word } of held) if (word === 'same') clusters.join(a, b);
}

function byPair(one: RecordedPair, other: RecordedPair): number {
  return compare(one.a, other.a) || compare(one.b, other.b);
}

function byCoherence(one: RecordedPair, other: RecordedPair): number {
  return (other.verdict.coherence ?? 0) - (one.verdict.coherence ?? 0) || byPair(one, other);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** `unsure` abstains: it does not join, and it keeps apart only where as many pairs speak for joining. */
type LinkKind = 'same' | 'other' | 'unsure';

function linkOf({ relation }: RecordedPair['verdict']): LinkKind {
  if (relation === 'unsure') return 'unsure';
  return relation === 'same-recording' || relation === 'same-audio' || relation === 'same-bytes' ? 'same' : 'other';
}

/** Joins clusters along what is left, most supporters first; a tie between rivals that exclude each other stays open. */
function joinTruncated(clusters: Clusters, same: readonly RecordedPair[]): void {
  let open = same;
  while (true) {
    open = open.filter(({ a, b }) => clusters.mayJoin(clusters.of(a), clusters.of(b)));
    const ranked = open
      .map((pair) => ({ pair, support: clusters.support(clusters.of(pair.a), clusters.of(pair.b)) }))
      .sort((one, other) => other.support - one.support || byCoherence(one.pair, other.pair));
    const next = ranked.find(({ pair }) => !clusters.isContested(clusters.of(pair.a), clusters.of(pair.b)));
    if (!next) return;
    clusters.joinIfUncontested(next.pair.a, next.pair.b);
  }
}

interface Clusters {
  /** Is it one of the listed sounds? */
  has(id: string): boolean;
  of(id: string): number;
  join(a: string, b: string): void;
  /** Joins sounds with equal samples, in the order of ids, where nothing is in the way. */
  joinEqualSamples(): void;
  link(a: string, b: string, kind: LinkKind): void;
  mayJoin(one: number, other: number): boolean;
  support(one: number, other: number): number;
  isContested(one: number, other: number): boolean;
  joinIfUncontested(a: string, b: string): void;
  groups(): SoundGroup[];
}

/** Pairs judged across two clusters. */
type Between = Record<LinkKind, number>;

const NONE: Readonly<Between> = { same: 0, other: 0, unsure: 0 };

/** Clusters with the tally of verdicts between each two of them. Numbers follow the order of ids. `others` are not listed. */
function createClusters(sounds: readonly GroupedSound[], others: readonly string[]): Clusters {
  const samples = new Map(sounds.map(({ id, sampleHash }) => [id, sampleHash]));
  invariant(samples.size === sounds.length, 'no sound is listed twice');
  const ids = [...new Set([...samples.keys(), ...others])].sort(compare);
  const clusterOf = new Map(ids.map((id, number) => [id, number]));
  const members = new Map(ids.map((id, number) => [number, [id]]));
  const between = new Map<number, Map<number, Between>>();
  const of = (id: string): number => clusterOf.get(id) as number;
  const tally = (one: number, other: number): Between => {
    const row = between.get(one) ?? new Map<number, Between>();
    between.set(one, row);
    const cell = row.get(other) ?? { ...NONE };
    row.set(other, cell);
    return cell;
  };
  const peek = (one: number, other: number): Between => between.get(one)?.get(other) ?? NONE;
  const mayJoin = (one: number, other: number): boolean => {
    const pairs = peek(one, other);
    return one !== other && pairs.same > pairs.unsure && pairs.other === 0;
  };
  const add = (one: number, other: number, counts: Between): void => {
    for (const cell of [tally(one, other), tally(other, one)]) {
      cell.same += counts.same;
      cell.other += counts.other;
      cell.unsure += counts.unsure;
    }
  };
  const isRival = (one: number, rival: number, other: number, support: number): boolean =>
    rival !== other && mayJoin(one, rival) && peek(one, rival).same >= support && !mayJoin(rival, other);
  const merge = (kept: number, gone: number): void => {
    for (const id of members.get(gone) ?? []) clusterOf.set(id, kept);
    members.set(kept, [...(members.get(kept) ?? []), ...(members.get(gone) ?? [])]);
    members.delete(gone);
    for (const [neighbour, counts] of between.get(gone) ?? []) {
      between.get(neighbour)?.delete(gone);
      if (neighbour !== kept) add(kept, neighbour, counts);
    }
    between.delete(gone);
  };
  const join = (a: string, b: string): void => {
    if (of(a) !== of(b)) merge(Math.min(of(a), of(b)), Math.max(of(a), of(b)));
  };
  return {
    has: (id) => samples.has(id),
    of,
    join,
    joinEqualSamples() {
      const seen = new Map<string, string[]>();
      for (const id of ids) {
        const hash = samples.get(id) ?? null;
        if (hash === null) continue;
        const twins = seen.get(hash) ?? [];
        seen.set(hash, twins);
        const free = twins.find((twin) => of(twin) === of(id) || peek(of(twin), of(id)).other === 0);
        if (free === undefined) twins.push(id);
        else join(free, id);
      }
    },
    link(a, b, kind) {
      if (of(a) !== of(b)) add(of(a), of(b), { ...NONE, [kind]: 1 });
    },
    mayJoin,
    support: (one, other) => peek(one, other).same,
    isContested(one, other) {
      const support = peek(one, other).same;
      const rivals = (cluster: number, partner: number): boolean =>
        [...(between.get(cluster)?.keys() ?? [])].some((rival) => isRival(cluster, rival, partner, support));
      return rivals(one, other) || rivals(other, one);
    },
    joinIfUncontested(a, b) {
      if (mayJoin(of(a), of(b))) join(a, b);
    },
    groups: () =>
      [...members.values()]
        .map((all) => all.filter((id) => samples.has(id)).sort(compare))
        .filter((listed) => listed.length > 0)
        .map((listed): SoundGroup => {
          const hashes = new Set(listed.map((id) => samples.get(id)));
          const equal = hashes.size === 1 && !hashes.has(null);
          return { sounds: listed, relation: listed.length === 1 || equal ? 'same-audio' : 'same-recording' };
        })
        .sort((one, other) => compare(one.sounds[0] as string, other.sounds[0] as string)),
  };
}
