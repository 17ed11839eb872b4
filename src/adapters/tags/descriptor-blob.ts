/**
 * An open descriptor in the shape of a `Blob`, which is how music-metadata takes random access without
 * ever seeing a file name. Reads are positional and go through one small window, so that a parser that
 * nibbles four bytes at a time costs one system call a window. What may be read in all is limited: a file
 * made to send a parser round in circles ends in an error.
 */
import { AppError } from '#kernel';
import { fill } from './bytes.ts';

/** Chosen: larger than nearly every tag without a picture, small where a parser hops from block to block. */
const WINDOW_BYTES = 16 * 1024;
/** Largest single value; a FLAC picture block ends at 16 MiB. Chosen. */
const LARGEST_READ_BYTES = 64 * 1024 * 1024;
/** Reads in all. Long WavPack and Matroska files need some thousands. Chosen. */
const MOST_READS = 200_000;

/** What of `Blob` a tokenizer uses. The descriptor stays open and belongs to the caller. */
export interface DescriptorBlob {
  readonly size: number;
  readonly type: string;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/**
 * `sizeBytes` bytes of descriptor `fd`; bytes that have vanished
 * since then read as zeros. Reading throws `tags/unreadable` over the limits, and what the system throws.
 */
export function blobOfDescriptor(fd: number, sizeBytes: number): DescriptorBlob {
  const window = new Uint8Array(WINDOW_BYTES);
  let windowStart = 0;
  let windowLength = 0;
  let readsLeft = MOST_READS;

  const read = (start: number, length: number): ArrayBuffer => {
    readsLeft--;
    if (readsLeft < 0 || length > LARGEST_READ_BYTES) throw tooMuch();
    const target = new Uint8Array(length);
    if (length > WINDOW_BYTES) {
      fill(fd, target, start);
      return target.buffer;
    }
    if (start < windowStart || start + length > windowStart + windowLength) {
      windowStart = start;
      windowLength = fill(fd, window, start);
    }
    target.set(window.subarray(start - windowStart, Math.min(start - windowStart + length, windowLength)));
    return target.buffer;
  };

  return {
    size: sizeBytes,
    type: '',
    slice: (start, end) => ({ arrayBuffer: async () => read(start, end - start) }),
  };
}

function tooMuch(): AppError {
  return new AppError('tags/unreadable', 'The tags ask for more reading than tags can need.', { kind: 'corrupt' });
}
