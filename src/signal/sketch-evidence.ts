/**
 * What two sketches say about each other along one line, in the figures that a verdict needs: how coherent the blocks
 * are that sound, how many tiles are not, on which side energy stands out, and what lies beyond the overlap. A block that
 * is loud in either sound counts, so a voice that only one of them holds cannot hide in the other's pause.
 */
import { FRAMES_PER_SECOND, LEVELS_PER_SECOND, type Sketch } from './sketch.ts';
import { SKETCH_BANDS, SKETCH_HOP } from './sketch-bank.ts';
import { coherenceAlong, type SketchCoherence } from './sketch-match.ts';
import { quantile, type Sounding, soundingFloor } from './sounding.ts';

/** Figures of a whole overlap. */
export interface SketchEvidence {
  /** Seconds of a, of b and of both that sound within the overlap. */
  readonly aSounding: number;
  readonly bSounding: number;
  /** Seconds that sound before and behind the overlap, in whichever sound has more of them. */
  readonly headSeconds: number;
  readonly tailSeconds: number;
  /** Of the blocks that are loud in either sound: how many, and their coherence 0 … 1 (lowest, tenth percentile, median). */
  readonly loudBlocks: number;
  readonly lowest: number;
  readonly low: number;
  readonly median: number;
  /** Lowest coherence of blocks that sound, but softly; 1 where there are none. */
  readonly lowestSoft: number;
  /** Share of tiles that are hardly coherent, of those within 26 dB of their block's loudest. */
  readonly lowTileShare: number;
  /** Share of tiles, of those within 35 dB, whose level differs by more than 3 dB once every band's and every block's own difference is taken out. */
  readonly offTileShare: number;
  /** Bands that take part in a quarter of the blocks or more. */
  readonly bands: number;
  /** Spread of the bands' levels from block to block, in dB, the blocks' own levels set aside; the median over the bands. */
  readonly liveliness: number;
}

/** Block RMS ÷ the 95th percentile of the levels, from which on a block is loud: −30 dB. */
const LOUD = 0.03;
/** Tiles farther below the loudest of their block do not count for levels (35 dB) and for coherence (26 dB): codecs fill them with noise. */
const HEARD_SHARE = 10 ** -3.5;
const COHERENT_SHARE = 10 ** -2.6;
const LOW_TILE = 0.7;
const OFF_DB = 3;

/** Measures b against a from a's sample `start` on. */
export function sketchEvidence(a: Sketch, b: Sketch, start: number): SketchEvidence {
  const map = coherenceAlong(a, b, start);
  const [one, other] = [soundingOfSketch(a), soundingOfSketch(b)];
  const from = map.fromFrame * SKETCH_HOP;
  const to = from + (map.blocks > 0 ? map.blocks + 1 : 0) * FRAMES_PER_SECOND * SKETCH_HOP;
  const kinds = Array.from({ length: map.blocks }, (_, block) => {
    const at = (from + block * FRAMES_PER_SECOND * SKETCH_HOP) / CELL_SAMPLES;
    return louder(blockKind(one, at), blockKind(other, at - start / CELL_SAMPLES));
  });
  const ofKind = (kind: BlockKind): number[] =>
    kinds.flatMap((found, block) => (found === kind ? [map.blockCoherence[block]!] : []));
  const loud = ofKind('loud');
  const loudBlocks = kinds.flatMap((kind, block) => (kind === 'loud' ? [block] : []));
  return {
    aSounding: soundingSamples(one, from, to),
    bSounding: soundingSamples(other, from - start, to - start),
    headSeconds: Math.max(soundingSamples(one, 0, from), soundingSamples(other, 0, from - start)),
    tailSeconds: Math.max(soundingSamples(one, to, a.samples), soundingSamples(other, to - start, b.samples)),
    loudBlocks: loud.length,
    lowest: Math.min(1, ...loud),
    low: quantile(loud, 0.1),
    median: quantile(loud, 0.5),
    lowestSoft: Math.min(1, ...ofKind('soft')),
    ...tileFigures(map, loudBlocks),
  };
}

/** Seconds of a whole sound in which it sounds. */
export function sketchedSounding(sketch: Sketch): number {
  return soundingSamples(soundingOfSketch(sketch), 0, sketch.samples);
}

const CELL_SAMPLES = (FRAMES_PER_SECOND / LEVELS_PER_SECOND) * SKETCH_HOP;
const CELLS_PER_BLOCK = 2 * LEVELS_PER_SECOND;

interface SketchSounding extends Sounding {
  /** The level from which on a block is loud. */
  readonly loud: number;
}

function soundingOfSketch({ levels }: Sketch): SketchSounding {
  const floor = soundingFloor(levels);
  return { levels, floor, loud: Math.max(floor, LOUD * quantile(levels, 0.95)) };
}

/** Seconds that sound within the samples `[from, to)`, to a cell. */
function soundingSamples({ levels, floor }: Sounding, from: number, to: number): number {
  let cells = 0;
  const end = Math.min(levels.length, Math.ceil(to / CELL_SAMPLES));
  for (let cell = Math.max(0, Math.floor(from / CELL_SAMPLES)); cell < end; cell++) {
    if (levels[cell]! > floor) cells++;
  }
  return cells / LEVELS_PER_SECOND;
}

type BlockKind = 'loud' | 'soft' | 'silent';

function louder(one: BlockKind, other: BlockKind): BlockKind {
  if (one === 'loud' || other === 'loud') return 'loud';
  return one === 'soft' || other === 'soft' ? 'soft' : 'silent';
}

function blockKind({ levels, floor, loud }: SketchSounding, at: number): BlockKind {
  const first = Math.max(0, Math.round(at));
  const cells = levels.subarray(first, Math.min(levels.length, first + CELLS_PER_BLOCK));
  const level = Math.sqrt(cells.reduce((sum, cell) => sum + cell * cell, 0) / CELLS_PER_BLOCK);
  if (level >= loud) return 'loud';
  return level > floor ? 'soft' : 'silent';
}

function tileFigures(
  { tileA, tileB, tileCoherence }: SketchCoherence,
  blocks: readonly number[],
): Pick<SketchEvidence, 'lowTileShare' | 'offTileShare' | 'bands' | 'liveliness'> {
  const active = blocks.flatMap((block) => activeTiles(tileA, tileB, block, HEARD_SHARE));
  const prominent = blocks.flatMap((block) => activeTiles(tileA, tileB, block, COHERENT_SHARE));
  const low = prominent.filter((tile) => tileCoherence[tile]! < LOW_TILE).length;
  const differences = new Map(active.map((tile) => [tile, decibels(tileB[tile]! / tileA[tile]!)]));
  takeMedians(differences, (tile) => tile % SKETCH_BANDS);
  takeMedians(differences, (tile) => Math.floor(tile / SKETCH_BANDS));
  const off = [...differences.values()].filter((difference) => Math.abs(difference) > OFF_DB).length;
  const levels = new Map(active.map((tile) => [tile, decibels(tileA[tile]!)]));
  takeMedians(levels, (tile) => Math.floor(tile / SKETCH_BANDS));
  const spreads = Array.from({ length: SKETCH_BANDS }, (_, band) => {
    const own = [...levels].flatMap(([tile, level]) => (tile % SKETCH_BANDS === band ? [level] : []));
    return own.length > 1 && own.length >= blocks.length / 4 ? deviation(own) : undefined;
  }).filter((spread) => spread !== undefined);
  return {
    lowTileShare: prominent.length > 0 ? low / prominent.length : 1,
    offTileShare: active.length > 0 ? off / active.length : 1,
    bands: spreads.length,
    liveliness: quantile(spreads, 0.5),
  };
}

/** Tiles of a block near its loudest, in either sound, and heard in both. */
function activeTiles(tileA: Float32Array, tileB: Float32Array, block: number, share: number): number[] {
  const tiles = Array.from({ length: SKETCH_BANDS }, (_, band) => block * SKETCH_BANDS + band);
  const peakA = Math.max(...tiles.map((tile) => tileA[tile]!)) * share;
  const peakB = Math.max(...tiles.map((tile) => tileB[tile]!)) * share;
  return tiles.filter((tile) => tileA[tile]! > 0 && tileB[tile]! > 0 && (tileA[tile]! > peakA || tileB[tile]! > peakB));
}

/** Takes each group's median out of its values. */
function takeMedians(values: Map<number, number>, groupOf: (tile: number) => number): void {
  const groups = new Map<number, number[]>();
  for (const tile of values.keys()) {
    const group = groups.get(groupOf(tile));
    if (group) group.push(tile);
    else groups.set(groupOf(tile), [tile]);
  }
  for (const tiles of groups.values()) {
    const middle = quantile(
      tiles.map((tile) => values.get(tile)!),
      0.5,
    );
    for (const tile of tiles) values.set(tile, values.get(tile)! - middle);
  }
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function decibels(ratio: number): number {
  return 10 * Math.log10(ratio);
}
