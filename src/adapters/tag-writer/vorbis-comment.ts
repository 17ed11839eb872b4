/**
 * The comments of FLAC and Ogg begin with the name of the encoder, which tells about the sound and not about the song.
 * @see https://xiph.org/vorbis/doc/v-comment.html
 */
import type { ByteSource } from '#filing';
import { damaged, joined, uint32, viewOf } from './parted.ts';

export interface Comment {
  readonly vendor: Uint8Array;
  /** The count of the fields, they themselves, and what stands behind them. */
  readonly rest: Uint8Array;
}

/** @throws AppError `swap/damaged` */
export function commentOf(file: ByteSource, bytes: Uint8Array): Comment {
  const length = bytes.length < 4 ? Number.POSITIVE_INFINITY : viewOf(bytes).getUint32(0, true);
  if (length + 8 > bytes.length) throw damaged(file, 'its comments break off');
  return { vendor: bytes.subarray(4, 4 + length), rest: bytes.subarray(4 + length) };
}

export function commentBytes(vendor: Uint8Array, rest: Uint8Array): Uint8Array {
  return joined(uint32(vendor.length, true), vendor, rest);
}
