/** The header of a page of Ogg. @see https://www.rfc-editor.org/rfc/rfc3533#section-6 */

/** What a page has before the lengths of its segments. */
export const HEADER_BYTES = 27;
/** 255 segments of 255 bytes. */
export const MOST_PAGE_BYTES: number = HEADER_BYTES + 255 + 255 * 255;
/** Where the fields stand that a multiplexer chooses: 32 bits each, the lowest byte first. */
export const SERIAL_AT = 14;
export const SEQUENCE_AT = 18;
export const CHECKSUM_AT = 22;
export const FIELDS_END = 26;

/** "OggS" and the version, which is 0. */
const BEGINNING = [0x4f, 0x67, 0x67, 0x53, 0];
const FLAGS_AT = 5;
const MOST_FLAGS = 7;

/**
 * How long the page is that begins there: 0 where none does, more than there is before `end` where that cuts it, and
 * then not to be relied on.
 */
export function pageLength(bytes: Uint8Array, at: number, end: number): number {
  for (let i = 0; i < BEGINNING.length; i++) {
    if (at + i === end) return MOST_PAGE_BYTES;
    if (bytes[at + i] !== BEGINNING[i]) return 0;
  }
  if (at + HEADER_BYTES > end) return MOST_PAGE_BYTES;
  const bodyAt = at + HEADER_BYTES + bytes[at + FIELDS_END]!;
  if (bodyAt > end) return MOST_PAGE_BYTES;
  let length = bodyAt - at;
  for (let i = at + HEADER_BYTES; i < bodyAt; i++) length += bytes[i]!;
  return length;
}

/** Whether the beginning of a header stands there, whatever follows. */
export function looksLikePage(bytes: Uint8Array, at: number): boolean {
  return BEGINNING.every((byte, i) => bytes[at + i] === byte) && (bytes[at + FLAGS_AT] ?? 0xff) <= MOST_FLAGS;
}

export function uint32At(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

export function setUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}
