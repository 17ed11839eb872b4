/**
 * Which pairs of tracks are worth a look: those that share three or more codes at one offset. Every track is
 * asked about once with all four phases, so that a shift by a part of a hop costs nothing, and both directions
 * of a pair count. In libraries of ordinary size codes that differ in one bit count, too. The result is the same in any order of the tracks. With some tracks matched before, exactly
 * those pairs of the full result come out that have at least one new track.
 */
import { HOP_SECONDS } from '#fingerprint';
import { type CodeIndex, createCodeIndex, type OffsetHits, type PhaseItems } from './code-index.ts';
import type { OffsetHypothesis } from './verdict.ts';

/** Two tracks by their numbers, `a` < `b`, and where b may lie over a, the best first. */
export interface CandidatePair {
  readonly a: number;
  readonly b: number;
  readonly offsets: readonly OffsetHypothesis[];
}

/** Collects candidate pairs while the caller streams fingerprints by, so that they need not all be in memory. */
export interface CandidateSearch {
  /** The best candidates of one track among all, `track` being its number in the index. */
  ask(track: number, question: PhaseItems): void;
  /** All pairs found, ordered by a, then b. */
  pairs(): CandidatePair[];
}

const MAX_OFFSETS = 16;
/** Above this many items, some 2000 songs, the search for near codes would take longer than all the rest. */
const NEAR_ITEMS = 4_000_000;

/**
 * A search over an index of phase 0 of every track.
 * @param isNew tracks that were not there when the others were matched; pairs without one are left out
 */
export function createCandidateSearch(index: CodeIndex, isNew: (track: number) => boolean): CandidateSearch {
  const found = new Map<number, OffsetHypothesis[]>();
  let newOnes: CodeIndex | undefined;
  const indexFor = (track: number): CodeIndex => {
    if (isNew(track)) return index;
    newOnes ??= index.only(isNew);
    return newOnes;
  };
  return {
    ask(track, question) {
      const asked = indexFor(track);
      const near = index.itemCount <= NEAR_ITEMS ? asked.queryNear(question) : [];
      for (const hits of [...asked.query(question), ...near]) {
        if (hits.track === track) continue;
        const [a, b, sign] = hits.track < track ? [hits.track, track, 1] : [track, hits.track, -1];
        const key = a * index.trackCount + b;
        const offsets = hits.offsets.map((hit) => hypothesis(hit, sign));
        found.set(key, [...(found.get(key) ?? []), ...offsets]);
      }
    },
    pairs: () =>
      [...found]
        .sort(([one], [other]) => one - other)
        .map(([key, offsets]) => ({
          a: Math.floor(key / index.trackCount),
          b: key % index.trackCount,
          offsets: distinctOffsets(offsets),
        })),
  };
}

/** All candidate pairs of fingerprints that are in memory. */
export function findCandidates(
  tracks: readonly PhaseItems[],
  isNew: (track: number) => boolean = () => true,
): CandidatePair[] {
  const builder = createCodeIndex();
  for (const [phase0] of tracks) builder.add(phase0);
  const search = createCandidateSearch(builder.build(), isNew);
  tracks.forEach((question, track) => {
    search.ask(track, question);
  });
  return search.pairs();
}

function hypothesis({ quarterHops, votes }: OffsetHits, sign: number): OffsetHypothesis {
  return { offsetSeconds: (sign * quarterHops * HOP_SECONDS) / 4, votes };
}

/** Both directions joined: what lies within one item of a better offset adds nothing. */
function distinctOffsets(offsets: readonly OffsetHypothesis[]): OffsetHypothesis[] {
  const size = ({ offsetSeconds }: OffsetHypothesis): number => Math.abs(offsetSeconds);
  const ranked = [...offsets].sort(
    (one, other) => other.votes - one.votes || size(one) - size(other) || one.offsetSeconds - other.offsetSeconds,
  );
  const kept: OffsetHypothesis[] = [];
  for (const offset of ranked) {
    if (kept.length === MAX_OFFSETS) break;
    const near = kept.some((other) => Math.abs(other.offsetSeconds - offset.offsetSeconds) <= HOP_SECONDS);
    if (!near) kept.push(offset);
  }
  return kept;
}

/** Where b may lie over a, the best first; empty where the fingerprints share nothing. */
export function offsetsBetween(a: PhaseItems, b: PhaseItems): readonly OffsetHypothesis[] {
  return findCandidates([a, b])[0]?.offsets ?? [];
}
