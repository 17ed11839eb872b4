/** Clusters of sounds, known by their places, with the tally of what was judged across each two of them. */

/** What a pair says about joining. */
export type LinkKind = 'same' | 'other' | 'unsure';

/** Every question about two sounds is one about their clusters. */
export interface Clusters {
  /** A number that only sounds of one cluster share. */
  of(place: number): number;
  join(a: number, b: number): void;
  link(a: number, b: number, kind: LinkKind): void;
  /** Are they one already, or is nothing judged between them but the same and the unsure? */
  areFree(a: number, b: number): boolean;
  mayJoin(a: number, b: number): boolean;
  /** Pairs across that speak for joining. */
  support(a: number, b: number): number;
  /** Is there a rival with as good a claim on one of them that would exclude the other? */
  isContested(a: number, b: number): boolean;
  joinIfUncontested(a: number, b: number): void;
  /** Drops the tally; clusters stay as they are. For when what follows has nothing to do with what was. */
  forgetLinks(): void;
}

/** Pairs judged across two clusters. */
type Between = Record<LinkKind, number>;

const NONE: Readonly<Between> = { same: 0, other: 0, unsure: 0 };

/** One cluster a place, for so many places. Memory beyond four bytes a place goes by the links. */
export function createClusters(places: number): Clusters {
  const clusterOf = Int32Array.from({ length: places }, (_, place) => place);
  const members = new Map<number, number[]>();
  const between = new Map<number, Map<number, Between>>();
  const of = (place: number): number => clusterOf[place] as number;
  const membersOf = (cluster: number): number[] => members.get(cluster) ?? [cluster];
  const tally = (one: number, other: number): Between => {
    const row = between.get(one) ?? new Map<number, Between>();
    between.set(one, row);
    const cell = row.get(other) ?? { ...NONE };
    row.set(other, cell);
    return cell;
  };
  const peek = (one: number, other: number): Between => between.get(one)?.get(other) ?? NONE;
  const mayUnite = (one: number, other: number): boolean => {
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
    rival !== other && mayUnite(one, rival) && peek(one, rival).same >= support && !mayUnite(rival, other);
  const merge = (kept: number, gone: number): void => {
    const moved = membersOf(gone);
    for (const place of moved) clusterOf[place] = kept;
    const all = membersOf(kept);
    for (const place of moved) all.push(place);
    members.set(kept, all);
    members.delete(gone);
    for (const [neighbour, counts] of between.get(gone) ?? []) {
      between.get(neighbour)?.delete(gone);
      if (neighbour !== kept) add(kept, neighbour, counts);
    }
    between.delete(gone);
  };
  const join = (a: number, b: number): void => {
    if (of(a) !== of(b)) merge(Math.min(of(a), of(b)), Math.max(of(a), of(b)));
  };
  return {
    of,
    join,
    link(a, b, kind) {
      if (of(a) !== of(b)) add(of(a), of(b), { ...NONE, [kind]: 1 });
    },
    areFree: (a, b) => of(a) === of(b) || peek(of(a), of(b)).other === 0,
    mayJoin: (a, b) => mayUnite(of(a), of(b)),
    support: (a, b) => peek(of(a), of(b)).same,
    isContested(a, b) {
      const [one, other] = [of(a), of(b)];
      const support = peek(one, other).same;
      const rivals = (cluster: number, partner: number): boolean =>
        [...(between.get(cluster)?.keys() ?? [])].some((rival) => isRival(cluster, rival, partner, support));
      return rivals(one, other) || rivals(other, one);
    },
    joinIfUncontested(a, b) {
      if (mayUnite(of(a), of(b))) join(a, b);
    },
    forgetLinks: () => between.clear(),
  };
}
