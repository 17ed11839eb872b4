import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import type { TableColumn, TableRow } from '#cli';
import { createParquetEncoder } from './index.ts';

const COLUMNS: readonly TableColumn[] = [
  { name: 'path', type: 'text' },
  { name: 'share', type: 'figure' },
];

/** The file, with the rows given in pieces. */
function fileOf(pieces: readonly (readonly TableRow[])[]): ArrayBuffer {
  const encoder = createParquetEncoder(COLUMNS);
  const written = [...pieces.map((rows) => encoder.add(rows)), encoder.finish()];
  return new Uint8Array(Buffer.concat(written.map((piece) => Buffer.from(piece)))).buffer;
}

describe('a Parquet file', () => {
  it('is read again by another program as it was given, also where something is not known', async () => {
    const rows: TableRow[] = [
      ['/m/Björk.flac', 0.9876],
      [null, null],
      ['/m/a,"b"\n.mp3', 3.2e-31],
      ['/m/日本語', -0.25],
    ];
    const file = fileOf([rows.slice(0, 1), [], rows.slice(1)]);
    const read = await parquetReadObjects({ file });
    expect(read.map((row) => [row['path'] ?? null, row['share'] ?? null])).toEqual(rows);
  });

  it('comes in groups of rows, none of which is kept once it is written', async () => {
    const rows = (from: number): TableRow[] => Array.from({ length: 20_000 }, (_, i) => [`/${from + i}`, from + i]);
    const pages = [0, 20_000, 40_000, 60_000].map(rows);
    const encoder = createParquetEncoder(COLUMNS);
    expect(pages.map((page) => encoder.add(page).length > 1000)).toEqual([false, false, true, false]);
    const file = fileOf(pages);
    const counts = parquetMetadata(file).row_groups.map(({ num_rows: count }) => Number(count));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(80_000);
    expect(Math.max(...counts)).toBeLessThanOrEqual(50_000);
    const [row] = await parquetReadObjects({ file, rowStart: 70_000, rowEnd: 70_001 });
    expect(row).toEqual({ path: '/70000', share: 70_000 });
  });

  it('may hold nothing', async () => {
    const file = fileOf([]);
    expect(await parquetReadObjects({ file })).toEqual([]);
    expect(parquetMetadata(file).schema.map(({ name }) => name)).toEqual(['root', 'path', 'share']);
  });
});
