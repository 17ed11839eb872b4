/**
 * How far many fingerprints differ from one, in WebAssembly: all the lines that a caller is interested in are counted in
 * one call over fingerprints that lie there one after another. Along a line either everything is counted, at the speed
 * of memory where the fingerprints outgrow the caches, or also the stretch that agrees best is looked for, as BLAST
 * extends a hit without gaps: for candidates that a few equal codes suggested.
 * Deterministic. Memory grows to what is held, and is not given back.
 * @see Altschul et al., "Basic local alignment search tool", 1990
 */
import { refuseDamaged } from '#fingerprint';
import { bytesOfBase64, invariant } from '#kernel';
import type { PhaseItems } from './code-index.ts';
import { WASM_BASE64 } from './kernels/bit-errors.generated.ts';

/** Of successive items. */
export interface BitErrors {
  /** Bits that differ. */
  readonly bits: Int32Array;
  /** Items that are compared; 0 where nothing overlaps. */
  readonly items: Int32Array;
}

/** By line. The arrays are the caller's. */
export interface Extensions {
  /** Of everything that overlaps. */
  readonly overlap: BitErrors;
  /**
   * Of the stretch with the highest score; of equal ones that which ends first, and of those the shortest. No items
   * where no item scores above 0.
   */
  readonly stretch: BitErrors;
  /** Of that stretch: `threshold` times its items, less their differing bits; 0 where there is none. */
  readonly score: Int32Array;
  /** The held track's first item of that stretch; 0 where there is none. */
  readonly first: Int32Array;
}

/**
 * Compares the fingerprints that it holds with a question. A line is a held track and the place of its first item in the
 * question, in quarter hops: its item i meets the question's quarter hop place + 4 i, which is an item of the phase
 * place & 3. Before the question place is negative. Not reentrant.
 */
export interface BitErrorKernel {
  /** Holds a track, items of phase 0, and gives its number, counted from 0. */
  add(items: Uint32Array): number;
  /**
   * The same for a compressed fingerprint.
   * @throws AppError `fingerprint/corrupt` on bytes that no fingerprint compresses to; then nothing is added.
   */
  addCompressed(bytes: Uint8Array): number;
  /** Forgets all tracks, so that numbers start from 0 again, and the question. */
  clear(): void;
  /** Sets the question that the following calls ask, and forgets the one before. A phase may be empty. */
  ask(question: PhaseItems): void;
  /** Counts along the lines `tracks[n]`, `places[n]`. The arrays of the answer are the caller's. */
  compare(tracks: Int32Array, places: Int32Array): BitErrors;
  /** Counts along the lines of one track at every place in [first, end). The arrays of the answer are the caller's. */
  compareAt(track: number, first: number, end: number): BitErrors;
  /**
   * Finds the stretch that agrees best along the lines `tracks[n]`, `places[n]`.
   * @param threshold differing bits, 0 … 32, with which an item neither adds to a stretch nor takes from it
   */
  extend(tracks: Int32Array, places: Int32Array, threshold: number): Extensions;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  prepare(lines: number, figures: number): void;
  tracksAt(): number;
  lengthsAt(): number;
  placesAt(): number;
  figuresAt(): number;
  freeFrom(): number;
  decompress(from: number, length: number, to: number): number;
  ask(phase: number, from: number, items: number): void;
  compare(lines: number): void;
  extend(lines: number, threshold: number): void;
}

/** Lines that one call into WebAssembly takes, few enough for their figures to stay in the first cache. Chosen. */
const LINES = 1024;
const FIGURES = 6;
const ITEM_BYTES = 4;
const PAGE_BYTES = 65_536;
const MOST_PAGES = 65_536;
/** Decompression reads so far beyond a fingerprint, whatever lies there. */
const READ_BEYOND = 8;
/** A compressed item takes three bits at least. */
const MOST_ITEMS_PER_BYTE = 8 / 3;

const MODULE = new WebAssembly.Module(bytesOfBase64(WASM_BASE64));

/** Makes a kernel that holds nothing yet, and 4 GB at most. */
export function createBitErrorKernel(): BitErrorKernel {
  const kernel = new WebAssembly.Instance(MODULE, {}).exports as unknown as Exports;
  kernel.prepare(LINES, FIGURES);
  const base = kernel.freeFrom();
  let views = viewsOf(kernel);
  let end = base; // of what is held: tracks, and the question's room wherever it came to lie
  let question = { from: base, room: 0 };
  const starts: number[] = [];
  const lengths: number[] = [];

  function makeRoom(bytes: number): void {
    if (end + bytes <= views.bytes.length) return;
    const needed = Math.ceil((end + bytes) / PAGE_BYTES);
    const pages = views.bytes.length / PAGE_BYTES;
    // Half as much again, so that it happens seldom; memory that nothing was written to costs nothing.
    kernel.memory.grow(Math.max(needed, Math.min(MOST_PAGES, Math.ceil(pages * 1.5))) - pages);
    views = viewsOf(kernel);
  }

  function hold(items: number): number {
    starts.push(end);
    end += items * ITEM_BYTES;
    return lengths.push(items) - 1;
  }

  /** Lets `count` see to a thousand lines at a time; gives the values of each figure. */
  function along(
    figures: number,
    tracks: Int32Array,
    places: Int32Array,
    count: (lines: number) => void,
  ): Int32Array[] {
    invariant(tracks.length === places.length, 'every line has a track and a place');
    const found = Array.from({ length: figures }, () => new Int32Array(tracks.length));
    for (let from = 0; from < tracks.length; from += LINES) {
      const to = Math.min(from + LINES, tracks.length);
      const { tracks: lineStarts, lengths: lineLengths } = views;
      for (let line = from; line < to; line++) {
        const track = tracks[line]!;
        lineStarts[line - from] = starts[track]!;
        lineLengths[line - from] = lengths[track]!;
      }
      views.places.set(places.subarray(from, to));
      count(to - from);
      found.forEach((values, figure) => {
        values.set(views.figures.subarray(figure * LINES, figure * LINES + to - from), from);
      });
    }
    return found;
  }

  function compare(tracks: Int32Array, places: Int32Array): BitErrors {
    const [bits, items] = along(2, tracks, places, kernel.compare) as [Int32Array, Int32Array];
    return { bits, items };
  }

  return {
    add(items) {
      makeRoom(items.byteLength);
      views.items.set(items, end / ITEM_BYTES);
      return hold(items.length);
    },
    addCompressed(bytes) {
      const mostItems = Math.ceil(bytes.length * MOST_ITEMS_PER_BYTE);
      makeRoom(mostItems * ITEM_BYTES + bytes.length + READ_BEYOND);
      const from = end + mostItems * ITEM_BYTES;
      views.bytes.set(bytes, from);
      const items = kernel.decompress(from, bytes.length, end);
      if (items < 0) refuseDamaged(bytes);
      return hold(items);
    },
    clear() {
      starts.length = 0;
      lengths.length = 0;
      end = base;
      question = { from: base, room: 0 };
      for (let phase = 0; phase < 4; phase++) kernel.ask(phase, base, 0);
    },
    ask(phases) {
      const bytes = phases.reduce((sum, items) => sum + items.byteLength, 0);
      if (bytes > question.room) {
        makeRoom(2 * bytes);
        question = { from: end, room: 2 * bytes };
        end += question.room;
      }
      let from = question.from;
      phases.forEach((items, phase) => {
        views.items.set(items, from / ITEM_BYTES);
        kernel.ask(phase, from, items.length);
        from += items.byteLength;
      });
    },
    compare,
    compareAt: (track, first, stop) =>
      compare(
        new Int32Array(stop - first).fill(track),
        Int32Array.from({ length: stop - first }, (_, n) => first + n),
      ),
    extend(tracks, places, threshold) {
      const count = (lines: number): void => kernel.extend(lines, threshold);
      const figures = along(FIGURES, tracks, places, count);
      const [allBits, allItems, score, first, items, bits] = figures as [
        Int32Array,
        Int32Array,
        Int32Array,
        Int32Array,
        Int32Array,
        Int32Array,
      ];
      return { overlap: { bits: allBits, items: allItems }, stretch: { bits, items }, score, first };
    },
  };
}

interface Views {
  readonly bytes: Uint8Array;
  readonly items: Uint32Array;
  readonly tracks: Uint32Array;
  readonly lengths: Int32Array;
  readonly places: Int32Array;
  readonly figures: Int32Array;
}

/** Views of the kernel's memory, valid until it grows. */
function viewsOf(kernel: Exports): Views {
  const { buffer } = kernel.memory;
  return {
    bytes: new Uint8Array(buffer),
    items: new Uint32Array(buffer),
    tracks: new Uint32Array(buffer, kernel.tracksAt(), LINES),
    lengths: new Int32Array(buffer, kernel.lengthsAt(), LINES),
    places: new Int32Array(buffer, kernel.placesAt(), LINES),
    figures: new Int32Array(buffer, kernel.figuresAt(), FIGURES * LINES),
  };
}
