/**
 * What is left over between two aligned sounds once EQ and gain are set aside. Two views of the same question,
 * "does one hold something the other lacks?":
 * cells off by more than 6 dB (sparse, loud parts: a voice, a lead), and tiles that lost coherence, with the sign
 * of what they lost. If A = S + O and B = h·S, then Pb ÷ (|h|²·Pa) equals the coherence exactly; so over tiles of
 * low coherence the slope k of level difference against 10·log10 γ² is +1 where a holds an extra source, −1 where b
 * does, and 0 where noise of coding or another performance is to blame.
 */
import { CELL_BANDS, CELLS_PER_SLOT, type CoherenceMap, cellBandsIn, cellBins, TILE_BANDS } from './coherence.ts';
import { quantile } from './sounding.ts';

export interface Residual {
  /** Share of blocks with more than 6 % of their cells missing, or more than 6 % extra, 0 … 1. */
  readonly badBlockShare: number;
  /** Share of active tiles with coherence below 0.7. */
  readonly lowTileShare: number;
  /** k as above; 0 where no tile is low. */
  readonly extraSlope: number;
  /** Is what the one holds on top of the other steady in time, band by band: noise, not a source? */
  readonly steadyNoise: boolean;
  /** Does a source of its own lie under the whole of one of them, however faint? */
  readonly foreignSource: boolean;
  /** The same slope over all tiles with coherence below 0.9, which a faint source touches, too; 0 of none. */
  readonly touchedSlope: number;
  /** Share of all tiles that are so. */
  readonly touchedShare: number;
  /** How well the slope describes them, 0 … 1: near 1 where energy was added, whatever else was done. */
  readonly touchedFit: number;
  /** Share of loud tiles whose coherence falls far below what their band usually has: notes that are others, 0 … 1. */
  readonly droppedShare: number;
  /** Blocks that were judged. */
  readonly blocks: number;
}

const ACTIVE_DB = 35;
const OFF_DB = 6;
const BAD_CELL_SHARE = 0.06;
const CLEAN_TILE = 0.9;
const LOW_TILE = 0.7;
/** Spread in dB of steady noise over blocks of two seconds. Measured: noise up to 0.5, a faint source from 1.5 up. */
const NOISE_SPREAD_DB = 1;
/** Bands that must show it, each in so many blocks. */
const NOISE_BANDS = 4;
const NOISE_BLOCKS = 4;
/** The floor of a band is the level below which a tenth of its cells lie; hiss stays this near to it. Measured. */
const FLOOR_PART = 0.1;
const FLOOR_HEIGHT_DB = 4;
/** So many times more cells stand out on the noisy side. */
const ONE_SIDED = 5;
/** Below this a tile's incoherence is bias of the estimate. */
const INCOHERENT = 0.02;

/** Compares what the blocks listed hold. Block `k` is slots k and k + 1. */
export function residualOf(map: CoherenceMap, blocks: readonly number[]): Residual {
  if (blocks.length === 0) {
    const nothing = { badBlockShare: 0, lowTileShare: 0, extraSlope: 0, steadyNoise: false, foreignSource: false };
    return { ...nothing, touchedSlope: 0, touchedShare: 0, touchedFit: 0, droppedShare: 0, blocks: 0 };
  }
  const tiles = tileResidual(map, blocks);
  const cells = cellDifferences(map, blocks);
  const touched = slopeOf(map, tilesByBand(map, blocks), FAINTLY_TOUCHED_TILE);
  return {
    ...tiles,
    badBlockShare: badShare(cells, blocks),
    steadyNoise:
      (isSteady(tiles.extraSlope > 0 ? map.tileA : map.tileB, map, blocks) || isFloor(map, cells, blocks)) &&
      isFineGrained(tiles.extraSlope > 0 ? map.cellA : map.cellB, map, blocks),
    foreignSource: isForeign(map, blocks),
    touchedSlope: touched.slope,
    touchedShare: touched.share,
    touchedFit: touched.fit,
    droppedShare: droppedShare(map, blocks),
    blocks: blocks.length,
  };
}

/** Level differences b − a in dB by cell, NaN where neither is active. */
function cellDifferences(map: CoherenceMap, blocks: readonly number[]): Float32Array {
  const differences = new Float32Array(map.cellA.length).fill(Number.NaN);
  const rows = rowsOf(blocks);
  for (const row of rows) activeRow(map, row, differences);
  // Twice in turn: EQ by band, gain by row. The medians do not see the few cells that really differ.
  for (let round = 0; round < 2; round++) {
    for (let band = 0; band < CELL_BANDS; band++) {
      removeMedian(
        differences,
        rows.map((row) => row * CELL_BANDS + band),
      );
    }
    for (const row of rows) {
      removeMedian(
        differences,
        Array.from({ length: CELL_BANDS }, (_, band) => row * CELL_BANDS + band),
      );
    }
  }
  return differences;
}

/** Cell rows of the slots of these blocks, each once. */
function rowsOf(blocks: readonly number[]): number[] {
  const slots = new Set(blocks.flatMap((block) => [block, block + 1]));
  return [...slots].flatMap((slot) => Array.from({ length: CELLS_PER_SLOT }, (_, i) => slot * CELLS_PER_SLOT + i));
}

function activeRow({ cellA, cellB }: CoherenceMap, row: number, differences: Float32Array): void {
  const at = row * CELL_BANDS;
  const [peakA, peakB] = [rowPeak(cellA, at), rowPeak(cellB, at)];
  const share = 10 ** (-ACTIVE_DB / 10);
  if (peakA <= 0 || peakB <= 0) return;
  for (let cell = at; cell < at + CELL_BANDS; cell++) {
    const active = cellA[cell]! > peakA * share || cellB[cell]! > peakB * share;
    if (active)
      differences[cell] = decibels(
        Math.max(cellB[cell]!, peakB * share * 0.1) / Math.max(cellA[cell]!, peakA * share * 0.1),
      );
  }
}

function rowPeak(cells: Float32Array, at: number): number {
  let peak = 0;
  for (let cell = at; cell < at + CELL_BANDS; cell++) peak = Math.max(peak, cells[cell]!);
  return peak;
}

function removeMedian(values: Float32Array, at: readonly number[]): void {
  const present = at.filter((i) => !Number.isNaN(values[i]!));
  const middle = quantile(
    present.map((i) => values[i]!),
    0.5,
  );
  for (const i of present) values[i] = values[i]! - middle;
}

/** Share of blocks with too many cells off on one side. */
function badShare(differences: Float32Array, blocks: readonly number[]): number {
  let bad = 0;
  for (const block of blocks) {
    let [extra, missing, active] = [0, 0, 0];
    const end = (block + 2) * CELLS_PER_SLOT * CELL_BANDS;
    for (let cell = block * CELLS_PER_SLOT * CELL_BANDS; cell < end; cell++) {
      const off = differences[cell]!;
      if (Number.isNaN(off)) continue;
      active++;
      if (off > OFF_DB) extra++;
      else if (off < -OFF_DB) missing++;
    }
    if (Math.max(extra, missing) > BAD_CELL_SHARE * active) bad++;
  }
  return bad / blocks.length;
}

/**
 * Are the cells that stand out, on one side, all near that side's own floor in their bands, in many bands? So it is
 * with hiss, which fills what the music leaves empty; a voice or an instrument rises from its floor.
 */
function isFloor(map: CoherenceMap, differences: Float32Array, blocks: readonly number[]): boolean {
  const cells = rowsOf(blocks).flatMap((row) =>
    Array.from({ length: CELL_BANDS }, (_, band) => row * CELL_BANDS + band),
  );
  const extra = cells.filter((cell) => differences[cell]! > OFF_DB);
  const missing = cells.filter((cell) => differences[cell]! < -OFF_DB);
  const [standing, rest, energy] =
    extra.length > missing.length ? [extra, missing, map.cellB] : [missing, extra, map.cellA];
  if (standing.length < ONE_SIDED * rest.length) return false;
  const floors = Array.from({ length: CELL_BANDS }, (_, band) => {
    const levels = cells.filter((cell) => cell % CELL_BANDS === band && energy[cell]! > 0);
    return quantile(
      levels.map((cell) => decibels(energy[cell]!)),
      FLOOR_PART,
    );
  });
  const heights = standing.map((cell) => decibels(energy[cell]!) - floors[cell % CELL_BANDS]!);
  const bands = new Set(standing.map((cell) => cell % CELL_BANDS));
  return bands.size >= CELL_BANDS / 3 && quantile(heights, 0.9) < FLOOR_HEIGHT_DB;
}

/** Robust standard deviation: from the median absolute deviation. */
function deviation(values: readonly number[]): number {
  const middle = quantile(values, 0.5);
  return (
    1.4826 *
    quantile(
      values.map((value) => Math.abs(value - middle)),
      0.5,
    )
  );
}

function tileResidual(map: CoherenceMap, blocks: readonly number[]): { lowTileShare: number; extraSlope: number } {
  const tiles = blocks.flatMap((block) => activeTiles(map, block));
  const low = tiles.filter((tile) => map.tileCoherence[tile]! < LOW_TILE);
  const bandLevel = Array.from({ length: TILE_BANDS }, (_, band) => {
    const clean = tiles.filter((tile) => tile % TILE_BANDS === band && map.tileCoherence[tile]! > CLEAN_TILE);
    return quantile(
      clean.map((tile) => levelDifference(map, tile)),
      0.5,
    );
  });
  const off = (tile: number): number => levelDifference(map, tile) - bandLevel[tile % TILE_BANDS]!;
  const blockLevel = new Map(
    blocks.map((block) => {
      const own = tiles.filter((tile) => Math.floor(tile / TILE_BANDS) === block);
      const clean = own.filter((tile) => map.tileCoherence[tile]! > CLEAN_TILE);
      return [block, quantile((clean.length > 2 ? clean : own).map(off), 0.5)];
    }),
  );
  let [product, square] = [0, 0];
  for (const tile of low) {
    const x = decibels(Math.max(map.tileCoherence[tile]!, 1e-3));
    product += (off(tile) - (blockLevel.get(Math.floor(tile / TILE_BANDS)) ?? 0)) * x;
    square += x * x;
  }
  return {
    lowTileShare: tiles.length > 0 ? low.length / tiles.length : 0,
    extraSlope: square > 0 ? product / square : 0,
  };
}

/** Does the incoherent part of the energy stay at one level in every band that lost coherence? */
function isSteady(energy: Float32Array, map: CoherenceMap, blocks: readonly number[]): boolean {
  const spreads = Array.from({ length: TILE_BANDS }, (_, band) => {
    const tiles = blocks.map((block) => block * TILE_BANDS + band).filter((tile) => energy[tile]! > 0);
    const touched = tiles.filter((tile) => map.tileCoherence[tile]! < FAINTLY_TOUCHED_TILE);
    if (touched.length < NOISE_BLOCKS) return undefined;
    const heard = tiles.filter((tile) => 1 - map.tileCoherence[tile]! > INCOHERENT);
    return deviation(heard.map((tile) => decibels(energy[tile]! * (1 - map.tileCoherence[tile]!))));
  }).filter((spread) => spread !== undefined);
  return spreads.length >= NOISE_BANDS && quantile(spreads, 0.75) < NOISE_SPREAD_DB;
}

/** Tiles below this coherence tell something of what lies on top; so many of all must. */
const TOUCHED_TILE = 0.97;
const TOUCHED_SHARE = 0.2;
const FAINTLY_TOUCHED_TILE = 0.9;
/** Tiles within this of their block's loudest are loud; one that falls by so much below its band's median was dropped. */
const LOUD_DB = 12;
const DROP = 0.25;
/** Less than this is bias of the estimate, and its level says nothing. */
const LEAST_TILE = 0.05;
/** Spread in dB over time of the ratio of what is incoherent to what is common. Measured: coding and mastering up to 2.1, a foreign source from 2.5 up. */
const FOREIGN_SPREAD_DB = 2.2;
/** The slope of a source that is added is one; mastering that changes levels gives any other. Measured. */
const FOREIGN_SLOPES = [0.6, 2] as const;
const FOREIGN_BANDS = 8;
const FOREIGN_BLOCKS = 8;

/**
 * Does something that goes its own way lie under the whole of one of them? What coding, reverb and mastering add follows
 * the music: its share of the energy hardly changes. What noise adds stands still. A source of its own does neither, and
 * its energy is added: over all tiles the level difference falls as the coherence does.
 */
function isForeign(map: CoherenceMap, blocks: readonly number[]): boolean {
  const byBand = tilesByBand(map, blocks);
  const bands = byBand
    .map((tiles) => tiles.filter((tile) => 1 - map.tileCoherence[tile]! > INCOHERENT / 2))
    .filter((tiles) => tiles.length >= FOREIGN_BLOCKS);
  if (bands.length < FOREIGN_BANDS) return false;
  const { slope, share } = slopeOf(map, byBand, TOUCHED_TILE);
  const [least, most] = FOREIGN_SLOPES;
  if (share < TOUCHED_SHARE || Math.abs(slope) < least || Math.abs(slope) > most) return false;
  const energy = slope > 0 ? map.tileA : map.tileB;
  const spreads = (level: (tile: number) => number): number[] => bands.map((tiles) => deviation(tiles.map(level)));
  const incoherent = (tile: number): number => 1 - map.tileCoherence[tile]!;
  const ratio = spreads((tile) => decibels(incoherent(tile) / Math.max(map.tileCoherence[tile]!, 1e-3)));
  const absolute = spreads((tile) => decibels(energy[tile]! * incoherent(tile)));
  return quantile(ratio, 0.5) >= FOREIGN_SPREAD_DB && quantile(absolute, 0.75) >= NOISE_SPREAD_DB;
}

/** Tiles of the blocks in which both sounds have energy, by band. */
function tilesByBand(map: CoherenceMap, blocks: readonly number[]): number[][] {
  return Array.from({ length: TILE_BANDS }, (_, band) =>
    blocks.map((block) => block * TILE_BANDS + band).filter((tile) => map.tileA[tile]! > 0 && map.tileB[tile]! > 0),
  );
}

function droppedShare(map: CoherenceMap, blocks: readonly number[]): number {
  const usual = Array.from({ length: TILE_BANDS }, (_, band) =>
    quantile(
      blocks.map((block) => map.tileCoherence[block * TILE_BANDS + band]!),
      0.5,
    ),
  );
  const loud = blocks.flatMap((block) => activeTiles(map, block, LOUD_DB));
  const dropped = loud.filter((tile) => map.tileCoherence[tile]! < usual[tile % TILE_BANDS]! - DROP);
  return loud.length > 0 ? dropped.length / loud.length : 0;
}

/** The slope k over all tiles less coherent than `below`, against the level of each band where it is most coherent. */
function slopeOf(
  map: CoherenceMap,
  byBand: readonly (readonly number[])[],
  below: number,
): { slope: number; share: number; fit: number } {
  let [product, square, differences, touched, all] = [0, 0, 0, 0, 0];
  for (const tiles of byBand) {
    const ranked = [...tiles].sort((one, other) => map.tileCoherence[other]! - map.tileCoherence[one]!);
    const cleanest = ranked.slice(0, Math.ceil(ranked.length / 4)).map((tile) => levelDifference(map, tile));
    const level = quantile(cleanest, 0.5);
    all += tiles.length;
    for (const tile of tiles) {
      const coherence = map.tileCoherence[tile]!;
      if (coherence > below || coherence < LEAST_TILE) continue;
      touched++;
      const x = decibels(coherence);
      const difference = levelDifference(map, tile) - level;
      product += difference * x;
      square += x * x;
      differences += difference * difference;
    }
  }
  const size = Math.sqrt(square * differences);
  return {
    slope: square > 0 ? product / square : 0,
    share: all > 0 ? touched / all : 0,
    fit: size > 0 ? Math.abs(product) / size : 0,
  };
}

/** Tiles this incoherent hold hardly anything but what lies on top. */
const DROWNED_TILE = 0.5;
/** Measured: noise up to 1.5, anything else from 2.1 up. */
const GRAIN = 1.8;
const GRAIN_TILES = 10;

/**
 * Does what drowns the music hold still from one cell of 0.14 s to the next as noise does? A beat is steady over blocks
 * of two seconds. `true` where nothing is drowned.
 */
function isFineGrained(cells: Float32Array, map: CoherenceMap, blocks: readonly number[]): boolean {
  const drowned = blocks.flatMap((block) =>
    activeTiles(map, block).filter((tile) => map.tileCoherence[tile]! < DROWNED_TILE),
  );
  if (drowned.length < GRAIN_TILES) return true;
  const grains = drowned.flatMap((tile) => {
    const rows = rowsOf([Math.floor(tile / TILE_BANDS)]);
    return cellBandsIn(tile % TILE_BANDS).map((band) => {
      const levels = rows.map((row) => cells[row * CELL_BANDS + band]!).filter((energy) => energy > 0);
      return lowerSpread(levels.map(decibels)) / noiseSpread(cellBins(band));
    });
  });
  return quantile(grains, 0.5) < GRAIN;
}

/** Standard deviation as the lower half of the values shows it: what rises above noise does not count. */
function lowerSpread(values: readonly number[]): number {
  return (quantile(values, 0.5) - quantile(values, 0.1)) / LOWER_SPREAD;
}

/** Distance of median and tenth percentile of 14 levels of noise, in standard deviations. */
const LOWER_SPREAD = 1.4;

/** Tiles of a block within reach of its loudest, in either sound. */
function activeTiles({ tileA, tileB }: CoherenceMap, block: number, within: number = ACTIVE_DB): number[] {
  const tiles = Array.from({ length: TILE_BANDS }, (_, band) => block * TILE_BANDS + band);
  const share = 10 ** (-within / 10);
  const peakA = Math.max(...tiles.map((tile) => tileA[tile]!)) * share;
  const peakB = Math.max(...tiles.map((tile) => tileB[tile]!)) * share;
  return tiles.filter((tile) => tileA[tile]! > 0 && tileB[tile]! > 0 && (tileA[tile]! > peakA || tileB[tile]! > peakB));
}

function levelDifference({ tileA, tileB }: CoherenceMap, tile: number): number {
  return decibels(tileB[tile]! / tileA[tile]!);
}

function decibels(ratio: number): number {
  return 10 * Math.log10(ratio);
}

/** Frames per cell that count as independent, of six overlapping ones. */
const INDEPENDENT_FRAMES = 3.6;

/**
 * How much the sound of a changes: the spread of its cells' levels over time, each moment's overall level set aside,
 * as a multiple of what steady noise would show; the median over its bands. 0 for steady tones, about 1 for noise of
 * any colour and envelope, more for music.
 */
export function liveliness(map: CoherenceMap, blocks: readonly number[]): number {
  const bands = Array.from({ length: CELL_BANDS }, (): number[] => []);
  const rows = rowsOf(blocks);
  for (const row of rows) {
    const at = row * CELL_BANDS;
    const floor = rowPeak(map.cellA, at) * 10 ** (-ACTIVE_DB / 10);
    const active = Array.from({ length: CELL_BANDS }, (_, band) => band).filter(
      (band) => map.cellA[at + band]! > floor,
    );
    const levels = active.map((band) => decibels(map.cellA[at + band]!));
    const middle = quantile(levels, 0.5);
    active.forEach((band, i) => {
      bands[band]!.push(levels[i]! - middle);
    });
  }
  const ratios = bands.flatMap((levels, band) =>
    levels.length >= rows.length / 4 ? [deviation(levels) / noiseSpread(cellBins(band))] : [],
  );
  return quantile(ratios, 0.5);
}

/** Standard deviation in dB of the energy of noise in a cell of so many bins: that of the logarithm of a gamma variable. */
function noiseSpread(bins: number): number {
  return 10 / Math.LN10 / Math.sqrt(Math.max(1, bins) * INDEPENDENT_FRAMES - 0.5);
}
