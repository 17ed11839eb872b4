/**
 * The blobs of ripfs: `blobs/aa/bb/…`, named by the MD5 of what they hold. Before the first byte of one is believed, all
 * of it is hashed, in pieces; what came out is remembered, of a bounded number of blobs. Beyond that number the one that
 * was not asked for longest is forgotten, and hashed anew when it is needed.
 */
import { createHash } from 'node:crypto';
import { AppError, type BytePath, joinPath } from '#kernel';
import type { Damaged, RandomFile, RandomReader } from './ports.ts';
import type { SharedPiece } from './recipe.ts';

export interface RipfsBlobs {
  /** Is the blob there, and long enough? Reads nothing of it. @throws what `damaged` makes, where not */
  measure(piece: SharedPiece, damaged: Damaged): void;
  /** For reading. By its hash it holds what it held. @throws what `damaged` makes, where not */
  open(blob: string, damaged: Damaged): RandomFile;
}

interface Known {
  readonly sizeBytes: number;
  /** Does it hold what its name says? `undefined` where it was not read yet. */
  readonly isWhole: boolean | undefined;
}

/** Blobs that are remembered. Chosen: some 20 MB, and a blob is a recording. */
const MOST_KNOWN = 1 << 17;
const READ_BYTES = 1 << 20;

/** @param folder the old store's `blobs` */
export function createRipfsBlobs(reader: RandomReader, folder: BytePath, mostKnown: number = MOST_KNOWN): RipfsBlobs {
  const known = new Map<string, Known>();
  let buffer: Uint8Array | undefined;

  function remember(blob: string, about: Known): Known {
    known.delete(blob);
    known.set(blob, about);
    const oldest = known.size > mostKnown ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    return about;
  }

  function openUnread(blob: string, damaged: Damaged): RandomFile {
    const name = nameOf(blob);
    try {
      return reader.open(joinPath(folder, name as BytePath));
    } catch (error) {
      const code = error instanceof AppError ? error.code : '';
      if (code === 'files/missing') throw damaged(`its part blobs/${name} is missing`, error);
      if (code === 'files/not-regular') throw damaged(`its part blobs/${name} is no file`, error);
      throw error;
    }
  }

  function isWhole(blob: string, file: RandomFile): boolean {
    buffer ??= new Uint8Array(READ_BYTES);
    const hash = createHash('md5');
    for (let at = 0; at < file.sizeBytes; ) {
      const got = file.read(at, buffer);
      if (got === 0) return false;
      hash.update(buffer.subarray(0, got));
      at += got;
    }
    return hash.digest('hex') === blob;
  }

  return {
    measure({ blob, offset, length }, damaged) {
      let about = known.get(blob);
      if (about === undefined) {
        using file = openUnread(blob, damaged);
        about = remember(blob, { sizeBytes: file.sizeBytes, isWhole: undefined });
      }
      if (length > about.sizeBytes - offset)
        throw damaged(`its part blobs/${nameOf(blob)} is shorter than its recipe says`);
    },
    open(blob, damaged) {
      const file = openUnread(blob, damaged);
      try {
        const { sizeBytes } = file;
        const before = known.get(blob);
        const isKnown = before?.isWhole !== undefined && before.sizeBytes === sizeBytes;
        const now = isKnown ? before : { sizeBytes, isWhole: isWhole(blob, file) };
        if (!remember(blob, now).isWhole) throw damaged(`its part blobs/${nameOf(blob)} is damaged`);
        return file;
      } catch (error) {
        file[Symbol.dispose]();
        throw error;
      }
    },
  };
}

function nameOf(blob: string): string {
  return `${blob.slice(0, 2)}/${blob.slice(2, 4)}/${blob.slice(4)}`;
}
