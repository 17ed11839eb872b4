/**
 * Verdicts of pairs → groups of the same recording. Complete link: two groups join only where at least one pair
 * across is the same recording and no judged pair across is anything else, so that a chain of doubtful pairs never
 * gathers strangers; pairs of which nobody is sure abstain, and must be fewer. Whole copies join first, the most coherent pairs first; truncated ones last, to the group with
 * most members that speak for it, for a beginning may be the beginning of several things. Deterministic: the order
 * of sounds and verdicts does not matter.
 */
import { invariant } from '#kernel';
import type { PairVerdict, Relation } from './verdict.ts';

/** A sound to be grouped. */
export interface GroupedSound {
  /** Its audio hash: files with equal audio are one sound. */
  readonly id: string;
  /** Sounds with equal sample hashes always belong together; `null` where there is none. */
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
  readonly related: readonly PairVerdict[];
  /** Pairs judged the same recording whose groups contradict each other elsewhere, so that they stay apart. */
  readonly undecided: readonly PairVerdict[];
}

const RELATED: ReadonlySet<Relation> = new Set<Relation>([
  'contains',
  'contained',
  'other-edit',
  'other-speed',
  'shared-parts',
  'other-performance',
]);

/** Groups sounds. Verdicts about sounds that are not listed are left aside. Each pair may be judged once at most. */
export function groupSounds(sounds: readonly GroupedSound[], verdicts: readonly PairVerdict[]): Grouping {
  const clusters = createClusters(sounds);
  const known = verdicts.filter(({ a, b }) => clusters.has(a) && clusters.has(b)).sort(byPair);
  for (const { a, b, verdict } of known) clusters.link(a, b, linkOf(verdict));
  const same = known.filter(({ verdict }) => verdict.relation === 'same-recording');
  const whole = same.filter(({ verdict }) => verdict.truncated === null).sort(byCoherence);
  for (const { a, b } of whole) clusters.joinIfUncontested(a, b);
  joinTruncated(clusters, same);
  const across = known.filter(({ a, b }) => clusters.of(a) !== clusters.of(b));
  return {
    groups: clusters.groups(),
    related: across.filter(({ verdict }) => RELATED.has(verdict.relation)),
    undecided: across.filter(({ verdict }) => verdict.relation === 'same-recording'),
  };
}

function byPair(one: PairVerdict, other: PairVerdict): number {
  return compare(one.a, other.a) || compare(one.b, other.b);
}

function byCoherence(one: PairVerdict, other: PairVerdict): number {
  return (other.verdict.coherence ?? 0) - (one.verdict.coherence ?? 0) || byPair(one, other);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** `unsure` abstains: it does not join, and it keeps apart only where as many pairs speak for joining. */
type LinkKind = 'same' | 'other' | 'unsure';

function linkOf({ relation }: PairVerdict['verdict']): LinkKind {
  if (relation === 'unsure') return 'unsure';
  return relation === 'same-recording' || relation === 'same-audio' || relation === 'same-bytes' ? 'same' : 'other';
}

/** Joins clusters along what is left, most supporters first; a tie between rivals that exclude each other stays open. */
function joinTruncated(clusters: Clusters, same: readonly PairVerdict[]): void {
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
  has(id: string): boolean;
  of(id: string): number;
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

/** Clusters with the tally of verdicts between each two of them. Numbers follow the order of ids. */
function createClusters(sounds: readonly GroupedSound[]): Clusters {
  const ordered = [...sounds].sort((one, other) => compare(one.id, other.id));
  const clusterOf = new Map<string, number>();
  const members = new Map<number, string[]>();
  const firstWith = new Map<string, number>();
  const between = new Map<number, Map<number, Between>>();
  ordered.forEach(({ id, sampleHash }, number) => {
    invariant(!clusterOf.has(id), `the sound ${id} is listed twice`);
    const cluster = sampleHash === null ? number : (firstWith.get(sampleHash) ?? number);
    if (sampleHash !== null) firstWith.set(sampleHash, cluster);
    clusterOf.set(id, cluster);
    members.set(cluster, [...(members.get(cluster) ?? []), id]);
  });
  const samples = new Map(ordered.map(({ id, sampleHash }) => [id, sampleHash]));
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
  return {
    has: (id) => clusterOf.has(id),
    of,
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
      const [one, other] = [of(a), of(b)];
      if (mayJoin(one, other)) merge(Math.min(one, other), Math.max(one, other));
    },
    groups: () =>
      [...members.values()]
        .map((ids): SoundGroup => {
          const hashes = new Set(ids.map((id) => samples.get(id)));
          const equal = hashes.size === 1 && !hashes.has(null);
          const relation = ids.length === 1 || equal ? 'same-audio' : 'same-recording';
          return { sounds: [...ids].sort(compare), relation };
        })
        .sort((one, other) => compare(one.sounds[0] as string, other.sounds[0] as string)),
  };
}
