/**
 * Reads blobs out of packs, block by block, each checked. Blocks that were read lately are kept, and blocks that follow
 * one another are read in one go. A blob may be moved to another pack at any time by a collection of garbage elsewhere: what
 * is not where it was said to be is looked up once more before it counts as damaged.
 */
import type { AppError } from '#kernel';
import {
  BLOCK_BYTES,
  checkedBlock,
  placeOfBlock,
  STORED_BLOCK_BYTES,
  sizeOfBlock,
  storedBlockBytes,
} from './blocks.ts';
import type { Blob, StoreFiles } from './ports.ts';
import { damagedStore } from './recipe.ts';

export interface BlobReader {
  /** Bytes that a blob holds; undefined where there is none of this number. */
  sizeOf(blob: number): number | undefined;
  /**
   * Fills `into` with the blob's bytes from `offset` on.
   * @throws AppError `store/damaged`, `store/missing-piece`
   */
  read(blob: number, offset: number, into: Uint8Array): void;
  /** Forgets what was read, as blobs were moved or given up. */
  forget(): void;
}

/** Blocks that are kept: 8 MB. Chosen. */
const KEPT_BLOCKS = 512;
const KEPT_PLACES = 4096;
/** Blocks read in one go at most: 256 KiB. Chosen. */
const MOST_AT_ONCE = 16;
/** A blob has fewer blocks than this. */
const BLOCKS_OF_BLOB = 128;

export function packName(pack: number): string {
  return `packs/${String(pack).padStart(8, '0')}`;
}

export interface BlobReaderOptions {
  /** Whole blocks are kept as well as parts of blocks: for who reads what was read just now a second time. */
  readonly keepsWhole?: boolean;
}

/** @param find where a blob lies */
export function createBlobReader(
  files: StoreFiles,
  find: (blob: number) => Blob | undefined,
  { keepsWhole = false }: BlobReaderOptions = {},
): BlobReader {
  const places = new Map<number, Blob>();
  const blocks = createBlockCache();
  const stored = new Uint8Array(MOST_AT_ONCE * STORED_BLOCK_BYTES);

  function place(blob: number): Blob | undefined {
    const known = places.get(blob);
    if (known !== undefined) return known;
    const found = find(blob);
    if (found === undefined) return undefined;
    if (places.size === KEPT_PLACES) places.clear();
    places.set(blob, found);
    return found;
  }

  /** Reads blocks [first, first + count) of a blob. @returns what is wrong with the first that is not sound */
  function load(blob: Blob, first: number, count: number, take: TakeBlock): AppError | undefined {
    let length = 0;
    for (let n = first; n < first + count; n++) length += storedBlockBytes(n, blob.length);
    const read = files.read(packName(blob.pack), blob.offset + placeOfBlock(first), stored.subarray(0, length));
    for (let n = first, at = 0; n < first + count; n++) {
      const end = at + storedBlockBytes(n, blob.length);
      const bytes = end <= read ? checkedBlock(blob.id, n, stored.subarray(at, end)) : undefined;
      if (bytes === undefined) return damagedBlock(blob, n);
      take(n, bytes);
      at = end;
    }
    return undefined;
  }

  function loadAnew(blob: Blob, first: number, count: number, take: TakeBlock): void {
    let trouble: unknown;
    try {
      trouble = load(blob, first, count, take);
      if (trouble === undefined) return;
    } catch (error) {
      trouble = error;
    }
    places.delete(blob.id);
    const moved = place(blob.id);
    const isElsewhere = moved !== undefined && (moved.pack !== blob.pack || moved.offset !== blob.offset);
    const again = isElsewhere ? load(moved, first, count, take) : trouble;
    if (again !== undefined) throw again;
  }

  /** How many blocks from this one on, of those wanted, are not kept. */
  function lacking(blob: Blob, n: number, wanted: number): number {
    let count = 0;
    while (count < Math.min(MOST_AT_ONCE, wanted) && !blocks.has(keyOf(blob.id, n + count))) count++;
    return count;
  }

  /** Copies what of block `n` lies in [offset, offset + into.length) of its blob to its place. */
  function deliver(n: number, bytes: Uint8Array, offset: number, into: Uint8Array): number {
    const start = n * BLOCK_BYTES;
    const from = Math.max(0, offset - start);
    const part = bytes.subarray(from, Math.min(bytes.length, offset + into.length - start));
    into.set(part, start + from - offset);
    return part.length;
  }

  return {
    sizeOf: (blob) => place(blob)?.length,
    read(id, offset, into) {
      const blob = place(id);
      if (blob === undefined) throw damagedStore(`Blob ${id} is not there.`);
      if (offset + into.length > blob.length)
        throw damagedStore(`Blob ${id} ends before byte ${offset + into.length}.`);
      const end = offset + into.length;
      for (let at = offset; at < end; ) {
        const n = Math.floor(at / BLOCK_BYTES);
        const kept = blocks.get(keyOf(id, n));
        if (kept !== undefined) {
          deliver(n, kept, offset, into);
          at = (n + 1) * BLOCK_BYTES;
          continue;
        }
        loadAnew(blob, n, lacking(blob, n, Math.ceil(end / BLOCK_BYTES) - n), (block, bytes) => {
          const length = deliver(block, bytes, offset, into);
          at = (block + 1) * BLOCK_BYTES;
          if (keepsWhole || length < bytes.length) blocks.put(keyOf(id, block), bytes);
        });
      }
    },
    forget() {
      places.clear();
      blocks.clear();
    },
  };
}

type TakeBlock = (n: number, bytes: Uint8Array) => void;

function keyOf(blob: number, n: number): number {
  return blob * BLOCKS_OF_BLOB + n;
}

function damagedBlock(blob: Blob, n: number): AppError {
  const from = n * BLOCK_BYTES;
  return damagedStore(
    `Blob ${blob.id} is damaged in its bytes ${from} to ${from + sizeOfBlock(n, blob.length)} ` +
      `(${packName(blob.pack)} from ${blob.offset} on).`,
  );
}

/** Blocks that were used lately, each in memory that is taken when it is first wanted and then kept. */
function createBlockCache() {
  const memory: Uint8Array[] = [];
  /** By key, the slot; the least recently used first. */
  const slots = new Map<number, number>();
  const lengths = new Int32Array(KEPT_BLOCKS);
  return {
    has: (key: number) => slots.has(key),
    get(key: number): Uint8Array | undefined {
      const slot = slots.get(key);
      if (slot === undefined) return undefined;
      slots.delete(key);
      slots.set(key, slot);
      return memory[slot]!.subarray(0, lengths[slot]!);
    },
    put(key: number, bytes: Uint8Array): void {
      const slot = slots.get(key) ?? (slots.size < KEPT_BLOCKS ? slots.size : oldest());
      slots.set(key, slot);
      lengths[slot] = bytes.length;
      memory[slot] ??= new Uint8Array(BLOCK_BYTES);
      memory[slot].set(bytes);
    },
    clear: () => slots.clear(),
  };

  function oldest(): number {
    const [[key, slot]] = slots as unknown as [[number, number]];
    slots.delete(key);
    return slot;
  }
}
