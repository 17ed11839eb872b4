import { type Reading, read, unread } from './records.ts';

/** A line of JSON Lines. Python also writes `NaN` and `Infinity`, which JSON does not have: such a line is damaged. */
export function jsonLine(text: string): Reading<unknown> {
  try {
    return read(JSON.parse(text));
  } catch {
    // The reason follows from the text; V8's own is about positions that mean nothing in a line of megabytes.
    return unread(
      holdsPythonFigure(text) ? 'it holds NaN or Infinity, which are no figures' : 'it is no JSON, or breaks off',
    );
  }
}

/** Does one of Python's words for figures that are none stand outside of texts? Looks at lines of megabytes, so in plain steps. */
function holdsPythonFigure(text: string): boolean {
  const outside = text
    .replace(/\\./g, '')
    .split('"')
    .filter((_, index) => index % 2 === 0);
  return outside.some((part) => /\b(?:NaN|Infinity)\b/.test(part));
}

/** A JSON object; `undefined` for anything else. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
