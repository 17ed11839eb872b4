import { FINGERPRINT_RATE_HZ } from '#audio';

/** Samples per second that a fingerprint is made from, mono. */
export const SAMPLE_RATE: number = FINGERPRINT_RATE_HZ;

/** Samples per analysed frame: 0.37 s, fine enough to tell neighbouring notes at low pitch. */
export const FRAME_SAMPLES = 4096;

/** Samples from one item to the next: a third of a frame. */
export const HOP_SAMPLES = 1365;

/** Seconds from one item to the next. */
export const HOP_SECONDS: number = HOP_SAMPLES / SAMPLE_RATE;

/** Frames that one item looks at: 16 smoothed ones, each made of 5. */
export const FRAMES_PER_ITEM = 20;

/** What every item of digital silence is. */
export const SILENCE_ITEM = 627_964_279;

/** Chromaprint's number for this algorithm (TEST2, the one of AcoustID) in the compressed form. */
export const ALGORITHM = 1;

/**
 * Samples by which each phase starts later than phase 0. The hop is not a multiple of 4, so the quarters
 * are whole numbers near 341.25 · k; every phase keeps the exact hop.
 */
export const PHASE_OFFSETS: readonly number[] = [0, 341, 682, 1024];

/** Seconds of sound that `items` items cover together, 0 for none: the least a file must last to have them. */
export function coveredSeconds(items: number): number {
  if (items <= 0) return 0;
  return ((items - 1 + FRAMES_PER_ITEM - 1) * HOP_SAMPLES + FRAME_SAMPLES) / SAMPLE_RATE;
}
