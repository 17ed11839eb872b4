/**
 * Tag blocks that stand before and after a stream and belong to no container: ID3v2, ID3v1, APE, Lyrics3.
 * @see https://id3.org/id3v2.4.0-structure
 * @see https://wiki.hydrogenaud.io/index.php?title=APEv2_specification
 * @see https://id3.org/Lyrics3v2
 */
import type { ByteSource } from '#filing';
import { markAt, viewOf } from './parted.ts';

/** Where the tags at the start end. */
export function afterTags(file: ByteSource): number {
  let at = 0;
  for (;;) {
    const head = file.read(at, at + 32);
    const length = id3v2Length(head) ?? apeLength(head, 'header');
    if (length === undefined || at + length > file.sizeBytes) return at;
    at += length;
  }
}

/** Where the tags at the end begin, not before `from`. */
export function beforeTags(file: ByteSource, from: number): number {
  let end = file.sizeBytes;
  for (;;) {
    const length = lengthBefore(file, end);
    if (length === undefined || end - length < from) return end;
    end -= length;
  }
}

function lengthBefore(file: ByteSource, end: number): number | undefined {
  const tail = file.read(Math.max(0, end - ID3V1_BYTES - ENHANCED_BYTES), end);
  const at = (before: number): number => tail.length - before;
  if (tail.length >= ID3V1_BYTES && markAt(tail, at(ID3V1_BYTES), 3) === 'TAG') {
    const isEnhanced = tail.length >= ID3V1_BYTES + ENHANCED_BYTES && markAt(tail, 0) === 'TAG+';
    return ID3V1_BYTES + (isEnhanced ? ENHANCED_BYTES : 0);
  }
  if (tail.length < 32) return undefined;
  return apeLength(tail.subarray(at(32)), 'footer') ?? lyricsLength(file, tail, end) ?? appendedId3Length(tail);
}

const ID3V1_BYTES = 128;
/** The extension `TAG+` that some programs write before it. */
const ENHANCED_BYTES = 227;

/** With its header, and its footer where it has one. */
function id3v2Length(head: Uint8Array): number | undefined {
  if (head.length < 10 || markAt(head, 0, 3) !== 'ID3') return undefined;
  const size = synchsafe(head, 6);
  if (head[3] === 0xff || head[4] === 0xff || size === undefined) return undefined;
  return 10 + size + (((head[5] as number) & 0x10) === 0 ? 0 : 10);
}

/** ID3v2.4 at the end of a file, told by its footer. */
function appendedId3Length(tail: Uint8Array): number | undefined {
  const foot = tail.subarray(-10);
  const size = markAt(foot, 0, 3) === '3DI' ? synchsafe(foot, 6) : undefined;
  return size === undefined ? undefined : size + 20;
}

function synchsafe(bytes: Uint8Array, at: number): number | undefined {
  const digits = [...bytes.subarray(at, at + 4)];
  if (digits.length < 4 || digits.some((digit) => digit > 0x7f)) return undefined;
  return digits.reduce((size, digit) => size * 128 + digit, 0);
}

/** Told by its header or its footer. The size in them counts the footer and not the header, which the first version lacks. */
function apeLength(mark: Uint8Array, kind: 'header' | 'footer'): number | undefined {
  if (mark.length < 32 || markAt(mark, 0, 8) !== 'APETAGEX') return undefined;
  const [version, size, flags] = [8, 12, 20].map((at) => viewOf(mark).getUint32(at, true)) as [number, number, number];
  const isHeader = version >= 2000 && (flags & 0x20000000) !== 0;
  if (isHeader !== (kind === 'header') || size < 32) return undefined;
  const hasHeader = version >= 2000 && (flags & 0x80000000) !== 0;
  return size + (isHeader || hasHeader ? 32 : 0);
}

function lyricsLength(file: ByteSource, tail: Uint8Array, end: number): number | undefined {
  if (markAt(tail, tail.length - 9, 9) !== 'LYRICS200') return undefined;
  const digits = markAt(tail, tail.length - 15, 6);
  if (!/^\d{6}$/.test(digits)) return undefined;
  const length = Number(digits) + 15;
  const begins = length <= end && markAt(file.read(end - length, end - length + 11), 0, 11) === 'LYRICSBEGIN';
  return begins ? length : undefined;
}
