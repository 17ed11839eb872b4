/**
 * Extended attributes, with the limits and namespaces of Linux. Packed in the order of their names: the name's length (one
 * byte), the name, the value's length (four bytes, little-endian), the value.
 * @see https://man7.org/linux/man-pages/man7/xattr.7.html
 */
import type { Node } from '../ports.ts';
import { damagedStore } from '../recipe.ts';
import { bytesOf, type Name } from './names.ts';
import { nodeOf, type TreeContext } from './nodes.ts';
import { PosixError } from './posix-error.ts';

/** `create`: fail where it is there; `replace`: fail where it is not. */
export type AttributeFlag = 'create' | 'replace';

const MOST_NAME_BYTES = 255;
const MOST_VALUE_BYTES = 65_536;
/** What a list of names can be, each with its end. */
const MOST_LIST_BYTES = 65_536;
/** Of all attributes of a node. Chosen: a value of the greatest length and some more; ext4 has room for a block. */
const MOST_BYTES = 128 << 10;
const NAMESPACES = ['user.', 'trusted.', 'security.'];

/** @throws PosixError ENODATA, ERANGE, EOPNOTSUPP, EINVAL, ESTALE */
export function getAttribute(context: TreeContext, id: number, name: Name): Uint8Array {
  const node = nodeOf(context, id);
  const value = unpack(node).get(keyOf(node, name, 'ENODATA'));
  if (value === undefined) throw new PosixError('ENODATA');
  return value;
}

/** In the order of their bytes. @throws PosixError ESTALE */
export function listAttributes(context: TreeContext, id: number): Uint8Array[] {
  return [...unpack(nodeOf(context, id)).keys()].map((name) => Buffer.from(name, 'latin1'));
}

/**
 * A value that is there already changes nothing, not even a time, as on ext4.
 * @throws PosixError EEXIST, ENODATA, E2BIG, ENOSPC, ERANGE, EOPNOTSUPP, ESTALE; EPERM for `user.` on other than files and folders
 */
export function setAttribute(
  context: TreeContext,
  id: number,
  name: Name,
  value: Uint8Array,
  flag?: AttributeFlag,
): void {
  const node = nodeOf(context, id);
  const key = keyOf(node, name, 'EPERM');
  if (value.length > MOST_VALUE_BYTES) throw new PosixError('E2BIG');
  const attributes = unpack(node);
  const old = attributes.get(key);
  if (flag === 'create' && old !== undefined) throw new PosixError('EEXIST');
  if (flag === 'replace' && old === undefined) throw new PosixError('ENODATA');
  if (old !== undefined && Buffer.compare(old, value) === 0) return;
  save(context, id, attributes.set(key, value));
}

/** @throws PosixError ENODATA, EPERM, ERANGE, EOPNOTSUPP, ESTALE */
export function removeAttribute(context: TreeContext, id: number, name: Name): void {
  const node = nodeOf(context, id);
  const attributes = unpack(node);
  if (!attributes.delete(keyOf(node, name, 'EPERM'))) throw new PosixError('ENODATA');
  save(context, id, attributes);
}

function save({ database, nowNs }: TreeContext, id: number, attributes: ReadonlyMap<string, Uint8Array>): void {
  const listed = [...attributes.keys()].reduce((sum, name) => sum + name.length + 1, 0);
  const packed = pack(attributes);
  if (listed > MOST_LIST_BYTES || packed.length > MOST_BYTES) throw new PosixError('ENOSPC');
  database.changeNode(id, { attributes: packed.length > 0 ? packed : null, ctimeNs: nowNs() });
}

/** The name as it is kept: a character for each byte. */
function keyOf({ kind }: Node, name: Name, forbidden: 'ENODATA' | 'EPERM'): string {
  const bytes = bytesOf(name);
  if (bytes.length === 0 || bytes.length > MOST_NAME_BYTES) throw new PosixError('ERANGE');
  const key = Buffer.from(bytes).toString('latin1');
  const space = NAMESPACES.find((prefix) => key.startsWith(prefix));
  if (space === 'user.' && kind !== 'file' && kind !== 'folder') throw new PosixError(forbidden);
  if (space === undefined) throw new PosixError('EOPNOTSUPP');
  if (key === space || key.includes('\0')) throw new PosixError('EINVAL');
  return key;
}

/** @param attributes by names, one character a byte */
export function pack(attributes: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const sorted = [...attributes].sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = sorted.flatMap(([name, value]) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(value.length);
    return [Uint8Array.of(name.length), Buffer.from(name, 'latin1'), length, value];
  });
  return Buffer.concat(parts);
}

/** @throws AppError `store/damaged` */
function unpack({ id, attributes }: Node): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  const bytes = Buffer.from(attributes ?? []);
  for (let at = 0; at < bytes.length; ) {
    const value = at + 1 + bytes.readUInt8(at) + 4;
    const end = value > bytes.length ? value : value + bytes.readUInt32LE(value - 4);
    if (end > bytes.length) throw damagedStore(`The extended attributes of node ${id} are not whole.`);
    found.set(bytes.toString('latin1', at + 1, value - 4), bytes.subarray(value, end));
    at = end;
  }
  return found;
}
