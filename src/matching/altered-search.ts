/**
 * Which tracks may be another version of one: at another speed or pitch, or through a telephone. Each window of a track
 * is asked about as it would be at 26 other pitches and in a narrow band; what answers at one of these and along one
 * line through several windows is a candidate. Finds ±0.3 to ±6 per cent; smaller changes are found by the usual search.
 */
import { type AlteredQuestion, HOP_SECONDS, SAMPLE_RATE, speedOfSteps } from '#fingerprint';
import type { CodeIndex } from './code-index.ts';
import type { OffsetHypothesis } from './verdict.ts';

/** A track that may be the asking one, altered. */
export interface AlteredHits {
  readonly track: number;
  /** The best first, at least one. The asking track is b. */
  readonly offsets: readonly OffsetHypothesis[];
}

/** Starts nearer than this are one line: the step of the pitches leaves 0.24 % of error over some two minutes. */
const SAME_LINE_SECONDS = 0.45;
/** Votes of all windows together. Measured: see `docs/design/matching.md`. */
const MIN_VOTES = 6;
const MIN_NEAR_VOTES = 11;
const MAX_OFFSETS = 3;

interface Line {
  readonly startSeconds: number;
  readonly votes: number;
}

/** In a library of so many tracks chance brings as many pairs with six votes as anybody wants to look at. Chosen. */
const FEW_TRACKS = 20_000;
/** One vote more, and so many times fewer pairs meet by chance. Measured among 10,000 tracks: `npm run scale -- --parts speeds`. */
const RARER_BY_A_VOTE = 2.4;

/** Votes that make a candidate, in a library of so many tracks; above 20,000 as many more as keep chance at bay. */
export function leastAlteredVotes(tracks: number, near: boolean): number {
  const least = near ? MIN_NEAR_VOTES : MIN_VOTES;
  if (tracks <= FEW_TRACKS) return least;
  return least + Math.ceil((2 * Math.log(tracks / FEW_TRACKS)) / Math.log(RARER_BY_A_VOTE));
}

/**
 * Asks about all windows. `near` also counts codes that differ in one bit.
 * @param leastVotes see {@link leastAlteredVotes}
 */
export function searchAltered(
  index: CodeIndex,
  questions: readonly AlteredQuestion[],
  { near, leastVotes }: { readonly near: boolean; readonly leastVotes: number },
): AlteredHits[] {
  const byTrack = new Map<number, OffsetHypothesis[]>();
  for (const [steps, own] of Map.groupBy(questions, ({ pitchSteps }) => pitchSteps)) {
    const speed = speedOfSteps(steps);
    for (const [track, lines] of linesOf(index, own, speed, near)) {
      const known = byTrack.get(track) ?? [];
      for (const { startSeconds, votes } of strongest(lines)) {
        if (votes >= leastVotes) known.push({ offsetSeconds: startSeconds, votes, speedRatio: speed });
      }
      byTrack.set(track, known);
    }
  }
  return [...byTrack]
    .filter(([, offsets]) => offsets.length > 0)
    .map(([track, offsets]) => ({ track, offsets: offsets.sort(byVotes).slice(0, MAX_OFFSETS) }))
    .sort((one, other) => one.track - other.track);
}

/** Where the asking sound would start in each track, by window. */
function linesOf(
  index: CodeIndex,
  questions: readonly AlteredQuestion[],
  speed: number,
  near: boolean,
): Map<number, Line[]> {
  const lines = new Map<number, Line[]>();
  for (const { startSample, items } of questions) {
    for (const { track, item, votes } of index.queryWindow(items, near)) {
      const line = { startSeconds: item * HOP_SECONDS - (speed * startSample) / SAMPLE_RATE, votes };
      const known = lines.get(track);
      if (known) known.push(line);
      else lines.set(track, [line]);
    }
  }
  return lines;
}

/** Windows whose starts agree, their votes summed; each window in one line at most. */
function strongest(lines: readonly Line[]): Line[] {
  const sorted = [...lines].sort((one, other) => one.startSeconds - other.startSeconds);
  const found: Line[] = [];
  for (let first = 0; first < sorted.length; ) {
    let end = first;
    let votes = 0;
    const from = (sorted[first] as Line).startSeconds;
    while (end < sorted.length && (sorted[end] as Line).startSeconds - from <= SAME_LINE_SECONDS) {
      votes += (sorted[end] as Line).votes;
      end++;
    }
    found.push({ startSeconds: (sorted[(first + end - 1) >>> 1] as Line).startSeconds, votes });
    first = end;
  }
  return found;
}

function byVotes(one: OffsetHypothesis, other: OffsetHypothesis): number {
  return (
    other.votes - one.votes ||
    Math.abs(Math.log(one.speedRatio)) - Math.abs(Math.log(other.speedRatio)) ||
    one.speedRatio - other.speedRatio ||
    one.offsetSeconds - other.offsetSeconds
  );
}
