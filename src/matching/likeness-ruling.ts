/** What the fingerprints say where the waveforms say "different": never a duplicate, but perhaps a relation. */
import { isLevelTempo, type Likeness } from './likeness.ts';
import type { Verdict } from './verdict.ts';

/** Unrelated music stays below. Measured: see `docs/design/matching.md`. */
export const RELATED_SIGNIFICANCE = 6;
/** Stretched or shifted by a program, a recording keeps nearly all bits; played again it loses more. Measured. */
const STRETCHED_ERRORS = 0.24;
/** Pitches within this are equal: less than one step of those that are tried. As a logarithm, so that both directions are equal. */
const SAME_PITCH = 0.004;

/** The verdict, or what the fingerprints make of it where the waveforms have nothing in common. */
export function withLikeness(verdict: Verdict, likeness: Likeness | undefined): Verdict {
  if (verdict.relation !== 'different' || !likeness || likeness.significance < RELATED_SIGNIFICANCE) return verdict;
  const { bitErrorRate, tempoRatio, pitchRatio } = likeness;
  const tempoChanged = !isLevelTempo(tempoRatio);
  const pitchChanged = Math.abs(Math.log(pitchRatio)) > SAME_PITCH;
  const isStretched = bitErrorRate < STRETCHED_ERRORS && (tempoChanged || pitchChanged);
  return {
    ...verdict,
    relation: isStretched ? 'other-speed' : 'other-performance',
    similarity: round(Math.max(0, 1 - 2 * bitErrorRate)),
    bitErrorRate: round(bitErrorRate),
    significance: Math.round(likeness.significance * 100) / 100,
    overlapSeconds: Math.round(likeness.seconds * likeness.support * 100) / 100,
    offsetSeconds: Math.round(likeness.offsetSeconds * 100) / 100 + 0,
    speedRatio: round(tempoRatio),
    segments: [],
    reasons: [
      isStretched
        ? `The notes agree as in one recording, but ${changes(likeness, tempoChanged, pitchChanged)}, so no stretch of the waveforms does.`
        : 'The notes are the same music, but no stretch of the waveforms agrees: another performance.',
    ],
  };
}

function changes({ tempoRatio, pitchRatio }: Likeness, tempo: boolean, pitch: boolean): string {
  const percent = (ratio: number): string => `${(100 * Math.abs(Math.log(ratio))).toFixed(1)} %`;
  const words = [
    ...(tempo ? [`the tempo differs by ${percent(tempoRatio)}`] : []),
    ...(pitch ? [`the pitch by ${percent(pitchRatio)}`] : []),
  ];
  return tempo ? words.join(' and ') : `the pitch differs by ${percent(pitchRatio)}`;
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
