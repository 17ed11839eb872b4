/**
 * Names come from anywhere, and a terminal obeys what it is sent. This makes every character that could
 * move the cursor, reorder or hide text visible instead, and tells bytes that are no UTF-8 apart.
 */

// Controls (C0, DEL, C1), line separators, direction controls, invisible characters, and lone surrogates.
// Zero-width joiners stay: emoji and Persian names are made with them.
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}|[\u{e0000}-\u{e007f}]/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' };

/** The text as it may be sent to a terminal: one line, in one direction, nothing hidden. */
export function safeText(text: string): string {
  return text.replace(UNSAFE, visible);
}

function visible(char: string): string {
  const code = char.codePointAt(0) as number;
  // An escaped byte of a BytePath.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  return NAMED[char] ?? (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`);
}

/** The text as one word for a POSIX shell (bash, zsh and ksh where it needs `$'…'`), so that it can be pasted. */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (safeText(text) === text) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text.replace(/[\\']/g, '\\$&').replace(UNSAFE, shellEscape);
  return `$'${escaped}'`;
}

function shellEscape(char: string): string {
  const code = char.codePointAt(0) as number;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  if (code >= 0x80) return `\\U${code.toString(16).padStart(8, '0')}`;
  return NAMED[char] ?? `\\x${code.toString(16).padStart(2, '0')}`;
}
