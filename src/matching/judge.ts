/**
 * Judges two sounds by their samples. Pure, deterministic, and symmetric: the pair is put into one order first, so
 * `judge(b, a)` is the mirror of `judge(a, b)`. Evidence first (segments, coherence, residual), then rules from the
 * strictest to the mildest; what is not clearly the same recording is never called so.
 */
import { SAMPLE_RATE } from '#fingerprint';
import {
  clippingExplains,
  createCoherenceMeter,
  createEnvelopeMeter,
  createLagMeter,
  createLineReader,
  liveliness,
  masteringOf,
  quantile,
  type Residual,
  residualOf,
  SLOT_SAMPLES,
  soundingOf,
  soundingSeconds,
} from '#signal';
import { mirrorRelation } from './comparison-record.ts';
import { masterOf } from './master.ts';
import { type Evidence, ruleOn } from './rules.ts';
import { type HeardSound, mapSegments, type SegmentMap, type SegmentTools } from './segments.ts';
import { type MatchShape, shapeOf } from './shape.ts';
import { type JudgementFigures, mirrorOffset, type OffsetHypothesis, type Segment, type Verdict } from './verdict.ts';

/** A decoded sound, as the judge wants it. */
export interface JudgedSound {
  /** Mono, 11,025 Hz. Only read. */
  readonly pcm: Int16Array;
  /** Errors that the decoder reported: what is torn may have holes and jumps. */
  readonly decodeErrors: number;
}

/** Work space and tables. Make one per thread and keep it; not reentrant. */
export interface JudgeTools extends SegmentTools {}

/** The inner blocks of a match, away from fades and mixes at its ends. */
const EDGE_SECONDS = 6;
/** Blocks left out at each end of the match before the tenth percentile is taken, and how many there must be for it. */
const END_BLOCKS = 2;
const LONG_MATCH_BLOCKS = 16;

/** Tools for {@link judgeSounds}. Takes some milliseconds and some megabytes. */
export function createJudgeTools(): JudgeTools {
  const reader = createLineReader();
  return {
    reader,
    lagMeter: createLagMeter(16384, false, reader),
    wideLagMeter: createLagMeter(65536, true, reader),
    envelopeMeter: createEnvelopeMeter(),
    coherenceMeter: createCoherenceMeter(reader),
  };
}

/**
 * What the two sounds are to each other, given where the fingerprints say that b may lie over a.
 * @param judgesShort also judges whole sounds of 2 to 10 s: where something else says that they may be one
 */
export function judgeSounds(
  a: JudgedSound,
  b: JudgedSound,
  offsets: readonly OffsetHypothesis[],
  tools: JudgeTools = createJudgeTools(),
  judgesShort = false,
): Verdict {
  if (isOrdered(a.pcm, b.pcm)) return judgeOrdered(a, b, offsets, tools, judgesShort);
  return mirrorVerdict(judgeOrdered(b, a, offsets.map(mirrorOffset), tools, judgesShort));
}

/** The verdict on (b, a) that goes with a verdict on (a, b). */
export function mirrorVerdict(verdict: Verdict): Verdict {
  return {
    ...verdict,
    relation: mirrorRelation(verdict.relation),
    truncated: verdict.truncated === null ? null : otherSide(verdict.truncated),
    ...(verdict.damaged && { damaged: verdict.damaged === 'both' ? 'both' : otherSide(verdict.damaged) }),
    offsetSeconds: verdict.offsetSeconds === null ? null : 0 - verdict.offsetSeconds,
    speedRatio: verdict.speedRatio === null ? null : 1 / verdict.speedRatio,
    evidence: verdict.evidence && mirrorFigures(verdict.evidence),
    segments: verdict.segments.map(({ aStartSeconds, bStartSeconds, ...rest }) => ({
      aStartSeconds: bStartSeconds,
      bStartSeconds: aStartSeconds,
      ...rest,
    })),
  };
}

function otherSide(side: 'a' | 'b'): 'a' | 'b' {
  return side === 'a' ? 'b' : 'a';
}

function mirrorFigures(figures: JudgementFigures): JudgementFigures {
  const { extraSlope, touchedSlope, gainDb } = figures;
  return {
    ...figures,
    extraSlope: 0 - extraSlope,
    ...(touchedSlope !== undefined && { touchedSlope: 0 - touchedSlope }),
    ...(gainDb !== undefined && { gainDb: 0 - gainDb }),
  };
}

/** Longer first; equal lengths by content. */
function isOrdered(a: Int16Array, b: Int16Array): boolean {
  if (a.length !== b.length) return a.length > b.length;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return a[i]! < b[i]!;
  }
  return true;
}

function judgeOrdered(
  a: JudgedSound,
  b: JudgedSound,
  offsets: readonly OffsetHypothesis[],
  tools: JudgeTools,
  judgesShort: boolean,
): Verdict {
  const one: HeardSound = { pcm: a.pcm, sounding: soundingOf(a.pcm) };
  const other: HeardSound = { pcm: b.pcm, sounding: soundingOf(b.pcm) };
  const ranked = [...offsets].sort((x, y) => y.votes - x.votes || x.offsetSeconds - y.offsetSeconds);
  const map = mapSegments(
    tools,
    one,
    other,
    ranked.map(({ offsetSeconds, speedRatio }) => ({ start: offsetSeconds * SAMPLE_RATE, step: 1 / speedRatio })),
  );
  const evidence: Evidence = {
    aSeconds: a.pcm.length / SAMPLE_RATE,
    bSeconds: b.pcm.length / SAMPLE_RATE,
    aSounding: soundingSeconds(one.sounding, 0, a.pcm.length),
    bSounding: soundingSeconds(other.sounding, 0, b.pcm.length),
    aDamaged: a.decodeErrors > 0,
    bDamaged: b.decodeErrors > 0,
    a: one,
    b: other,
    match: map && map.runs.length > 0 ? matchEvidence(tools, map, one, other) : undefined,
    judgesShort,
  };
  const ruling = ruleOn(evidence);
  return {
    relation: ruling.relation,
    truncated: ruling.truncated,
    damaged: ruling.relation === 'same-recording' ? damagedOf(a, b) : null,
    master: ruling.relation === 'same-recording' ? masterOf(evidence.match?.mastering) : 'unknown',
    foreignEnd: ruling.relation === 'same-recording' && hasForeignEnd(evidence.match?.shape),
    similarity: null,
    bitErrorRate: null,
    overlapSeconds: round(evidence.match?.shape.matchedSeconds ?? 0, 2),
    offsetSeconds: map ? round(map.main.line.start / SAMPLE_RATE, 4) + 0 : null,
    speedRatio: map ? round(1 / map.main.line.step, 6) : null,
    coherence: evidence.match ? round(evidence.match.coherence, 4) : null,
    evidence: evidence.match ? figuresOf(evidence.match) : null,
    segments: map ? segmentsOf(map) : [],
    reasons: ruling.reasons,
  };
}

/** What fades, padding and encoder delay leave sounds in one of the two at most. Measured: 0.5 s and more of cross-fades, 0 of all else. */
const FOREIGN_SECONDS = 0.4;

function hasForeignEnd(shape: MatchShape | undefined): boolean {
  const ends = shape === undefined ? [] : [shape.head, shape.tail];
  return ends.some(({ aSounding, bSounding }) => Math.min(aSounding, bSounding) >= FOREIGN_SECONDS);
}

function damagedOf(a: JudgedSound, b: JudgedSound): 'a' | 'b' | 'both' | null {
  if (a.decodeErrors > 0 && b.decodeErrors > 0) return 'both';
  return a.decodeErrors > 0 ? 'a' : b.decodeErrors > 0 ? 'b' : null;
}

function matchEvidence(
  tools: JudgeTools,
  map: SegmentMap,
  a: HeardSound,
  b: HeardSound,
): NonNullable<Evidence['match']> {
  const shape = shapeOf(map, a, b);
  const blocks = matchedBlocks(map);
  const coherences = blocks.map((block) => map.main.map.blockCoherence[block]!);
  const inner = innerBlocks(blocks, map);
  const residual = residualOf(map.main.map, inner);
  const [coherence, lowCoherence] = [quantile(coherences, 0.5), quantile(withoutEnds(coherences), 0.1)];
  const suspicious =
    coherence < 0.9 || lowCoherence < 0.75 || residual.lowTileShare >= 0.08 || residual.badBlockShare > 0.25;
  const starts = (inner.length > 0 ? inner : blocks).map((block) => block * SLOT_SAMPLES);
  return {
    shape,
    repeatedSeconds: map.repeatedSeconds,
    speedRatio: 1 / map.main.line.step,
    coherence,
    lowCoherence,
    residual,
    mastering: masteringOf(map.main.map, inner),
    clipped: suspicious && clippingExplains(tools, a.pcm, b.pcm, map.main.line, starts),
    liveliness: liveliness(map.main.map, blocks),
  };
}

/** A cross-fade at an end must not look like a voice that comes and goes. */
function withoutEnds(coherences: readonly number[]): readonly number[] {
  return coherences.length < LONG_MATCH_BLOCKS ? coherences : coherences.slice(END_BLOCKS, -END_BLOCKS);
}

/** Blocks of the main lane that lie within its runs. */
function matchedBlocks({ main, runs }: SegmentMap): number[] {
  return runs
    .filter(({ lane }) => lane === main)
    .flatMap(({ firstSlot, endSlot }) =>
      Array.from({ length: Math.max(0, endSlot - 1 - firstSlot) }, (_, i) => firstSlot + i),
    )
    .filter((block) => !Number.isNaN(main.map.blockCoherence[block]!));
}

/** Leaves out the ends of the match and what lies beside holes; of short matches a quarter at each end. */
function innerBlocks(blocks: readonly number[], { runs }: SegmentMap): number[] {
  const from = runs[0]!.aStart;
  const to = runs.at(-1)!.aEnd;
  const edge = Math.min(EDGE_SECONDS * SAMPLE_RATE, (to - from) / 4);
  const borders = runs.flatMap(({ firstSlot, endSlot }) => [firstSlot, endSlot - 2]);
  const nextToHole = (block: number): boolean => borders.includes(block);
  return blocks.filter((block) => {
    const [start, end] = [block * SLOT_SAMPLES, (block + 2) * SLOT_SAMPLES];
    return start >= from + edge && end <= to - edge && !nextToHole(block);
  });
}

function segmentsOf({ runs }: SegmentMap): Segment[] {
  return runs.map(({ aStart, aEnd, bStart }) => ({
    aStartSeconds: round(aStart / SAMPLE_RATE, 2),
    bStartSeconds: round(Math.max(0, bStart) / SAMPLE_RATE, 2),
    seconds: round((aEnd - aStart) / SAMPLE_RATE, 2),
    bitErrorRate: null,
  }));
}

function figuresOf(match: NonNullable<Evidence['match']>): NonNullable<Verdict['evidence']> {
  const { residual }: { residual: Residual } = match;
  return {
    lowCoherence: round(match.lowCoherence, 4),
    badBlockShare: round(residual.badBlockShare, 3),
    lowTileShare: round(residual.lowTileShare, 3),
    extraSlope: round(residual.extraSlope, 2),
    liveliness: round(match.liveliness, 2),
    clipped: match.clipped,
    steadyNoise: residual.steadyNoise,
    foreignSource: residual.foreignSource,
    touchedSlope: round(residual.touchedSlope, 2),
    touchedShare: round(residual.touchedShare, 3),
    touchedFit: round(residual.touchedFit, 2),
    droppedShare: round(residual.droppedShare, 4),
    ...(match.mastering && {
      equalizationDb: round(match.mastering.equalizationDb, 2),
      gainSpreadDb: round(match.mastering.gainSpreadDb, 2),
      gainDb: round(match.mastering.gainDb, 2),
    }),
  };
}

function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
