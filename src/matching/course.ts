/** Where b's sound is looked for at every moment of a: along each matched stretch, and between them along the main line. */
import { SAMPLE_RATE } from '#fingerprint';
import type { TimeLine } from '#signal';
import type { OffsetHypothesis, Verdict } from './verdict.ts';

/** A stretch of a over which b lies along one line. Seconds of a's own time. */
export interface Stretch {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** a's second at which b would start. */
  readonly offsetSeconds: number;
  /** b's speed ÷ a's. */
  readonly speedRatio: number;
  /** Is the offset true to some hundredths of a second only? */
  readonly isRough: boolean;
}

/** A figure over a's time. */
export interface Curve {
  readonly startSeconds: number;
  readonly stepSeconds: number;
  /** NaN where it was not measured. */
  readonly values: Float32Array;
}

/** Offsets nearer than this are one line: segments are given in hundredths of a second. */
const SAME_LINE_SECONDS = 0.03;

/**
 * The course of a pair, ordered by a; empty where nobody knows where b could lie over a.
 * @param hypothesis where the fingerprints put b, for pairs that did not agree
 */
export function courseOf(
  verdict: Verdict,
  aSeconds: number,
  bSeconds: number,
  hypothesis?: OffsetHypothesis,
): Stretch[] {
  const offsetSeconds = verdict.offsetSeconds ?? hypothesis?.offsetSeconds;
  if (offsetSeconds === undefined) return [];
  const speedRatio = verdict.speedRatio ?? hypothesis?.speedRatio ?? 1;
  const main = { offsetSeconds, speedRatio, isRough: verdict.offsetSeconds === null };
  const end = Math.min(aSeconds, offsetSeconds + bSeconds * speedRatio);
  const course: Stretch[] = [];
  let at = 0;
  const goOn = (fromSeconds: number, toSeconds: number, line: typeof main): void => {
    const from = Math.max(at, fromSeconds);
    if (toSeconds > from) course.push({ fromSeconds: from, toSeconds, ...line });
    at = Math.max(at, toSeconds);
  };
  for (const segment of verdict.segments.toSorted((one, other) => one.aStartSeconds - other.aStartSeconds)) {
    goOn(offsetSeconds, Math.min(end, segment.aStartSeconds), main);
    const own = segment.aStartSeconds - segment.bStartSeconds * speedRatio;
    const isMain = Math.abs(own - offsetSeconds) < SAME_LINE_SECONDS;
    const line = isMain ? main : { offsetSeconds: own, speedRatio, isRough: true };
    goOn(segment.aStartSeconds, Math.min(aSeconds, segment.aStartSeconds + segment.seconds), line);
  }
  goOn(offsetSeconds, end, main);
  return course;
}

/** The stretch's line in samples at the fingerprint rate. */
export function lineOf({ offsetSeconds, speedRatio }: Stretch): TimeLine {
  const start = offsetSeconds * SAMPLE_RATE;
  return { start: speedRatio === 1 ? Math.round(start) : start, step: 1 / speedRatio };
}
