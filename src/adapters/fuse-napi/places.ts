/** From the paths that the library speaks of to folders, names and nodes. No part of them is a link that had to be followed. */
import type { MountedTree, Node } from '#store';
import { codeOf } from './errors.ts';
import { namesGivenAs } from './given-names.ts';

/** A name in a folder. */
export interface Place {
  readonly folder: number;
  /** What is there, or what would be made there. */
  readonly name: Uint8Array;
}

/** The folder that everything lies in. */
const ROOT = 1;

/** @throws PosixError ENOENT, ENOTDIR, ENAMETOOLONG; Refusal EILSEQ */
export function nodeAt(tree: MountedTree, path: string): Node {
  let node = tree.node(ROOT);
  for (const part of partsOf(path)) node = lookUp(tree, node.id, part);
  return node;
}

/** The last part need not be there. @throws as {@link nodeAt} */
export function placeOf(tree: MountedTree, path: string): Place {
  const parts = partsOf(path);
  const shown = parts.pop() ?? '.';
  let folder = ROOT;
  for (const part of parts) folder = lookUp(tree, folder, part).id;
  const names = namesGivenAs(shown);
  const [itself] = names as [Uint8Array];
  const name = names.length === 1 ? itself : names.find((one) => isThere(tree, folder, one));
  return { folder, name: name ?? itself };
}

/** `undefined` where there is nothing. */
export function findAt(tree: MountedTree, path: string): Node | undefined {
  try {
    return nodeAt(tree, path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

/** Everything before the last part. */
export function folderPart(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function lookUp(tree: MountedTree, folder: number, shown: string): Node {
  const [itself, foreign] = namesGivenAs(shown) as [Uint8Array, Uint8Array?];
  if (foreign === undefined || isThere(tree, folder, itself)) return tree.lookup(folder, itself);
  return tree.lookup(folder, foreign);
}

function isThere(tree: MountedTree, folder: number, name: Uint8Array): boolean {
  try {
    tree.lookup(folder, name);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return false;
  }
}
