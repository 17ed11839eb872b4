/**
 * Was this sound once MP3? A decoder leaves the lines that were coded as nothing at nothing, but only where the filterbank
 * lies over the granules to the sample. So every one of the 576 places is tried, and where one of them has far more empty
 * lines than any other, there is no other explanation: neither music nor filters know of granules. Resampling, fading and
 * noise wipe the trace out, so its absence proves nothing.
 */
import type { GridPiece } from './grid-pieces.ts';
import { analyseGranule, analyseSlot, FILTER, GRANULE, LINES, SLOT } from './mp3-filterbank.ts';
import { standsOut } from './stands-out.ts';

/** Granules looked at in each piece. */
const GRANULES = 3;
/** Slots of a piece: the granules, what their last block overlaps into, and as many as there are places. */
const SLOTS = LINES * (GRANULES + 2);

/** A line below this is empty: twice what rounding to 16 bits leaves in one. Measured on noise of that size. */
const EMPTY = 2e-4;
/** Subbands that are looked at, below the end of the band: what coders leave out most. Chosen. */
const BANDS = 12;
const MPEG_BANDS = 32;

/** @param bandEndHz where the sound's band ends */
export function liesOnMp3Grid(pieces: readonly GridPiece[], sampleRateHz: number, bandEndHz: number): boolean {
  const top = Math.min(MPEG_BANDS - 2, Math.floor((bandEndHz * 2 * MPEG_BANDS) / sampleRateHz) - 1);
  if (top < BANDS) return false;
  const empty = new Uint32Array(GRANULE);
  for (const { start, samples } of pieces) countEmpty(samples, start, top, empty);
  return standsOut(empty);
}

/** Adds, for each place of the granules in the sound, how many lines are empty. */
function countEmpty(samples: Float32Array, start: number, top: number, empty: Uint32Array): void {
  const from = top - BANDS;
  const slots = Array.from({ length: SLOTS }, () => new Float64Array(BANDS));
  for (let phase = 0; phase < SLOT; phase++) {
    slots.forEach((slot, n) => {
      analyseSlot(samples, phase + SLOT * n + FILTER - 1, from, top, slot);
    });
    for (let first = 0; first < LINES; first++) {
      const place = (start + phase + SLOT * first) % GRANULE;
      for (let granule = 0; granule < GRANULES; granule++) {
        const lines = analyseGranule(slots, first + LINES * granule, from, top);
        // The outermost subbands have neighbours that were not looked at.
        for (let i = LINES; i < lines.length - LINES; i++) if (Math.abs(lines[i]!) < EMPTY) empty[place]!++;
      }
    }
  }
}
