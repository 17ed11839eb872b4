/**
 * Which pairs of tracks are worth a look: those that share three or more codes at one offset. Every track is
 * asked about once with all four phases, so that a shift by a part of a hop costs nothing, and both directions
 * of a pair count. In libraries of ordinary size codes that differ in one bit count, too. The result is the same in any order of the tracks. With some tracks matched before, exactly
 * those pairs of the full result come out that have at least one new track.
 */
import { type AlteredQuestion, HOP_SECONDS } from '#fingerprint';
import { searchAltered } from './altered-search.ts';
import { type CodeIndex, createCodeIndex, type OffsetHits, type PhaseItems } from './code-index.ts';
import { mirrorOffset, type OffsetHypothesis } from './verdict.ts';

/** Two tracks by their numbers, `a` < `b`, and where b may lie over a, the best first. */
export interface CandidatePair {
  readonly a: number;
  readonly b: number;
  readonly offsets: readonly OffsetHypothesis[];
}

/** Collects candidate pairs while the caller streams fingerprints by, so that they need not all be in memory. */
export interface CandidateSearch {
  /**
   * The best candidates of one track among all, `track` being its number in the index.
   * @param altered what it would be asked about as another version of itself; none to leave such versions out
   */
  ask(track: number, question: PhaseItems, altered: readonly AlteredQuestion[]): void;
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
    ask(track, question, altered) {
      const asked = indexFor(track);
      const isSmall = index.itemCount <= NEAR_ITEMS;
      const plain = [...asked.query(question), ...(isSmall ? asked.queryNear(question) : [])];
      const answers = [
        ...plain.map((hits) => ({ track: hits.track, offsets: hits.offsets.map(hypothesis) })),
        ...searchAltered(asked, altered, isSmall),
      ];
      for (const { track: other, offsets } of answers) {
        if (other === track) continue;
        // The asking track is b.
        const key = Math.min(other, track) * index.trackCount + Math.max(other, track);
        const placed = other < track ? offsets : offsets.map(mirrorOffset);
        found.set(key, [...(found.get(key) ?? []), ...placed]);
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
  altered: readonly (readonly AlteredQuestion[])[] = [],
): CandidatePair[] {
  const builder = createCodeIndex();
  for (const [phase0] of tracks) builder.add(phase0);
  const search = createCandidateSearch(builder.build(), isNew);
  tracks.forEach((question, track) => {
    search.ask(track, question, altered[track] ?? []);
  });
  return search.pairs();
}

function hypothesis({ quarterHops, votes }: OffsetHits): OffsetHypothesis {
  return { offsetSeconds: (quarterHops * HOP_SECONDS) / 4, speedRatio: 1, votes };
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
    const near = kept.some(
      (other) =>
        other.speedRatio === offset.speedRatio && Math.abs(other.offsetSeconds - offset.offsetSeconds) <= HOP_SECONDS,
    );
    if (!near) kept.push(offset);
  }
  return kept;
}

/** Where b may lie over a, the best first; empty where the fingerprints share nothing. */
export function offsetsBetween(
  a: PhaseItems,
  b: PhaseItems,
  aAltered: readonly AlteredQuestion[],
  bAltered: readonly AlteredQuestion[],
): readonly OffsetHypothesis[] {
  return findCandidates([a, b], undefined, [aAltered, bAltered])[0]?.offsets ?? [];
}
