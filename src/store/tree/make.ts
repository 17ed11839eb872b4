/** New nodes, and new names for old ones. */
import type { Node, NodeKind } from '../ports.ts';
import { bytesOf, checkedName, dotsOf, type Name } from './names.ts';
import { BLANK, findNamed, folderOf, MODE_BITS, nodeOf, type TreeContext, touch } from './nodes.ts';
import { PosixError } from './posix-error.ts';
import { rawName } from './raw-files.ts';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface NewFolder extends Owner {
  readonly mode: number;
}

export interface NewNode extends NewFolder {
  readonly kind: Exclude<NodeKind, 'folder' | 'symlink'>;
  /** Of a device, as `makedev` puts it together. */
  readonly device?: number;
  /** A file that is going to be written to at once. */
  readonly isLive?: boolean;
}

const SET_GROUP = 0o2000;
/** With its end; so long is what a system call can be given. @see symlink(2) */
const PATH_MAX = 4096;

/** @throws PosixError EEXIST, ENOENT, ENOTDIR, ENAMETOOLONG, EINVAL, ESTALE */
export function make(context: TreeContext, folder: number, name: Name, asked: NewNode): Node {
  const { kind, device = 0, isLive = false, ...rest } = asked;
  const isDevice = kind === 'character-device' || kind === 'block-device';
  const node = add(context, folder, name, { ...rest, kind, device: isDevice ? device : 0, isRaw: isLive, isLive });
  if (!isLive) return node;
  context.files.truncate(rawName(node.id), 0);
  context.raws.noteLive(node.id);
  // The time of its raw file is its own from now on, and a new file has but one.
  const { mtimeNs } = nodeOf(context, node.id);
  const times = { atimeNs: mtimeNs, mtimeNs, ctimeNs: mtimeNs };
  context.database.changeNode(node.id, times);
  return { ...node, ...times };
}

/** @throws as {@link make} */
export function mkdir(context: TreeContext, folder: number, name: Name, options: NewFolder): Node {
  return add(context, folder, name, { ...options, kind: 'folder', links: 2, parent: folder });
}

/** @throws as {@link make}; ENOENT where it says nothing, ENAMETOOLONG from 4096 bytes on */
export function symlink(context: TreeContext, folder: number, name: Name, target: Name, owner: Owner): Node {
  const bytes = bytesOf(target);
  if (bytes.length === 0) throw new PosixError('ENOENT');
  if (bytes.length >= PATH_MAX) throw new PosixError('ENAMETOOLONG');
  if (bytes.includes(0)) throw new PosixError('EINVAL');
  return add(context, folder, name, { ...owner, kind: 'symlink', mode: 0o777, target: bytes, size: bytes.length });
}

/** Another name for a node. @throws as {@link make}; EPERM for a folder, ENOENT for what has no name any more */
export function link(context: TreeContext, id: number, folder: number, name: Name): Node {
  const node = nodeOf(context, id);
  const bytes = freeName(context, folder, name);
  if (node.kind === 'folder') throw new PosixError('EPERM');
  if (node.links === 0) throw new PosixError('ENOENT');
  const now = context.nowNs();
  const change = { links: node.links + 1, ctimeNs: now };
  context.database.changeNode(id, change);
  context.database.addEntry(folder, bytes, id);
  touch(context, folder, now);
  return { ...node, ...change };
}

/** Adds a node under a new name. A folder with the set-group-id bit gives its group to what is made in it. */
export function add(
  context: TreeContext,
  folder: number,
  name: Name,
  given: Partial<Node> & Pick<Node, 'kind' | 'mode' | 'uid' | 'gid'>,
): Node {
  const { database } = context;
  const bytes = freeName(context, folder, name);
  const above = folderOf(context, folder);
  const now = context.nowNs();
  const times = { atimeNs: now, mtimeNs: now, ctimeNs: now };
  const fields = { ...BLANK, ...times, ...given, mode: given.mode & MODE_BITS };
  const isFolder = given.kind === 'folder';
  if ((above.mode & SET_GROUP) !== 0) {
    fields.gid = above.gid;
    if (isFolder) fields.mode |= SET_GROUP;
  }
  const id = database.addNode(fields);
  database.addEntry(folder, bytes, id);
  database.changeNode(folder, { links: above.links + (isFolder ? 1 : 0), mtimeNs: now, ctimeNs: now });
  return { ...fields, id };
}

/** A name that can be given in a folder. */
function freeName(context: TreeContext, folder: number, name: Name): Uint8Array {
  const { links } = folderOf(context, folder);
  if (dotsOf(name) > 0) throw new PosixError('EEXIST');
  const bytes = checkedName(name);
  if (findNamed(context, folder, bytes) !== undefined) throw new PosixError('EEXIST');
  // A folder that was removed, and is open.
  if (links === 0) throw new PosixError('ENOENT');
  return bytes;
}
