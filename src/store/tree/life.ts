/** Nodes from being opened to their end, and what is made safe on the way. */
import { AppError } from '#kernel';
import type { Node } from '../ports.ts';
import { changeWithSize } from './bytes.ts';
import { nodeOf, type TreeContext } from './nodes.ts';
import { PosixError } from './posix-error.ts';
import { forget } from './remove.ts';
import type { OpenOptions, TreeStatistics } from './tree.ts';

/** @throws PosixError ESTALE, EISDIR for a folder to be written, ELOOP for a symbolic link */
export function open(context: TreeContext, id: number, options: OpenOptions): Node {
  const { write = false, truncate = false, losesSetBits = false } = options;
  const node = nodeOf(context, id);
  if (node.kind === 'folder' && (write || truncate)) throw new PosixError('EISDIR');
  if (node.kind === 'symlink') throw new PosixError('ELOOP');
  const opened = truncate && node.kind === 'file' ? changeWithSize(context, id, { size: 0, losesSetBits }) : node;
  context.opens.add(id);
  return opened;
}

/** Nobody uses the node any more. */
export function forgetUnnamed(context: TreeContext, id: number): void {
  const { database } = context;
  if (database.node(id)?.links === 0) database.transact(() => forgetOrphan(context, id));
}

/** In a transaction. */
export function forgetOrphan(context: TreeContext, id: number): void {
  const node = context.database.node(id);
  if (node?.links === 0) forget(context, node);
}

/** First the bytes, then the tables that say where they are. */
export function sync(context: TreeContext, id: number): void {
  if (nodeOf(context, id).isRaw) context.raws.sync(id);
  context.database.sync();
}

export function recover(context: TreeContext): void {
  const { database, raws } = context;
  for (const id of database.orphans()) {
    try {
      database.transact(() => forgetOrphan(context, id));
    } catch (error) {
      // What is damaged stays for the repair.
      if (!(error instanceof AppError) || error.kind !== 'corrupt') throw error;
    }
  }
  raws.settle();
  raws.recover();
}

export function statistics({ database, files }: TreeContext): TreeStatistics {
  const { files: fileCount, folders, logicalBytes, rawBytes, blobBytes } = database.totals();
  return { ...files.space(), nodes: fileCount + folders, logicalBytes, storedBytes: rawBytes + blobBytes };
}
