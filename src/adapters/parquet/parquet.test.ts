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
    const rows = (from: number): TableRow[] => Array.from({ length: 60_000 }, (_, i) => [`/${from + i}`, from + i]);
    const encoder = createParquetEncoder(COLUMNS);
    const pieces = [0, 60_000, 120_000, 180_000].map((from) => encoder.add(rows(from)).length);
    expect(pieces.map((length) => length > 1000)).toEqual([false, true, false, true]);
    const file = fileOf([rows(0), rows(60_000), rows(120_000)]);
    expect(parquetMetadata(file).row_groups.map(({ num_rows: count }) => Number(count))).toEqual([
      100_000, 20_000, 60_000,
    ]);
    const [row] = await parquetReadObjects({ file, rowStart: 170_000, rowEnd: 170_001 });
    expect(row).toEqual({ path: '/170000', share: 170_000 });
  });

  it('may hold nothing', async () => {
    const file = fileOf([]);
    expect(await parquetReadObjects({ file })).toEqual([]);
    expect(parquetMetadata(file).schema.map(({ name }) => name)).toEqual(['root', 'path', 'share']);
  });
});
