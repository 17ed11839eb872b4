/** The judgement of a pair, in the words of the public interface. */
export type Relation =
  | 'same-bytes'
  | 'same-audio'
  | 'same-recording'
  | 'contains'
  | 'contained'
  | 'other-edit'
  | 'other-speed'
  | 'shared-parts'
  | 'other-performance'
  | 'different'
  | 'unsure';

/** A stretch of both sounds that agrees. Seconds in each file's own time. */
export interface Segment {
  readonly aStartSeconds: number;
  readonly bStartSeconds: number;
  readonly seconds: number;
  /** Differing bits ÷ compared bits over the stretch, 0 … 1; `null` where it was not computed. */
  readonly bitErrorRate: number | null;
}

/** Where b's sound may lie over a's: b's second `t` answers a's second `offsetSeconds + speedRatio · t`. */
export interface OffsetHypothesis {
  /** Seconds by which b starts after a, on a's time. */
  readonly offsetSeconds: number;
  /** b's speed ÷ a's, to a quarter of a per cent; 1 also where it is within half a per cent. */
  readonly speedRatio: number;
  /** Offset-consistent hits. */
  readonly votes: number;
}

/** The same place as seen from b. */
export function mirrorOffset({ offsetSeconds, speedRatio, votes }: OffsetHypothesis): OffsetHypothesis {
  return { offsetSeconds: 0 - offsetSeconds / speedRatio, speedRatio: 1 / speedRatio, votes };
}

/** Figures behind a judgement, for those who want to check it. */
export interface JudgementFigures {
  /** Tenth percentile of the blocks' coherence, 0 … 1. */
  readonly lowCoherence: number;
  /** Share of inner blocks in which one holds what the other lacks, 0 … 1. */
  readonly badBlockShare: number;
  /** Share of tiles (2 s × band) that are hardly coherent, 0 … 1. */
  readonly lowTileShare: number;
  /** About +1 where a holds an extra source, −1 where b does, 0 where nothing is one-sided. */
  readonly extraSlope: number;
  /** Spread of band levels over time in dB: below 1 for tones and steady noise. */
  readonly liveliness: number;
  /** Does clipping of one of them explain the difference? */
  readonly clipped: boolean;
  /** Does steady noise in one of them explain the difference? */
  readonly steadyNoise: boolean;
  /** Does a source of its own lie under the whole of one of them? Absent where nobody looked. */
  readonly foreignSource?: boolean;
  /** As `extraSlope`, over every tile that lost some coherence; how many did, and how well the slope describes them. */
  readonly touchedSlope?: number;
  readonly touchedShare?: number;
  readonly touchedFit?: number;
  /** Share of loud tiles that fall far below what their band usually has: notes that are others, 0 … 1. */
  readonly droppedShare?: number;
  /** Distance in dB between the bands that the one raises most and least against the other; absent where too little is common. */
  readonly equalizationDb?: number;
  /** How far their levels wander against each other over time, in dB. */
  readonly gainSpreadDb?: number;
  /** By how many dB b is louder. */
  readonly gainDb?: number;
}

/** Were two copies made from one master? `unknown` between clearly one and clearly two, and where it was not measured. */
export type MasterWord = 'same' | 'other' | 'unknown';

/** All that was found out about a pair (a, b). A figure that was not computed is `null`, never 0. */
export interface Verdict {
  readonly relation: Relation;
  /** Which of the two lacks more than 3 s at an end that the other has. */
  readonly truncated: 'a' | 'b' | null;
  /** Which of two copies of one recording the decoder complained about. Absent where nobody looked. */
  readonly damaged?: 'a' | 'b' | 'both' | null;
  /** Absent where nobody looked. */
  readonly master?: MasterWord;
  /**
   * Do both sound at the beginning, or at the end, for a moment in which they are not the same? Then one of two copies of a
   * recording was cut out of a broadcast or a mix. Absent where nobody looked.
   */
  readonly foreignEnd?: boolean;
  /** 0 … 1: 1 − 2·BER at the best alignment, not below 0; what people are shown. */
  readonly similarity: number | null;
  readonly bitErrorRate: number | null;
  /**
   * Standard deviations by which the fingerprints agree more, where the sounds lie over each other, than those of
   * unrelated sounds with bits like theirs. Absent or `null` where it was not computed.
   */
  readonly significance?: number | null;
  /**
   * Pairs of unrelated sounds that would look as much alike by chance, among two files alone or in the library that
   * was asked. Depends on more than the pair, so it is never stored with it.
   */
  readonly expectedFalse?: number | null;
  /** Seconds in which both sounds agree. */
  readonly overlapSeconds: number;
  /** How much later b's sound starts than a's, in seconds. */
  readonly offsetSeconds: number | null;
  /** b's speed ÷ a's. */
  readonly speedRatio: number | null;
  /** Median magnitude-squared coherence of the matched blocks, 200–4000 Hz, 0 … 1. */
  readonly coherence: number | null;
  /** The other figures that decided; `null` where no stretch agreed. */
  readonly evidence: JudgementFigures | null;
  readonly segments: readonly Segment[];
  /** Why, in sentences a person understands, the decisive one first. */
  readonly reasons: readonly string[];
}

/** What the catalogue keeps of a verdict; the rest can be measured again. */
export type RecordedVerdict = Pick<
  Verdict,
  | 'relation'
  | 'truncated'
  | 'damaged'
  | 'master'
  | 'similarity'
  | 'significance'
  | 'overlapSeconds'
  | 'offsetSeconds'
  | 'speedRatio'
  | 'coherence'
>;

/** A recorded verdict with its pair, as {@link PairVerdict}. */
export interface RecordedPair {
  readonly a: string;
  readonly b: string;
  readonly verdict: RecordedVerdict;
}

/** A verdict with its pair, each sound known by its audio hash; `a` < `b` as strings. */
export interface PairVerdict {
  readonly a: string;
  readonly b: string;
  readonly verdict: Verdict;
}
