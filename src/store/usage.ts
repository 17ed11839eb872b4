/** What a store holds and what it costs, by the folders at its root: what each would take alone, and what it adds. */
import { breathe } from './breathe.ts';
import type { Node, ReadableParts, StoreTotals } from './ports.ts';
import { createBlobRanges } from './ranges.ts';
import { damagedStore, unpackExtents } from './recipe.ts';

export interface StoreUsage {
  readonly files: number;
  readonly folders: number;
  /** Bytes of all files as they are seen. */
  readonly logicalBytes: number;
  /** Bytes of all files of the store on the disk, and what the disk sets aside for them. */
  readonly storedBytes: number;
  readonly diskBytes: number;
  /** Different bytes that files hold: what a store without any cost would take. */
  readonly uniqueBytes: number;
  /** Of {@link storedBytes}, what is no recording: tables, their second copy, the index, checksums. */
  readonly overheadBytes: number;
  /** Bytes in packs that no file uses. */
  readonly unusedBytes: number;
  /** Files that are stored as they were written. */
  readonly rawFiles: number;
  readonly rawBytes: number;
  readonly blobs: number;
  readonly packs: number;
  readonly byFolder: readonly FolderUsage[];
}

export interface FolderUsage {
  readonly name: Uint8Array;
  readonly files: number;
  readonly logicalBytes: number;
  /** Different bytes in it. */
  readonly uniqueBytes: number;
  /** Bytes that only it uses, which would be given back if it went. */
  readonly ownBytes: number;
}

const ENTRIES_AT_ONCE = 500;
const ROOT = 1;

export async function storeUsage(
  parts: ReadableParts,
  sizes: { readonly storedBytes: number; readonly diskBytes: number },
  signal: AbortSignal,
): Promise<StoreUsage> {
  const { database } = parts;
  const tops = entriesOf(parts, ROOT);
  const named = new Set<number>();
  const all = createBlobRanges();
  /** Ranges by the folder, to tell what one alone uses. */
  const marks = new Map<number, { from: number; to: number; top: number }[]>();
  const byFolder: { name: Uint8Array; files: number; logicalBytes: number; uniqueBytes: number; ownBytes: number }[] =
    [];
  for (const [top, { name, node }] of tops.entries()) {
    const ranges = createBlobRanges();
    const usage = { name, files: 0, logicalBytes: 0, uniqueBytes: 0, ownBytes: 0 };
    for (const file of filesBelow(parts, node, named)) {
      usage.files += 1;
      usage.logicalBytes += file.size;
      if (file.content === null) continue;
      const pages = database.pagesOf(file.content);
      if (pages.reduce((sum, { length }) => sum + length, 0) !== file.size)
        throw damagedStore(`The recipe of content ${file.content} is not whole.`);
      for (const page of pages) {
        for (const { blob, offset, length } of unpackExtents(page))
          if (blob !== 0) ranges.add(blob, offset, offset + length);
      }
      if (usage.files % ENTRIES_AT_ONCE === 0) await breathe(signal);
    }
    for (const blob of ranges.blobs) {
      const held = marks.get(blob) ?? [];
      for (const { from, to } of ranges.of(blob)) {
        all.add(blob, from, to);
        held.push({ from, to, top });
      }
      marks.set(blob, held);
    }
    usage.uniqueBytes = ranges.bytes;
    byFolder.push(usage);
  }
  for (const held of marks.values()) addOwn(held, byFolder);
  const totals = await countAll(parts, named, signal);
  const { storedBytes, diskBytes } = sizes;
  return {
    ...totals,
    ...{ storedBytes, diskBytes },
    uniqueBytes: all.bytes,
    overheadBytes: storedBytes - totals.blobBytes - totals.rawBytes,
    unusedBytes: totals.blobBytes - all.bytes,
    byFolder: byFolder.sort((a, b) => b.logicalBytes - a.logicalBytes),
  };
}

/**
 * Like the totals of the tables, with each row checked on the way.
 * @param named nodes that must be among them: a damaged page can hide a row from who walks through all of them
 */
async function countAll({ database }: ReadableParts, named: Set<number>, signal: AbortSignal): Promise<StoreTotals> {
  const sums = { files: 0, folders: 0, logicalBytes: 0, rawFiles: 0, rawBytes: 0, blobs: 0, blobBytes: 0 };
  for (let after = 0; ; ) {
    const nodes = database.nodesAfter(after, ENTRIES_AT_ONCE);
    for (const { id, kind, size, isRaw } of nodes) {
      named.delete(id);
      sums.files += kind === 'file' ? 1 : 0;
      sums.folders += kind === 'folder' ? 1 : 0;
      sums.logicalBytes += kind === 'file' ? size : 0;
      sums.rawFiles += isRaw ? 1 : 0;
      sums.rawBytes += isRaw ? size : 0;
    }
    await breathe(signal);
    if (nodes.length < ENTRIES_AT_ONCE) break;
    after = nodes.at(-1)!.id;
  }
  if (named.size > 0) throw damagedStore(`Node ${[...named][0]} is not among the others.`);
  for (let after = 0; ; ) {
    const blobs = database.blobsAfter(after, ENTRIES_AT_ONCE);
    sums.blobs += blobs.length;
    sums.blobBytes += blobs.reduce((sum, { length }) => sum + length, 0);
    if (blobs.length < ENTRIES_AT_ONCE) break;
    after = blobs.at(-1)!.id;
  }
  return { ...sums, packs: database.packs().length };
}

/** Gives bytes that one folder alone uses to it. */
function addOwn(held: readonly { from: number; to: number; top: number }[], byFolder: { ownBytes: number }[]): void {
  const borders = [...new Set(held.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const starts = [...held].sort((a, b) => a.from - b.from);
  let next = 0;
  let open: typeof starts = [];
  for (let n = 0; n + 1 < borders.length; n++) {
    const [from, to] = [borders[n]!, borders[n + 1]!];
    open = open.filter((range) => range.to > from);
    while (next < starts.length && starts[next]!.from <= from) open.push(starts[next++]!);
    const [only, another] = open;
    if (only !== undefined && another === undefined) byFolder[only.top]!.ownBytes += to - from;
  }
}

function entriesOf({ database }: ReadableParts, folder: number) {
  const entries = [];
  for (let cookie = 0; ; ) {
    const some = database.entriesAfter(folder, cookie, ENTRIES_AT_ONCE);
    entries.push(...some);
    if (some.length < ENTRIES_AT_ONCE) return entries;
    cookie = some.at(-1)!.cookie;
  }
}

function* filesBelow(parts: ReadableParts, id: number, named: Set<number>): Generator<Node> {
  const node = parts.database.node(id);
  if (node === undefined) throw damagedStore(`Node ${id} is named, and not there.`);
  named.add(id);
  if (node.kind === 'file') yield node;
  if (node.kind !== 'folder') return;
  for (const { node: below } of entriesOf(parts, id)) yield* filesBelow(parts, below, named);
}
