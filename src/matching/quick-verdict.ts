/**
 * Judges a pair by its sketches alone, where that is beyond doubt: the same recording from end to end, or nothing at
 * all. Everything between, and whatever a rule of the judge could turn, is left to the decoded sounds. The thresholds
 * stand far inside those of the judge; `docs/design/sketch.md` has the margins.
 */
import { FINGERPRINT_RATE_HZ } from '#audio';
import { envelopeLikeness, findLag, type Sketch, type SketchEvidence, sketchEvidence, sketchedSounding } from '#signal';
import { isTooLong, longVerdict } from './long-verdict.ts';
import type { OffsetHypothesis, Segment, Verdict } from './verdict.ts';

/** A sound as its sketch shows it. */
export interface SketchedSound {
  readonly sketch: Sketch;
  /** Errors that the decoder reported: what is torn is left to the judge. */
  readonly decodeErrors: number;
}

/** How many offsets are tried for a whole match; loops have many, and only one fits both ends. */
const WHOLE_OFFSETS = 3;

/** The verdict, or `undefined` where the sounds must be heard. */
export function quickVerdict(
  a: SketchedSound,
  b: SketchedSound,
  offsets: readonly OffsetHypothesis[],
): Verdict | undefined {
  if (isTooLong(a.sketch, b.sketch)) return longVerdict(a.sketch, b.sketch, offsets);
  const level = offsets.filter(({ speedRatio }) => speedRatio === 1);
  const ranked = level.sort((x, y) => y.votes - x.votes || x.offsetSeconds - y.offsetSeconds);
  if (ranked.length === 0 || a.decodeErrors > 0 || b.decodeErrors > 0) return undefined;
  if ([a, b].some(({ sketch }) => isShort(sketch))) return undefined;
  for (const { offsetSeconds } of ranked.slice(0, WHOLE_OFFSETS)) {
    const lag = findLag(a.sketch, b.sketch, offsetSeconds);
    if (!lag || lag.bestWindow < WORTH_MEASURING) continue;
    const evidence = sketchEvidence(a.sketch, b.sketch, lag.start);
    if (isWhole(evidence)) return sameRecording(a.sketch, b.sketch, evidence, lag.start);
  }
  // What answered at another speed is not laid over at that speed here.
  return ranked.length === offsets.length &&
    ranked.every(({ votes }) => votes <= FEW_VOTES) &&
    ranked.every((offset) => isNothing(a.sketch, b.sketch, offset))
    ? different()
    : undefined;
}

/** The judge asks for 10 s, of which 8 s sound. */
const LEAST_SECONDS = 12;
const LEAST_SOUNDING = 11;
/** Windows of eight seconds at whole frames reach 0.64 even where the lag lies between two. */
const WORTH_MEASURING = 0.5;
/** The judge asks for 0.83 at the median and 0.7 at the tenth percentile. */
const MEDIAN = 0.97;
const LOW = 0.95;
const LOWEST = 0.96;
const LOWEST_SOFT = 0.3;
const LOW_TILES = 0.05;
const OFF_TILES = 0.02;
/** The judge lets 3.5 s pass at an end. */
const END_SECONDS = 2;
const BANDS = 6;
const LIVELY_DB = 1.8;

/** Of too little sound the judge is never sure. */
function isShort(sketch: Sketch): boolean {
  return sketch.samples < LEAST_SECONDS * FINGERPRINT_RATE_HZ || sketchedSounding(sketch) < LEAST_SOUNDING;
}

function isWhole(evidence: SketchEvidence): boolean {
  return (
    Math.min(evidence.aSounding, evidence.bSounding) >= LEAST_SOUNDING &&
    Math.max(evidence.headSeconds, evidence.tailSeconds) <= END_SECONDS &&
    evidence.loudBlocks >= LEAST_SOUNDING - 1 &&
    evidence.median >= MEDIAN &&
    evidence.low >= LOW &&
    evidence.lowest >= LOWEST &&
    evidence.lowestSoft >= LOWEST_SOFT &&
    evidence.lowTileShare <= LOW_TILES &&
    evidence.offTileShare <= OFF_TILES &&
    evidence.bands >= BANDS &&
    evidence.liveliness >= LIVELY_DB
  );
}

/** Real relations have eight votes or more. */
const FEW_VOTES = 6;
const INCOHERENT = 0.25;
/** Copies at up to 0.8 per cent of other speed reach 0.83 and more, nearly all chance candidates less than 0.68. */
const UNLIKE = 0.7;

function isNothing(a: Sketch, b: Sketch, { offsetSeconds }: OffsetHypothesis): boolean {
  const lag = findLag(a, b, offsetSeconds);
  if (!lag || lag.bestWindow >= INCOHERENT) return false;
  const likeness = envelopeLikeness(a, b, offsetSeconds);
  return likeness !== undefined && likeness < UNLIKE;
}

function sameRecording(a: Sketch, b: Sketch, evidence: SketchEvidence, start: number): Verdict {
  return {
    ...{ relation: 'same-recording', truncated: null, similarity: null, bitErrorRate: null },
    overlapSeconds: round(evidence.aSounding, 2),
    offsetSeconds: round(start / FINGERPRINT_RATE_HZ, 4) + 0,
    speedRatio: 1,
    coherence: round(evidence.median, 4),
    evidence: null,
    segments: [segmentOf(a, b, start)],
    reasons: [`The sketches agree by ${Math.round(100 * evidence.median)} % in every band, from beginning to end.`],
  };
}

function different(): Verdict {
  return {
    ...{ relation: 'different', truncated: null, similarity: null, bitErrorRate: null, overlapSeconds: 0 },
    ...{ offsetSeconds: null, speedRatio: null, coherence: null, evidence: null, segments: [] },
    reasons: ['No stretch of the one is the same sound as the other.'],
  };
}

/** The whole overlap in one piece. */
function segmentOf(a: Sketch, b: Sketch, start: number): Segment {
  const [from, to] = [Math.max(0, start), Math.min(a.samples, start + b.samples)];
  return {
    aStartSeconds: round(from / FINGERPRINT_RATE_HZ, 2),
    bStartSeconds: round((from - start) / FINGERPRINT_RATE_HZ, 2),
    seconds: round((to - from) / FINGERPRINT_RATE_HZ, 2),
    bitErrorRate: null,
  };
}

function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
