/**
 * Which pairs of tracks are worth a look: those that share three or more codes at one offset. Every track is
 * asked about once with all four phases, so that a shift by a part of a hop costs nothing, and both directions
 * of a pair count. In libraries of ordinary size codes that differ in one bit count, too, and other speeds are asked
 * about. The result is the same in any order of the tracks and however they are spread over indexes.
 */
import { type AlteredQuestion, HOP_SECONDS } from '#fingerprint';
import { searchAltered } from './altered-search.ts';
import { type CodeIndex, indexOf, type PhaseItems } from './code-index.ts';
import type { ComparedPrints } from './likeness.ts';
import { mirrorOffset, type OffsetHypothesis } from './verdict.ts';
import type { OffsetHits } from './votes.ts';

/** Two tracks by their numbers, `a` < `b`, and where b may lie over a, the best first. */
export interface CandidatePair {
  readonly a: number;
  readonly b: number;
  readonly offsets: readonly OffsetHypothesis[];
}

/** What one track answered to another's question. */
export interface Answer {
  /** By its number in the index. */
  readonly track: number;
  /** Where the asking track may lie over it; at least one. */
  readonly offsets: readonly OffsetHypothesis[];
}

/** What is asked, besides the codes themselves. */
export interface Breadth {
  /** Codes that differ in one bit. */
  readonly near: boolean;
  /** The track as another version of itself. */
  readonly altered: readonly AlteredQuestion[];
}

const MAX_OFFSETS = 16;
/** Above this many items, some 2000 songs, the search for near codes would take longer than all the rest. */
export const NEAR_ITEMS = 4_000_000;

/**
 * Asks an index about one track. A track may answer several times.
 * @param self the asking track's own number, where it is in the index
 */
export function askAbout(index: CodeIndex, question: PhaseItems, { near, altered }: Breadth, self?: number): Answer[] {
  const plain = [...index.query(question, self), ...(near ? index.queryNear(question, self) : [])];
  return [
    ...plain.map(({ track, offsets }) => ({ track, offsets: offsets.map(hypothesis) })),
    ...searchAltered(index, altered, near).filter(({ track }) => track !== self),
  ];
}

/** All candidate pairs of fingerprints that are in memory, ordered by a, then b. */
export function findCandidates(
  tracks: readonly PhaseItems[],
  altered: readonly (readonly AlteredQuestion[])[] = [],
): CandidatePair[] {
  const index = indexOf(tracks.map(([phase0]) => phase0));
  const near = index.itemCount <= NEAR_ITEMS;
  const found = new Map<number, OffsetHypothesis[]>();
  tracks.forEach((question, track) => {
    for (const { track: other, offsets } of askAbout(index, question, { near, altered: altered[track] ?? [] }, track)) {
      const key = Math.min(other, track) * tracks.length + Math.max(other, track);
      const placed = other < track ? offsets : offsets.map(mirrorOffset);
      found.set(key, [...(found.get(key) ?? []), ...placed]);
    }
  });
  return [...found]
    .sort(([one], [other]) => one - other)
    .map(([key, offsets]) => ({
      a: Math.floor(key / tracks.length),
      b: key % tracks.length,
      offsets: joinAnswers(offsets),
    }));
}

function hypothesis({ quarterHops, votes }: OffsetHits): OffsetHypothesis {
  return { offsetSeconds: (quarterHops * HOP_SECONDS) / 4, speedRatio: 1, votes };
}

/** Where b may lie over a, from all that both answered: what lies within one item of a better offset adds nothing. */
export function joinAnswers(offsets: readonly OffsetHypothesis[]): OffsetHypothesis[] {
  const size = ({ offsetSeconds }: OffsetHypothesis): number => Math.abs(offsetSeconds);
  const ranked = [...offsets].sort(
    (one, other) => other.votes - one.votes || size(one) - size(other) || one.offsetSeconds - other.offsetSeconds,
  );
  const kept: OffsetHypothesis[] = [];
  for (const offset of ranked) {
    if (kept.length === MAX_OFFSETS) break;
    const near = kept.some(
      (other) =>
        other.speedRatio === offset.speedRatio && Math.abs(other.offsetSeconds - offset.offsetSeconds) <= HOP_SECONDS,
    );
    if (!near) kept.push(offset);
  }
  return kept;
}

/** Where b may lie over a, the best first; empty where the fingerprints share nothing. */
export function offsetsBetween(a: ComparedPrints, b: ComparedPrints): readonly OffsetHypothesis[] {
  return findCandidates([a.items, b.items], [a.altered, b.altered])[0]?.offsets ?? [];
}
