/** Codes that stand in so many places that they tell nothing: those of drones, hum and held chords. */
import { joinWords } from '#kernel';
import { CODE_BITS, SILENCE_ITEM } from './posting-kernel.ts';

/** A code in more places than this tells nothing; the limit grows with the library up to a bound. Chosen. */
const STOP_PLACES = 40;
const STOP_PLACES_BOUND = 1000;

/** In how many places a code may stand in a library of so many tracks. */
export function mostPlaces(tracks: number): number {
  return Math.max(STOP_PLACES, Math.min(tracks >>> 2, STOP_PLACES_BOUND));
}

/** The codes of `codeBits` bits in more than `limit` places, runs of one code counted once; ascending. */
export function frequentCodes(tracks: Iterable<Uint32Array>, codeBits: number, limit: number): Uint32Array {
  const shift = 32 - codeBits;
  const codes = joinWords(Array.from(tracks, (items) => firstOfRuns(items, shift))).sort();
  const frequent: number[] = [];
  for (let start = 0; start < codes.length; ) {
    let end = start + 1;
    while (end < codes.length && codes[end] === codes[start]) end++;
    if (end - start > limit) frequent.push(codes[start]!);
    start = end;
  }
  return Uint32Array.from(frequent);
}

/** What is indexed of a track: the first item of every run of one 24-bit code; cut to the width asked for. */
function firstOfRuns(items: Uint32Array, shift: number): Uint32Array {
  const codes = new Uint32Array(items.length);
  const silence = SILENCE_ITEM >>> (32 - CODE_BITS);
  let count = 0;
  let previous = silence;
  for (const item of items) {
    const code = item >>> (32 - CODE_BITS);
    if (code !== previous && code !== silence) codes[count++] = item >>> shift;
    previous = code;
  }
  return codes.subarray(0, count);
}

/** Sounds that the stop codes of a larger library are learnt from. */
export const STOP_SAMPLE = 2048;
/** In a sample of a very large library a code may be found so often by accident. Chosen. */
const FEWEST_FOUND = 3;

/** The stop codes of a library of so many tracks, from a sample of them or from all. */
export function learnStops(sample: readonly Uint32Array[], tracks: number, codeBits: number): Uint32Array {
  const share = Math.min(1, sample.length / tracks);
  return frequentCodes(sample, codeBits, Math.max(FEWEST_FOUND, Math.floor(mostPlaces(tracks) * share)));
}
