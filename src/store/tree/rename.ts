/**
 * Another name for a node, in one step with what stood there before. The order of the checks is that of Linux, which
 * decides which error is told where there are several.
 * @see https://man7.org/linux/man-pages/man2/rename.2.html
 */
import type { Node } from '../ports.ts';
import { checkedName, dotsOf, type Name } from './names.ts';
import { findNamed, folderOf, type TreeContext, touch } from './nodes.ts';
import { PosixError } from './posix-error.ts';
import { isEmpty, loseName } from './remove.ts';

/** `noReplace`: fail where the new name is taken; `exchange`: swap the two. */
export type RenameFlag = 'noReplace' | 'exchange';

/** A name in a folder, and what it stands for. */
interface Place {
  readonly folder: Node;
  readonly name: Uint8Array;
  readonly node: Node | undefined;
}

type Taken = Place & { readonly node: Node };

/**
 * @throws PosixError ENOENT, EEXIST, ENOTEMPTY, EISDIR, ENOTDIR, ENAMETOOLONG, ESTALE; EINVAL where a folder would come to
 * lie in itself, EBUSY for `.` and `..`
 */
export function rename(
  context: TreeContext,
  fromFolder: number,
  fromName: Name,
  toFolder: number,
  toName: Name,
  flag?: RenameFlag,
): void {
  const folders = [folderOf(context, fromFolder), folderOf(context, toFolder)] as const;
  if (dotsOf(fromName) > 0) throw new PosixError('EBUSY');
  if (dotsOf(toName) > 0) throw new PosixError(flag === 'noReplace' ? 'EEXIST' : 'EBUSY');
  const from = placeOf(context, folders[0], fromName);
  if (!isTaken(from)) throw new PosixError('ENOENT');
  const to = placeOf(context, folders[1], toName);
  if (flag === 'noReplace' && isTaken(to)) throw new PosixError('EEXIST');
  if (flag === 'exchange' && !isTaken(to)) throw new PosixError('ENOENT');
  if (isWithin(context, to.folder, from.node)) throw new PosixError('EINVAL');
  if (isTaken(to) && isWithin(context, from.folder, to.node))
    throw new PosixError(flag === 'exchange' ? 'EINVAL' : 'ENOTEMPTY');
  if (from.node.id === to.node?.id) return;
  if (flag === 'exchange' && isTaken(to)) exchange(context, from, to);
  else move(context, from, to);
}

function move(context: TreeContext, from: Taken, to: Place): void {
  const { database } = context;
  if (isTaken(to)) checkReplaceable(context, from.node, to.node);
  else if (to.folder.links === 0) throw new PosixError('ENOENT');
  const now = context.nowNs();
  database.dropEntry(from.folder.id, from.name);
  if (isTaken(to)) {
    database.dropEntry(to.folder.id, to.name);
    loseName(context, to.node, now);
    if (to.node.kind === 'folder') addLinks(context, to.folder, -1);
  }
  settleIn(context, from.node, from.folder, to, now);
  for (const { folder } of [from, to]) touch(context, folder.id, now);
}

function exchange(context: TreeContext, from: Taken, to: Taken): void {
  const now = context.nowNs();
  for (const { folder, name } of [from, to]) context.database.dropEntry(folder.id, name);
  settleIn(context, from.node, from.folder, to, now);
  settleIn(context, to.node, to.folder, from, now);
  for (const { folder } of [from, to]) touch(context, folder.id, now);
}

/** Gives a node its new name, and a folder its new `..`. */
function settleIn(context: TreeContext, node: Node, old: Node, { folder, name }: Place, now: bigint): void {
  context.database.addEntry(folder.id, name, node.id);
  const hasMoved = node.kind === 'folder' && old.id !== folder.id;
  context.database.changeNode(node.id, { ctimeNs: now, ...(hasMoved && { parent: folder.id }) });
  if (!hasMoved) return;
  addLinks(context, old, -1);
  addLinks(context, folder, 1);
}

function checkReplaceable(context: TreeContext, node: Node, old: Node): void {
  const isFolder = old.kind === 'folder';
  if (node.kind === 'folder' && !isFolder) throw new PosixError('ENOTDIR');
  if (node.kind !== 'folder' && isFolder) throw new PosixError('EISDIR');
  if (isFolder && !isEmpty(context, old)) throw new PosixError('ENOTEMPTY');
}

function addLinks({ database }: TreeContext, { id }: Node, by: 1 | -1): void {
  database.changeNode(id, { links: (database.node(id) as Node).links + by });
}

function placeOf(context: TreeContext, folder: Node, name: Name): Place {
  const bytes = checkedName(name);
  return { folder, name: bytes, node: findNamed(context, folder.id, bytes) };
}

function isTaken(place: Place): place is Taken {
  return place.node !== undefined;
}

/** Is the folder another node, or somewhere below it? */
function isWithin({ database }: TreeContext, folder: Node, other: Node): boolean {
  if (other.kind !== 'folder') return false;
  const seen = new Set<number>();
  for (let at: Node | undefined = folder; at !== undefined && !seen.has(at.id); at = database.node(at.parent)) {
    if (at.id === other.id) return true;
    seen.add(at.id);
  }
  return false;
}

/**
 * Brings the bytes of raw files to the disk that a rename is about to move, so that after a power cut a name stands for the
 * old bytes or the new ones, as with `auto_da_alloc` of ext4. Outside the transaction, for it may take long.
 */
export function syncMoved(
  context: TreeContext,
  fromFolder: number,
  from: Name,
  toFolder: number,
  to: Name,
  flag?: RenameFlag,
): void {
  const moved = [
    movedRaw(context, fromFolder, from),
    flag === 'exchange' ? movedRaw(context, toFolder, to) : undefined,
  ];
  for (const id of moved) if (id !== undefined) context.raws.sync(id);
}

function movedRaw(context: TreeContext, folder: number, name: Name): number | undefined {
  // What else may be wrong the rename itself finds out.
  if (context.database.node(folder)?.kind !== 'folder') return undefined;
  const node = context.database.view(() => findNamed(context, folder, name));
  return node?.isRaw ? node.id : undefined;
}
