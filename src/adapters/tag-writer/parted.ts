/** What every container is asked for. */
import type { ByteSource } from '#filing';
import { AppError, displayPath } from '#kernel';

/** Bytes, one piece after the other. */
export type Pieces = Iterable<Uint8Array>;

/** A file whose sound and tags are told apart. */
export interface Parted {
  /** Of the container, as people call it. */
  readonly form: string;
  /** All that is heard and how it is to be read, the same whatever tags stand around it. */
  sound(): Pieces;
  /** All tags and pictures, the same whatever sound they stand beside. */
  tags(): Pieces;
  /** The whole file with the tags of another of this form in the place of its own. */
  taking(other: ByteSource): Pieces;
}

/** A file that is not of any use here: AppError `swap/unsupported`. */
export function unsupported({ path }: ByteSource, says: string): AppError {
  return new AppError('swap/unsupported', `${displayPath(path)} ${says}.`, {
    kind: 'unsupported',
    hint: 'Nothing was changed. Replace it by hand if you want the better sound.',
  });
}

/** A file that contradicts itself: AppError `swap/damaged`. */
export function damaged({ path }: ByteSource, says: string): AppError {
  return new AppError('swap/damaged', `${displayPath(path)} is damaged: ${says}.`, {
    kind: 'unsupported',
    hint: 'Nothing was changed.',
  });
}

/** What is held in memory of tags and tables at most. Chosen: pictures of many megabytes are real, more is no tag. */
const MOST_BYTES = 256 << 20;

/** Exactly these bytes. @throws AppError `swap/damaged` where the file ends before */
export function bytesAt(file: ByteSource, start: number, length: number): Uint8Array {
  if (length > MOST_BYTES) throw unsupported(file, 'has larger tables or tags than are held in memory');
  if (start + length > file.sizeBytes) throw damaged(file, 'it ends before its time');
  return file.read(start, start + length);
}

const PIECE_BYTES = 1 << 20;

/** A range of a file. @throws AppError `swap/damaged` where the file ends before */
export function* piecesOf(file: ByteSource, start: number, end: number): Pieces {
  for (let at = start; at < end; at += PIECE_BYTES) yield bytesAt(file, at, Math.min(PIECE_BYTES, end - at));
}

/** All in one. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Text of bytes as Latin-1: marks and names of four letters. */
export function markAt(bytes: Uint8Array, at: number, length = 4): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

/** The bytes of a mark. */
export function markOf(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A number of 32 bits. */
export function uint32(value: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value, littleEndian);
  return bytes;
}
