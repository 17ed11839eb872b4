/**
 * The bytes of a playlist as a string with one character a unit, so that a place in the string is a place in the file:
 * a unit is a byte (U+0000 … U+00FF) or, in UTF-16, two. All that gives a playlist its form is ASCII, which stands for
 * itself in every encoding here; what the other units mean is asked only where a name is read (`charset.ts`).
 */

/**
 * - `utf-8`: valid, and promised by a byte order mark or by the form.
 * - `bytes`: valid UTF-8 that nobody promised; names are the bytes that they are.
 * - `legacy`: not UTF-8; names are their bytes, or text in Windows-1252.
 */
export type Encoding = 'utf-8' | 'bytes' | 'legacy' | 'utf-16le' | 'utf-16be';

export interface PlaylistText {
  readonly units: string;
  readonly encoding: Encoding;
  /** Bytes before the first unit: the byte order mark. */
  readonly markBytes: number;
}

/** Opens the text. Never throws; half a unit at the end belongs to none. */
export function openText(bytes: Uint8Array, promisesUtf8: boolean): PlaylistText {
  if (startsWith(bytes, [0xff, 0xfe])) return wideText(bytes, 'utf-16le');
  if (startsWith(bytes, [0xfe, 0xff])) return wideText(bytes, 'utf-16be');
  const markBytes = startsWith(bytes, [0xef, 0xbb, 0xbf]) ? 3 : 0;
  const body = bytes.subarray(markBytes);
  const encoding = !isUtf8(body) ? 'legacy' : promisesUtf8 || markBytes > 0 ? 'utf-8' : 'bytes';
  return { units: unitsOf(body), encoding, markBytes };
}

/** Where the unit begins in the file. */
export function byteAt({ encoding, markBytes }: PlaylistText, unit: number): number {
  return markBytes + unit * (isWide(encoding) ? 2 : 1);
}

/** Units as the bytes of the file. */
export function bytesOfUnits(units: string, encoding: Encoding): Uint8Array {
  switch (encoding) {
    case 'utf-16le':
      return Buffer.from(units, 'utf16le');
    case 'utf-16be':
      return Buffer.from(units, 'utf16le').swap16();
    case 'utf-8':
    case 'bytes':
    case 'legacy':
      return Buffer.from(units, 'latin1');
  }
}

/** One character for each byte. */
export function unitsOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function wideText(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): PlaylistText {
  const body = bytes.subarray(2, bytes.length - (bytes.length % 2));
  // A surrogate without its other half becomes U+FFFD, one unit for one, and so cannot pass for a byte of a path.
  return { units: new TextDecoder(encoding, { ignoreBOM: true }).decode(body), encoding, markBytes: 2 };
}

function isWide(encoding: Encoding): boolean {
  return encoding === 'utf-16le' || encoding === 'utf-16be';
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, at) => bytes[at] === byte);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    // The only way to ask is to try.
    return false;
  }
}
