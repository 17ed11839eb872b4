/** From what sounds answered to the pairs that may be related. */
import { invariant } from '#kernel';
import { joinAnswers, mirrorOffset, type OffsetHypothesis } from '#matching';
import type { SearchTask } from './search-plan.ts';
import { ANSWER_COLUMNS } from './search-ports.ts';

/** Two sounds by their numbers, a < b, and where b may lie over a, the best first. */
export interface SoundPair {
  readonly a: number;
  readonly b: number;
  readonly offsets: readonly OffsetHypothesis[];
}

/** The answers in which one of both is new. */
export function relevant(rows: Float64Array, fresh: ReadonlySet<number>): Float64Array {
  const kept: number[] = [];
  for (let at = 0; at < rows.length; at += ANSWER_COLUMNS) {
    if (fresh.has(rows[at]!) || fresh.has(rows[at + 1]!)) kept.push(...rows.subarray(at, at + ANSWER_COLUMNS));
  }
  return Float64Array.from(kept);
}

/** One list after the other. */
export function joinedAnswers(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Room for one number beside another in a third. */
const NUMBER_SPAN = 2 ** 26;

/** What all pieces found, by pair. Sounds that are gone are left out. */
export function joinRows(
  pieces: Iterable<Float64Array | undefined>,
  { sounds, fresh }: Pick<SearchTask, 'sounds' | 'fresh'>,
): SoundPair[] {
  invariant((sounds.at(-1) ?? 0) < NUMBER_SPAN, 'sounds have numbers of 26 bits');
  const present = new Set(sounds);
  const own = new Set(fresh);
  const byPair = new Map<number, OffsetHypothesis[]>();
  for (const rows of pieces) {
    for (let at = 0; rows && at < rows.length; at += ANSWER_COLUMNS) {
      const [asker = 0, other = 0, offsetSeconds = 0, speedRatio = 0, votes = 0] = rows.subarray(
        at,
        at + ANSWER_COLUMNS,
      );
      if (!present.has(asker) || !present.has(other) || !(own.has(asker) || own.has(other))) continue;
      const key = Math.min(asker, other) * NUMBER_SPAN + Math.max(asker, other);
      const offset = { offsetSeconds, speedRatio, votes };
      const offsets = byPair.get(key) ?? [];
      byPair.set(key, offsets);
      offsets.push(other < asker ? offset : mirrorOffset(offset));
    }
  }
  return [...byPair.keys()]
    .sort((one, other) => one - other)
    .map((key) => ({
      a: Math.floor(key / NUMBER_SPAN),
      b: key % NUMBER_SPAN,
      offsets: joinAnswers((byPair.get(key) as OffsetHypothesis[]).sort(byPlace)),
    }));
}

/** An order that does not depend on that of the pieces. */
function byPlace(one: OffsetHypothesis, other: OffsetHypothesis): number {
  return one.offsetSeconds - other.offsetSeconds || one.speedRatio - other.speedRatio || one.votes - other.votes;
}
