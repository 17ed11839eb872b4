/**
 * The recipes of ripfs: what stands in `files` instead of a file. Records follow each other, numbers are little-endian:
 * 0, then the file's data up to the end, only as the first record · 1, MD5 of a blob (16 bytes), offset and length (8 bytes
 * each) · 2, length (8 bytes), then as many bytes of the file. There is no version, and nothing guards the bytes, so every
 * length is checked. A recipe is read once, from its beginning, in constant memory; the data in it go straight to who reads.
 */
import type { Bytes } from '../ingest.ts';
import type { Damaged } from './ports.ts';

export type RipfsPiece = OwnPiece | SharedPiece;

/** `length` bytes that stand in the recipe itself, raw or verbatim. */
export interface OwnPiece {
  readonly kind: 'own';
  readonly length: number;
}

/** `length` bytes from `offset` of a blob. */
export interface SharedPiece {
  readonly kind: 'shared';
  /** MD5, as 32 hexadecimal digits in lower case. */
  readonly blob: string;
  readonly offset: number;
  readonly length: number;
}

export interface RecipeReader {
  /**
   * The next piece; `undefined` after the last. What is left of the last piece's own bytes is passed by, except at the end
   * of the recipe, so that asking how long a raw file is reads one byte of it.
   */
  next(): RipfsPiece | undefined;
  /** Fills `into`, which is not longer than what is left, with the piece's own bytes, or a part of it. */
  read(into: Uint8Array): number;
}

const [RAW, SHARED, VERBATIM] = [0, 1, 2];
const HASH_BYTES = 16;
const NUMBER_BYTES = 8;
/** Chosen: recipes that ripfs makes have at most 254 references, some 8 kB. */
const BUFFER_BYTES = 16 << 10;

/** @param sizeBytes of the recipe; what lies beyond is no part of it */
export function readRecipe(bytes: Bytes, sizeBytes: number, damaged: Damaged): RecipeReader {
  const input = buffered(bytes);
  let at = 0;
  /** Bytes of the piece that were not read yet. */
  let own = 0;

  function take(length: number): DataView {
    const taken = length > sizeBytes - at ? undefined : input.take(length);
    if (taken === undefined) throw damaged('its recipe ends in the middle');
    at += length;
    return taken;
  }

  function read(into: Uint8Array): number {
    const length = input.read(into);
    if (length === 0) throw damaged('its recipe is shorter than it was');
    at += length;
    own -= length;
    return length;
  }

  function passBy(): void {
    const passed = new Uint8Array(Math.min(own, BUFFER_BYTES));
    while (own > 0) read(passed.subarray(0, Math.min(own, passed.length)));
  }

  function sharedPiece(): SharedPiece {
    const view = take(HASH_BYTES + 2 * NUMBER_BYTES);
    const blob = Buffer.from(view.buffer, view.byteOffset, HASH_BYTES).toString('hex');
    const offset = numberAt(view, HASH_BYTES);
    return { kind: 'shared', blob, offset, length: numberAt(view, HASH_BYTES + NUMBER_BYTES) };
  }

  function ownPiece(length: number): OwnPiece {
    if (length > sizeBytes - at) throw damaged('its recipe ends in the middle');
    own = length;
    return { kind: 'own', length };
  }

  return {
    next() {
      // A power cut can leave a file without its bytes: an empty file of ripfs is one byte long.
      if (sizeBytes === 0) throw damaged('its recipe is empty');
      if (own === sizeBytes - at) return undefined;
      passBy();
      const isFirst = at === 0;
      const type = take(1).getUint8(0);
      if (type === RAW && isFirst) return ownPiece(sizeBytes - at);
      if (type === SHARED) return sharedPiece();
      if (type === VERBATIM) return ownPiece(numberAt(take(NUMBER_BYTES), 0));
      throw damaged(`its recipe has something unknown at byte ${at - 1}`);
    },
    read,
  };
}

/** From 2^53 on not exact, and beyond the end of whatever it is compared with. */
function numberAt(view: DataView, place: number): number {
  return Number(view.getBigUint64(place, true));
}

/** Small pieces of the bytes at little cost, and large ones without a copy. */
function buffered(bytes: Bytes) {
  const buffer = new Uint8Array(BUFFER_BYTES);
  let [start, end] = [0, 0];
  return {
    /** Valid until the next call; undefined where the bytes end before. */
    take(length: number): DataView | undefined {
      if (end - start < length) {
        buffer.copyWithin(0, start, end);
        [start, end] = [0, end - start];
        for (let got = 1; got > 0 && end < length; end += got) got = bytes.read(buffer.subarray(end));
      }
      if (end - start < length) return undefined;
      start += length;
      return new DataView(buffer.buffer, start - length, length);
    },
    read(into: Uint8Array): number {
      if (start === end) return bytes.read(into);
      const part = buffer.subarray(start, Math.min(end, start + into.length));
      into.set(part);
      start += part.length;
      return part.length;
    },
  };
}
