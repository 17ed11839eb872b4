/**
 * What a search consists of: pieces, each some asking sounds and a part of the index. The plan is kept with the pieces
 * that are done, so that an interrupted search goes on, also where some of its new sounds are judged by now.
 */
import { invariant } from '#kernel';
import type { SearchBreadth } from './search-breadth.ts';
import type { IndexPart, NamedSlice, SearchFiles, StoredSegment } from './search-ports.ts';

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
  readonly part: IndexPart;
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
export function piecesOf(plan: SearchPlan, parts: readonly IndexPart[], segments: readonly StoredSegment[]): Piece[] {
  const fresh = new Set(plan.fresh);
  const soundsOf = new Map(segments.map(({ name, sounds }) => [name, sounds]));
  const hasFresh = ({ name, from, to }: NamedSlice): boolean =>
    soundsOf
      .get(name)
      ?.subarray(from, to)
      .some((sound) => fresh.has(sound)) ?? false;
  return parts.flatMap((part) => [
    ...chunks('fresh', plan.fresh, part),
    ...(part.some(hasFresh) ? chunks('old', plan.old, part) : []),
  ]);
}

/** The segments of a plan are always the same in the same order, so a part is told by where it begins and ends. */
function chunks(kind: string, askers: readonly number[], part: IndexPart): Piece[] {
  const [first, last] = [part[0] as NamedSlice, part.at(-1) as NamedSlice];
  const name = `${first.name}-${first.from}-${last.name}-${last.to}-${kind}`.replace(/\W/g, '-');
  return Array.from({ length: Math.ceil(askers.length / PIECE_SOUNDS) }, (_, i) => ({
    name: `${name}-${i}`,
    part,
    askers: askers.slice(i * PIECE_SOUNDS, (i + 1) * PIECE_SOUNDS),
  }));
}

/** Places of a part are numbers of 32 bits. */
const MOST_ITEMS = 2 ** 32 - 1;

/** As many segments together as fit into memory; one that does not fit by itself is cut by its sounds into slices of like size. */
export function partsOf(segments: readonly StoredSegment[], mostPostings: number): IndexPart[] {
  const parts: NamedSlice[][] = [];
  let [postings, items] = [Number.POSITIVE_INFINITY, 0];
  for (const slice of segments.flatMap((segment) => slicesOf(segment, mostPostings))) {
    const [ownPostings, ownItems] = [postingsOfSlice(slice, segments), itemsOfSlice(slice, segments)];
    if (postings + ownPostings > mostPostings || items + ownItems > MOST_ITEMS) {
      parts.push([]);
      [postings, items] = [0, 0];
    }
    postings += ownPostings;
    items += ownItems;
    parts.at(-1)?.push(slice);
  }
  return parts;
}

function slicesOf({ name, lengths, postings }: StoredSegment, mostPostings: number): NamedSlice[] {
  const count = Math.ceil(postings / mostPostings);
  const items = lengths.reduce((sum, length) => sum + length, 0);
  const cuts = [0];
  let before = 0;
  for (let i = 0; i < lengths.length; i++) {
    if (cuts.length < count && before >= (items * cuts.length) / count) cuts.push(i);
    before += lengths[i]!;
  }
  return cuts.map((from, i) => ({ name, from, to: cuts[i + 1] ?? lengths.length }));
}

/** How many postings a part has at most. */
export function postingsOfPart(part: IndexPart, segments: readonly StoredSegment[]): number {
  return part.reduce((sum, slice) => sum + postingsOfSlice(slice, segments), 0);
}

/** The postings of a slice cannot be more than its items. */
function postingsOfSlice(slice: NamedSlice, segments: readonly StoredSegment[]): number {
  const { postings, lengths } = segmentOf(slice, segments);
  return slice.from === 0 && slice.to === lengths.length ? postings : itemsOfSlice(slice, segments);
}

function itemsOfSlice(slice: NamedSlice, segments: readonly StoredSegment[]): number {
  const { lengths } = segmentOf(slice, segments);
  return lengths.subarray(slice.from, slice.to).reduce((sum, length) => sum + length, 0);
}

function segmentOf({ name }: NamedSlice, segments: readonly StoredSegment[]): StoredSegment {
  const segment = segments.find((other) => other.name === name);
  invariant(segment, 'a slice is one of a segment');
  return segment;
}
