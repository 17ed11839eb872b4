/**
 * Tables as Parquet, by hyparquet-writer: a row group at a time, so that memory is bounded however many rows there are.
 * Texts are UTF-8, figures doubles; every column may hold nulls.
 * @see https://parquet.apache.org/docs/file-format/
 */
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { TableColumn, TableEncoder, TableRow } from '#cli';

/** Some 25 MB while they are gathered; large enough to compress well, small enough to be read in part. Chosen. */
const ROWS_PER_GROUP = 50_000;

/** @param columns one at least, each name once */
export function createParquetEncoder(columns: readonly TableColumn[]): TableEncoder {
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({ writer, schema: schemaOf(columns), createdBy: 'Reprise' });
  let rows: TableRow[] = [];
  // The writer has nothing to wait for, so that neither call returns a promise.
  const writeGroup = (): void => {
    const columnData = columns.map(({ name }, at) => ({ name, data: rows.map((row) => row[at] ?? undefined) }));
    void parquet.write({ columnData, rowGroupSize: ROWS_PER_GROUP });
    rows = [];
  };
  return {
    add(more) {
      for (const row of more) rows.push(row);
      if (rows.length >= ROWS_PER_GROUP) writeGroup();
      return taken(writer);
    },
    finish() {
      if (rows.length > 0) writeGroup();
      void parquet.finish();
      return taken(writer);
    },
  };
}

/** What was written since the last time; places in the file go by a count of their own. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

function schemaOf(columns: readonly TableColumn[]): Schema {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, type }) =>
      type === 'text'
        ? ({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const)
        : ({ name, type: 'DOUBLE', repetition_type: 'OPTIONAL' } as const),
    ),
  ];
}
