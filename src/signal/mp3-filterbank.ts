/**
 * The filterbank of MPEG audio, layer III, as an encoder has it: 32 subbands, and 18 lines of each where blocks are long.
 * What a decoder made of a granule falls apart into the very lines that were coded when the filterbank lies over it to the
 * sample, and those that were coded as nothing are nothing again.
 * @see ISO/IEC 11172-3, Annex C, 1.3 and 1.5.3
 */

/** Samples in a granule, from one to the next. */
export const GRANULE = 576;
/** Samples that a slot of all subbands moves on by. */
export const SLOT = 32;
/** Slots, and so lines of a subband, in a granule. */
export const LINES = 18;
/** Samples that the polyphase filter sees. */
export const FILTER = 512;
/** Slots that a long block sees. */
const BLOCK = 2 * LINES;

/** One half of the window of Table C.1, in units of 2⁻²¹; the other half mirrors it. */
const HALF_WINDOW = [
  0, -1, -1, -1, -1, -1, -1, -2, -2, -2, -2, -3, -3, -4, -4, -5, -5, -6, -7, -7, -8, -9, -10, -11, -13, -14, -16, -17,
  -19, -21, -24, -26, -29, -31, -35, -38, -41, -45, -49, -53, -58, -63, -68, -73, -79, -85, -91, -97, -104, -111, -117,
  -125, -132, -139, -147, -154, -161, -169, -176, -183, -190, -196, -202, -208, 213, 218, 222, 225, 227, 228, 228, 227,
  224, 221, 215, 208, 200, 189, 177, 163, 146, 127, 106, 83, 57, 29, -2, -36, -72, -111, -153, -197, -244, -294, -347,
  -401, -459, -519, -581, -645, -711, -779, -848, -919, -991, -1064, -1137, -1210, -1283, -1356, -1428, -1498, -1567,
  -1634, -1698, -1759, -1817, -1870, -1919, -1962, -2001, -2032, -2057, -2075, -2085, -2087, -2080, -2063, 2037, 2000,
  1952, 1893, 1822, 1739, 1644, 1535, 1414, 1280, 1131, 970, 794, 605, 402, 185, -45, -288, -545, -814, -1095, -1388,
  -1692, -2006, -2330, -2663, -3004, -3351, -3705, -4063, -4425, -4788, -5153, -5517, -5879, -6237, -6589, -6935, -7271,
  -7597, -7910, -8209, -8491, -8755, -8998, -9219, -9416, -9585, -9727, -9838, -9916, -9959, -9966, -9935, -9863, -9750,
  -9592, -9389, -9139, -8840, -8492, -8092, -7640, -7134, 6574, 5959, 5288, 4561, 3776, 2935, 2037, 1082, 70, -998,
  -2122, -3300, -4533, -5818, -7154, -8540, -9975, -11455, -12980, -14548, -16155, -17799, -19478, -21189, -22929,
  -24694, -26482, -28289, -30112, -31947, -33791, -35640, -37489, -39336, -41176, -43006, -44821, -46617, -48390,
  -50137, -51853, -53534, -55178, -56778, -58333, -59838, -61289, -62684, -64019, -65290, -66494, -67629, -68692,
  -69679, -70590, -71420, -72169, -72835, -73415, -73908, -74313, -74630, -74856, -74992, 75038,
];

const PHASES = 64;
const WINDOW = wholeWindow();
const COSINES = Array.from({ length: SLOT }, (_, band) =>
  Float64Array.from({ length: PHASES }, (_, i) => Math.cos(((2 * band + 1) * (i - 16) * Math.PI) / PHASES)),
);
const SINE = Float64Array.from({ length: BLOCK }, (_, i) => Math.sin((Math.PI / BLOCK) * (i + 0.5)));
/** A block of 36 samples folds into 18, of which this is the transform: line after line. */
const DCT_IV = Float64Array.from({ length: LINES * LINES }, (_, i) =>
  Math.cos((Math.PI / LINES) * ((i % LINES) + 0.5) * (Math.floor(i / LINES) + 0.5)),
);
/** Coefficients of alias reduction, Table B.9. */
const ALIAS = [-0.6, -0.535, -0.33, -0.185, -0.095, -0.041, -0.0142, -0.0037].map((c) => ({
  kept: 1 / Math.hypot(1, c),
  mixed: c / Math.hypot(1, c),
}));

function wholeWindow(): Float64Array {
  const window = new Float64Array(FILTER);
  HALF_WINDOW.forEach((value, i) => {
    window[i] = value / 65_536;
    if (i > 0) window[FILTER - i] = (i % PHASES === 0 ? value : -value) / 65_536;
  });
  return window;
}

/** Work space of the filterbank over subbands [from, to); `from` is even. */
export interface Filterbank {
  /** Subbands of the slot whose last sample is `samples[last]`, into `target`; `last` is 511 at least. */
  slot(samples: Float32Array, last: number, target: Float64Array): void;
  /**
   * The lines of the granule whose block begins at slot `first`, before quantisation, one subband after the other. `slots` has
   * one array for each slot. Lines of the outermost subbands still hold aliases. Valid until the next call.
   */
  granule(slots: readonly Float64Array[], first: number): Float64Array;
}

export function createFilterbank(from: number, to: number): Filterbank {
  const bands = to - from;
  const folded = new Float64Array(PHASES);
  const block = new Float64Array(BLOCK);
  const half = new Float64Array(LINES);
  const lines = new Float64Array(bands * LINES);
  return {
    slot(samples, last, target) {
      for (let i = 0; i < PHASES; i++) {
        let sum = 0;
        for (let n = i; n < FILTER; n += PHASES) sum += WINDOW[n]! * samples[last - n]!;
        folded[i] = sum;
      }
      for (let band = 0; band < bands; band++) {
        const cosines = COSINES[from + band]!;
        let sum = 0;
        for (let i = 0; i < PHASES; i++) sum += cosines[i]! * folded[i]!;
        target[band] = sum;
      }
    },
    granule(slots, first) {
      for (let band = 0; band < bands; band++) {
        const flip = band % 2 === 1 ? -1 : 1;
        for (let i = 0; i < BLOCK; i++) block[i] = SINE[i]! * slots[first + i]![band]! * (i % 2 === 1 ? flip : 1);
        fold(block, half);
        for (let line = 0; line < LINES; line++) {
          let sum = 0;
          for (let i = 0, at = line * LINES; i < LINES; i++) sum += DCT_IV[at + i]! * half[i]!;
          lines[band * LINES + line] = sum;
        }
      }
      reduceAliases(lines);
      return lines;
    },
  };
}

function fold(block: Float64Array, half: Float64Array): void {
  for (let i = 0; i < BLOCK / 4; i++) {
    half[i] = -block[26 - i]! - block[27 + i]!;
    half[9 + i] = block[i]! - block[17 - i]!;
  }
}

function reduceAliases(lines: Float64Array): void {
  for (let edge = LINES; edge < lines.length; edge += LINES) {
    ALIAS.forEach(({ kept, mixed }, i) => {
      const [below, above] = [lines[edge - 1 - i]!, lines[edge + i]!];
      lines[edge - 1 - i] = below * kept + above * mixed;
      lines[edge + i] = above * kept - below * mixed;
    });
  }
}
