import { padTo, widthOf } from './width.ts';

export interface Column {
  readonly side?: 'left' | 'right';
}

/** Lines with their cells under each other, two blanks between; columns that are empty throughout are left out. */
export function alignColumns(rows: readonly (readonly string[])[], columns: readonly Column[]): string[] {
  const widths = columns.map((_, index) => Math.max(0, ...rows.map((row) => widthOf(row[index] ?? ''))));
  return rows.map((row) =>
    columns
      .map(({ side }, index) => padTo(row[index] ?? '', widths[index] as number, side))
      .filter((_, index) => widths[index] !== 0)
      .join('  ')
      .trimEnd(),
  );
}

/** The text broken between words into lines of at most `width` columns. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || widthOf(last) + 1 + widthOf(word) > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
