/**
 * Where a copy comes from, as far as its sound tells: whether a lossless coding holds what a lossy one had left, and what
 * a copy lacks that another copy of the same master holds. To call a genuine file fake is worse than to miss a fake, so
 * only a coder's own grid convicts; a wall alone may be any filter's, and stays undecided.
 * @see docs/design/keeper.md
 */
import { heldAbove, type Wall, wallOf } from './band-profile.ts';
import { isFullLossless, mp3Equivalent } from './coding.ts';
import type { Levels, SoundEvidence, StreamInfo } from './stream.ts';

/** What sources are found from. */
export interface Sourced {
  readonly sound: { readonly stream: StreamInfo; readonly levels: Levels; readonly evidence?: SoundEvidence } | null;
}

export interface Source {
  /** Where its band ends; `null` where it does not end suddenly, or nobody looked. */
  readonly wall: Wall | null;
  /** Does a lossless coding hold what was lossy before? `false` means: undecided. */
  readonly isFromLossy: boolean;
  /** Up to where another copy of the same master holds music above the wall, in Hz; `null` where none does. */
  readonly lacksToHz: number | null;
  /** What the coding is worth at most, as {@link mp3Equivalent}; `Infinity` where nothing speaks against it. */
  readonly mostKbps: number;
  /** Does another copy keep peaks that are cut off here? A master that was clipped before any copy was made is no fault. */
  readonly isOverdriven: boolean;
}

/** How two copies of one recording stand to each other. */
export type MasterOf<T> = (a: T, b: T) => 'same' | 'other' | 'unknown';

/** Above this a wall tells nothing about what was lost. */
const HIGHEST_TELLING_HZ = 20_900;
/** Walls of this depth are no equaliser's and no instrument's: those of genuine files that were not filtered reach 28 dB. Measured with tools/fakes.mjs. */
const CODER_DEPTH_DB = 40;

/**
 * What each copy alone, and beside the others, tells about its source.
 * @param isWitness copies that may speak against others: whole ones, as damage sounds like music above a wall
 */
export function findSources<T extends Sourced>(
  copies: readonly T[],
  masterOf: MasterOf<T>,
  isWitness: (copy: T) => boolean,
): ReadonlyMap<T, Source> {
  const walls = new Map(copies.map((copy) => [copy, wallOfCopy(copy)]));
  const witnesses = copies.filter(isWitness);
  const headroom = Math.max(...witnesses.map(headroomOf));
  return new Map(
    copies.map((copy) => {
      const wall = walls.get(copy) ?? null;
      const wider = witnesses.filter((other) => isWider(walls.get(other) ?? null, wall));
      const lacksToHz = Math.max(0, ...wider.map((other) => heldBy(other, copy, wall, masterOf)));
      const found = {
        wall,
        isFromLossy: copy.sound !== null && isMadeFromLossy(copy.sound),
        lacksToHz: lacksToHz || null,
      };
      const isOverdriven = headroom - headroomOf(copy) >= CUT_OFF_DB;
      return [copy, { ...found, isOverdriven, mostKbps: mostKbps(copy, found, { witnesses, walls, masterOf }) }];
    }),
  );
}

function wallOfCopy({ sound }: Sourced): Wall | null {
  const bands = sound?.evidence?.bands;
  return bands ? wallOf(bands) : null;
}

/** Peaks that are lower by so much against the mean were cut off. Coding raises them by up to 1 dB where they were. Chosen. */
const CUT_OFF_DB = 1.5;

/** From the mean to the peaks that can be played, in dB; −∞ of a copy without sound. */
function headroomOf({ sound }: Sourced): number {
  if (sound === null) return Number.NEGATIVE_INFINITY;
  const { rms, peak } = sound.levels;
  return 20 * Math.log10(Math.max(Math.min(peak, 1), 1e-6) / Math.max(rms, 1e-6));
}

function isWider(wall: Wall | null, own: Wall | null): boolean {
  return own !== null && own.hz < HIGHEST_TELLING_HZ && (wall === null || wall.hz > own.hz);
}

/** Codings that fill what they left out with copies of what lies below, so that their bands are no witness. */
const MAKES_BANDS_UP = /^opus|^eac3|^atrac3p/;

/** Up to where `witness` goes on above the wall of `copy`; 0 where it does not. */
function heldBy<T extends Sourced>(witness: T, copy: T, wall: Wall | null, masterOf: MasterOf<T>): number {
  const [own, others] = [copy.sound?.evidence?.bands, witness.sound?.evidence?.bands];
  if (!own || !others || !wall || MAKES_BANDS_UP.test(witness.sound?.stream.codec ?? '')) return 0;
  const toHz = heldAbove(own, wall, others);
  if (toHz === null) return 0;
  const master = masterOf(copy, witness);
  // No equaliser falls as deep as a coder's wall, so there the master need not be known.
  return master === 'same' || (master === 'unknown' && wall.depthDb >= CODER_DEPTH_DB) ? toHz : 0;
}

/** Does a lossless coding hold what was lossy before? `false` means: undecided. */
export function isMadeFromLossy({ stream, evidence }: Omit<NonNullable<Sourced['sound']>, 'levels'>): boolean {
  return stream.lossless && (evidence?.codedAs ?? null) !== null;
}

/** The lowest rate of constant-rate MP3 by LAME that reaches so far, less a step: a copy made from it is not better than it. */
const RATES_BY_WALL: readonly (readonly [hz: number, kbps: number])[] = [
  [14_000, 63],
  [15_900, 95],
  [17_300, 127],
  [17_800, 159],
  [19_200, 191],
  [19_900, 223],
];
const RATE_OF_HIGH_WALL = 255;

/** What a coder leaves when its band ends at this wall, in kilobits per second of MP3. */
function kbpsOfWall(wall: Wall | null): number {
  return RATES_BY_WALL.find(([most]) => wall !== null && wall.hz <= most)?.[1] ?? RATE_OF_HIGH_WALL;
}

interface Beside<T> {
  readonly witnesses: readonly T[];
  readonly walls: ReadonlyMap<T, Wall | null>;
  readonly masterOf: MasterOf<T>;
}

function mostKbps<T extends Sourced>(
  copy: T,
  { wall, isFromLossy: isFake, lacksToHz }: Pick<Source, 'wall' | 'isFromLossy' | 'lacksToHz'>,
  { witnesses, walls, masterOf }: Beside<T>,
): number {
  if (copy.sound === null || (!isFake && lacksToHz === null)) return Number.POSITIVE_INFINITY;
  const { stream } = copy.sound;
  if (!stream.lossless) return wall && isBelowCoding(stream, wall) ? kbpsOfWall(wall) : Number.POSITIVE_INFINITY;
  // No better than a lossy copy whose band is as wide: it may be what this one was made from.
  const parents = witnesses.flatMap((other) => {
    const isWide = (walls.get(other)?.hz ?? HIGHEST_TELLING_HZ) >= (wall?.hz ?? HIGHEST_TELLING_HZ) - PARENT_HZ;
    const coding = other.sound?.stream;
    return coding && !coding.lossless && isWide && masterOf(copy, other) !== 'other' ? mp3Equivalent(coding) - 1 : [];
  });
  return Math.min(kbpsOfWall(wall), ...parents);
}

/** Two walls within this are one. */
const PARENT_HZ = 200;
/** A coder whose band ends so far below what its rate allows was fed something that ended there. Chosen. */
const BELOW_RATE = 0.6;

/** Does the band of a lossy copy end far below what its rate would have kept, and as suddenly as coders end it? */
export function isBelowCoding(stream: StreamInfo, wall: Wall): boolean {
  const isDeep = wall.depthDb >= CODER_DEPTH_DB;
  return !isFullLossless(stream) && isDeep && kbpsOfWall(wall) < BELOW_RATE * mp3Equivalent(stream);
}
