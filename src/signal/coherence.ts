/**
 * How much of one sound is a linear copy of the other: magnitude-squared coherence, by Welch's method, slot by
 * slot (about a second) and block by block (two slots), together with what the residual tests need: level and
 * coherence of tiles (block × 14 bands) and energy of cells (0.14 s × sixth of an octave).
 * Coherence does not change with level, EQ, polarity or a small constant delay; it falls with noise, with other
 * sources and with any other performance. Unrelated sounds stay below 0.06.
 * @see Carter, Knapp & Nuttall, "Estimation of the magnitude-squared coherence function", 1973
 */
import { FINGERPRINT_RATE_HZ } from '#audio';
import { CELLS_PER_SLOT, createSlotSpectra, FRAME_SIZE, SLOT_SAMPLES, type SlotSums } from './slot-spectra.ts';
import type { LineReader, TimeLine } from './time-line.ts';

export { CELLS_PER_SLOT, SLOT_SAMPLES };

/** Evidence over the overlap of two sounds. Slot `k` covers a's samples from `from + k · SLOT_SAMPLES` on. */
export interface CoherenceMap {
  /** a's sample at which slot 0 starts. */
  readonly from: number;
  readonly slots: number;
  /** 0 … 1 by slot; NaN where it was not measured. */
  readonly slotCoherence: Float32Array;
  /** Of slots k and k + 1 together; NaN where one of them was not measured. */
  readonly blockCoherence: Float32Array;
  /** By block and {@link TILE_BANDS}: energy in a, energy in b, coherence. */
  readonly tileA: Float32Array;
  readonly tileB: Float32Array;
  readonly tileCoherence: Float32Array;
  /** By slot, {@link CELLS_PER_SLOT} and {@link CELL_BANDS}: energy. */
  readonly cellA: Float32Array;
  readonly cellB: Float32Array;
  /** By slot and {@link BASS_BANDS}: energy below the bands that are compared. */
  readonly bassA: Float32Array;
  readonly bassB: Float32Array;
}

/** Measures coherence. Holds work space: not reentrant. */
export interface CoherenceMeter {
  /**
   * Measures along a line.
   * @param from a's sample at which slot 0 starts
   * @param wants which slots are worth the time
   */
  measure(
    a: Int16Array,
    b: Int16Array,
    line: TimeLine,
    from: number,
    slots: number,
    wants: (slot: number) => boolean,
  ): CoherenceMap;
}

const SAMPLE_RATE = FINGERPRINT_RATE_HZ;
const LOWEST_HZ = 200;
const HIGHEST_HZ = 4500;
const COHERENCE_HIGHEST_HZ = 4000;
const FIRST_BIN = Math.ceil((LOWEST_HZ * FRAME_SIZE) / SAMPLE_RATE);
const BINS = Math.floor((HIGHEST_HZ * FRAME_SIZE) / SAMPLE_RATE) + 1 - FIRST_BIN;
const COHERENCE_BINS = Math.floor((COHERENCE_HIGHEST_HZ * FRAME_SIZE) / SAMPLE_RATE) + 1 - FIRST_BIN;
export const TILE_BANDS = 14;
/** An octave each: 43–86 and 86–194 Hz. */
const BASS_EDGES = [2, 4, FIRST_BIN];
export const BASS_BANDS: number = BASS_EDGES.length - 1;

/** First bin of each band, counted from FIRST_BIN, and the end of the last; bands without a bin are left out. */
function bandEdges(bandsPerRange: number): Int32Array {
  const edges = Array.from({ length: bandsPerRange + 1 }, (_, i) => {
    const hz = LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** (i / bandsPerRange);
    return Math.min(BINS, Math.max(0, Math.ceil((hz * FRAME_SIZE) / SAMPLE_RATE) - FIRST_BIN));
  });
  edges[bandsPerRange] = BINS;
  return Int32Array.from(new Set(edges));
}

const TILE_EDGES = bandEdges(TILE_BANDS);
const CELL_EDGES = bandEdges(27);
export const CELL_BANDS: number = CELL_EDGES.length - 1;

/** The bands of cells whose first bin lies in this band of tiles. */
export function cellBandsIn(tileBand: number): number[] {
  const [first, end] = [TILE_EDGES[tileBand]!, TILE_EDGES[tileBand + 1]!];
  return Array.from({ length: CELL_BANDS }, (_, band) => band).filter(
    (band) => CELL_EDGES[band]! >= first && CELL_EDGES[band]! < end,
  );
}

/** Spectral bins in a cell of this band. */
export function cellBins(band: number): number {
  return CELL_EDGES[band + 1]! - CELL_EDGES[band]!;
}

/** A line along which a lies over itself. */
const OWN_LINE: TimeLine = { start: 0, step: 1 };

export function createCoherenceMeter(reader: LineReader): CoherenceMeter {
  const spectra = createSlotSpectra();
  return {
    measure(a, b, line, from, slots, wants) {
      const map = emptyMap(from, slots);
      for (let slot = 0; slot < slots; slot++) {
        if (!wants(slot)) continue;
        const x = from + slot * SLOT_SAMPLES;
        reader.read(a, OWN_LINE, x, spectra.a);
        reader.read(b, line, x, spectra.b);
        const place = (slot & 1) as 0 | 1;
        spectra.sum(place);
        const current = spectra.sums[place];
        fillCells(spectra.cellsA, map.cellA, slot);
        fillCells(spectra.cellsB, map.cellB, slot);
        fillBass(current.aa, map.bassA, slot);
        fillBass(current.bb, map.bassB, slot);
        map.slotCoherence[slot] = coherenceOf(current);
        if (slot > 0 && wants(slot - 1)) closeBlock(spectra.sums[place === 0 ? 1 : 0], current, map, slot - 1);
      }
      return map;
    },
  };
}

function emptyMap(from: number, slots: number): CoherenceMap {
  const blocks = Math.max(0, slots - 1);
  const cells = slots * CELLS_PER_SLOT * CELL_BANDS;
  return {
    from,
    slots,
    slotCoherence: new Float32Array(slots).fill(Number.NaN),
    blockCoherence: new Float32Array(blocks).fill(Number.NaN),
    tileA: new Float32Array(blocks * TILE_BANDS),
    tileB: new Float32Array(blocks * TILE_BANDS),
    tileCoherence: new Float32Array(blocks * TILE_BANDS),
    cellA: new Float32Array(cells),
    cellB: new Float32Array(cells),
    bassA: new Float32Array(slots * BASS_BANDS),
    bassB: new Float32Array(slots * BASS_BANDS),
  };
}

function fillCells(powers: readonly Float32Array[], cells: Float32Array, slot: number): void {
  powers.forEach((power, cell) => {
    const at = (slot * CELLS_PER_SLOT + cell) * CELL_BANDS;
    for (let band = 0; band < CELL_BANDS; band++) {
      cells[at + band] = sumOf(power, FIRST_BIN + CELL_EDGES[band]!, FIRST_BIN + CELL_EDGES[band + 1]!);
    }
  });
}

function fillBass(power: Float32Array, bass: Float32Array, slot: number): void {
  for (let band = 0; band < BASS_BANDS; band++) {
    bass[slot * BASS_BANDS + band] = sumOf(power, BASS_EDGES[band]!, BASS_EDGES[band + 1]!);
  }
}

function sumOf(values: Float32Array, first: number, end: number): number {
  let sum = 0;
  for (let k = first; k < end; k++) sum += values[k]!;
  return sum;
}

/** Mean over the bins of 200 … 4000 Hz, weighted by the geometric mean of both energies. */
function coherenceOf(sums: SlotSums): number {
  return weightedCoherence(sums, FIRST_BIN, FIRST_BIN + COHERENCE_BINS).coherence;
}

function weightedCoherence(
  { aa, bb, re, im }: SlotSums,
  first: number,
  end: number,
): { coherence: number; a: number; b: number } {
  let [sum, weights, a, b] = [0, 0, 0, 0];
  for (let bin = first; bin < end; bin++) {
    const product = aa[bin]! * bb[bin]!;
    a += aa[bin]!;
    b += bb[bin]!;
    if (product <= 0) continue;
    const weight = Math.sqrt(product);
    sum += (weight * (re[bin]! * re[bin]! + im[bin]! * im[bin]!)) / product;
    weights += weight;
  }
  return { coherence: weights > 0 ? sum / weights : 0, a, b };
}

/** Joins two slots to block `block`; `first` is spoilt. */
function closeBlock(first: SlotSums, second: SlotSums, map: CoherenceMap, block: number): void {
  const sums = first;
  for (let bin = FIRST_BIN; bin < FIRST_BIN + BINS; bin++) {
    sums.aa[bin] = sums.aa[bin]! + second.aa[bin]!;
    sums.bb[bin] = sums.bb[bin]! + second.bb[bin]!;
    sums.re[bin] = sums.re[bin]! + second.re[bin]!;
    sums.im[bin] = sums.im[bin]! + second.im[bin]!;
  }
  map.blockCoherence[block] = coherenceOf(sums);
  for (let band = 0; band < TILE_BANDS; band++) {
    const tile = weightedCoherence(sums, FIRST_BIN + TILE_EDGES[band]!, FIRST_BIN + TILE_EDGES[band + 1]!);
    map.tileA[block * TILE_BANDS + band] = tile.a;
    map.tileB[block * TILE_BANDS + band] = tile.b;
    map.tileCoherence[block * TILE_BANDS + band] = tile.coherence;
  }
}
