/**
 * Files on their way in. Each grows in a folder of its own, which clients do not see, and gets its name when all of it is
 * there: a name stands for the old bytes or the new ones, whatever happens. What a crash leaves there is removed at the next
 * start; nobody else may write to the folder.
 */
import { randomUUID } from 'node:crypto';
import type { Node, Tree } from '#store';
import { inTree, isCode } from './errors.ts';

/** In the root of the store. */
export const UPLOADS = '.reprise-uploads';
/** Of every store. */
export const ROOT = 1;
/** Only its owner looks in, should the store be mounted some day. */
const MODE = 0o700;
/** So much is brought to the disk at a time, so that others do not wait long at the end. Chosen. */
const SYNC_BYTES = 64 << 20;
const MOST_LISTED = 100;

export interface Upload extends Disposable {
  readonly node: number;
  /** Takes bytes at the end. @throws an error of the library */
  add(bytes: Uint8Array): void;
  /** Gives it its name, in place of what was there. Its bytes survive a power cut from then on, if the name does. */
  finish(folder: number, name: Uint8Array, facts: UploadFacts): void;
}

export interface UploadFacts extends Pick<Node, 'mode' | 'uid' | 'gid'> {
  /** By default now. */
  readonly mtimeNs: bigint | undefined;
  readonly attributes: ReadonlyMap<Uint8Array, Uint8Array>;
}

export interface Uploads {
  /** Disposed of before it is finished, it leaves nothing behind. */
  begin(): Upload;
  /** Removes what was left, and the folder. */
  clear(): void;
}

export function createUploads(tree: Tree): Uploads {
  return {
    begin: () => inTree(() => begin(tree)),
    clear: () => inTree(() => clear(tree)),
  };
}

function begin(tree: Tree): Upload {
  const { uid, gid } = tree.node(ROOT);
  const folder = tree.ensureFolder(ROOT, UPLOADS, { mode: MODE, uid, gid }).id;
  const unfinished = randomUUID();
  const { id } = tree.make(folder, unfinished, { kind: 'file', mode: 0o600, uid, gid, isLive: true });
  let [size, unsynced, isFinished] = [0, 0, false];
  return {
    node: id,
    add: (bytes) =>
      inTree(() => {
        size += tree.write(id, size, bytes);
        unsynced += bytes.length;
        if (unsynced < SYNC_BYTES) return;
        tree.sync(id);
        unsynced = 0;
      }),
    finish: (target, name, { attributes, mtimeNs, ...owner }) =>
      inTree(() => {
        tree.calm(id);
        for (const [attribute, value] of attributes) tree.setAttribute(id, attribute, value);
        tree.change(id, { ...owner, mtimeNs });
        tree.rename(folder, unfinished, target, name);
        isFinished = true;
      }),
    [Symbol.dispose]: () => {
      if (!isFinished) inTree(() => tree.unlink(folder, unfinished));
    },
  };
}

function clear(tree: Tree): void {
  const folder = folderOf(tree);
  if (folder === undefined) return;
  for (let left = tree.list(folder, 0, MOST_LISTED); left.length > 0; left = tree.list(folder, 0, MOST_LISTED))
    for (const { name } of left) tree.unlink(folder, name);
  tree.rmdir(ROOT, UPLOADS);
}

function folderOf(tree: Tree): number | undefined {
  try {
    return tree.lookup(ROOT, UPLOADS).id;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
