/**
 * Gives back what nothing uses. Marks which ranges of which blobs recipes use; packs of which enough is unused are written
 * anew without it: the used ranges go into new blobs, recipes are changed to them, and then the old pack goes.
 * Beside readers: a recipe and its blobs change in one transaction, and the old pack is removed after it, so who reads
 * by the old recipe finds that it is gone and asks again. Beside writers: only who adds to packs waits, as it
 * does for any other. A crash leaves ranges that are there twice, for the next collection.
 */
import { anchorsOf, COMPARED_BYTES, createGear, type Gear, WINDOW_BYTES } from '#chunking';
import { AppError, type Progress } from '#kernel';
import { type BlobReader, createBlobReader, packName } from './blob-reader.ts';
import { type BlobAnchor, type BlobWriter, createBlobWriter } from './blob-writer.ts';
import { storedBytes } from './blocks.ts';
import { breathe } from './breathe.ts';
import type { Blob, Pack, RecipePage, StoreParts } from './ports.ts';
import { type BlobRanges, createBlobRanges } from './ranges.ts';
import { damagedStore, type Extent, packExtents, unpackExtents } from './recipe.ts';

export interface CollectOptions {
  /** Says what would be given back, and does nothing. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

export interface CollectReport {
  /** Bytes of packs before and after. */
  readonly packBytesBefore: number;
  readonly packBytesAfter: number;
  readonly blobsRemoved: number;
  readonly packsRemoved: number;
  /** Bytes that were written anew. */
  readonly movedBytes: number;
  /** Packs that are left as they are because something in them is damaged. */
  readonly keptDamaged: readonly string[];
}

/** Of a pack, the share that must be unused for it to be written anew. Chosen: less than a quarter is not worth the writing. */
const WORTH_WRITING = 0.25;
const CONTENTS_AT_ONCE = 500;

export async function collectGarbage(parts: StoreParts, options: CollectOptions): Promise<CollectReport> {
  const { database, lock } = parts;
  await lock.whenFree(options.signal);
  using _held = lock.take();
  // What a damaged row does not say to be used would go.
  const [damage] = database.damages();
  if (damage !== undefined) throw damagedStore(`Nothing is collected where tables are damaged: ${damage}`);
  const used = await mark(parts, options);
  const packs = database.packs();
  const before = packs.reduce((sum, { length }) => sum + length, 0);
  const worth = packs.filter((pack) => isWorthWriting(parts, pack, used));
  if (options.dryRun) return foreseen(parts, used, worth, before);
  const tally = { blobsRemoved: 0, packsRemoved: 0, movedBytes: 0, keptDamaged: [] as string[] };
  if (worth.length > 0) await rewrite(parts, options, used, worth, tally);
  removeStrays(parts);
  const after = database.packs().reduce((sum, { length }) => sum + length, 0);
  return { packBytesBefore: before, packBytesAfter: after, ...tally };
}

/** Which ranges recipes use. */
async function mark({ database }: StoreParts, { signal, progress }: CollectOptions): Promise<BlobRanges> {
  const used = createBlobRanges();
  let items = 0;
  for (let after = 0; ; ) {
    const contents = database.contentsAfter(after, CONTENTS_AT_ONCE);
    for (const { id } of contents) {
      for (const page of database.pagesOf(id)) {
        for (const { blob, offset, length } of unpackExtents(page)) used.add(blob, offset, offset + length);
      }
    }
    items += contents.length;
    after = contents.at(-1)?.id ?? 0;
    progress({ stage: 'Looking at what is used', items });
    await breathe(signal);
    if (contents.length < CONTENTS_AT_ONCE) return used;
  }
}

function isWorthWriting({ database }: StoreParts, pack: Pack, used: BlobRanges): boolean {
  const live = database.blobsOfPack(pack.id).reduce((sum, { id }) => sum + used.bytesOf(id), 0);
  return pack.length - live > pack.length * WORTH_WRITING;
}

function foreseen({ database }: StoreParts, used: BlobRanges, worth: readonly Pack[], before: number): CollectReport {
  const blobs = worth.flatMap(({ id }) => database.blobsOfPack(id));
  const moved = blobs.reduce((sum, { id }) => sum + used.bytesOf(id), 0);
  const gone = worth.reduce((sum, { length }) => sum + length, 0);
  return {
    packBytesBefore: before,
    packBytesAfter: before - gone + storedBytes(moved),
    blobsRemoved: blobs.filter(({ id }) => !used.has(id)).length,
    packsRemoved: worth.length,
    movedBytes: moved,
    keptDamaged: [],
  };
}

interface Tally {
  blobsRemoved: number;
  packsRemoved: number;
  movedBytes: number;
  readonly keptDamaged: string[];
}

/** Where a range of an old blob went. */
interface Moved {
  readonly from: number;
  readonly to: number;
  readonly extents: readonly Extent[];
}

async function rewrite(
  parts: StoreParts,
  options: CollectOptions,
  used: BlobRanges,
  worth: readonly Pack[],
  tally: Tally,
): Promise<void> {
  const { files, database, anchors } = parts;
  const gear = createGear(database.settings.chunks, WINDOW_BYTES, COMPARED_BYTES);
  const reader = createBlobReader(files, database.blob);
  const moved = new Map<number, readonly Moved[]>();
  const gone: { pack: Pack; blobs: readonly Blob[] }[] = [];
  const writer = createBlobWriter(files, database, new Set(worth.map(({ id }) => id)));
  const found: BlobAnchor[] = [];

  function commit(): void {
    writer.finish();
    database.transact(() => writer.record());
    database.sync();
    const { first, last } = writer.span;
    writer.committed();
    if (last >= first) anchors.add(found, first, last);
    found.length = 0;
  }

  for (const pack of worth) {
    const blobs = database.blobsOfPack(pack.id);
    try {
      const places = blobs.map(({ id }) => [id, moveBlob(id, { used, reader, writer, gear, found })] as const);
      for (const [id, ranges] of places) {
        moved.set(id, ranges);
        tally.movedBytes += used.bytesOf(id);
      }
      gone.push({ pack, blobs });
    } catch (error) {
      // What is damaged stays where it is, for repair and for whoever wants the rest of it.
      if (!(error instanceof AppError) || error.kind !== 'corrupt') throw error;
      tally.keptDamaged.push(packName(pack.id));
    }
    commit();
    options.progress({ stage: 'Writing anew', items: gone.length, totalItems: worth.length });
    await breathe(options.signal);
  }
  await changeRecipes(parts, options, moved);
  database.transact(() => {
    for (const { pack, blobs } of gone) {
      for (const { id } of blobs) database.dropBlob(id);
      database.dropPack(pack.id);
    }
  });
  database.sync();
  anchors.keep((blob) => !moved.has(blob));
  for (const { pack, blobs } of gone) {
    files.remove(packName(pack.id));
    tally.packsRemoved += 1;
    tally.blobsRemoved += blobs.filter(({ id }) => !used.has(id)).length;
  }
}

/** Files of packs that no row knows any more, or yet: what a crash has left of a collection, or of a writer. */
function removeStrays({ files, database }: StoreParts): void {
  const known = new Set(database.packs().map(({ id }) => id));
  const isStray = (id: number): boolean => !known.has(id) && database.blobsOfPack(id).length === 0;
  const ids = files.names('packs').filter((name) => /^\d{8,15}$/.test(name));
  const strays = ids.map(Number).filter(isStray);
  if (strays.length === 0) return;
  database.sync();
  for (const id of strays) files.remove(packName(id));
}

interface Move {
  readonly used: BlobRanges;
  readonly reader: BlobReader;
  readonly writer: BlobWriter;
  readonly gear: Gear;
  readonly found: BlobAnchor[];
}

function moveBlob(blob: number, { used, reader, writer, gear, found }: Move): readonly Moved[] {
  return used.of(blob).map(({ from, to }) => {
    const bytes = new Uint8Array(to - from);
    reader.read(blob, from, bytes);
    const extents = writer.add(bytes);
    let start = 0;
    for (const extent of extents) {
      for (const { at, key } of anchorsOf(gear, bytes.subarray(start, start + extent.length)))
        found.push({ key, blob: extent.blob, at: extent.offset + at });
      start += extent.length;
    }
    return { from, to, extents };
  });
}

/** Each content in a transaction of its own, so that nobody waits for long. */
async function changeRecipes(
  { database }: StoreParts,
  { signal, progress }: CollectOptions,
  moved: ReadonlyMap<number, readonly Moved[]>,
): Promise<void> {
  let items = 0;
  for (let after = 0; ; ) {
    const contents = database.contentsAfter(after, CONTENTS_AT_ONCE);
    for (const { id } of contents) {
      const isHit = (page: RecipePage): boolean => unpackExtents(page).some(({ blob }) => moved.has(blob));
      if (!database.pagesOf(id).some(isHit)) continue;
      database.transact(() => {
        // It may have gone, or been written anew, since it was looked at.
        const pages = database.content(id) === undefined ? [] : database.pagesOf(id).filter(isHit);
        const changed = pages.map((page) => ({ ...page, extents: packExtents(movedExtents(page, moved)) }));
        for (const page of changed) database.addPage(page);
      });
    }
    items += contents.length;
    after = contents.at(-1)?.id ?? 0;
    progress({ stage: 'Changing recipes', items });
    await breathe(signal);
    if (contents.length < CONTENTS_AT_ONCE) break;
  }
  database.sync();
}

function movedExtents(page: RecipePage, moved: ReadonlyMap<number, readonly Moved[]>): Extent[] {
  return unpackExtents(page).flatMap((extent) => {
    const ranges = moved.get(extent.blob);
    if (ranges === undefined) return [extent];
    const range = ranges.find(({ from, to }) => from <= extent.offset && extent.offset < to)!;
    return part(range.extents, extent.offset - range.from, extent.length);
  });
}

/** `length` bytes from `skipped` on of what the extents give. */
function part(extents: readonly Extent[], skipped: number, length: number): Extent[] {
  const out: Extent[] = [];
  let start = 0;
  for (const { blob, offset, length: size } of extents) {
    const from = Math.max(start, skipped);
    const to = Math.min(start + size, skipped + length);
    if (from < to) out.push({ blob, offset: offset + from - start, length: to - from });
    start += size;
  }
  return out;
}
