/**
 * From evidence to a relation. Rules in order, the first that applies decides; every one explains itself in a
 * sentence. Thresholds were measured on libraries made from real music (`docs/design/matching.md` has the margins);
 * between "clearly the same" and "clearly not" lies `unsure`, which is never a duplicate.
 */
import { endLevelRatio, type Mastering, type Residual } from '#signal';
import type { HeardSound } from './segments.ts';
import type { EndGap, MatchShape } from './shape.ts';
import type { Relation } from './verdict.ts';

/** All that the rules look at. The longer sound is a. */
export interface Evidence {
  readonly aSeconds: number;
  readonly bSeconds: number;
  readonly aSounding: number;
  readonly bSounding: number;
  readonly aDamaged: boolean;
  readonly bDamaged: boolean;
  readonly a: HeardSound;
  readonly b: HeardSound;
  /** `undefined` where nothing agrees. */
  readonly match: MatchEvidence | undefined;
  /** Does something else than the sound say already that they may be one, so that whole short sounds can be judged? */
  readonly judgesShort: boolean;
}

export interface MatchEvidence {
  readonly shape: MatchShape;
  readonly repeatedSeconds: number;
  readonly speedRatio: number;
  /** Median and tenth percentile over the matched blocks. */
  readonly coherence: number;
  readonly lowCoherence: number;
  readonly residual: Residual;
  /** Decides nothing; `undefined` where too little is common. */
  readonly mastering: Mastering | undefined;
  readonly clipped: boolean;
  readonly liveliness: number;
}

export interface Ruling {
  readonly relation: Relation;
  readonly truncated: 'a' | 'b' | null;
  /** The decisive sentence first. */
  readonly reasons: readonly string[];
}

/** Sounds below this are never judged by sound. */
const MIN_FILE_SECONDS = 10;
const MIN_SOUNDING_SECONDS = 8;
/**
 * Unless something else says that they may be one: then whole sounds from here on are, by waveforms that agree better, over
 * the whole length, than those of longer sounds must. Chosen: a second of a jingle is left to its tags.
 */
const SHORT_SECONDS = 2;
const SHORT_COHERENCE = 0.9;
const SHORT_COVERED = 0.8;
const SHORT_GAP = 0.75;
/** One uninterrupted stretch must be this long; block edges blur by a second. */
const MIN_MATCH_SECONDS = 9.5;
/** A shorter likeness that is not the same sound is a coincidence: a drum loop, a held chord. Chosen. */
const MIN_RELATED_SECONDS = 5;
/** Measured: same recordings from 0.91 (0.84 at the tenth percentile) up, stems against their mix up to 0.96. */
export const SAME_COHERENCE = 0.83;
export const SAME_LOW_COHERENCE = 0.7;
/** What is left of a damaged copy agrees as whole copies do. The 5th percentile of those. */
const UNDAMAGED_COHERENCE = 0.95;
/** Two performances of one score reach 0.64. */
export const PERFORMANCE_COHERENCE = 0.7;
/** Noise of any kind reaches 1.1, music starts at 1.7. */
export const LIVELY = 1.35;
/** One per cent either way, with room for the measurement. As a logarithm, so that both directions are equal. */
const MAX_SPEED_CHANGE = 0.0105;
const BAD_BLOCK_SHARE = 0.25;
export const LOW_TILE_SHARE = 0.08;
export const LOW_TILE_SHARE_ALONE = 0.25;
/** Copies of one recording had no bad block at all, even at 64 kbit/s; noise and limiters bend tiles alone. */
const DOUBTFUL_BLOCK_SHARE = 0.1;
const FEW_BAD_BLOCKS = 0.03;
const DOUBTFUL_TILE_SHARE = 0.18;
export const EXTRA_SLOPE = 0.6;
/**
 * Slopes from which energy was added, by the share of tiles that it touches. Measured: coding at 32 kbit/s up to 0.65 of
 * 0.28, at 64 kbit/s 0.86 of 0.14; drums taken out 0.73 of 0.27 and 1.16 of 0.05. Mastering bends levels by any slope.
 */
const ADDED = [
  { share: 0.2, least: 0.7 },
  { share: 0.1, least: 0.82 },
  { share: 0.04, least: 0.95 },
] as const;
const MOST_ADDED_SLOPE = 2;
/** Measured: mastering against coding up to 0.76 at such slopes, added energy from 0.83 up. */
const ADDED_FIT = 0.82;
/** A foreign source that touches fewer tiles than this is nobody's concern: 18 dB under. */
export const FOREIGN_SHARE = 0.04;
/** Copies drop no loud tile, up to 0.5 per cent at 32 kbit/s; another soundfont or a missing part 2 per cent and more. */
export const DROPPED_SHARE = 0.015;
const DROPPED_SLOPE = 0.3;
/** A faint source still spoils some tiles; a single channel of a nearly mono sound does not. */
const EXTRA_TILE_SHARE = 0.04;
/** Coarse coding, 32 kbit/s: bad blocks, but coherent throughout and on no side. Measured on Opus. */
const CODED_COHERENCE = 0.9;
const CODED_LOW_COHERENCE = 0.85;
const CODED_SLOPE = 0.45;
/** Gaps at the ends that fades, silence and encoder delay leave, and those that a mix with another sound leaves. */
const END_GAP = 3.5;
const OVERLAID_GAP = 6.5;
const OVERLAID_GAP_WITH_PRESENCE = 15;
const PRESENCE = 0.35;
/** What a broadcast leaves of other sounds at an end (`interface`: 15 s), and how much of the recording must be clean. */
const FOREIGN_END = 15;
const WHOLE = 0.75;
/** Longest single and all inner holes together, of whole and of damaged sounds. */
const HOLES = { longest: 3, total: 5 };
const DAMAGED_HOLES = { longest: 8, total: 10 };
const REPEATED_SECONDS = 3;
const ABRUPT = 0.2;
/** Where the missing part is not simply cut off at the end, the stretch must be most of the longer. */
const MOSTLY = 0.6;

/** Applies the rules. */
export function ruleOn(evidence: Evidence): Ruling {
  const { match } = evidence;
  const least = evidence.judgesShort ? SHORT_SECONDS : MIN_SOUNDING_SECONDS;
  if (Math.min(evidence.aSounding, evidence.bSounding) < least && !match) {
    return ruling('unsure', 'There is too little sound to compare.');
  }
  if (!match) return ruling('different', 'No stretch of the one is the same sound as the other.');
  const unlike = sameSound(match, evidence.aDamaged || evidence.bDamaged);
  if (unlike && unlike.relation !== 'unsure' && match.shape.matchedSeconds < MIN_RELATED_SECONDS) {
    return ruling('different', `Only ${seconds(match.shape.matchedSeconds)} sound alike.`);
  }
  return unlike ?? shapeRuling(evidence, match);
}

/** Rules on the sound itself: `undefined` where the matched stretches are one recording. */
function sameSound(match: MatchEvidence, damaged: boolean): Ruling | undefined {
  const { coherence, lowCoherence, residual, clipped } = match;
  const percent = Math.round(100 * coherence);
  if (match.liveliness < LIVELY) {
    return ruling('unsure', 'The matching sound hardly changes: tones and steady noise are not compared by sound.');
  }
  const excused = clipped || residual.steadyNoise;
  const oneSided = Math.abs(residual.extraSlope) >= EXTRA_SLOPE;
  if (!excused && residual.lowTileShare >= LOW_TILE_SHARE && oneSided && residual.badBlockShare > BAD_BLOCK_SHARE) {
    return ruling('shared-parts', `${extraSide(residual)} holds something on top of what both share.`);
  }
  if (damaged && coherence >= UNDAMAGED_COHERENCE && lowCoherence < SAME_LOW_COHERENCE) {
    return ruling('unsure', 'The waveforms agree but for some places, and one of the two is damaged.');
  }
  if (!clipped && (coherence < SAME_COHERENCE || lowCoherence < SAME_LOW_COHERENCE)) {
    const why = `The waveforms agree by ${percent} % only, too little for one recording.`;
    if (oneSided || coherence >= PERFORMANCE_COHERENCE) return ruling('shared-parts', why);
    return ruling('other-performance', why);
  }
  const isForeign = residual.foreignSource && residual.touchedShare >= FOREIGN_SHARE;
  if (!clipped && (isForeign || (!residual.steadyNoise && isAdded(residual)))) {
    return ruling('shared-parts', `Something of its own lies under one of the two; the rest agrees by ${percent} %.`);
  }
  if (!excused && residual.droppedShare >= DROPPED_SHARE) {
    const why = `The waveforms agree by ${percent} %, but some notes are other sounds.`;
    return ruling(Math.abs(residual.touchedSlope) >= DROPPED_SLOPE ? 'shared-parts' : 'other-performance', why);
  }
  if (!excused && residual.lowTileShare > LOW_TILE_SHARE_ALONE) {
    return ruling('shared-parts', 'Large parts of the spectrum differ although the rest is the same sound.');
  }
  return excused ? undefined : doubtOn(match);
}

/** Where tiles lost coherence, was energy added to one of the two? The fewer tiles, the surer must it be. */
export function isAdded({
  touchedSlope,
  touchedShare,
  touchedFit,
}: Pick<Residual, 'touchedSlope' | 'touchedShare' | 'touchedFit'>): boolean {
  if (touchedFit < ADDED_FIT) return false;
  const slope = Math.abs(touchedSlope);
  return ADDED.some(({ share, least }) => touchedShare >= share && slope >= least && slope <= MOST_ADDED_SLOPE);
}

/** Coherent, but something stands out: a quiet source on top, or nothing but coarse coding. */
function doubtOn({ coherence, lowCoherence, residual }: MatchEvidence): Ruling | undefined {
  const { badBlockShare, lowTileShare, extraSlope } = residual;
  const oneSided = Math.abs(extraSlope) >= EXTRA_SLOPE;
  if (badBlockShare > DOUBTFUL_BLOCK_SHARE && oneSided && lowTileShare >= EXTRA_TILE_SHARE) {
    return ruling('shared-parts', `${extraSide(residual)} holds something faint on top of what both share.`);
  }
  const isCoding =
    coherence >= CODED_COHERENCE && lowCoherence >= CODED_LOW_COHERENCE && Math.abs(extraSlope) < CODED_SLOPE;
  const hints = badBlockShare > FEW_BAD_BLOCKS || lowTileShare >= DOUBTFUL_TILE_SHARE;
  const doubtful = badBlockShare > DOUBTFUL_BLOCK_SHARE || (lowTileShare >= LOW_TILE_SHARE && oneSided && hints);
  return doubtful && !isCoding
    ? ruling('unsure', 'The waveforms agree, yet one seems to hold something that the other lacks.')
    : undefined;
}

function extraSide({ extraSlope }: Residual): string {
  return extraSlope > 0 ? 'The longer one' : 'The shorter one';
}

/** Rules on what is missing, cut or added. */
function shapeRuling(evidence: Evidence, match: MatchEvidence): Ruling {
  const { shape } = match;
  if (Math.min(evidence.aSeconds, evidence.bSeconds) < MIN_FILE_SECONDS) {
    if (evidence.judgesShort && areShortAndWhole(evidence, match)) {
      const agree = `The waveforms agree by ${Math.round(100 * match.coherence)} %`;
      return ruling('same-recording', `${agree} over all of the ${seconds(shape.matchedSeconds)} that sound.`);
    }
    return partOf(evidence, shape, 'One is shorter than 10 s; so short a sound is never judged by sound alone.');
  }
  if (shape.matchedSeconds < MIN_MATCH_SECONDS) {
    return partOf(evidence, shape, `Only ${seconds(shape.matchedSeconds)} agree.`);
  }
  if (Math.abs(Math.log(match.speedRatio)) > MAX_SPEED_CHANGE) {
    return ruling(
      'other-speed',
      `The one runs ${(100 * Math.abs(match.speedRatio - 1)).toFixed(1)} % faster than the other.`,
    );
  }
  const inside = holesRuling(evidence, shape);
  if (inside) return inside;
  return endsRuling(evidence, match);
}

/** Do two short sounds agree from beginning to end, at one speed? */
function areShortAndWhole(evidence: Evidence, { shape, coherence, speedRatio }: MatchEvidence): boolean {
  const { head, tail, holes, inOrder, matchedSeconds } = shape;
  const sounding = Math.max(evidence.aSounding, evidence.bSounding);
  const gap = Math.max(head.aSounding, head.bSounding, tail.aSounding, tail.bSounding);
  return (
    Math.min(evidence.aSounding, evidence.bSounding) >= SHORT_SECONDS &&
    coherence >= SHORT_COHERENCE &&
    Math.abs(Math.log(speedRatio)) <= MAX_SPEED_CHANGE &&
    inOrder &&
    holes.length === 0 &&
    gap <= SHORT_GAP &&
    matchedSeconds >= SHORT_COVERED * sounding
  );
}

function holesRuling({ aDamaged, bDamaged }: Evidence, { holes, inOrder }: MatchShape): Ruling | undefined {
  if (!inOrder) return ruling('other-edit', 'The same stretches come in another order or more than once.');
  const damaged = aDamaged || bDamaged;
  const limits = damaged ? DAMAGED_HOLES : HOLES;
  const longest = Math.max(0, ...holes.map((hole) => hole.seconds));
  const total = holes.reduce((sum, hole) => sum + hole.seconds, 0);
  if (longest > limits.longest || total > limits.total) {
    return ruling('other-edit', `${seconds(longest)} in the middle of the one are missing in the other.`);
  }
  return undefined;
}

function endsRuling(evidence: Evidence, match: MatchEvidence): Ruling {
  const { shape, repeatedSeconds } = match;
  const head = endOf(shape.head);
  const tail = endOf(shape.tail);
  const agree = `The waveforms agree by ${Math.round(100 * match.coherence)} % over ${seconds(shape.matchedSeconds)}`;
  if (head.kind === 'differs' || tail.kind === 'differs') {
    if (isBroadcast(evidence, shape)) {
      return ruling('same-recording', `${agree}; at the ends something else was mixed over it, as in a broadcast.`);
    }
    const end = head.kind === 'differs' ? 'beginnings' : 'endings';
    return partOf(evidence, shape, `The ${end} are different sounds.`);
  }
  if (head.missing === null && tail.missing === null) {
    return ruling('same-recording', `${agree}, from beginning to end.`);
  }
  const covered = shape.matchedSeconds / Math.max(evidence.aSounding, evidence.bSounding);
  const shorter = head.missing ?? tail.missing;
  const bothSides = head.missing !== null && tail.missing !== null && head.missing !== tail.missing;
  if (bothSides) return partOf(evidence, shape, 'Each holds something that the other lacks.');
  if (head.missing === null && stopsAbruptly(evidence, shape, shorter)) {
    return truncated(shorter, `${agree}; the ${nameOf(shorter)} one stops in mid-sound.`);
  }
  if (repeatedSeconds > REPEATED_SECONDS)
    return ruling('other-edit', `${seconds(repeatedSeconds)} are repeated in the longer one.`);
  if (covered >= MOSTLY) {
    const where = head.missing === null ? 'the end' : tail.missing === null ? 'the beginning' : 'both ends';
    return truncated(shorter, `${agree}; ${where} is missing in the ${nameOf(shorter)} one.`);
  }
  return partOf(evidence, shape, `The one is a part of the other, ${Math.round(100 * covered)} % of it.`);
}

/**
 * Does the one hold the other whole, but for ends that something else was mixed over, and little of that something?
 * A recording cut out of a broadcast looks so; a medley holds less of it, or more of others.
 */
function isBroadcast({ aSounding, bSounding }: Evidence, { head, tail, matchedSeconds }: MatchShape): boolean {
  const whole = (own: 'aSounding' | 'bSounding', sounding: number): boolean => {
    const foreign = own === 'aSounding' ? 'bSounding' : 'aSounding';
    const isOverlaid = (gap: EndGap): boolean => gap[own] <= OVERLAID_GAP && gap[foreign] - gap[own] <= FOREIGN_END;
    return matchedSeconds >= WHOLE * sounding && isOverlaid(head) && isOverlaid(tail);
  };
  return whole('aSounding', aSounding) || whole('bSounding', bSounding);
}

/** What one end of the match looks like. */
interface End {
  readonly kind: 'fits' | 'overlaid' | 'missing' | 'differs';
  /** Which sound lacks more than a fade at this end. */
  readonly missing: 'a' | 'b' | null;
}

function endOf(gap: EndGap): End {
  const lacks = gap.aSounding > gap.bSounding ? 'b' : 'a';
  const [more, less] = [Math.max(gap.aSounding, gap.bSounding), Math.min(gap.aSounding, gap.bSounding)];
  if (more <= END_GAP) return { kind: 'fits', missing: null };
  const overlaid = Math.min(gap.aSeconds, gap.bSeconds);
  const rest = Math.max(gap.aSeconds, gap.bSeconds) - overlaid;
  const limit = gap.presence >= PRESENCE ? OVERLAID_GAP_WITH_PRESENCE : OVERLAID_GAP;
  // A mix with something else covers about the same time on both sides.
  if (overlaid >= Math.max(gap.aSeconds, gap.bSeconds) / 2 && more <= limit) return { kind: 'overlaid', missing: null };
  if (less <= END_GAP) return { kind: 'missing', missing: lacks };
  if (overlaid <= limit && gap.presence >= PRESENCE && rest > END_GAP) return { kind: 'missing', missing: lacks };
  return { kind: 'differs', missing: lacks };
}

/** Is the match the beginning of both, and does the shorter stop while it still sounds? */
function stopsAbruptly({ a, b }: Evidence, shape: MatchShape, shorter: 'a' | 'b' | null): boolean {
  const [sound, end] = shorter === 'a' ? [a, shape.last.aEnd] : [b, shape.last.bEnd];
  return endLevelRatio(sound.sounding, Math.min(end, sound.pcm.length)) >= ABRUPT;
}

function partOf({ aSounding, bSounding }: Evidence, shape: MatchShape, reason: string): Ruling {
  const part = (sounding: number): number => shape.matchedSeconds / Math.max(sounding, 1e-9);
  if (part(bSounding) >= 0.75 && part(bSounding) >= part(aSounding)) return ruling('contains', reason);
  if (part(aSounding) >= 0.75) return ruling('contained', reason);
  // Most of both, with ends of their own: two edits. Less of either: a piece of the one lies inside the other.
  if (Math.min(part(aSounding), part(bSounding)) >= MOSTLY) return ruling('other-edit', reason);
  return ruling(part(bSounding) >= part(aSounding) ? 'contains' : 'contained', reason);
}

function ruling(relation: Relation, reason: string): Ruling {
  return { relation, truncated: null, reasons: [reason] };
}

function truncated(which: 'a' | 'b' | null, reason: string): Ruling {
  return { relation: 'same-recording', truncated: which, reasons: [reason] };
}

function nameOf(which: 'a' | 'b' | null): string {
  return which === 'a' ? 'longer' : 'shorter';
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
