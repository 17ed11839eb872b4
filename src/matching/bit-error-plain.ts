/** What the bit error kernel counts, item by item. The reference that the kernel is held against. */
import { decompressFingerprint } from '#fingerprint';
import type { BitErrorKernel, BitErrors } from './bit-error-kernel.ts';
import { bitsIn } from './bit-errors.ts';
import type { PhaseItems } from './code-index.ts';

/** Makes a twin that holds nothing. */
export function createPlainBitErrors(): BitErrorKernel {
  const held: Uint32Array[] = [];
  const nothing = new Uint32Array(0);
  let question: PhaseItems = [nothing, nothing, nothing, nothing];

  const differences = (track: number, place: number): Differences => differencesOf(held[track]!, question, place);

  function compare(tracks: Int32Array, places: Int32Array): BitErrors {
    return together(Array.from(tracks, (track, line) => differences(track, places[line]!).bits));
  }

  return {
    add: (items) => held.push(items.slice()) - 1,
    addCompressed: (bytes) => held.push(decompressFingerprint(bytes).items) - 1,
    clear() {
      held.length = 0;
      question = [nothing, nothing, nothing, nothing];
    },
    ask([one, two, three, four]) {
      question = [one.slice(), two.slice(), three.slice(), four.slice()];
    },
    compare,
    compareAt(track, first, end) {
      const places = Int32Array.from({ length: end - first }, (_, n) => first + n);
      return compare(
        places.map(() => track),
        places,
      );
    },
    extend(tracks, places, threshold) {
      const all = Array.from(tracks, (track, line) => differences(track, places[line]!));
      const best = all.map((along) => bestStretch(along, threshold));
      return {
        overlap: together(all.map(({ bits }) => bits)),
        stretch: together(best.map(({ bits }) => bits)),
        score: Int32Array.from(best, ({ score }) => score),
        first: Int32Array.from(best, ({ first }) => first),
      };
    },
  };
}

/** Along a line, from the track's item `first` on. */
interface Differences {
  readonly first: number;
  readonly bits: readonly number[];
}

function differencesOf(track: Uint32Array, question: PhaseItems, place: number): Differences {
  const items = question[(place & 3) as 0 | 1 | 2 | 3];
  const skipped = place >> 2;
  const first = Math.max(0, -skipped);
  const bits: number[] = [];
  for (let i = first; i < track.length && i + skipped < items.length; i++)
    bits.push(bitsIn(track[i]! ^ items[i + skipped]!));
  return { first, bits };
}

function bestStretch({ first, bits }: Differences, threshold: number): Differences & { readonly score: number } {
  let best = { score: 0, start: 0, end: 0 };
  let [score, start] = [0, 0];
  bits.forEach((differing, i) => {
    score += threshold - differing;
    if (score <= 0) [score, start] = [0, i + 1];
    if (score > best.score) best = { score, start, end: i + 1 };
  });
  return { score: best.score, first: best.score > 0 ? first + best.start : 0, bits: bits.slice(best.start, best.end) };
}

function together(lines: readonly (readonly number[])[]): BitErrors {
  return {
    bits: Int32Array.from(lines, (bits) => bits.reduce((sum, own) => sum + own, 0)),
    items: Int32Array.from(lines, (bits) => bits.length),
  };
}
