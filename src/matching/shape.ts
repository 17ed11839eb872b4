/** The shape of a match: what is missing or different at the head, inside and at the tail. Seconds throughout. */
import { SAMPLE_RATE } from '#fingerprint';
import { SLOT_SAMPLES, soundingSeconds } from '#signal';
import type { HeardSound, Run, SegmentMap } from './segments.ts';

/** What lies beyond the match at one end. */
export interface EndGap {
  /** From the file's end to the match. */
  readonly aSeconds: number;
  readonly bSeconds: number;
  /** Thereof sounding. */
  readonly aSounding: number;
  readonly bSounding: number;
  /** Share of the overlapping gap in which the one is still faintly heard in the other: a cross-fade, 0 … 1. */
  readonly presence: number;
}

/** Something between two matched stretches. */
export interface Hole {
  /** The larger of what either side lacks. */
  readonly seconds: number;
}

export interface MatchShape {
  readonly head: EndGap;
  readonly tail: EndGap;
  readonly holes: readonly Hole[];
  /** Do the stretches come in the same order in both? */
  readonly inOrder: boolean;
  readonly matchedSeconds: number;
  /** a's samples where the match starts and ends, b's likewise. */
  readonly first: Run;
  readonly last: Run;
}

/** Above this a slot still holds the other sound; unrelated slots stay below 0.08. */
const FAINT_COHERENCE = 0.12;
/** Steps back in b smaller than this are blur of the grid. */
const ORDER_SLACK = 1.2 * SAMPLE_RATE;

/** Describes a match. `runs` must not be empty. */
export function shapeOf(map: SegmentMap, a: HeardSound, b: HeardSound): MatchShape {
  const runs = map.runs;
  const first = runs[0]!;
  const last = runs.at(-1)!;
  const pairs = runs.slice(1).map((run, i) => [runs[i]!, run] as const);
  return {
    head: endGap(a, b, [0, first.aStart], [0, Math.max(0, first.bStart)], (slots) => presence(first, -1, slots)),
    tail: endGap(a, b, [last.aEnd, a.pcm.length], [Math.min(last.bEnd, b.pcm.length), b.pcm.length], (slots) =>
      presence(last, 1, slots),
    ),
    holes: pairs.map(([before, after]) => holeOf(a, b, before, after)),
    inOrder: pairs.every(([before, after]) => after.bStart > before.bEnd - ORDER_SLACK),
    matchedSeconds: runs.reduce((sum, run) => sum + soundingSeconds(a.sounding, run.aStart, run.aEnd), 0),
    first,
    last,
  };
}

type Span = readonly [number, number];

function endGap(a: HeardSound, b: HeardSound, aSpan: Span, bSpan: Span, present: (slots: number) => number): EndGap {
  const length = ([from, to]: Span): number => Math.max(0, to - from);
  const overlap = Math.min(length(aSpan), length(bSpan));
  return {
    aSeconds: length(aSpan) / SAMPLE_RATE,
    bSeconds: length(bSpan) / SAMPLE_RATE,
    aSounding: soundingSeconds(a.sounding, ...aSpan),
    bSounding: soundingSeconds(b.sounding, ...bSpan),
    presence: present(Math.floor(overlap / SLOT_SAMPLES)),
  };
}

/** Share of `slots` slots beyond a run in which b is faintly coherent along the run's line. */
function presence({ lane, firstSlot, endSlot }: Run, direction: 1 | -1, slots: number): number {
  let heard = 0;
  for (let i = 0; i < slots; i++) {
    const slot = direction > 0 ? endSlot + i : firstSlot - 1 - i;
    if ((lane.map.slotCoherence[slot] ?? 0) >= FAINT_COHERENCE) heard++;
  }
  return slots > 0 ? heard / slots : 0;
}

function holeOf(a: HeardSound, b: HeardSound, before: Run, after: Run): Hole {
  const inA = soundingSeconds(a.sounding, before.aEnd, after.aStart);
  const inB = soundingSeconds(b.sounding, before.bEnd, after.bStart);
  return { seconds: Math.max(inA, inB) };
}
