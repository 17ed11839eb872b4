/** Text that has to fit. Widths are guessed on the wide side: nobody knows which font will be there. */

/** A wide sans serif: widths in em. */
const WIDE = 1;
const NARROW = 0.36;
const USUAL = 0.64;

/** About how wide the text will be. */
export function widthOf(characters: string, size: number): number {
  let width = 0;
  for (const char of characters) width += emOf(char);
  return width * size;
}

function emOf(char: string): number {
  const code = char.codePointAt(0) as number;
  // From the Hangul letters on most scripts are square; so are W, M and @.
  if (code >= 0x1100 || 'WM@%'.includes(char)) return isGeneralPunctuation(code) ? USUAL : WIDE;
  return " .,:;|!il'()[]-".includes(char) ? NARROW : USUAL;
}

function isGeneralPunctuation(code: number): boolean {
  return code >= 0x1e00 && code <= 0x22ff;
}

/** The text itself, or its beginning and end around an ellipsis: both tell names apart. */
export function fitted(characters: string, size: number, width: number): string {
  if (widthOf(characters, size) <= width) return characters;
  const chars = [...characters];
  let kept = chars.length - 1;
  const shortened = (): string =>
    `${chars.slice(0, Math.ceil(kept / 2)).join('')}…${chars.slice(chars.length - Math.floor(kept / 2)).join('')}`;
  while (kept > 1 && widthOf(shortened(), size) > width) kept--;
  return shortened();
}

/** The text in lines that fit. */
export function wrapped(characters: string, size: number, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of characters.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer, size) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].map((each) => fitted(each, size, width));
}
