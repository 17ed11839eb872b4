/** One link in the chain of evidence for a verdict. */
import type { Comparison, Content } from '#catalogue';
import type { OffsetHypothesis } from '#matching';

/** What was looked at, in the order in which it is told. */
export type FindingStep =
  | 'files'
  | 'fingerprints'
  | 'alignment'
  | 'waveforms'
  | 'remainder'
  | 'master'
  | 'shape'
  | 'decision';

/** Does it speak for the two being copies of one recording, against it, or does it say nothing about that? */
export type FindingWeight = 'for' | 'against' | 'neutral';

export interface Finding {
  readonly step: FindingStep;
  readonly weight: FindingWeight;
  /** One sentence for a person, the files called A and B. */
  readonly sentence: string;
  /** The figures behind it, by names as in `compare --json`; what is not known is left out. */
  readonly figures: Readonly<Record<string, number | boolean>>;
}

/** A comparison with what is known of both files. */
export interface ComparedPair extends Comparison {
  readonly a: Content;
  readonly b: Content;
}

/** A finding. Figures that are `null` or absent are left out. */
export function finding(
  step: FindingStep,
  weight: FindingWeight,
  sentence: string,
  figures: Readonly<Record<string, number | boolean | null | undefined>> = {},
): Finding {
  const known = Object.entries(figures).filter((entry): entry is [string, number | boolean] => entry[1] != null);
  return { step, weight, sentence, figures: Object.fromEntries(known) };
}

/** −60 dB. Below it nobody hears anything, and fingerprints show the noise of the rounding. */
const MUTE_PEAK = 0.001;

/** Does it hold nothing but silence? */
export function isMute({ sound }: Content): boolean {
  return sound !== null && sound.levels.peak < MUTE_PEAK;
}

/** `98 %`, `99.7 %`, `0.8 %`: as fine as it matters, never 100 or 0 where it is not that. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value <= 0 || value >= 100) return `${Math.round(Math.max(0, Math.min(100, value)))} %`;
  if (value < 0.1) return 'less than 0.1 %';
  if (value < 10) return `${Number(value.toFixed(1))} %`;
  return value > 99 ? `${(Math.floor(value * 10) / 10).toFixed(1)} %` : `${Math.round(value)} %`;
}

/** `3.5 s`, `3 min 25 s`. */
export function span(seconds: number): string {
  if (seconds < 59.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60];
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

/** `at equal speed`, `2.0 % faster`: how b runs against a. */
export function speedWords(ratio: number): string {
  const change = 100 * (ratio - 1);
  if (Math.abs(change) < 0.005) return 'at equal speed';
  return `with B ${Math.abs(change).toFixed(Math.abs(change) < 0.1 ? 2 : 1)} % ${change > 0 ? 'faster' : 'slower'}`;
}

/** Where b begins on a's time, to `digits` of a second. */
export function placeWords({ offsetSeconds, speedRatio }: Omit<OffsetHypothesis, 'votes'>, digits: number): string {
  if (Math.abs(offsetSeconds) < 0.5 * 10 ** -digits) return 'both begin at the same moment';
  return offsetSeconds > 0
    ? `B begins ${offsetSeconds.toFixed(digits)} s into A`
    : `A begins ${(-offsetSeconds / speedRatio).toFixed(digits)} s into B`;
}
