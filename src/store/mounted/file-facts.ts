/**
 * What the store knows of a file, as extended attributes that can be read and not set. They are not listed, so that programs
 * which copy attributes leave them alone.
 */
import type { Node, StoreDatabase } from '../ports.ts';
import { unpackExtents } from '../recipe.ts';
import { bytesOf, type Name } from '../tree/names.ts';
import { PosixError } from '../tree/posix-error.ts';
import type { TreeStatistics } from '../tree/tree.ts';

const PREFIX = 'user.reprise.';

type Fact = 'state' | 'logical_bytes' | 'stored_bytes' | 'saved_bytes' | 'content_hash';

export function isFact(name: Name): boolean {
  return Buffer.from(bytesOf(name)).toString('latin1').startsWith(PREFIX);
}

/**
 * Of a folder, figures of the whole store. Of a file, `stored_bytes` are what it needs, of which other files may use
 * some, too; so only folders have `saved_bytes`.
 * @returns the value as text; @throws PosixError ENODATA where the node has no such fact
 */
export function createFileFacts(
  database: StoreDatabase,
  statistics: () => TreeStatistics,
): (node: Node, name: Name) => Uint8Array {
  return (node, name) => {
    const fact = Buffer.from(bytesOf(name)).toString('latin1').slice(PREFIX.length) as Fact;
    const value =
      node.kind === 'folder' ? ofStore(statistics(), fact) : node.kind === 'file' ? ofFile(database, node, fact) : null;
    if (value === null) throw new PosixError('ENODATA');
    return Buffer.from(String(value));
  };
}

function ofStore({ logicalBytes, storedBytes }: TreeStatistics, fact: Fact): number | null {
  if (fact === 'logical_bytes') return logicalBytes;
  if (fact === 'stored_bytes') return storedBytes;
  return fact === 'saved_bytes' ? logicalBytes - storedBytes : null;
}

function ofFile(database: StoreDatabase, { size, content, isRaw }: Node, fact: Fact): string | number | null {
  if (fact === 'state') return isRaw ? 'raw' : content === null ? 'empty' : 'shared';
  if (fact === 'logical_bytes') return size;
  if (fact === 'stored_bytes') return isRaw ? size : content === null ? 0 : neededBytes(database, content);
  if (fact !== 'content_hash' || content === null) return null;
  const hash = database.content(content)?.hash;
  return hash === undefined ? null : `sha256:${Buffer.from(hash).toString('hex')}`;
}

/** Bytes of blobs that a content uses, those that it uses several times counted once. */
function neededBytes(database: StoreDatabase, content: number): number {
  const extents = database.pagesOf(content).flatMap((page) => [...unpackExtents(page)]);
  const sorted = extents.filter(({ blob }) => blob !== 0).sort((a, b) => a.blob - b.blob || a.offset - b.offset);
  let [bytes, blob, end] = [0, 0, 0];
  for (const extent of sorted) {
    if (extent.blob !== blob) [blob, end] = [extent.blob, 0];
    const from = Math.max(end, extent.offset);
    end = Math.max(end, extent.offset + extent.length);
    bytes += Math.max(0, end - from);
  }
  return bytes;
}
