/** Modes, owners, sizes and times. */
import { invariant } from '#kernel';
import type { Node } from '../ports.ts';
import { changeTime, MODE_BITS, nodeOf, type TreeContext } from './nodes.ts';
import { PosixError } from './posix-error.ts';

/** What is not given stays. */
export interface NodeChange {
  readonly mode?: number | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** Of a file, in bytes. */
  readonly size?: number | undefined;
  readonly atimeNs?: bigint | undefined;
  readonly mtimeNs?: bigint | undefined;
  /** Takes off the set-user-id bit, and the set-group-id bit of what the group may run, as writing by others does. */
  readonly losesSetBits?: boolean;
}

const SET_USER = 0o4000;
const SET_GROUP = 0o2000;
const GROUP_MAY_RUN = 0o010;
/** Times that fit into 64 bits; what lies beyond becomes the nearest that does, as on other file systems. */
const MOST_NS = 2n ** 63n - 1n;

/**
 * All at once. A new owner or group takes the set-user-id bit off whatever is no folder, and the set-group-id bit off
 * what the group may run, unless a mode is given beside; whoever asks.
 * @throws PosixError ESTALE; EOPNOTSUPP for the mode of a symbolic link; EISDIR, EINVAL, EFBIG for the size
 */
export function change(context: TreeContext, id: number, asked: NodeChange): Node {
  const node = nodeOf(context, id);
  const changes = changesOf(node, asked, changeTime(context, node));
  if (asked.size !== undefined) Object.assign(changes, resized(context, node, asked.size));
  if (Object.keys(changes).length > 0) context.database.changeNode(id, changes);
  return { ...node, ...changes };
}

function changesOf(node: Node, asked: NodeChange, now: bigint): Partial<Node> {
  const { mode, uid, gid, size, atimeNs, mtimeNs, losesSetBits = false } = asked;
  if (mode !== undefined && node.kind === 'symlink') throw new PosixError('EOPNOTSUPP');
  const isGiven = [mode, uid, gid, size, atimeNs, mtimeNs].some((value) => value !== undefined);
  if (!isGiven && !losesSetBits) return {};
  const isTaken = losesSetBits || uid !== undefined || gid !== undefined;
  const modified = mtimeNs ?? (size === undefined ? undefined : now);
  return {
    ctimeNs: now,
    mode: mode !== undefined ? mode & MODE_BITS : isTaken ? withoutSetBits(node) : node.mode,
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    ...(atimeNs !== undefined && { atimeNs: clamped(atimeNs) }),
    ...(modified !== undefined && { mtimeNs: clamped(modified), isLive: false }),
  };
}

/** Its mode, as it is after it was written to by somebody who is not root. */
export function withoutSetBits({ kind, mode }: Node): number {
  if (kind === 'folder') return mode;
  const isGroupCleared = (mode & GROUP_MAY_RUN) !== 0;
  return mode & ~(SET_USER | (isGroupCleared ? SET_GROUP : 0));
}

/** A file that shares its bytes can only become empty here, and one that is raw not at all. */
function resized(context: TreeContext, node: Node, size: number): Partial<Node> {
  if (node.content === null || size === node.size) return { size, isRaw: false };
  invariant(size === 0, `File ${node.id} is cut although it shares its bytes.`);
  context.database.dropContent(node.content);
  return { size, content: null };
}

function clamped(time: bigint): bigint {
  if (time > MOST_NS) return MOST_NS;
  return time < -MOST_NS ? -MOST_NS : time;
}
