/**
 * Keeps all that is whole of a damaged store. The tables are whole again when this begins (see `StoreTables`); files without a
 * name get one, counts are counted anew, and the index is made to know every blob that can be read and no other, so that what is
 * damaged is stored anew when it comes again. Files that lack bytes stay, with the bytes that they have.
 */
import { createHash } from 'node:crypto';
import { AppError, type Progress } from '#kernel';
import { createBlobReader, packName } from './blob-reader.ts';
import { HEADER_BYTES, packBlob, storedBytes } from './blocks.ts';
import { breathe } from './breathe.ts';
import type { NamedNodes } from './named-nodes.ts';
import type { Node, StoreFiles, StoreParts, TableRepair } from './ports.ts';
import { unpackExtents } from './recipe.ts';
import { reindex } from './reindex.ts';
import type { RepairReport } from './reports.ts';
import { BLANK, ROOT } from './tree/nodes.ts';
import type { Tree } from './tree/tree.ts';
import { headerOf, verifyStore } from './verify.ts';

const AT_ONCE = 1000;
const FOUND_FOLDER = 'lost+found';
const COPIED_BYTES = 1 << 20;

export async function repairStore(
  parts: StoreParts,
  tree: Tree,
  names: NamedNodes,
  tables: TableRepair,
  options: { readonly signal: AbortSignal; readonly progress: Progress },
): Promise<RepairReport> {
  if (tables.lostRows > 0) {
    adoptPacks(parts);
    adoptBytes(parts);
  }
  if (tables.isRebuilt) keepAllPacks(parts);
  tree.recover();
  mendHeaders(parts);
  const foundFiles = await nameTheNameless(parts, tree, options.signal);
  const { hit, problems, damagedBlobs } = await verifyStore(parts, names, { ...options, readData: true });
  using _held = parts.lock.take();
  const damaged = new Set(damagedBlobs);
  if (damaged.size > 0) {
    parts.anchors.keep((blob) => !damaged.has(blob));
    forgetUnused(parts, damaged);
  }
  const indexedBlobs = await reindex(parts, options);
  const { isRebuilt, lostRows } = tables;
  return { isRebuilt, lostRows, foundFiles, indexedBlobs, hit, problems };
}

/** A blob whose bytes are all sound gets the header again that it ought to have. */
function mendHeaders(parts: StoreParts): void {
  const { database, files, lock } = parts;
  using _held = lock.take();
  const reader = createBlobReader(files, database.blob);
  for (const blob of allOf(database.blobsAfter)) {
    try {
      if (headerOf(parts, blob) !== undefined) continue;
      const bytes = new Uint8Array(blob.length);
      reader.read(blob.id, 0, bytes);
      const header = packBlob(blob.id, bytes, createHash('sha256').update(bytes).digest()).subarray(0, HEADER_BYTES);
      files.write(packName(blob.pack), blob.offset, header);
      files.sync(packName(blob.pack));
    } catch (error) {
      // Of a damaged blob nothing is made to look sound.
      if (!(error instanceof AppError) || error.kind !== 'corrupt') throw error;
    }
  }
}

/**
 * What lies in packs beyond what the tables say may have been acknowledged before they were damaged, so that the next
 * writer must not cut it off. A collection of garbage gives it back.
 */
function keepAllPacks({ database, files }: StoreParts): void {
  const lengths = new Map(database.packs().map(({ id, length }) => [id, length]));
  database.transact(() => {
    for (const name of files.names('packs')) {
      const id = Number(name);
      const size = files.size(`packs/${name}`) ?? 0;
      if (Number.isSafeInteger(id) && id > 0 && size > (lengths.get(id) ?? 0)) database.putPack({ id, length: size });
    }
  });
  database.sync();
}

/** Damaged blobs that no file needs any more trouble nobody; their bytes go with the next collection of garbage. */
function forgetUnused({ database }: StoreParts, damaged: ReadonlySet<number>): void {
  database.transact(() => {
    const unused = new Set(damaged);
    try {
      for (const { id } of allOf(database.contentsAfter))
        for (const { blob } of database.pagesOf(id).flatMap(unpackExtents)) unused.delete(blob);
    } catch (error) {
      // What a damaged recipe needs nobody knows, so all of them stay.
      if (error instanceof AppError && error.kind === 'corrupt') return;
      throw error;
    }
    for (const blob of unused) database.dropBlob(blob);
  });
  database.sync();
}

/** Packs of which the tables know nothing more than blobs in them. */
function adoptPacks({ database }: StoreParts): void {
  const known = new Set(database.packs().map(({ id }) => id));
  const lengths = new Map<number, number>();
  for (const { pack, offset, length } of allOf(database.blobsAfter))
    if (!known.has(pack)) lengths.set(pack, Math.max(lengths.get(pack) ?? 0, offset + storedBytes(length)));
  database.transact(() => {
    for (const [id, length] of lengths) database.putPack({ id, length });
  });
}

/** What a file held of which the tables know nothing more becomes a file again, without a name. */
function adoptBytes({ database, files, nowNs }: StoreParts): void {
  const now = nowNs();
  const blank = { ...BLANK, kind: 'file' as const, mode: 0o600, atimeNs: now, mtimeNs: now, ctimeNs: now };
  const held = new Set(allOf(database.nodesAfter).map(({ content }) => content));
  database.transact(() => {
    for (const { id, size } of allOf(database.contentsAfter))
      if (!held.has(id)) database.addNode({ ...blank, content: id, size });
    for (const name of files.names('raw')) {
      if (!/^[1-9]\d{0,15}$/.test(name) || database.node(Number(name)) !== undefined) continue;
      const size = files.size(`raw/${name}`) ?? 0;
      copyRaw(files, name, String(database.addNode({ ...blank, isRaw: true, size })), size);
    }
  });
  database.sync();
}

function copyRaw(files: StoreFiles, from: string, to: string, size: number): void {
  const piece = new Uint8Array(Math.min(COPIED_BYTES, size));
  for (let at = 0; at < size; at += piece.length) {
    const length = files.read(`raw/${from}`, at, piece);
    files.write(`raw/${to}`, at, piece.subarray(0, length));
  }
  if (size > 0) files.sync(`raw/${to}`);
}

function allOf<T extends { readonly id: number }>(next: (after: number, most: number) => readonly T[]): T[] {
  const all: T[] = [];
  for (;;) {
    const some = next(all.at(-1)?.id ?? 0, AT_ONCE);
    all.push(...some);
    if (some.length < AT_ONCE) return all;
  }
}

/** Nodes that no folder names come into `lost+found`; how many names each has is counted anew. */
async function nameTheNameless({ database }: StoreParts, tree: Tree, signal: AbortSignal): Promise<number> {
  const names = new Map<number, number>();
  const subfolders = new Map<number, number>();
  const nodes: Node[] = [];
  for (let after = 0; ; ) {
    const some = database.nodesAfter(after, AT_ONCE);
    nodes.push(...some);
    for (const { id, kind } of some) {
      if (kind !== 'folder') continue;
      for (const { node } of database.soundEntries(id)) {
        names.set(node, (names.get(node) ?? 0) + 1);
        if (database.node(node)?.kind === 'folder') subfolders.set(id, (subfolders.get(id) ?? 0) + 1);
      }
    }
    await breathe(signal);
    if (some.length < AT_ONCE) break;
    after = some.at(-1)?.id ?? after;
  }
  const nameless = nodes.filter(({ id }) => id !== ROOT && !names.has(id));
  database.transact(() => {
    for (const { id, kind, links } of nodes) {
      const counted = kind === 'folder' ? 2 + (subfolders.get(id) ?? 0) : (names.get(id) ?? 0);
      if (links !== counted) database.changeNode(id, { links: counted });
    }
    if (nameless.length === 0) return;
    const folder = tree.acts.ensureFolder(ROOT, FOUND_FOLDER, { mode: 0o700, uid: 0, gid: 0 });
    for (const { id, kind } of nameless) {
      const name = Buffer.from(String(id));
      if (database.entry(folder.id, name) !== undefined) continue;
      database.addEntry(folder.id, name, id);
      database.changeNode(id, kind === 'folder' ? { parent: folder.id } : { links: 1 });
      if (kind === 'folder') database.changeNode(folder.id, { links: (database.node(folder.id)?.links ?? 2) + 1 });
    }
  });
  database.sync();
  return nameless.length;
}
