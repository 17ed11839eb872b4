/** From names to nodes and back. */
import type { Entry, Node } from '../ports.ts';
import { checkedName, dotsOf, type Name, partsOf } from './names.ts';
import { findNamed, folderOf, namedBy, nodeOf, ROOT, type TreeContext } from './nodes.ts';
import { PosixError } from './posix-error.ts';

/** As many symbolic links as Linux follows on the way to one node. @see path_resolution(7) */
const MOST_LINKS = 40;
const SLASH = 0x2f;

/** @throws PosixError ENOENT, ENOTDIR, ENAMETOOLONG, EINVAL, ESTALE */
export function lookup(context: TreeContext, folder: number, name: Name): Node {
  const { id, parent } = folderOf(context, folder);
  const dots = dotsOf(name);
  if (dots > 0) return nodeOf(context, dots === 1 ? id : parent);
  const node = findNamed(context, id, checkedName(name));
  if (node === undefined) throw new PosixError('ENOENT');
  return node;
}

/**
 * Walks from the root, or from a symbolic link to what it says, up to the last part, which is not followed, unless a slash
 * stands behind it.
 */
export function resolve(context: TreeContext, path: Name): Node {
  const ahead = partsOf(path).reverse();
  if (path.length === 0) throw new PosixError('ENOENT');
  let node = nodeOf(context, ROOT);
  for (let links = 0, part = ahead.pop(); part !== undefined; part = ahead.pop()) {
    if (part.length === 0) continue;
    const found = lookup(context, node.id, part);
    if (found.kind !== 'symlink' || ahead.length === 0) {
      if (found.kind !== 'folder' && ahead.length > 0) throw new PosixError('ENOTDIR');
      node = found;
      continue;
    }
    if (++links > MOST_LINKS) throw new PosixError('ELOOP');
    const target = found.target ?? new Uint8Array();
    if (target[0] === SLASH) node = nodeOf(context, ROOT);
    ahead.push(...partsOf(target).reverse());
  }
  return node;
}

/** An entry of a folder with what it names. */
export interface Listed extends Omit<Entry, 'node'> {
  readonly node: Node;
}

/** The entries after a cookie, 0 to begin with. Without `.` and `..`. @throws PosixError ENOTDIR, ESTALE */
export function list(context: TreeContext, folder: number, cookie: number, most: number): Listed[] {
  const { id } = folderOf(context, folder);
  const entries = context.database.entriesAfter(id, cookie, most);
  return entries.map((entry) => ({ ...entry, node: namedBy(context, folder, entry) }));
}
