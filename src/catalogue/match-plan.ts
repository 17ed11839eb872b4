/** Which pairs of sounds are to be judged, in which order. Streams the fingerprints by; keeps none. */
import { decompressFingerprint, unpackAlteredQuestions } from '#fingerprint';
import { cancelled } from '#kernel';
import { createCandidateSearch, createCodeIndex, type OffsetHypothesis, type PhaseItems } from '#matching';
import type { MatchStore, MatchTrack } from './ports.ts';

/** A track without its fingerprints. */
export type KnownTrack = Omit<MatchTrack, 'fingerprint' | 'altered'>;

/** A pair to judge. */
export interface PlannedPair {
  readonly a: KnownTrack;
  readonly b: KnownTrack;
  readonly offsets: readonly OffsetHypothesis[];
}

/** One new track with its pairs: those with tracks matched before, and with new ones that come earlier. */
export interface PlannedTrack {
  readonly track: KnownTrack;
  readonly pairs: readonly PlannedPair[];
}

export interface MatchPlan {
  /** Every track, by audio hash. */
  readonly trackCount: number;
  /** Were other speeds and narrow bands looked for? */
  readonly asksAltered: boolean;
  /** New tracks; those of one piece of music lie together, so that decoded sounds can be kept for the next pair. */
  readonly work: readonly PlannedTrack[];
}

/** Above this many tracks other speeds and bands are not asked about: it would take longer than all the rest. */
export const MAX_ALTERED_TRACKS = 20_000;

/**
 * Finds the pairs with at least one new track. Reads the fingerprints twice: once to index, once to ask.
 * @param isNew by audio hash
 * @throws AppError `run/cancelled`
 */
export async function planMatching(
  store: MatchStore,
  isNew: (audioHash: string) => boolean,
  { signal, onTrack }: { readonly signal: AbortSignal; readonly onTrack: (done: number, total: number) => void },
): Promise<MatchPlan> {
  const tracks: KnownTrack[] = [];
  const builder = createCodeIndex();
  for await (const { fingerprint, altered: _, ...track } of tracksOf(store, signal)) {
    builder.add(itemsOf(fingerprint[0]));
    tracks.push(track);
  }
  const fresh = tracks.map(({ audioHash }) => isNew(audioHash));
  const search = createCandidateSearch(builder.build(), (track) => fresh[track] === true);
  const numbers = new Map(tracks.map(({ audioHash }, number) => [audioHash, number]));
  let asked = 0;
  const asksAltered = tracks.length <= MAX_ALTERED_TRACKS;
  for await (const { audioHash, fingerprint, altered } of tracksOf(store, signal)) {
    const number = numbers.get(audioHash);
    const questions = asksAltered ? unpackAlteredQuestions(altered) : [];
    if (number !== undefined) search.ask(number, phaseItems(fingerprint), questions);
    onTrack(++asked, tracks.length);
  }
  return { trackCount: tracks.length, asksAltered, work: workOf(tracks, fresh, search.pairs()) };
}

/** The four phases, ready to compare. */
export function phaseItems(fingerprint: MatchTrack['fingerprint']): PhaseItems {
  return fingerprint.map((bytes) => itemsOf(bytes)) as unknown as PhaseItems;
}

/** One phase, ready to compare. Too short a sound has no fingerprint. */
export function itemsOf(bytes: Uint8Array): Uint32Array {
  return bytes.length > 0 ? decompressFingerprint(bytes).items : new Uint32Array(0);
}

async function* tracksOf(store: MatchStore, signal: AbortSignal): AsyncGenerator<MatchTrack> {
  for await (const page of store.matchTracks()) {
    if (signal.aborted) throw cancelled();
    yield* page;
  }
}

type NumberedPair = { readonly a: number; readonly b: number; readonly offsets: readonly OffsetHypothesis[] };

/** Each pair goes to that of its new tracks which comes last; then no kill can lose one. */
function workOf(
  tracks: readonly KnownTrack[],
  fresh: readonly boolean[],
  pairs: readonly NumberedPair[],
): PlannedTrack[] {
  const order = orderByMusic(tracks.length, fresh, pairs);
  const rank = new Map(order.map((track, at) => [track, at]));
  const own = new Map<number, PlannedPair[]>(order.map((track) => [track, []]));
  for (const { a, b, offsets } of pairs) {
    const owner = (rank.get(a) ?? -1) > (rank.get(b) ?? -1) ? a : b;
    own.get(owner)?.push({ a: tracks[a] as KnownTrack, b: tracks[b] as KnownTrack, offsets });
  }
  return order.map((track) => ({ track: tracks[track] as KnownTrack, pairs: own.get(track) ?? [] }));
}

function neighboursOf(all: Map<number, number[]>, track: number): number[] {
  const known = all.get(track) ?? [];
  all.set(track, known);
  return known;
}

/** New tracks by their number, but all that hang together by candidate pairs directly after the first of them. */
function orderByMusic(count: number, fresh: readonly boolean[], pairs: readonly NumberedPair[]): number[] {
  const neighbours = new Map<number, number[]>();
  for (const { a, b } of pairs) {
    neighboursOf(neighbours, a).push(b);
    neighboursOf(neighbours, b).push(a);
  }
  const seen = new Set<number>();
  const order: number[] = [];
  for (let first = 0; first < count; first++) {
    const open = seen.has(first) ? [] : [first];
    while (open.length > 0) {
      const track = open.pop() as number;
      if (seen.has(track)) continue;
      seen.add(track);
      if (fresh[track]) order.push(track);
      open.push(...(neighbours.get(track) ?? []).filter((other) => !seen.has(other)));
    }
  }
  return order;
}
