/**
 * How two aligned sounds were made to sound: what EQ lies between them, and whether their loudness keeps one distance
 * over time. Coding changes neither; another mastering changes one or both. Only tiles that both sounds hold in common
 * are asked, so that neither a coder's noise nor what lies above its cutoff is taken for EQ; and the bass, which coding keeps.
 */
import { BASS_BANDS, type CoherenceMap, TILE_BANDS } from './coherence.ts';
import { quantile } from './sounding.ts';

export interface Mastering {
  /** Distance in dB between the bands that b raises most and least against a: 0 where it raises all alike. */
  readonly equalizationDb: number;
  /** How far b's level wanders against a's over time, in dB: from the 5th to the 95th percentile of the blocks. */
  readonly gainSpreadDb: number;
  /** What b is louder by over all, in dB. */
  readonly gainDb: number;
}

/** Tiles within this of their block's loudest, in both sounds, tell about level; fainter ones tell of coding. Chosen. */
const AUDIBLE_DB = 30;
/** Less coherent tiles hold something else besides. As in the residual. */
const COMMON = 0.9;
/** Bands are asked in so many blocks, blocks in so many bands; there must be so many of each. Chosen. */
const BAND_BLOCKS = 6;
const BLOCK_BANDS = 4;
const LEAST_BANDS = 6;

/** Compares the levels in these blocks; `undefined` where too little is common to both. */
export function masteringOf(map: CoherenceMap, blocks: readonly number[]): Mastering | undefined {
  const tiles = blocks.flatMap((block) => commonTiles(map, block));
  const byBand = Map.groupBy(tiles, ({ band }) => band);
  const bands = new Map(
    [...byBand]
      .filter(([, own]) => own.length >= BAND_BLOCKS)
      .map(([band, own]) => [band, median(own.map(({ gain }) => gain))] as const),
  );
  const known = tiles.filter(({ band }) => bands.has(band));
  const gains = [...Map.groupBy(known, ({ block }) => block).values()]
    .filter((own) => own.length >= BLOCK_BANDS)
    .map((own) => median(own.map(({ band, gain }) => gain - bands.get(band)!)));
  if (bands.size < LEAST_BANDS || gains.length < BAND_BLOCKS) return undefined;
  const raised = [...bands.values()];
  return {
    equalizationDb: Math.max(...raised) - Math.min(...raised),
    gainSpreadDb: quantile(gains, 0.95) - quantile(gains, 0.05),
    gainDb: median(raised),
  };
}

/** A tile that both sounds hold, and by how many dB b holds more. */
interface CommonTile {
  readonly block: number;
  readonly band: number;
  readonly gain: number;
}

/** Bands by frequency, those of the bass first. */
function commonTiles(map: CoherenceMap, block: number): CommonTile[] {
  const at = block * TILE_BANDS;
  const levelsA = [...bassOf(map.bassA, block), ...map.tileA.subarray(at, at + TILE_BANDS)];
  const levelsB = [...bassOf(map.bassB, block), ...map.tileB.subarray(at, at + TILE_BANDS)];
  const [floorA, floorB] = [floorOf(levelsA), floorOf(levelsB)];
  return levelsA.flatMap((levelA, band) => {
    const levelB = levelsB[band]!;
    const isCommon = band < BASS_BANDS || map.tileCoherence[at + band - BASS_BANDS]! >= COMMON;
    if (!isCommon || levelA <= floorA || levelB <= floorB) return [];
    return [{ block, band, gain: 10 * Math.log10(levelB / levelA) }];
  });
}

/** Of both slots of a block. */
function bassOf(bass: Float32Array, block: number): number[] {
  const at = block * BASS_BANDS;
  return Array.from({ length: BASS_BANDS }, (_, band) => bass[at + band]! + bass[at + BASS_BANDS + band]!);
}

function floorOf(levels: readonly number[]): number {
  return Math.max(...levels) * 10 ** (-AUDIBLE_DB / 10);
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
