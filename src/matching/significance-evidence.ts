/**
 * From figures of pairs to what a person can use: how many pairs of unrelated sounds of a whole library look this
 * much alike (the E-value, as BLAST prints it), and how likely each printed group is one of those. Two witnesses
 * that know nothing of each other are heard: the fingerprints' significance and the waveforms' coherence. All of it
 * speaks about chance likeness of unrelated sounds; that a stem is not its mix is for the rules to find out.
 * @see Fisher, "Statistical Methods for Research Workers", 1932, § 21.1
 * @see Efron, "Large-Scale Inference", 2010, chapter 5: the local false discovery rate
 */
import type { SoundGroup } from './groups.ts';
import { chanceOf, type NullDistribution } from './significance-null.ts';
import type { RecordedPair, RecordedVerdict } from './verdict.ts';

/** What the expectation of a pair depends on besides its verdict. */
export interface Library {
  /** Distinct sounds. */
  readonly sounds: number;
  /** Length of a sound by its id. */
  secondsOf(id: string): number;
  readonly nulls: NullDistribution;
}

/**
 * Blocks of unrelated sounds at their best offset, 54,079 of 1,654 pairs (docs/calibration.md): a share of
 * 0.016 · exp(−c / 0.056) is coherent by c or more from 0.2 on, none above 0.4; of those by 0.3 one in four was followed by another.
 */
const COHERENT_SHARE = 0.016;
const COHERENCE_DECAY = 0.056;
const FOLLOWED_SHARE = 0.25;
/** Below this, blocks that follow each other prove nothing more. A stretch that agrees is coherent by more. */
const AGREEING_COHERENCE = 0.5;
/** Further seconds add nothing, for what lasts that long may last for reasons nobody thought of. Chosen. */
const MOST_BLOCKS = 24;
/** Lines along which a stretch may be sought, as the judge does. */
const LINES = 6;

/** The chance that two unrelated sounds give as much evidence as this, 0 … 1. */
function chanceOfPair(verdict: RecordedVerdict, aSeconds: number, bSeconds: number, nulls: NullDistribution): number {
  const { significance = null } = verdict;
  const bits = significance === null ? 1 : chanceOf(significance, aSeconds, bSeconds, nulls);
  return jointChance(bits * chanceOfWaves(verdict, Math.max(aSeconds, bSeconds)));
}

/** The chance that a stretch as long and as coherent begins at any second of the longer one, along any line. */
function chanceOfWaves({ coherence, overlapSeconds }: RecordedVerdict, seconds: number): number {
  if (coherence === null) return 1;
  const blocks = coherence < AGREEING_COHERENCE ? 1 : Math.min(MOST_BLOCKS, Math.max(1, Math.floor(overlapSeconds)));
  const each = COHERENT_SHARE * Math.exp(-coherence / COHERENCE_DECAY) * FOLLOWED_SHARE ** (blocks - 1);
  return Math.min(1, LINES * Math.max(1, seconds) * each);
}

/** The chance that the product of two independent chances, each uniform, is as small as this. */
function jointChance(product: number): number {
  return product <= 0 ? 0 : Math.min(1, product * (1 - Math.log(product)));
}

/** Pairs of unrelated sounds that a library is expected to hold with as much evidence; `null` where there is none at all. */
export function expectedFalseOf({ a, b, verdict }: RecordedPair, library: Library): number | null {
  const { sounds, nulls } = library;
  if ((verdict.significance ?? verdict.coherence) === null) return null;
  return pairsAmong(sounds) * chanceOfPair(verdict, library.secondsOf(a), library.secondsOf(b), nulls);
}

function pairsAmong(sounds: number): number {
  return (sounds * (sounds - 1)) / 2;
}

/** A pair called the same recording, with its E-value. */
export interface WeighedPair {
  readonly a: string;
  readonly b: string;
  readonly expectedFalse: number;
}

/**
 * The chance that each pair is one of the unrelated, in the order given. The number of unrelated pairs up to an
 * E-value is expected to be that value; the steps from each pair to the next are made to grow, as the likelihood of
 * a pair that is less evident must (Grenander's estimate). Their sum is the largest E-value: what the list as a whole
 * is expected to hold.
 */
export function localFalseRates(pairs: readonly WeighedPair[]): number[] {
  const order = pairs.map((_, i) => i).sort((x, y) => pairs[x]!.expectedFalse - pairs[y]!.expectedFalse);
  const pools: { sum: number; count: number }[] = [];
  let before = 0;
  for (const i of order) {
    const expected = pairs[i]!.expectedFalse;
    let pool = { sum: expected - before, count: 1 };
    before = expected;
    for (let last = pools.at(-1); last && last.sum * pool.count >= pool.sum * last.count; last = pools.at(-1)) {
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
      pools.pop();
    }
    pools.push(pool);
  }
  const rates = new Array<number>(pairs.length);
  const each = pools.flatMap(({ sum, count }) => new Array<number>(count).fill(Math.min(1, sum / count)));
  order.forEach((i, rank) => {
    rates[i] = each[rank]!;
  });
  return rates;
}

/** Pairs of one library, weighed, and the verdicts with those too weak to be believed turned into `unsure`. */
export interface WeighedVerdicts {
  readonly verdicts: readonly RecordedPair[];
  readonly pairs: readonly WeighedPair[];
}

/**
 * Weighs the pairs called the same recording. Those with an E-value above `mostFalse` are believed no longer, so
 * that the list as a whole is expected to hold no more unrelated pairs than that.
 */
export function weighVerdicts(verdicts: readonly RecordedPair[], library: Library, mostFalse: number): WeighedVerdicts {
  const pairs: WeighedPair[] = [];
  const weighed = verdicts.map((pair): RecordedPair => {
    if (pair.verdict.relation !== 'same-recording') return pair;
    const { a, b, verdict } = pair;
    const expected = expectedFalseOf(pair, library) ?? pairsAmong(library.sounds);
    if (expected > mostFalse) return { a, b, verdict: { ...verdict, relation: 'unsure', truncated: null } };
    pairs.push({ a, b, expectedFalse: expected });
    return pair;
  });
  return { verdicts: weighed, pairs };
}

/**
 * For each group the chance that it holds a stranger: those of the pairs that tie it together, the most certain
 * ones, at most 1.
 * @param sampleHashOf equal samples have equal ones, and no chance ties them together; `null` where there is none
 */
export function falseRatesOfGroups(
  groups: readonly Pick<SoundGroup, 'sounds'>[],
  pairs: readonly WeighedPair[],
  sampleHashOf: (id: string) => string | null,
): number[] {
  const rates = localFalseRates(pairs);
  const groupOf = new Map(groups.flatMap(({ sounds }, group) => sounds.map((id) => [id, group] as const)));
  const ties = groups.map((): Tie[] => []);
  const knotOf = (id: string): string => {
    const samples = sampleHashOf(id);
    return samples === null ? id : `samples ${samples}`;
  };
  pairs.forEach(({ a, b }, i) => {
    const group = groupOf.get(a);
    if (group === undefined || group !== groupOf.get(b)) return;
    ties[group]!.push({ ends: [knotOf(a), knotOf(b)], rate: rates[i]! });
  });
  return ties.map((within) => Math.min(1, costOfTying(within)));
}

interface Tie {
  readonly ends: readonly [string, string];
  readonly rate: number;
}

/** The sum of rates along Kruskal's spanning tree. */
function costOfTying(ties: readonly Tie[]): number {
  const parents = new Map<string, string>();
  const rootOf = (knot: string): string => {
    let root = knot;
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next;
    if (root !== knot) parents.set(knot, root);
    return root;
  };
  let sum = 0;
  for (const { ends, rate } of ties.toSorted((one, other) => one.rate - other.rate)) {
    const [one, other] = [rootOf(ends[0]), rootOf(ends[1])];
    if (one === other) continue;
    parents.set(one, other);
    sum += rate;
  }
  return sum;
}
