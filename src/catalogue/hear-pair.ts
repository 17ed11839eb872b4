/**
 * The verdict on a pair from its waveforms and its fingerprints together. The waveforms come first; where they have
 * nothing in common the notes are laid over each other, which may show where the waveforms should have been compared,
 * or that it is the same music played or stretched another way.
 */
import {
  type AgreementKernel,
  type ComparedPrints,
  isLevelTempo,
  type Likeness,
  type OffsetHypothesis,
  type Verdict,
  withBitErrors,
  withLikeness,
} from '#matching';
import { bareVerdict } from './bare-verdict.ts';

export interface HeardPair {
  readonly a: Pick<ComparedPrints, 'items'>;
  readonly b: Pick<ComparedPrints, 'items'>;
  /** Where b may lie over a, the best first; may be empty. */
  readonly offsets: readonly OffsetHypothesis[];
  /** Judges the two sounds. */
  readonly judge: (offsets: readonly OffsetHypothesis[]) => Promise<Verdict>;
  /** Lays their notes over each other. */
  readonly liken: () => Promise<Likeness | undefined>;
}

/** A verdict, and what the notes gave where they had to be asked. */
export interface HeardVerdict {
  readonly verdict: Verdict;
  /** The best line through the notes; `null` where there is none, absent where the waveforms were enough. */
  readonly notes?: Likeness | null;
}

/** @throws what `judge` throws */
export async function hearPair(pair: HeardPair, kernel: AgreementKernel): Promise<HeardVerdict> {
  const { a, b, offsets, judge } = pair;
  const known = async (where: readonly OffsetHypothesis[]): Promise<Verdict> =>
    withBitErrors(await judge(where), a.items, b.items, kernel);
  const heard = offsets.length > 0 ? await known(offsets) : undefined;
  if (heard && heard.relation !== 'different') return { verdict: heard };
  const notes = (await pair.liken()) ?? null;
  if (!notes) return { verdict: heard ?? bareVerdict('different', null, 'The fingerprints share nothing.'), notes };
  const isKnown = heard && offsets.some((offset) => isNear(offset, notes));
  return { verdict: withLikeness(isKnown ? heard : await known([hypothesisOf(notes)]), notes), notes };
}

function hypothesisOf({ offsetSeconds, tempoRatio }: Likeness): OffsetHypothesis {
  return { offsetSeconds, speedRatio: isLevelTempo(tempoRatio) ? 1 : tempoRatio, votes: 0 };
}

/** Was it laid over there already? */
function isNear(offset: OffsetHypothesis, likeness: Likeness): boolean {
  const { offsetSeconds, speedRatio } = hypothesisOf(likeness);
  return Math.abs(offset.offsetSeconds - offsetSeconds) < 0.2 && Math.abs(offset.speedRatio / speedRatio - 1) < 0.008;
}
