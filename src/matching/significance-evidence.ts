/**
 * From figures of pairs to what a person can use: how many pairs of unrelated sounds of a whole library look this
 * much alike (the E-value, as BLAST prints it), and how likely each printed group is one of those. Two witnesses
 * that know nothing of each other are heard: the fingerprints' significance and the waveforms' coherence. All of it
 * speaks about chance likeness of unrelated sounds; that a stem is not its mix is for the rules to find out.
 * @see Fisher, "Statistical Methods for Research Workers", 1932, § 21.1
 * @see Efron, "Large-Scale Inference", 2010, chapter 5: the local false discovery rate
 */
import type { ComparisonTable } from './comparison-table.ts';
import { chanceOf, type NullDistribution } from './significance-null.ts';
import type { RecordedVerdict } from './verdict.ts';

/** What the expectation of a pair depends on besides its verdict. Sounds go by whatever the caller knows them by. */
export interface Library<Id = string> {
  /** Distinct sounds. */
  readonly sounds: number;
  /** Length of a sound. */
  secondsOf(id: Id): number;
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
export function expectedFalseOf<Id>(
  { a, b, verdict }: { readonly a: Id; readonly b: Id; readonly verdict: RecordedVerdict },
  library: Library<Id>,
): number | null {
  const { sounds, nulls } = library;
  if ((verdict.significance ?? verdict.coherence) === null) return null;
  return pairsAmong(sounds) * chanceOfPair(verdict, library.secondsOf(a), library.secondsOf(b), nulls);
}

function pairsAmong(sounds: number): number {
  return (sounds * (sounds - 1)) / 2;
}

/** Pairs of one library, weighed. */
export interface Weighing {
  /** The comparisons, those of them `unsure` that were called the same recording and are too weak to be believed. */
  readonly table: ComparisonTable;
  /** Records that are still called the same recording, ascending. */
  readonly believed: Int32Array;
  /** Their E-values, in the same order. */
  readonly expectedFalse: Float64Array;
}

/**
 * Weighs the pairs called the same recording. Those with an E-value above `mostFalse` are believed no longer, so
 * that the list as a whole is expected to hold no more unrelated pairs than that.
 * @param library by places of the table
 */
export function weighComparisons(table: ComparisonTable, library: Library<number>, mostFalse: number): Weighing {
  let same = 0;
  for (let record = 0; record < table.size; record++) if (table.relation(record) === 'same-recording') same++;
  const [believed, expectedFalse] = [new Int32Array(same), new Float64Array(same)];
  const doubted = new Uint8Array(table.size);
  let count = 0;
  for (let record = 0; record < table.size; record++) {
    if (table.relation(record) !== 'same-recording') continue;
    const pair = { a: table.a(record), b: table.b(record), verdict: table.verdict(record) };
    const expected = expectedFalseOf(pair, library) ?? pairsAmong(library.sounds);
    if (expected > mostFalse) doubted[record] = 1;
    else {
      believed[count] = record;
      expectedFalse[count++] = expected;
    }
  }
  return {
    table: count < same ? withDoubts(table, doubted) : table,
    believed: believed.subarray(0, count),
    expectedFalse: expectedFalse.subarray(0, count),
  };
}

function withDoubts(table: ComparisonTable, doubted: Uint8Array): ComparisonTable {
  return {
    ...table,
    relation: (record) => (doubted[record] === 1 ? 'unsure' : table.relation(record)),
    verdict(record) {
      const verdict = table.verdict(record);
      return doubted[record] === 1 ? { ...verdict, relation: 'unsure', truncated: null } : verdict;
    },
  };
}

/**
 * The chance that each pair is one of the unrelated, by its E-value, in the order given. The number of unrelated pairs
 * up to an E-value is expected to be that value; the steps from each pair to the next are made to grow, as the likelihood
 * of a pair that is less evident must (Grenander's estimate). Their sum is the largest E-value: what the list as a whole
 * is expected to hold.
 */
export function localFalseRates(expectedFalse: Float64Array): Float64Array {
  const values = expectedFalse.toSorted();
  const [sums, counts] = [new Float64Array(values.length), new Int32Array(values.length)];
  /** The largest value of each pool. Equal values always share one. */
  const tops = new Float64Array(values.length);
  let pools = 0;
  values.forEach((value, i) => {
    let [sum, count] = [value - (values[i - 1] ?? 0), 1];
    while (pools > 0 && sums[pools - 1]! * count >= sum * counts[pools - 1]!) {
      pools--;
      sum += sums[pools]!;
      count += counts[pools]!;
    }
    sums[pools] = sum;
    counts[pools] = count;
    tops[pools++] = value;
  });
  return expectedFalse.map((value) => {
    const pool = firstAtLeast(tops, pools, value);
    return Math.min(1, sums[pool]! / counts[pool]!);
  });
}

/** The index of the first of `count` ascending values that is at least `wanted`; one is. */
function firstAtLeast(values: Float64Array, count: number, wanted: number): number {
  let [from, to] = [0, count - 1];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (values[middle]! >= wanted) to = middle;
    else from = middle + 1;
  }
  return from;
}
