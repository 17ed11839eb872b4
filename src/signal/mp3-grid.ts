/**
 * Was this sound once MP3? A decoder leaves the lines that were coded as nothing at nothing, but only where the filterbank
 * lies over the granules to the sample. So every one of the 576 places is tried, and where one of them has far more empty
 * lines than any other, there is no other explanation: neither music nor filters know of granules. Two pieces of the sound
 * choose some places, and the others judge these, which takes a third of the time. Resampling, fading and noise wipe the
 * trace out, so its absence proves nothing.
 */
import type { GridPiece } from './grid-pieces.ts';
import { createFilterbank, FILTER, type Filterbank, GRANULE, LINES, SLOT } from './mp3-filterbank.ts';
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

/** Pieces from the end that choose places, and how many places they choose. Measured: the right one is among them. */
const CHOOSING = 2;
const CHOSEN = 4;

/** @param bandEndHz where the sound's band ends */
export function liesOnMp3Grid(pieces: readonly GridPiece[], sampleRateHz: number, bandEndHz: number): boolean {
  const top = Math.min(MPEG_BANDS - 2, 2 * Math.floor((bandEndHz * MPEG_BANDS) / sampleRateHz) - 2);
  if (top < BANDS || pieces.length <= CHOOSING) return false;
  const counter = createCounter(top);
  const every = Array.from({ length: GRANULE }, (_, place) => place);
  const first = counter.count(pieces.slice(-CHOOSING), every);
  const likely = every.toSorted((a, b) => first[b]! - first[a]!).slice(0, CHOSEN);
  // Where a note begins, counts rise and fall slowly over the places; a grid is gone one sample further.
  const judged = [
    ...new Set(likely.flatMap((place) => [place, (place + 1) % GRANULE, (place + GRANULE - 1) % GRANULE])),
  ];
  const later = counter.count(pieces.slice(0, -CHOOSING), judged);
  return standsOut(Uint32Array.from(judged, (place) => first[place]! + later[place]!));
}

interface Counter {
  /** By place of the granules in the sound: how many lines are empty; 0 where it was not asked for. */
  count(pieces: readonly GridPiece[], places: readonly number[]): Uint32Array;
}

function createCounter(top: number): Counter {
  const filterbank = createFilterbank(top - BANDS, top);
  const slots = Array.from({ length: SLOTS }, () => new Float64Array(BANDS));
  return {
    count(pieces, places) {
      const empty = new Uint32Array(GRANULE);
      for (const { start, samples } of pieces) {
        // Where a place lies in this piece: so many slots, and so many samples more.
        const within = places.map((place) => ({ place, at: (((place - start) % GRANULE) + GRANULE) % GRANULE }));
        for (const [phase, own] of Map.groupBy(within, ({ at }) => at % SLOT)) {
          for (let n = 0; n < SLOTS; n++) filterbank.slot(samples, phase + SLOT * n + FILTER - 1, slots[n]!);
          for (const { place, at } of own) empty[place]! += emptyLines(filterbank, slots, Math.floor(at / SLOT));
        }
      }
      return empty;
    },
  };
}

function emptyLines(filterbank: Filterbank, slots: readonly Float64Array[], first: number): number {
  let count = 0;
  for (let granule = 0; granule < GRANULES; granule++) {
    const lines = filterbank.granule(slots, first + LINES * granule);
    // The outermost subbands have neighbours that were not looked at.
    for (let i = LINES; i < lines.length - LINES; i++) if (Math.abs(lines[i]!) < EMPTY) count++;
  }
  return count;
}
