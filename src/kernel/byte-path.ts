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
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    text +=
      length > 0 ? strict.decode(bytes.subarray(at, at + length)) : String.fromCharCode(ESCAPE + (bytes[at] as number));
    at += length || 1;
  }
  return text;
}

/** Length of the valid UTF-8 sequence at `at`, or 0. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number;
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    strict.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}

/** The bytes that the path stands for: what the system must be given. */
export function bytesOfPath(path: BytePath): Uint8Array {
  if (path.isWellFormed()) return encoder.encode(path);
  const parts: number[] = [];
  for (const char of path) {
    const code = char.codePointAt(0) as number;
    if (code > ESCAPE && code <= ESCAPE + 0xff) parts.push(code - ESCAPE);
    else for (const byte of encoder.encode(char)) parts.push(byte);
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
