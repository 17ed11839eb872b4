import { type Reading, read, unread } from './records.ts';

/** A line of JSON Lines. Python also writes `NaN` and `Infinity`, which JSON does not have: such a line is damaged. */
export function jsonLine(text: string): Reading<unknown> {
  try {
    return read(JSON.parse(text));
  } catch {
    // The reason follows from the text; V8's own is about positions that mean nothing in a line of megabytes.
    return unread(
      isPythonFigure(text) ? 'it holds NaN or Infinity, which are no figures' : 'it is no JSON, or breaks off',
    );
  }
}

/** Is it JSON but for the words that Python writes for figures that are none? */
function isPythonFigure(text: string): boolean {
  const outside = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (part) =>
    part.startsWith('"') ? part : '0',
  );
  if (outside === text) return false;
  try {
    JSON.parse(outside);
    return true;
  } catch {
    // Damaged in other ways too.
    return false;
  }
}

/** A JSON object; `undefined` for anything else. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
