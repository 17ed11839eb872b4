/** Where there is anything to hear: loudness in cells of a tenth of a second. */
import { FINGERPRINT_RATE_HZ } from '#audio';

/** Loudness over time. */
export interface Sounding {
  /** Root mean square of each cell of 0.1 s; the last one may be shorter. */
  readonly levels: Float32Array;
  /** Cells above this level sound; the rest counts as silence. */
  readonly floor: number;
}

/** Samples per cell: 0.1 s at 11,025 Hz. */
const CELL_SAMPLES = 1102;
const SAMPLE_RATE = FINGERPRINT_RATE_HZ;
/** About −60 dB of full scale. Measured: dither, tape hiss and faded tails lie below. */
const ABSOLUTE_FLOOR = 33;
/** −48 dB below the loud passages of the sound itself. */
const RELATIVE_FLOOR = 0.004;

/** Measures a whole sound. */
export function soundingOf(pcm: Int16Array): Sounding {
  const levels = new Float32Array(Math.ceil(pcm.length / CELL_SAMPLES));
  for (let cell = 0; cell < levels.length; cell++) {
    const from = cell * CELL_SAMPLES;
    levels[cell] = rootMeanSquare(pcm, from, Math.min(pcm.length, from + CELL_SAMPLES));
  }
  return { levels, floor: soundingFloor(levels) };
}

/** The level above which a cell sounds, given the levels of a whole sound. */
export function soundingFloor(levels: ArrayLike<number>): number {
  return Math.max(ABSOLUTE_FLOOR, RELATIVE_FLOOR * quantile(levels, 0.95));
}

/** Seconds that sound within the samples `[from, to)`, to a cell. */
export function soundingSeconds({ levels, floor }: Sounding, from: number, to: number): number {
  let cells = 0;
  const last = Math.min(levels.length, Math.round(to / CELL_SAMPLES));
  for (let cell = Math.max(0, Math.round(from / CELL_SAMPLES)); cell < last; cell++) {
    if (levels[cell]! > floor) cells++;
  }
  return (cells * CELL_SAMPLES) / SAMPLE_RATE;
}

/**
 * Level of the last 0.3 s before sample `end` ÷ the median level of the 4 s before: about 1 where the music
 * stops in mid-sound, near 0 where it fades or rings out.
 */
export function endLevelRatio({ levels }: Sounding, end: number): number {
  const last = Math.min(levels.length, Math.floor(end / CELL_SAMPLES));
  const tail = levels.subarray(Math.max(0, last - 3), last);
  const before = levels.subarray(Math.max(0, last - 43), Math.max(0, last - 3));
  const usual = quantile(before, 0.5);
  return usual > 0 ? quantile(tail, 0.5) / usual : 0;
}

/** The value below which the share `part` of the values lies; 0 of none. */
export function quantile(values: ArrayLike<number>, part: number): number {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!;
}

function rootMeanSquare(pcm: Int16Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += pcm[i]! * pcm[i]!;
  return Math.sqrt(sum / Math.max(1, to - from));
}
