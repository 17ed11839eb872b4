/** What all acts upon the tree share: the parts they stand on, and nodes that must be there. */
import type { ContentReader } from '../contents.ts';
import type { Entry, Node, StoreDatabase, StoreFiles } from '../ports.ts';
import { damagedStore } from '../recipe.ts';
import { bytesOf, type Name } from './names.ts';
import type { OpenNodes } from './open-nodes.ts';
import { PosixError } from './posix-error.ts';
import type { RawFiles } from './raw-files.ts';

export interface TreeContext {
  readonly files: StoreFiles;
  readonly database: StoreDatabase;
  readonly contents: ContentReader;
  /** Nanoseconds since 1970. */
  readonly nowNs: () => bigint;
  readonly opens: OpenNodes;
  readonly raws: RawFiles;
  /** Does something that no transaction of another thread may come between. */
  readonly alone: <T>(work: () => T) => T;
  /** Called between the pieces of long work. @throws PosixError EINTR where nobody waits for it any more */
  readonly checkWanted: () => void;
  /** Called before so many bytes are copied. @throws PosixError ENOSPC */
  readonly checkRoom: (bytes: number) => void;
}

/** The folder that everything lies in. */
export const ROOT = 1;
/** Permission bits, with set-user-id, set-group-id and sticky. */
export const MODE_BITS = 0o7777;
const SECOND_NS = 1_000_000_000n;

/** A node without a place, with nothing in it. */
export const BLANK: Omit<Node, 'id' | 'kind' | 'atimeNs' | 'mtimeNs' | 'ctimeNs'> = {
  ...{ mode: 0, uid: 0, gid: 0, links: 1, size: 0, device: 0, parent: 0 },
  ...{ target: null, content: null, isRaw: false, isLive: false, attributes: null },
};

export interface RootOptions {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly nowNs: bigint;
}

/** Makes the root folder of a new store, in the caller's transaction. */
export function makeRoot(database: StoreDatabase, { mode, uid, gid, nowNs }: RootOptions): void {
  const times = { atimeNs: nowNs, mtimeNs: nowNs, ctimeNs: nowNs };
  const node = { ...BLANK, ...times, kind: 'folder' as const, mode: mode & MODE_BITS, uid, gid, links: 2 };
  const id = database.addNode({ ...node, parent: ROOT });
  if (id !== ROOT) throw new Error(`The root folder became node ${id}: the store is not new.`);
}

/** @throws PosixError ESTALE */
export function nodeOf({ database }: TreeContext, id: number): Node {
  const node = database.node(id);
  if (node !== undefined) return node;
  // This one is never removed.
  if (id === ROOT) throw damagedStore('The root folder is not there.');
  throw new PosixError('ESTALE');
}

/** @throws PosixError ESTALE, ENOTDIR */
export function folderOf(context: TreeContext, id: number): Node {
  const node = nodeOf(context, id);
  if (node.kind !== 'folder') throw new PosixError('ENOTDIR');
  return node;
}

/** A file with bytes. @throws PosixError ESTALE, EISDIR, EINVAL */
export function fileOf(context: TreeContext, id: number): Node {
  return withBytes(nodeOf(context, id));
}

/** The same for less: of a live file, size and times are old. */
export function storedFileOf({ database }: TreeContext, id: number): Node {
  const node = database.storedNode(id);
  if (node === undefined) throw new PosixError('ESTALE');
  return withBytes(node);
}

function withBytes(node: Node): Node {
  if (node.kind === 'folder') throw new PosixError('EISDIR');
  if (node.kind !== 'file') throw new PosixError('EINVAL');
  return node;
}

/** What a name in a folder stands for; undefined where there is no such name. */
export function findNamed(context: TreeContext, folder: number, name: Name): Node | undefined {
  const entry = context.database.entry(folder, bytesOf(name));
  return entry && namedBy(context, folder, entry);
}

/** @throws AppError `store/damaged` where the node is not there */
export function namedBy({ database }: TreeContext, folder: number, { node: id }: Entry): Node {
  const node = database.node(id);
  if (node === undefined) throw damagedStore(`Folder ${folder} names node ${id}, which is not there.`);
  return node;
}

/**
 * When a node changes that is as given. Later than its last change, however coarse the clock, unless the clock was set
 * back: who saw the node can tell that it is another now.
 */
export function changeTime({ nowNs }: TreeContext, { ctimeNs }: Node): bigint {
  const now = nowNs();
  return now <= ctimeNs && ctimeNs - now < SECOND_NS ? ctimeNs + 1n : now;
}

/** Something in the folder has changed. */
export function touch({ database }: TreeContext, folder: number, now: bigint): void {
  database.changeNode(folder, { mtimeNs: now, ctimeNs: now });
}
