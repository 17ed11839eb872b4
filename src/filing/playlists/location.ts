/** A place in a playlist that names a file. */

/** A range of units `[start, end)` that names a file; never empty. */
export interface Location {
  readonly start: number;
  readonly end: number;
  /** Are `&amp;` and its like characters here? */
  readonly isXml: boolean;
}

/** The range without blanks (and line ends) at either side. Other spaces may be bytes of a character. */
export function trimmed(units: string, start: number, end: number): { start: number; end: number } {
  while (end > start && isBlank(units, end - 1)) end -= 1;
  while (start < end && isBlank(units, start)) start += 1;
  return { start, end };
}

function isBlank(units: string, at: number): boolean {
  return ' \t\r\n'.includes(units.charAt(at));
}
