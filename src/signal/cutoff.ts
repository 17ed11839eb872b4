/**
 * Where a sound's band ends: the steepest fall of its loud spectrum above which nothing rises again. The figures
 * convict nobody: lossy coding leaves walls of 40 dB and more, but so do resamplers, and some codings leave none.
 * @see docs/design/pictures.md
 */
import { type LongTermSpectrum, SILENT_DB } from './long-term-spectrum.ts';

export interface Cutoff {
  /** Above this frequency nothing but the floor is left. */
  readonly hz: number;
  /** How far the level falls within 500 Hz, in dB. */
  readonly depthDb: number;
}

/** Bands that levels are averaged over, and the width of a fall. */
const BAND_HZ = 100;
const FALL_HZ = 500;
/** Below this lies what every sound has; a fall there ends no band. Chosen. */
const LOWEST_HZ = 2000;
/** Genuine music was seen to fall by 10 dB in the middle of its band. */
const MIN_DEPTH_DB = 12;
/** How much what lies above may rise again and still be floor. Chosen. */
const FLOOR_SPREAD_DB = 8;
/** The floor begins where the level comes this near to it. */
const NEAR_FLOOR_DB = 4;
/** Levels below this differ in rounding only: 16-bit silence with dither lies near −125 dB a bin. */
const DEEPEST_DB = -135;

/** The end of the band, or `null` where none stands out: sound up to the top, or a gentle fade into the floor. */
export function cutoffOf({ binHz, loud }: LongTermSpectrum): Cutoff | null {
  const levels = bandLevels(loud, binHz);
  const reach = FALL_HZ / BAND_HZ;
  const peaksAbove = highestFrom(levels);
  let best: { band: number; depth: number } | undefined;
  for (let band = LOWEST_HZ / BAND_HZ; band + reach < levels.length; band++) {
    const depth = levels[band]! - levels[band + reach]!;
    const isFloor = peaksAbove[band + reach]! <= levels[band + reach]! + FLOOR_SPREAD_DB;
    if (isFloor && depth >= MIN_DEPTH_DB && (!best || depth > best.depth)) best = { band, depth };
  }
  if (!best) return null;
  const floor = levels[best.band + reach]! + NEAR_FLOOR_DB;
  const end = levels.findIndex((level, band) => band > (best as { band: number }).band && level <= floor);
  return { hz: end * BAND_HZ, depthDb: Math.round(best.depth) };
}

/** Mean level of each band of {@link BAND_HZ}. */
function bandLevels(loud: Float32Array, binHz: number): number[] {
  const bands = Math.floor(((loud.length - 1) * binHz) / BAND_HZ);
  return Array.from({ length: Math.max(0, bands) }, (_, band) => {
    const first = Math.ceil((band * BAND_HZ) / binHz);
    const end = Math.max(first + 1, Math.ceil(((band + 1) * BAND_HZ) / binHz));
    let sum = 0;
    for (let bin = first; bin < end; bin++) sum += Math.max(DEEPEST_DB, loud[bin] ?? SILENT_DB);
    return sum / (end - first);
  });
}

/** By band: the highest level in it or anywhere above. */
function highestFrom(levels: readonly number[]): number[] {
  const highest = [...levels];
  for (let band = levels.length - 2; band >= 0; band--) highest[band] = Math.max(highest[band]!, highest[band + 1]!);
  return highest;
}
