/** What the units of a name mean: from units to the text of a path, and back. */
import { type BytePath, bytesOfPath, pathFromBytes } from '#kernel';
import { bytesOfUnits, type PlaylistText, unitsOf } from './playlist-text.ts';

/** `bytes`: the units are the bytes of the path; `utf-8`: the same, and always valid. */
export type Charset = 'utf-8' | 'bytes' | 'windows-1252' | 'utf-16';

/** 0x80 to 0x9F; the five that are not given stand for themselves. @see https://encoding.spec.whatwg.org/#windows-1252 */
const HIGH =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

/** In which ways the units of a location can be meant, the most literal first. */
export function charsetsOf(units: string, { encoding }: PlaylistText): readonly Charset[] {
  switch (encoding) {
    case 'utf-8':
    case 'bytes':
      return [encoding];
    case 'utf-16le':
    case 'utf-16be':
      return ['utf-16'];
    case 'legacy':
      // ASCII means the same in both; what comes in its place follows the rest of the file.
      return isAscii(units) ? ['windows-1252'] : ['bytes', 'windows-1252'];
  }
}

/** The text that the units stand for; carries any bytes, as a path does. */
export function textOfUnits(units: string, charset: Charset): BytePath {
  switch (charset) {
    case 'utf-8':
    case 'bytes':
      return isAscii(units) ? (units as BytePath) : pathFromBytes(bytesOfUnits(units, 'bytes'));
    case 'windows-1252':
      return units.replace(/[\u0080-\u009f]/g, (unit) => HIGH.charAt(unit.charCodeAt(0) - 0x80)) as BytePath;
    case 'utf-16':
      return units as BytePath;
  }
}

/** The units that stand for the text; `undefined` where the charset has none for it. */
export function unitsOfText(text: BytePath, charset: Charset): string | undefined {
  switch (charset) {
    case 'bytes':
      return unitsOf(bytesOfPath(text));
    case 'utf-8':
      return text.isWellFormed() ? unitsOf(bytesOfPath(text)) : undefined;
    case 'windows-1252':
      return inWindows1252(text);
    case 'utf-16':
      return text.isWellFormed() ? text : undefined;
  }
}

function inWindows1252(text: string): string | undefined {
  const units = text.replace(/[^\p{ASCII}\u00a0-\u00ff]/gu, (char) => {
    const at = HIGH.indexOf(char);
    return at < 0 ? '\uffff' : String.fromCharCode(0x80 + at);
  });
  return units.includes('\uffff') ? undefined : units;
}

function isAscii(units: string): boolean {
  return /^\p{ASCII}*$/u.test(units);
}
