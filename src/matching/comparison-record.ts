/**
 * What is kept of a verdict: 24 bytes, little-endian. Two sound numbers of 32 bits, the smaller one first; the offset, 32
 * bits; one word of overlap (22 bits), master (2), relation (4), truncated (2) and damaged (2); speed ratio, similarity,
 * coherence and significance, 16 bits each. A figure that was not computed has a value of its own. What is written is
 * read the same again however often, and a mirrored record is exactly the mirrored verdict's.
 */
import { invariant } from '#kernel';
import type { MasterWord, RecordedVerdict, Relation } from './verdict.ts';

/** Size of a record. */
export const RECORD_BYTES = 24;

/** A pair of sounds, each known by its number, which is at least 0 and below 2³². */
export interface NumberedVerdict {
  readonly a: number;
  readonly b: number;
  readonly verdict: RecordedVerdict;
}

/** Words are stored by their place here, so that these lists may only grow at their ends. */
const RELATIONS: readonly Relation[] = [
  'same-bytes',
  'same-audio',
  'same-recording',
  'contains',
  'contained',
  'other-edit',
  'other-speed',
  'shared-parts',
  'other-performance',
  'different',
  'unsure',
];
const MASTERS: readonly MasterWord[] = ['unknown', 'same', 'other'];
/** Bit 0 is a, bit 1 is b. */
const SIDES = [null, 'a', 'b', 'both'] as const;

const B = 4;
const OFFSET = 8;
const WORD = 12;
const SPEED = 16;
const SIMILARITY = 18;
const COHERENCE = 20;
const SIGNIFICANCE = 22;

/** Overlaps are kept in 10 ms, and up to 11 h 39 min; longer ones are kept as that. */
const OVERLAP_STEPS = 100;
const MOST_OVERLAP = 2 ** 22 - 1;
/** Offsets are kept in milliseconds: 24 days either way. */
const OFFSET_STEPS = 1000;
const NO_OFFSET = -(2 ** 31);
/** Speed ratios are kept as logarithms, steps of 0.002 %, from half to double speed; what is beyond is kept as that. */
const OCTAVE = 2 ** 15 - 1;
const NO_SPEED = -(2 ** 15);
const SPEED_DIGITS = 1e5;
const SIMILARITY_STEPS = 10_000;
const COHERENCE_STEPS = 50_000;
/** Significance is kept in 0.01, from −50 to 605.34; what is beyond is kept as that. */
const SIGNIFICANCE_STEPS = 100;
const LEAST_SIGNIFICANCE = -50;
const NOT_COMPUTED = 2 ** 16 - 1;

/** Writes a record; the pair is mirrored where `a` is the larger number. */
export function writeRecord(to: DataView, at: number, { a, b, verdict }: NumberedVerdict): void {
  invariant(a !== b, 'nothing is compared with itself');
  to.setUint32(at, a, true);
  to.setUint32(at + B, b, true);
  to.setInt32(at + OFFSET, offsetCode(verdict.offsetSeconds), true);
  to.setUint32(at + WORD, wordOf(verdict), true);
  to.setInt16(at + SPEED, speedCode(verdict.speedRatio), true);
  to.setUint16(at + SIMILARITY, shareCode(verdict.similarity, SIMILARITY_STEPS), true);
  to.setUint16(at + COHERENCE, shareCode(verdict.coherence, COHERENCE_STEPS), true);
  to.setUint16(at + SIGNIFICANCE, significanceCode(verdict.significance ?? null), true);
  if (a > b) mirrorRecord(to, at);
}

/** The record at a place, as it was written up to rounding. */
export function readRecord(from: DataView, at: number): NumberedVerdict {
  const word = from.getUint32(at + WORD, true);
  return {
    a: from.getUint32(at, true),
    b: from.getUint32(at + B, true),
    verdict: {
      relation: RELATIONS[(word >>> 24) & 15] as Relation,
      truncated: SIDES[(word >>> 28) & 3] as RecordedVerdict['truncated'],
      damaged: SIDES[word >>> 30] as NonNullable<RecordedVerdict['damaged']>,
      master: MASTERS[(word >>> 22) & 3] as MasterWord,
      similarity: shareOf(from.getUint16(at + SIMILARITY, true), SIMILARITY_STEPS),
      significance: significanceOf(from.getUint16(at + SIGNIFICANCE, true)),
      overlapSeconds: (word & MOST_OVERLAP) / OVERLAP_STEPS,
      offsetSeconds: offsetOf(from.getInt32(at + OFFSET, true)),
      speedRatio: speedOf(from.getInt16(at + SPEED, true)),
      coherence: shareOf(from.getUint16(at + COHERENCE, true), COHERENCE_STEPS),
    },
  };
}

/** The relation alone. */
export function readRelation(from: DataView, at: number): Relation {
  return RELATIONS[from.getUint8(at + WORD + 3) & 15] as Relation;
}

/** The coherence alone. */
export function readCoherence(from: DataView, at: number): number | null {
  return shareOf(from.getUint16(at + COHERENCE, true), COHERENCE_STEPS);
}

/** Records of pairs, each once, sorted by a, then b, as the catalogue takes them. */
export function recordsOf(pairs: readonly NumberedVerdict[]): Uint8Array {
  const ordered = pairs.toSorted(
    (x, y) => Math.min(x.a, x.b) - Math.min(y.a, y.b) || Math.max(x.a, x.b) - Math.max(y.a, y.b),
  );
  const records = new Uint8Array(pairs.length * RECORD_BYTES);
  const view = new DataView(records.buffer);
  for (const [i, pair] of ordered.entries()) writeRecord(view, i * RECORD_BYTES, pair);
  return records;
}

/** Turns the record on (a, b) into that on (b, a), in place. */
export function mirrorRecord(record: DataView, at: number): void {
  const a = record.getUint32(at, true);
  record.setUint32(at, record.getUint32(at + B, true), true);
  record.setUint32(at + B, a, true);
  const offset = record.getInt32(at + OFFSET, true);
  if (offset !== NO_OFFSET) record.setInt32(at + OFFSET, -offset, true);
  const speed = record.getInt16(at + SPEED, true);
  if (speed !== NO_SPEED) record.setInt16(at + SPEED, -speed, true);
  record.setUint32(at + WORD, mirroredWord(record.getUint32(at + WORD, true)), true);
}

function wordOf({ overlapSeconds, master, relation, truncated, damaged }: RecordedVerdict): number {
  // Never more than was measured: whole seconds count in the weighing. What was read from a record must not shrink.
  const overlap = Math.min(MOST_OVERLAP, Math.floor(overlapSeconds * OVERLAP_STEPS + 1e-6));
  const sides = SIDES.indexOf(truncated) | (SIDES.indexOf(damaged ?? null) << 2);
  return (
    (overlap | (MASTERS.indexOf(master ?? 'unknown') << 22) | (RELATIONS.indexOf(relation) << 24)) + sides * 2 ** 28
  );
}

function mirroredWord(word: number): number {
  const relation = RELATIONS[(word >>> 24) & 15] as Relation;
  const mirrored = RELATIONS.indexOf(mirrorRelation(relation)) << 24;
  const sides = word >>> 28;
  const swapped = ((sides & 0b0101) << 1) | ((sides & 0b1010) >>> 1);
  return ((word & 0x00ff_ffff) | mirrored) + swapped * 2 ** 28;
}

/** The relation of b to a, where that of a to b is known. */
export function mirrorRelation(relation: Relation): Relation {
  return relation === 'contains' ? 'contained' : relation === 'contained' ? 'contains' : relation;
}

function offsetCode(seconds: number | null): number {
  if (seconds === null) return NO_OFFSET;
  return clamp(nearest(seconds * OFFSET_STEPS), NO_OFFSET + 1, -(NO_OFFSET + 1));
}

function offsetOf(code: number): number | null {
  return code === NO_OFFSET ? null : code / OFFSET_STEPS;
}

function speedCode(ratio: number | null): number {
  return ratio === null ? NO_SPEED : clamp(nearest(Math.log2(ratio) * OCTAVE), -OCTAVE, OCTAVE);
}

function speedOf(code: number): number | null {
  return code === NO_SPEED ? null : Math.round(2 ** (code / OCTAVE) * SPEED_DIGITS) / SPEED_DIGITS;
}

function shareCode(share: number | null, steps: number): number {
  return share === null ? NOT_COMPUTED : clamp(Math.round(share * steps), 0, steps);
}

function shareOf(code: number, steps: number): number | null {
  return code === NOT_COMPUTED ? null : code / steps;
}

function significanceCode(significance: number | null): number {
  if (significance === null) return NOT_COMPUTED;
  return clamp(Math.round((significance - LEAST_SIGNIFICANCE) * SIGNIFICANCE_STEPS), 0, NOT_COMPUTED - 1);
}

function significanceOf(code: number): number | null {
  return code === NOT_COMPUTED ? null : (code + LEAST_SIGNIFICANCE * SIGNIFICANCE_STEPS) / SIGNIFICANCE_STEPS;
}

/** Halves go away from 0, so that mirrored figures round to mirrored codes. */
function nearest(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
