/**
 * ID3v2 before and APEv2 or ID3v1 behind content that the tag parser does not know (TTA, AC-3, DTS, junk):
 * they are put around a few frames of silent MP3, which it does know, so that nothing is searched for.
 * @see https://id3.org/id3v2.4.0-structure, https://wiki.hydrogenaudio.org/index.php?title=APE_Tags_Header
 */
import { concatenated, type ReadAt } from './bytes.ts';

const ID3V2_HEADER_BYTES = 10;
const ID3V1_BYTES = 128;
const APE_FOOTER_BYTES = 32;
/** Larger blocks are taken for broken ones. Chosen; ID3v2 could go to 256 MiB. */
const LARGEST_BLOCK_BYTES = 64 * 1024 * 1024;

/** An MP3 with the tag blocks of the file, or `undefined` where it has none. */
export function mp3WithTagsOf(readAt: ReadAt, sizeBytes: number): Uint8Array<ArrayBuffer> | undefined {
  const head = readAt(0, headBytes(readAt(0, ID3V2_HEADER_BYTES)));
  const length = tailBytes(readAt, sizeBytes);
  const tail = readAt(sizeBytes - length, length);
  return head.length + tail.length > 0 ? concatenated([head, silence(), tail]) : undefined;
}

function headBytes(header: Uint8Array): number {
  if (textOf(header.subarray(0, 3)) !== 'ID3') return 0;
  const size = header.subarray(6).reduce((sum, byte) => (sum << 7) | (byte & 0x7f), 0);
  return size <= LARGEST_BLOCK_BYTES ? ID3V2_HEADER_BYTES + size : 0;
}

function tailBytes(readAt: ReadAt, sizeBytes: number): number {
  const hasId3v1 = sizeBytes >= ID3V1_BYTES && textOf(readAt(sizeBytes - ID3V1_BYTES, 3)) === 'TAG';
  const id3v1 = hasId3v1 ? ID3V1_BYTES : 0;
  const footerAt = sizeBytes - id3v1 - APE_FOOTER_BYTES;
  const footer = footerAt < 0 ? new Uint8Array() : readAt(footerAt, APE_FOOTER_BYTES);
  if (textOf(footer.subarray(0, 8)) !== 'APETAGEX') return id3v1;
  // Counts the footer but not the header, which the parser does not need.
  const size = new DataView(footer.buffer, footer.byteOffset).getUint32(12, true);
  return size <= Math.min(LARGEST_BLOCK_BYTES, sizeBytes - id3v1) ? id3v1 + size : id3v1;
}

/** Four frames of MPEG 1 layer 3, 128 kbit/s, 44.1 kHz. */
function silence(): Uint8Array {
  const frameBytes = 417;
  const frames = new Uint8Array(4 * frameBytes);
  for (let at = 0; at < frames.length; at += frameBytes) frames.set([0xff, 0xfb, 0x90, 0xc4], at);
  return frames;
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
