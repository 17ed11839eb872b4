/** Names go, and with its last name a node. */
import type { Node } from '../ports.ts';
import { checkedName, dotsOf, type Name } from './names.ts';
import { findNamed, folderOf, type TreeContext, touch } from './nodes.ts';
import { PosixError } from './posix-error.ts';

/** @throws PosixError ENOENT, EISDIR, ENOTDIR, ENAMETOOLONG, EINVAL, ESTALE */
export function unlink(context: TreeContext, folder: number, name: Name): void {
  folderOf(context, folder);
  if (dotsOf(name) > 0) throw new PosixError('EISDIR');
  const node = named(context, folder, name);
  if (node.kind === 'folder') throw new PosixError('EISDIR');
  const now = context.nowNs();
  context.database.dropEntry(folder, checkedName(name));
  touch(context, folder, now);
  loseName(context, node, now);
}

/** @throws PosixError ENOENT, ENOTDIR, ENOTEMPTY, EINVAL for `.`, ENAMETOOLONG, ESTALE */
export function rmdir(context: TreeContext, folder: number, name: Name): void {
  const { links } = folderOf(context, folder);
  const dots = dotsOf(name);
  if (dots > 0) throw new PosixError(dots === 1 ? 'EINVAL' : 'ENOTEMPTY');
  const node = named(context, folder, name);
  if (node.kind !== 'folder') throw new PosixError('ENOTDIR');
  if (!isEmpty(context, node)) throw new PosixError('ENOTEMPTY');
  const now = context.nowNs();
  context.database.dropEntry(folder, checkedName(name));
  context.database.changeNode(folder, { links: links - 1, mtimeNs: now, ctimeNs: now });
  loseName(context, node, now);
}

export function isEmpty({ database }: TreeContext, folder: Node): boolean {
  return database.countEntries(folder.id) === 0;
}

/** What becomes of a node whose name was taken away: with its last one it goes, unless it is open. */
export function loseName(context: TreeContext, node: Node, now: bigint): void {
  const links = node.kind === 'folder' ? 0 : node.links - 1;
  if (links === 0 && !context.opens.has(node.id)) forget(context, node);
  else context.database.changeNode(node.id, { links, ctimeNs: now });
}

/** Drops a node that has no name, and what it holds. */
export function forget({ database, raws }: TreeContext, node: Node): void {
  if (node.content !== null) database.dropContent(node.content);
  database.dropNode(node.id);
  raws.spare(node);
}

function named(context: TreeContext, folder: number, name: Name): Node {
  const node = findNamed(context, folder, checkedName(name));
  if (node === undefined) throw new PosixError('ENOENT');
  return node;
}
