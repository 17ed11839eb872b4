/**
 * File names are bytes; JavaScript strings are not. A `BytePath` is a string that stands for any
 * sequence of bytes, one to one: valid UTF-8 is itself, and a byte that is not part of valid UTF-8
 * becomes the lone surrogate U+DC00 + byte, as in Python's `surrogateescape`. So paths can be map keys,
 * be sent between processes and be compared, and nothing is lost until the moment they are shown.
 * @see https://peps.python.org/pep-0383/
 */
export type BytePath = string & { readonly [brand]: 'BytePath' };
declare const brand: unique symbol;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const ESCAPE = 0xdc00;

/** The path that stands for these bytes. */
export function pathFromBytes(bytes: Uint8Array): BytePath {
  try {
    return strict.decode(bytes) as BytePath;
  } catch {
    // Not UTF-8 as a whole: keep what is, escape the rest byte by byte.
    return escapeInvalid(bytes) as BytePath;
  }
}

function escapeInvalid(bytes: Uint8Array): string {
  // Never more units of UTF-16 than bytes of UTF-8.
  const units = new Uint16Array(bytes.length);
  let written = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    const code = length === 0 ? ESCAPE + (bytes[at] as number) : codePoint(bytes, at, length);
    if (code > 0xffff) units[written++] = 0xd7c0 + (code >> 10);
    units[written++] = code > 0xffff ? 0xdc00 + (code & 0x3ff) : code;
    at += length || 1;
  }
  return textOfUnits(units.subarray(0, written));
}

/** What one call can be given. Chosen. */
const UNITS_AT_ONCE = 8192;

function textOfUnits(units: Uint16Array): string {
  let text = '';
  for (let at = 0; at < units.length; at += UNITS_AT_ONCE) {
    text += String.fromCharCode(...units.subarray(at, at + UNITS_AT_ONCE));
  }
  return text;
}

function codePoint(bytes: Uint8Array, at: number, length: number): number {
  const lead = bytes[at] as number;
  let code = length === 1 ? lead : lead & (0x7f >> length);
  for (let next = at + 1; next < at + length; next++) code = (code << 6) | ((bytes[next] as number) & 0x3f);
  return code;
}

/** Length of the valid UTF-8 sequence at `at`, or 0. @see https://www.unicode.org/versions/latest/ch03.pdf table 3-7 */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0xff;
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length < 2) return length;
  // The second byte excludes what could be written shorter, surrogates, and what lies beyond Unicode.
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  const second = bytes[at + 1] ?? 0;
  if (second < least || second > most) return 0;
  for (let next = at + 2; next < at + length; next++) if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** The bytes that the path stands for: what the system must be given. */
export function bytesOfPath(path: BytePath): Uint8Array {
  if (path.isWellFormed()) return encoder.encode(path);
  const parts: number[] = [];
  // By whole runs: a call for each character took most of the time of long names.
  for (const run of path.split(/(\p{Surrogate})/u)) {
    const code = run.length === 1 ? run.charCodeAt(0) : 0;
    if (code > ESCAPE && code <= ESCAPE + 0xff) parts.push(code - ESCAPE);
    else for (const byte of encoder.encode(run)) parts.push(byte);
  }
  return Uint8Array.from(parts);
}

/** For people and for JSON's `path`: bytes that are not UTF-8 show as U+FFFD. Not reversible. */
export function displayPath(path: BytePath): string {
  return path.toWellFormed();
}

/** Does the path's name survive being shown? If not, JSON carries `pathBase64` beside it. */
export function isDisplayable(path: BytePath): boolean {
  return path.isWellFormed();
}

/** `folder/name`; `name` must not be absolute. */
export function joinPath(folder: BytePath, name: BytePath): BytePath {
  return (folder.endsWith('/') ? folder + name : `${folder}/${name}`) as BytePath;
}

/** The part after the last slash. */
export function baseName(path: BytePath): BytePath {
  return path.slice(path.lastIndexOf('/') + 1) as BytePath;
}

/** The part before the last slash; `/` for what lies in the root folder. */
export function folderOf(path: BytePath): BytePath {
  return (path.slice(0, Math.max(1, path.lastIndexOf('/'))) || '/') as BytePath;
}

/** The extension in lower case without its dot; empty where there is none. */
export function extensionOf(path: BytePath): string {
  const name = baseName(path);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}

/** Is `path` the folder itself or something below it? Both absolute, without a trailing slash. */
export function isUnder(path: BytePath, folder: BytePath): boolean {
  return path === folder || folder === '/' || (path.startsWith(folder) && path[folder.length] === '/');
}

/** Is it {@link isUnder} one of the folders? */
export function isUnderAny(path: BytePath, folders: readonly BytePath[]): boolean {
  return folders.some((folder) => isUnder(path, folder));
}

/** The deepest folder that is, or holds, both. Both absolute, without a trailing slash. */
export function commonFolder(a: BytePath, b: BytePath): BytePath {
  let folder = a;
  while (!isUnder(b, folder)) folder = folderOf(folder);
  return folder;
}
