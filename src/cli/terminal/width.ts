/** How many columns a text takes on a terminal, as the common terminals count. */

const PLAIN = /^[\x20-\x7e]*$/;
const INVISIBLE = /^[\p{M}\p{Cf}]+$/u;
const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;
// East Asian wide and fullwidth. @see https://www.unicode.org/reports/tr11/
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a style begins with the escape character
const STYLING = /\u001b\[[\d;]*m/g;

/** Columns of the text; our own colour sequences take none. */
export function widthOf(text: string): number {
  const bare = text.includes('\u001b') ? text.replace(STYLING, '') : text;
  if (PLAIN.test(bare)) return bare.length;
  let width = 0;
  for (const grapheme of graphemesOf(bare)) width += graphemeWidth(grapheme);
  return width;
}

/** The text filled with blanks to at least `width` columns. */
export function padTo(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return side === 'left' ? text + blanks : blanks + text;
}

/** The text in at most `width` columns, its middle left out for `…`; the end of a path says more than its start. */
export function shorten(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const graphemes = [...graphemesOf(text)];
  const room = Math.max(1, width) - 1;
  const head = takeWhile(graphemes, Math.floor(room / 3));
  const tail = takeWhile(graphemes.toReversed(), room - widthOf(head.join(''))).toReversed();
  return `${head.join('')}…${tail.join('')}`;
}

/** The beginning of the text in at most `width` columns. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return `${takeWhile([...graphemesOf(text)], Math.max(1, width) - 1).join('')}…`;
}

function takeWhile(graphemes: readonly string[], width: number): string[] {
  let used = 0;
  const end = graphemes.findIndex((grapheme) => {
    used += graphemeWidth(grapheme);
    return used > width;
  });
  return end < 0 ? [...graphemes] : graphemes.slice(0, end);
}

function graphemeWidth(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  return EMOJI.test(grapheme) || WIDE.test(grapheme) ? 2 : 1;
}

function* graphemesOf(text: string): Iterable<string> {
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) yield segment;
}
