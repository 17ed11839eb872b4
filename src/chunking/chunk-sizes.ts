/** Sizes of chunks, in bytes: the least is 64 or more, the average a power of two. Part of a store's header: other sizes cut elsewhere. */
export interface ChunkSizes {
  readonly least: number;
  readonly average: number;
  readonly most: number;
}

export type ChunkSizeName = 'small' | 'medium' | 'large';

const KIB = 1024;
const around = (average: number): ChunkSizes => ({ least: average / 64, average, most: average * 8 });

export const CHUNK_SIZES: Readonly<Record<ChunkSizeName, ChunkSizes>> = {
  small: around(4 * KIB),
  medium: around(16 * KIB),
  large: around(64 * KIB),
};
