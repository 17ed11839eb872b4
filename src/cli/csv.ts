/**
 * Tables as comma-separated values: a line of names first, lines end with CR LF, what is not known is empty.
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
import type { TableColumn, TableEncoder, TableRow } from './surroundings.ts';

export function createCsvEncoder(columns: readonly TableColumn[]): TableEncoder {
  let head = csvLine(columns.map(({ name }) => name));
  const withHead = (lines: string): string => {
    const text = head + lines;
    head = '';
    return text;
  };
  return {
    add: (rows) => withHead(rows.map(csvLine).join('')),
    finish: () => withHead(''),
  };
}

function csvLine(row: TableRow): string {
  return `${row.map(field).join(',')}\r\n`;
}

function field(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
