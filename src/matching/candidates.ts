/**
 * Which pairs of tracks are worth a look: those that share three or more codes at one offset. Every track is
 * asked about once with all four phases, so that a shift by a part of a hop costs nothing, and both directions
 * of a pair count. In libraries of ordinary size codes that differ in one bit count, too, and other speeds are asked
 * about. The result is the same in any order of the tracks and however they are spread over indexes.
 */
import { type AlteredQuestion, HOP_SECONDS } from '#fingerprint';
import { leastAlteredVotes, searchAltered } from './altered-search.ts';
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

/** A track that asks. */
export interface AskingTrack {
  readonly phases: PhaseItems;
  /** What it asks as another version of itself; nothing to leave such versions out. */
  readonly altered: readonly AlteredQuestion[];
  /** Its own number, where it is in the index. */
  readonly self?: number | undefined;
}

const MAX_OFFSETS = 16;
/** Above this many items, some 2000 songs, the search for near codes would take longer than all the rest. */
export const NEAR_ITEMS = 4_000_000;

/**
 * Asks an index about tracks, and gives the answers to each; a track may answer several times.
 * @param near do codes that differ in one bit count?
 */
export function askAbout(
  index: CodeIndex,
  asking: readonly AskingTrack[],
  { near, leastAltered }: { readonly near: boolean; readonly leastAltered: number },
): Answer[][] {
  const questions = asking.map(({ phases, self }) => ({ phases, except: self }));
  const exact = index.query(questions);
  const bent = near ? index.queryNear(questions) : [];
  return asking.map(({ altered, self }, i) => [
    ...[...exact[i]!, ...(bent[i] ?? [])].map(({ track, offsets }) => ({ track, offsets: offsets.map(hypothesis) })),
    ...searchAltered(index, altered, { near, leastVotes: leastAltered }).filter(({ track }) => track !== self),
  ]);
}

/** All candidate pairs of fingerprints that are in memory, ordered by a, then b. */
export function findCandidates(
  tracks: readonly PhaseItems[],
  altered: readonly (readonly AlteredQuestion[])[] = [],
): CandidatePair[] {
  const index = indexOf(tracks.map(([phase0]) => phase0));
  const asking = tracks.map((phases, self) => ({ phases, altered: altered[self] ?? [], self }));
  const found = new Map<number, OffsetHypothesis[]>();
  const near = index.itemCount <= NEAR_ITEMS;
  const leastAltered = leastAlteredVotes(tracks.length, near);
  askAbout(index, asking, { near, leastAltered }).forEach((answers, track) => {
    for (const { track: other, offsets } of answers) {
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

/** Where a question may lie over a track that it hit. */
export function hypothesis({ quarterHops, votes }: OffsetHits): OffsetHypothesis {
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
