/**
 * Recorded comparisons → groups of the same recording. Complete link: two groups join only where at least one pair
 * across is the same recording and no judged pair across is anything else, so that a chain of doubtful pairs never
 * gathers strangers; pairs of which nobody is sure abstain, and must be fewer. Whole copies join first, the most coherent pairs first; truncated ones last, to the group with
 * most members that speak for it, for a beginning may be the beginning of several things. Before all that come a
 * person's decisions, which outrank verdicts and equal samples. Deterministic: the order of sounds, records and
 * decisions does not matter.
 *
 * Nothing joins what is not connected by pairs of the same recording, so each connected component is grouped by itself,
 * and only one of them is spread out in memory at a time.
 */
import { invariant } from '#kernel';
import { type Clusters, createClusters, type LinkKind } from './clusters.ts';
import type { ComparisonTable } from './comparison-table.ts';
import { type Decision, settleDecisions } from './decisions.ts';
import { createForest, type Forest } from './forest.ts';
import { listsByKey } from './lists-by-key.ts';
import type { Relation } from './verdict.ts';

export interface SoundGroup {
  /** Audio hashes in ascending order; a sound without a counterpart is a group of one. */
  readonly sounds: readonly string[];
  /** The weakest that holds within: `same-audio` where all samples are equal. */
  readonly relation: 'same-audio' | 'same-recording';
}

export interface Grouping {
  /** Every sound of the table in exactly one group, ordered by first sound. */
  readonly groups: readonly SoundGroup[];
  /** By place of a sound, the index of its group. */
  readonly groupOf: Int32Array;
  /** Records across groups that are related but no duplicates, ascending. */
  readonly related: readonly number[];
  /** Records of pairs judged the same recording whose groups contradict each other elsewhere, so that they stay apart; ascending. */
  readonly undecided: readonly number[];
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
 * Groups the sounds of a table. Decisions also count where one of their sounds is not in it: what was said of a file
 * that is gone still joins and parts the others.
 * @param sampleHashes by place: sounds with equal ones belong together unless a person says otherwise; `null` where there is none
 */
export function groupSounds(
  table: ComparisonTable,
  sampleHashes: readonly (string | null)[],
  decisions: readonly Decision[] = [],
): Grouping {
  invariant(sampleHashes.length === table.sounds.length, 'every sound has a sample hash or null');
  const { words, places } = placedWords(table, settleDecisions(decisions).held);
  const decided = new Set(words.map(({ a, b }) => keyOf(Math.min(a, b), Math.max(a, b), places)));
  const isDecided = (record: number): boolean =>
    decided.size > 0 && decided.has(keyOf(table.a(record), table.b(record), places));
  const clusters = createClusters(places);
  const parts: Parts = { table, sampleHashes, clusters, isDecided };
  for (const component of components(table, sampleHashes, words, places)) {
    groupComponent(parts, component);
    clusters.forgetLinks();
  }
  const groupOf = numbered(clusters, table.sounds.length);
  return { groups: groupsOf(table, sampleHashes, groupOf), groupOf, ...acrossGroups(table, groupOf, isDecided) };
}

/** A word about two places. */
interface PlacedWord {
  readonly a: number;
  readonly b: number;
  readonly word: Decision['word'];
}

/** Sounds that are not in the table get the places behind it. */
function placedWords(
  table: ComparisonTable,
  held: readonly Decision[],
): { readonly words: readonly PlacedWord[]; readonly places: number } {
  const others = new Map<string, number>();
  const placeOf = (id: string): number => {
    const known = table.placeOf(id) ?? others.get(id);
    if (known !== undefined) return known;
    others.set(id, table.sounds.length + others.size);
    return table.sounds.length + others.size - 1;
  };
  const words = held.map(({ a, b, word }) => ({ a: placeOf(a), b: placeOf(b), word }));
  return { words, places: table.sounds.length + others.size };
}

function keyOf(a: number, b: number, places: number): number {
  return a * places + b;
}

/** Sounds that may come together, two at least. */
interface Component {
  /** Places, ascending. */
  readonly members: Int32Array;
  /** Records whose both sounds are members, ascending. */
  readonly records: Int32Array;
  /** Words about two members. */
  readonly words: readonly PlacedWord[];
}

function* components(
  table: ComparisonTable,
  sampleHashes: readonly (string | null)[],
  words: readonly PlacedWord[],
  places: number,
): Generator<Component> {
  const { rootOf } = connected(table, sampleHashes, words, places);
  const rootWithin = (a: number, b: number): number => {
    const root = rootOf(a);
    return root === rootOf(b) ? root : -1;
  };
  const membersOf = listsByKey(places, places, rootOf);
  const recordsOf = listsByKey(table.size, places, (record) => rootWithin(table.a(record), table.b(record)));
  const wordsOf = Map.groupBy(words, ({ a, b }) => rootWithin(a, b));
  for (let root = 0; root < places; root++) {
    const members = membersOf(root);
    if (members.length > 1) yield { members, records: recordsOf(root), words: wordsOf.get(root) ?? [] };
  }
}

function connected(
  table: ComparisonTable,
  sampleHashes: readonly (string | null)[],
  words: readonly PlacedWord[],
  places: number,
): Forest {
  const forest = createForest(places);
  for (const { a, b, word } of words) if (word === 'same') forest.unite(a, b);
  const first = new Map<string, number>();
  sampleHashes.forEach((hash, place) => {
    if (hash === null) return;
    const twin = first.get(hash);
    if (twin === undefined) first.set(hash, place);
    else forest.unite(twin, place);
  });
  for (let record = 0; record < table.size; record++) {
    if (linkOf(table.relation(record)) === 'same') forest.unite(table.a(record), table.b(record));
  }
  return forest;
}

/** `unsure` abstains: it does not join, and it keeps apart only where as many pairs speak for joining. */
function linkOf(relation: Relation): LinkKind {
  if (relation === 'unsure') return 'unsure';
  return relation === 'same-recording' || relation === 'same-audio' || relation === 'same-bytes' ? 'same' : 'other';
}

interface Parts {
  readonly table: ComparisonTable;
  readonly sampleHashes: readonly (string | null)[];
  readonly clusters: Clusters;
  isDecided(record: number): boolean;
}

/** A pair called the same recording. */
interface SamePair {
  readonly a: number;
  readonly b: number;
  readonly coherence: number;
  readonly isWhole: boolean;
}

function groupComponent(parts: Parts, { members, records, words }: Component): void {
  const { table, clusters } = parts;
  obey(clusters, words);
  joinEqualSamples(clusters, members, parts.sampleHashes);
  const open = [...records].filter((record) => !parts.isDecided(record));
  for (const record of open) clusters.link(table.a(record), table.b(record), linkOf(table.relation(record)));
  const same = open
    .filter((record) => table.relation(record) === 'same-recording')
    .map((record) => samePair(table, record));
  const whole = same.filter(({ isWhole }) => isWhole).sort(byCoherence);
  for (const { a, b } of whole) clusters.joinIfUncontested(a, b);
  joinTruncated(clusters, same);
}

/** Differences first: where clusters join, they are handed on. */
function obey(clusters: Clusters, words: readonly PlacedWord[]): void {
  for (const { a, b, word } of words) if (word === 'different') clusters.link(a, b, 'other');
  for (const { a, b, word } of words) if (word === 'same') clusters.join(a, b);
}

/** Joins sounds with equal samples, in the order of places, where nothing is in the way. */
function joinEqualSamples(clusters: Clusters, members: Int32Array, sampleHashes: readonly (string | null)[]): void {
  const seen = new Map<string, number[]>();
  for (const place of members) {
    const hash = sampleHashes[place] ?? null;
    if (hash === null) continue;
    const twins = seen.get(hash) ?? [];
    seen.set(hash, twins);
    const free = twins.find((twin) => clusters.areFree(twin, place));
    if (free === undefined) twins.push(place);
    else clusters.join(free, place);
  }
}

function samePair(table: ComparisonTable, record: number): SamePair {
  const { coherence, truncated } = table.verdict(record);
  return { a: table.a(record), b: table.b(record), coherence: coherence ?? 0, isWhole: truncated === null };
}

function byCoherence(one: SamePair, other: SamePair): number {
  return other.coherence - one.coherence || one.a - other.a || one.b - other.b;
}

/** Joins clusters along what is left, most supporters first; a tie between rivals that exclude each other stays open. */
function joinTruncated(clusters: Clusters, same: readonly SamePair[]): void {
  let open = same;
  while (true) {
    open = open.filter(({ a, b }) => clusters.mayJoin(a, b));
    const ranked = open
      .map((pair) => ({ pair, support: clusters.support(pair.a, pair.b) }))
      .sort((one, other) => other.support - one.support || byCoherence(one.pair, other.pair));
    const next = ranked.find(({ pair }) => !clusters.isContested(pair.a, pair.b));
    if (!next) return;
    clusters.join(next.pair.a, next.pair.b);
  }
}

/** By place, the group's index in the order of first places. */
function numbered(clusters: Clusters, sounds: number): Int32Array {
  const groupOf = new Int32Array(sounds);
  const indices = new Map<number, number>();
  for (let place = 0; place < sounds; place++) {
    const cluster = clusters.of(place);
    const index = indices.get(cluster) ?? indices.size;
    indices.set(cluster, index);
    groupOf[place] = index;
  }
  return groupOf;
}

function groupsOf(
  table: ComparisonTable,
  sampleHashes: readonly (string | null)[],
  groupOf: Int32Array,
): readonly SoundGroup[] {
  const groups: { sounds: string[]; first: string | null; isEqual: boolean }[] = [];
  table.sounds.forEach((sound, place) => {
    const hash = sampleHashes[place] as string | null;
    const group = groups[groupOf[place]!];
    if (group === undefined) groups.push({ sounds: [sound], first: hash, isEqual: true });
    else {
      group.sounds.push(sound);
      group.isEqual &&= hash !== null && hash === group.first;
    }
  });
  return groups.map(({ sounds, isEqual }) => ({ sounds, relation: isEqual ? 'same-audio' : 'same-recording' }));
}

function acrossGroups(
  table: ComparisonTable,
  groupOf: Int32Array,
  isDecided: (record: number) => boolean,
): Pick<Grouping, 'related' | 'undecided'> {
  const related: number[] = [];
  const undecided: number[] = [];
  for (let record = 0; record < table.size; record++) {
    if (groupOf[table.a(record)] === groupOf[table.b(record)]) continue;
    const relation = table.relation(record);
    if (RELATED.has(relation)) related.push(record);
    else if (relation === 'same-recording' && !isDecided(record)) undecided.push(record);
  }
  return { related, undecided };
}
