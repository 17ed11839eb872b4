/**
 * The verdict on a pair from its waveforms and its fingerprints together. The waveforms come first; where they have
 * nothing in common the notes are laid over each other, which may show where the waveforms should have been compared,
 * or that it is the same music played or stretched another way.
 */
import {
  type AgreementKernel,
  type ComparedPrints,
  findLikeness,
  type Likeness,
  type OffsetHypothesis,
  type Verdict,
  withBitErrors,
  withLikeness,
} from '#matching';
import { bareVerdict } from './bare-verdict.ts';

export interface HeardPair {
  readonly a: ComparedPrints;
  readonly b: ComparedPrints;
  /** Where b may lie over a, the best first; may be empty. */
  readonly offsets: readonly OffsetHypothesis[];
  /** Judges the two sounds. */
  readonly judge: (offsets: readonly OffsetHypothesis[]) => Promise<Verdict>;
}

/** A verdict, and what the notes gave where they had to be asked. */
export interface HeardVerdict {
  readonly verdict: Verdict;
  /** The best line through the notes; `null` where there is none, absent where the waveforms were enough. */
  readonly notes?: Likeness | null;
}

/** Below this difference of tempo a line is level, so that the waveforms are compared at equal speed. */
const LEVEL_TEMPO = 0.0035;

/** @throws what `judge` throws */
export async function hearPair({ a, b, offsets, judge }: HeardPair, kernel: AgreementKernel): Promise<HeardVerdict> {
  const known = async (where: readonly OffsetHypothesis[]): Promise<Verdict> =>
    withBitErrors(await judge(where), a.items, b.items, kernel);
  const heard = offsets.length > 0 ? await known(offsets) : undefined;
  if (heard && heard.relation !== 'different') return { verdict: heard };
  const likeness = findLikeness(a, b, kernel);
  if (!likeness)
    return { verdict: heard ?? bareVerdict('different', null, 'The fingerprints share nothing.'), notes: null };
  const again = offsets.some((offset) => isNear(offset, likeness)) ? undefined : await known([hypothesisOf(likeness)]);
  const onWaves = again ?? heard ?? bareVerdict('different', null, 'The fingerprints share nothing.');
  return { verdict: withLikeness(onWaves, likeness), notes: likeness };
}

function hypothesisOf({ offsetSeconds, tempoRatio }: Likeness): OffsetHypothesis {
  return { offsetSeconds, speedRatio: Math.abs(tempoRatio - 1) < LEVEL_TEMPO ? 1 : tempoRatio, votes: 0 };
}

/** Was it laid over there already? */
function isNear(offset: OffsetHypothesis, likeness: Likeness): boolean {
  const { offsetSeconds, speedRatio } = hypothesisOf(likeness);
  return Math.abs(offset.offsetSeconds - offsetSeconds) < 0.2 && Math.abs(offset.speedRatio / speedRatio - 1) < 0.008;
}
