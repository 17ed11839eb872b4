/** What an import does to the tree: it replaces what stands in its way, and keeps the times that it was told. */
import type { Node } from '../ports.ts';
import { pack } from './attributes.ts';
import { add, mkdir, type NewFolder } from './make.ts';
import { checkedName, type Name } from './names.ts';
import { findNamed, folderOf, type TreeContext } from './nodes.ts';
import { PosixError } from './posix-error.ts';
import { unlink } from './remove.ts';

export interface NewFile extends NewFolder {
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
  /** What it holds; null for a hole of `size` bytes. */
  readonly content: number | null;
  readonly size: number;
  /** By names, one character a byte. They are not checked. */
  readonly attributes?: ReadonlyMap<string, Uint8Array>;
}

/** The folder of that name, made where there is none; one that is there stays as it is. @throws PosixError ENOTDIR … */
export function ensureFolder(context: TreeContext, folder: number, name: Name, options: NewFolder): Node {
  folderOf(context, folder);
  const found = findNamed(context, folder, checkedName(name));
  if (found === undefined) return mkdir(context, folder, name, options);
  if (found.kind !== 'folder') throw new PosixError('ENOTDIR');
  return found;
}

/** A new file, in place of what had its name. @throws PosixError EISDIR where that is a folder … */
export function addFile(context: TreeContext, folder: number, name: Name, { attributes, ...file }: NewFile): Node {
  folderOf(context, folder);
  if (findNamed(context, folder, checkedName(name)) !== undefined) unlink(context, folder, name);
  const packed = attributes !== undefined && attributes.size > 0 ? pack(attributes) : null;
  return add(context, folder, name, { ...file, kind: 'file', attributes: packed });
}

/**
 * The file's bytes are those of a content from now on, and its raw file goes; times stay. Does nothing where the file has
 * changed since it was seen as `seen`.
 * @returns whether it was done
 */
export function share(context: TreeContext, seen: Node, content: number): boolean {
  const { database, raws } = context;
  const node = database.node(seen.id);
  if (!node?.isRaw || node.isLive || node.size !== seen.size) return false;
  if (node.mtimeNs !== seen.mtimeNs || node.ctimeNs !== seen.ctimeNs) return false;
  database.changeNode(seen.id, { content, isRaw: false });
  raws.spare(node);
  return true;
}
