/**
 * Which recordings of the library a sound may be, by the index on disk: what shares codes with it, without what met by
 * chance. Only equal codes count; other speeds are found where the whole library is searched.
 */
import {
  createBitErrorKernel,
  createLookUp,
  type IndexSegment,
  mayBeChance,
  type OffsetHypothesis,
  openSharedMemory,
  type PhaseItems,
  placeOf,
  type SoundHits,
  STRETCH_BITS,
  STRETCH_SCORE,
} from '#matching';
import type { PhaseFingerprints } from './model.ts';
import type { MatchStore, PresentSounds } from './ports.ts';
import { phaseItems } from './prints.ts';
import { codeBitsFor } from './search-breadth.ts';

/** What a look-up reads of the catalogue. */
export type LookUpStore = Pick<MatchStore, 'firstPhaseOf' | 'presentSounds'>;

/** A sound of the library that the asking one may be. */
export interface FoundSound {
  readonly sound: number;
  /** Where the asking sound may lie over it, the best first. */
  readonly offsets: readonly OffsetHypothesis[];
  /** Of the stretch in which their notes agree best; see {@link STRETCH_SCORE}. */
  readonly score: number;
}

export interface LookUp {
  /** Sounds that may be found. */
  readonly sounds: number;
  /** The best so many sounds, those that agree longest first. @throws AppError `index/corrupt` */
  ask(fingerprint: PhaseFingerprints, most: number): Promise<FoundSound[]>;
}

/** Sounds with most votes whose notes are compared. Chosen. */
const MOST_COMPARED = 64;

/** Gets ready for questions; the segments stay open as long as anybody asks. */
export async function openLookUp(store: LookUpStore, segments: readonly IndexSegment[]): Promise<LookUp> {
  const present = await store.presentSounds();
  const sounds = segments.reduce((sum, { tables }) => sum + tables.sounds.length, 0);
  const find = createLookUp(openSharedMemory(), segments, codeBitsFor(sounds));
  const compare = createComparing(store);
  return {
    sounds,
    async ask(fingerprint, most) {
      const phases = phaseItems(fingerprint);
      const met = find(phases).filter((hits) => isPresent(present, hits));
      const likely = met.sort(byVotes).slice(0, MOST_COMPARED);
      const found = await compare(phases, likely);
      return found.sort((one, other) => other.score - one.score || one.sound - other.sound).slice(0, most);
    },
  };
}

/** Is it the sound that was indexed, and still there? */
function isPresent({ numbers, checks }: PresentSounds, { sound, check }: SoundHits): boolean {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < sound) low = middle + 1;
    else high = middle;
  }
  return numbers[low] === sound && checks[low] === check;
}

function byVotes(one: SoundHits, other: SoundHits): number {
  return votesOf(other) - votesOf(one) || one.sound - other.sound;
}

function votesOf({ offsets }: SoundHits): number {
  return offsets[0]?.votes ?? 0;
}

type Comparing = (phases: PhaseItems, hits: readonly SoundHits[]) => Promise<FoundSound[]>;

/** Lays the notes of both over each other, and leaves out what chance explains. */
function createComparing(store: LookUpStore): Comparing {
  const kernel = createBitErrorKernel();
  return async (phases, hits) => {
    kernel.clear();
    const tracks: number[] = [];
    for (const { sound } of hits) {
      const fingerprint = (await store.firstPhaseOf(sound)) ?? new Uint8Array();
      tracks.push(fingerprint.length > 0 ? kernel.addCompressed(fingerprint) : kernel.add(new Uint32Array(0)));
    }
    kernel.ask(phases);
    const lines = hits.flatMap(({ offsets }, i) => offsets.map((offset) => ({ i, place: placeOf(offset) })));
    const { score } = kernel.extend(
      Int32Array.from(lines, ({ i }) => tracks[i]!),
      Int32Array.from(lines, ({ place }) => place),
      STRETCH_BITS,
    );
    const best = new Int32Array(hits.length);
    lines.forEach(({ i }, line) => {
      best[i] = Math.max(best[i]!, score[line]!);
    });
    return hits
      .map(({ sound, offsets }, i) => ({ sound, offsets, score: best[i]! }))
      .filter(({ offsets, score: own }) => own >= STRETCH_SCORE || !mayBeChance(offsets));
  };
}
