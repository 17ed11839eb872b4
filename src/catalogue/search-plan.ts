/**
 * What a search consists of: pieces, each some asking sounds and a part of the index. The plan is kept with the pieces
 * that are done, so that an interrupted search goes on, also where some of its new sounds are judged by now.
 */
import { invariant } from '#kernel';
import type { SearchBreadth } from './search-breadth.ts';
import type { SearchFiles, SegmentPart, StoredSegment } from './search-ports.ts';

/** A search, as text on the disk. */
export interface SearchPlan {
  readonly method: string;
  readonly breadth: SearchBreadth;
  /** Names of the segments. */
  readonly segments: readonly string[];
  /** Sounds to be compared with all. */
  readonly fresh: readonly number[];
  /** Sounds that were matched before and ask about the fresh ones. */
  readonly old: readonly number[];
}

/** What is done at one go. */
export interface Piece {
  /** Tells it from every other one of its plan, whatever memory there is. */
  readonly name: string;
  readonly part: SegmentPart;
  readonly askers: readonly number[];
}

/** What is to be searched. */
export interface SearchTask {
  readonly method: string;
  /** Numbers of all sounds with a present file, ascending. */
  readonly sounds: Uint32Array;
  /** Of each, as in `PresentSounds`. */
  readonly checks: Uint32Array;
  /** Those of them that were not compared with the others. */
  readonly fresh: Uint32Array;
  readonly segments: readonly StoredSegment[];
}

/** The search that was interrupted, where it is this one; else a new one, whose pieces are all to be done. */
export function planSearch(files: SearchFiles, task: SearchTask, breadth: SearchBreadth): SearchPlan {
  const before = files.plan();
  const known = before === undefined ? undefined : (JSON.parse(before) as SearchPlan);
  if (known && isSame(known, task, breadth)) return known;
  const fresh = new Set(task.fresh);
  const plan: SearchPlan = {
    method: task.method,
    breadth,
    segments: task.segments.map(({ name }) => name),
    fresh: [...task.fresh],
    old: breadth.bothWays ? [...task.sounds].filter((sound) => !fresh.has(sound)) : [],
  };
  files.startPlan(JSON.stringify(plan));
  return plan;
}

function isSame(plan: SearchPlan, { method, fresh, segments }: SearchTask, breadth: SearchBreadth): boolean {
  const planned = new Set(plan.fresh);
  return (
    plan.method === method &&
    JSON.stringify(plan.breadth) === JSON.stringify(breadth) &&
    plan.segments.join() === segments.map(({ name }) => name).join() &&
    fresh.every((sound) => planned.has(sound))
  );
}

/** Asking sounds of a piece. */
const PIECE_SOUNDS = 4096;

/** The pieces, part by part. Old sounds ask parts with a fresh one alone. */
export function piecesOf(plan: SearchPlan, parts: readonly SegmentPart[], segments: readonly StoredSegment[]): Piece[] {
  const fresh = new Set(plan.fresh);
  const soundsOf = new Map(segments.map(({ name, sounds }) => [name, sounds]));
  return parts.flatMap((part) => {
    const hasFresh =
      soundsOf
        .get(part.name)
        ?.subarray(part.from, part.to)
        .some((sound) => fresh.has(sound)) ?? false;
    return [...chunks('fresh', plan.fresh, part), ...(hasFresh ? chunks('old', plan.old, part) : [])];
  });
}

function chunks(kind: string, askers: readonly number[], part: SegmentPart): Piece[] {
  const name = `${part.name.replace(/\W/g, '-')}-${part.from}-${part.to}-${kind}`;
  return Array.from({ length: Math.ceil(askers.length / PIECE_SOUNDS) }, (_, i) => ({
    name: `${name}-${i}`,
    part,
    askers: askers.slice(i * PIECE_SOUNDS, (i + 1) * PIECE_SOUNDS),
  }));
}

/** Cuts segments that do not fit into memory by their sounds, each into parts of like size. */
export function partsOf(segments: readonly StoredSegment[], mostPostings: number): SegmentPart[] {
  return segments.flatMap(({ name, lengths, postings }) => {
    const count = Math.ceil(postings / mostPostings);
    const items = lengths.reduce((sum, length) => sum + length, 0);
    const cuts = [0];
    let before = 0;
    for (let i = 0; i < lengths.length; i++) {
      if (cuts.length < count && before >= (items * cuts.length) / count) cuts.push(i);
      before += lengths[i]!;
    }
    return cuts.map((from, i) => ({ name, from, to: cuts[i + 1] ?? lengths.length }));
  });
}

/** The postings of a part cannot be more than its items; those of its segment say how many they are on average. */
export function postingsOfPart({ name, from, to }: SegmentPart, segments: readonly StoredSegment[]): number {
  const segment = segments.find((other) => other.name === name);
  invariant(segment, 'a part is one of a segment');
  if (from === 0 && to === segment.lengths.length) return segment.postings;
  return segment.lengths.subarray(from, to).reduce((sum, length) => sum + length, 0);
}
