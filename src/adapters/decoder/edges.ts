/**
 * Where the sound begins and ends among the tags that people glue to both ends of a file (ID3v2 in front;
 * ID3v1, APE, Lyrics3 and ID3v2.4 footers behind), read from the file itself. Decoders mistake the last kind
 * for sound, which would make the audio hash depend on tags.
 * @see https://id3.org/id3v2.4.0-structure, https://wiki.hydrogenaud.io/index.php?title=APEv2_specification
 */
import { readAt } from './bytes.ts';

const ID3V1_BYTES = 128;
const APE_FOOTER_BYTES = 32;
const ID3V2_HEADER_BYTES = 10;

/** Byte offset behind all leading ID3v2 tags. */
export function payloadStart(fd: number, sizeBytes: number): number {
  let at = 0;
  while (at < sizeBytes) {
    const tag = id3v2Bytes(readAt(fd, at, ID3V2_HEADER_BYTES), 'ID3');
    if (tag === 0) break;
    at += tag;
  }
  return Math.min(at, sizeBytes);
}

/** Byte offset of the first trailing tag, or `sizeBytes` where there is none. Never before `start`. */
export function payloadEnd(fd: number, start: number, sizeBytes: number): number {
  let end = sizeBytes;
  for (;;) {
    const before = end - trailingTagBytes(fd, end);
    if (before === end || before < start) return end;
    end = before;
  }
}

function trailingTagBytes(fd: number, end: number): number {
  const tail = readAt(fd, Math.max(0, end - ID3V1_BYTES), Math.min(end, ID3V1_BYTES));
  const text = (fromEnd: number, length: number): string =>
    tail.toString('latin1', Math.max(0, tail.length - fromEnd), tail.length - fromEnd + length);
  if (tail.length === ID3V1_BYTES && text(ID3V1_BYTES, 3) === 'TAG') return ID3V1_BYTES;
  if (text(APE_FOOTER_BYTES, 8) === 'APETAGEX') return apeBytes(tail.subarray(-APE_FOOTER_BYTES));
  if (text(9, 9) === 'LYRICS200') return lyricsBytes(text(15, 6));
  if (text(10, 3) === '3DI') return id3v2Bytes(tail.subarray(-ID3V2_HEADER_BYTES), '3DI');
  return 0;
}

function apeBytes(footer: Buffer): number {
  const hasHeader = (footer.readUInt32LE(20) & 0x80000000) !== 0;
  return footer.readUInt32LE(12) + (hasHeader ? APE_FOOTER_BYTES : 0);
}

function lyricsBytes(size: string): number {
  return /^\d{6}$/.test(size) ? Number(size) + 15 : 0;
}

function id3v2Bytes(header: Buffer, mark: 'ID3' | '3DI'): number {
  if (header.length < ID3V2_HEADER_BYTES || header.toString('latin1', 0, 3) !== mark) return 0;
  const size = [6, 7, 8, 9].map((at) => header.readUInt8(at));
  if (size.some((byte) => byte > 0x7f)) return 0;
  const hasFooter = mark === '3DI' || (header.readUInt8(5) & 0x10) !== 0;
  const body = size.reduce((sum, byte) => sum * 128 + byte, 0);
  return body + ID3V2_HEADER_BYTES * (hasFooter ? 2 : 1);
}
