/**
 * Writes new bytes as blobs, one after another into packs. Pieces are laid together until a blob is full, so that a
 * million small pieces are not a million blobs. Nothing counts until the caller commits it: whoever writes next cuts off
 * what lies beyond the committed length of a pack. The caller holds the store's lock.
 */
import { createHash } from 'node:crypto';
import type { Anchor } from '#chunking';
import { packName } from './blob-reader.ts';
import { MOST_BLOB_BYTES, packBlob } from './blocks.ts';
import type { Blob, Pack, StoreDatabase, StoreFiles } from './ports.ts';
import type { Extent } from './recipe.ts';

/** Bytes after which a pack is full. Chosen: what a collection of garbage writes anew at once. */
const FULL_PACK = 64 << 20;

export interface BlobAnchor extends Anchor {
  readonly blob: number;
}

export interface BlobWriter {
  /** Takes a piece of new data. @returns where it went: one extent, or several where a blob was full */
  add(bytes: Uint8Array): readonly Extent[];
  /** The blob in hand, which is in no pack yet. */
  readonly open: { readonly blob: number; readonly bytes: Uint8Array };
  /** Blobs that are in packs and not committed, by number. */
  readonly written: ReadonlyMap<number, Blob>;
  /** The numbers of {@link written}, both ends included; `last` is below `first` where there are none. */
  readonly span: { readonly first: number; readonly last: number };
  /** Bytes in {@link written}. */
  readonly writtenBytes: number;
  /** Puts the blob in hand into its pack, and brings everything to the disk. */
  finish(): void;
  /** Records everything written. In the caller's transaction, after {@link finish}. */
  record(): void;
  /** What was recorded is committed. */
  committed(): void;
}

/** @param avoided packs to which nothing may be added, as they are to go */
export function createBlobWriter(
  files: StoreFiles,
  database: StoreDatabase,
  avoided: ReadonlySet<number> = new Set(),
): BlobWriter {
  const packs = new Map<number, Pack>();
  const written = new Map<number, Blob>();
  const bytes = new Uint8Array(MOST_BLOB_BYTES);
  let used = 0;
  let writtenBytes = 0;
  let blob = database.nextBlob();
  let pack = continuedPack(files, database, avoided);
  let isNewPack = files.size(packName(pack.id)) === undefined;

  function close(): void {
    if (used === 0) return;
    const content = bytes.subarray(0, used);
    if (pack.length >= FULL_PACK) {
      pack = { id: pack.id + 1, length: 0 };
      isNewPack = true;
    }
    const stored = packBlob(blob, content, createHash('sha256').update(content).digest());
    files.write(packName(pack.id), pack.length, stored);
    written.set(blob, { id: blob, pack: pack.id, offset: pack.length, length: used });
    writtenBytes += used;
    pack = { id: pack.id, length: pack.length + stored.length };
    packs.set(pack.id, pack);
    blob += 1;
    used = 0;
  }

  return {
    add(piece) {
      const extents: Extent[] = [];
      for (let done = 0; done < piece.length; ) {
        if (used === MOST_BLOB_BYTES) close();
        const part = piece.subarray(done, done + MOST_BLOB_BYTES - used);
        bytes.set(part, used);
        extents.push({ blob, offset: used, length: part.length });
        used += part.length;
        done += part.length;
      }
      return extents;
    },
    get open() {
      return { blob, bytes: bytes.subarray(0, used) };
    },
    written,
    get span() {
      return { first: blob - written.size, last: blob - 1 };
    },
    get writtenBytes() {
      return writtenBytes;
    },
    finish() {
      close();
      for (const { id } of packs.values()) files.sync(packName(id));
      if (isNewPack && packs.size > 0) {
        files.syncFolder('packs');
        files.syncFolder('.');
        isNewPack = false;
      }
    },
    record() {
      for (const one of written.values()) database.addBlob(one);
      for (const one of packs.values()) database.putPack(one);
    },
    committed() {
      written.clear();
      packs.clear();
      writtenBytes = 0;
    },
  };
}

/** The pack that is not full, without what was never committed to it. */
function continuedPack(files: StoreFiles, database: StoreDatabase, avoided: ReadonlySet<number>): Pack {
  const next = database.nextPack();
  for (let id = next; files.size(packName(id)) !== undefined; id++) files.remove(packName(id));
  const last = database.packs().at(-1);
  if (last === undefined || last.length >= FULL_PACK || avoided.has(last.id)) return { id: next, length: 0 };
  const size = files.size(packName(last.id)) ?? 0;
  // One that is shorter than it ought to be is damaged; what is written there would be, too.
  if (size < last.length) return { id: next, length: 0 };
  if (size > last.length) files.truncate(packName(last.id), last.length);
  return last;
}
