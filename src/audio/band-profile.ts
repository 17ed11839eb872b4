/**
 * How loud each band of a sound is over the whole of it: enough to see where its band ends, and what one copy of a
 * recording holds that another lacks. Everything here is read from two levels a band, so nothing is decoded again.
 * @see docs/design/keeper.md
 */

/** Width of a band. Chosen: walls of lossy coding fall within one or two. */
export const PROFILE_BAND_HZ = 200;
/** What level 0 stands for; one step is a dB, and 0 dB a full-scale sine. */
export const PROFILE_FLOOR_DB = -150;

/** Band `n` reaches from n · {@link PROFILE_BAND_HZ} to the next; all lists are equally long. */
export interface BandProfile {
  /** Exceeded for a twentieth of the time, in steps above {@link PROFILE_FLOOR_DB}. */
  readonly loud: Uint8Array;
  /** Exceeded for three tenths of the time, likewise: what other music at the ends, as a radio rip has it, does not reach. */
  readonly often: Uint8Array;
  /** Exceeded for nine tenths of the time, likewise. */
  readonly quiet: Uint8Array;
}

/** Where a band ends so suddenly that nothing natural does it. */
export interface Wall {
  /** Above this frequency nothing but the floor is left; to {@link PROFILE_BAND_HZ}. */
  readonly hz: number;
  /** How far the loud moments fall there, in dB. */
  readonly depthDb: number;
}

/** Bands over which a wall falls: 600 Hz. Resamplers and coders need 100 to 500. */
const FALL_BANDS = 3;
/** A shallower fall ends no band. Genuine music was seen to fall by 10 dB in the middle of its band. */
const LEAST_DEPTH_DB = 12;
/** How much what lies above may rise again and still be floor. Chosen. */
const FLOOR_SPREAD_DB = 6;
/** Nothing below is looked at: every sound falls there. Chosen. */
const LOWEST_WALL_HZ = 4000;

/** The steepest fall above which nothing rises again; `null` where the band fades, or reaches to the top. */
export function wallOf({ loud }: BandProfile): Wall | null {
  const above = peaksFrom(loud);
  let best: { band: number; depth: number } | undefined;
  for (let band = LOWEST_WALL_HZ / PROFILE_BAND_HZ; band + FALL_BANDS < loud.length - 1; band++) {
    const floor = loud[band + FALL_BANDS]!;
    const depth = loud[band]! - floor;
    const ends = above[band + FALL_BANDS]! <= floor + FLOOR_SPREAD_DB;
    if (ends && depth >= LEAST_DEPTH_DB && depth > (best?.depth ?? 0)) best = { band, depth };
  }
  if (!best) return null;
  const { band, depth } = best;
  const floor = loud[band + FALL_BANDS]! + FLOOR_SPREAD_DB;
  let end = band + 1;
  while (loud[end]! > floor) end++;
  return { hz: end * PROFILE_BAND_HZ, depthDb: depth };
}

/** By band: the loudest in it or anywhere above. */
function peaksFrom(levels: Uint8Array): Uint8Array {
  const peaks = levels.slice();
  for (let band = peaks.length - 2; band >= 0; band--) peaks[band] = Math.max(peaks[band]!, peaks[band + 1]!);
  return peaks;
}

/** What moves less than this between loud and quiet is noise, not music. Chosen: steady noise moves by 9 dB. */
const MUSIC_SPREAD_DB = 14;
/** A band that another copy holds is louder there by so much, and by half of the wall. Chosen above what coders make up. */
const HELD_DB = 10;
/** So many bands in a row make a difference: 800 Hz. */
const HELD_BANDS = 4;
/** Copies are set to one level where all codings keep what they are given. */
const LEVEL_HZ = [400, 6000] as const;

/**
 * Up to where `other` holds music above the wall of `own`, in Hz; `null` where it holds nothing more, or `own` has no wall.
 * Both must be copies of one master, else an equaliser is taken for a loss.
 */
export function heldAbove(own: BandProfile, wall: Wall | null, other: BandProfile): number | null {
  if (wall === null) return null;
  const louder = levelDifference(own, other) + Math.max(HELD_DB, wall.depthDb / 2);
  const first = wall.hz / PROFILE_BAND_HZ;
  const isHeld = (band: number): boolean =>
    other.often[band]! - louder >= (own.often[band] ?? own.often.at(-1)!) &&
    other.loud[band]! - other.quiet[band]! >= MUSIC_SPREAD_DB;
  let end = first;
  while (end < other.often.length && isHeld(end)) end++;
  return end - first >= HELD_BANDS ? end * PROFILE_BAND_HZ : null;
}

/** What `other` is louder by, in dB: the median over the bands that both hold. */
function levelDifference(own: BandProfile, other: BandProfile): number {
  const [from, to] = LEVEL_HZ.map((hz) => hz / PROFILE_BAND_HZ) as [number, number];
  const end = Math.min(to, own.often.length, other.often.length);
  const bands = Array.from(
    { length: Math.max(0, end - from) },
    (_, i) => other.often[from + i]! - own.often[from + i]!,
  );
  return bands.toSorted((a, b) => a - b)[bands.length >> 1] ?? 0;
}

/** Is there music in any two bands from `hz` on? What is steady there, such as shaped dither, is none. */
export function hasMusicFrom({ loud, quiet }: BandProfile, hz: number): boolean {
  const isMusic = (band: number): boolean =>
    loud[band]! - quiet[band]! >= MUSIC_SPREAD_DB && loud[band]! > QUIETEST_MUSIC;
  for (let band = Math.ceil(hz / PROFILE_BAND_HZ); band + 1 < loud.length; band++) {
    if (isMusic(band) && isMusic(band + 1)) return true;
  }
  return false;
}

/** −125 dB: what a 24-bit resampler leaves of images lies below. */
const QUIETEST_MUSIC = -125 - PROFILE_FLOOR_DB;
