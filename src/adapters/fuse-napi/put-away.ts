/**
 * A file that loses its name while it is open libfuse puts away: it renames it to `.fuse_hidden…`, speaks of it by that, and
 * unlinks that in the end. The tree keeps open files by itself, so no such name comes into the store: it is remembered here.
 *
 * It does so to unlink a name, and to put another file in its place, which it says only with its next call. So the name goes
 * with that call at the earliest, and a rename stays one step, after which either file has the name, even after a crash.
 */
import { folderPart, lastPart } from './places.ts';

/** How libfuse names them: a number of its own for the node, and how many it has named so. */
const NAMED = /^\.fuse_hidden[0-9a-f]{8}([0-9a-f]{8})$/;
/** It counts on where a name is taken. Chosen: more than it tries; and who renames a file so himself hardly meets it. */
const MOST_SKIPPED = 100;
/** From then on nothing is waited for. Chosen: far more than lies between two calls that belong together. */
const TOGETHER_MS = 100;

export interface PutAway {
  /** Is this rename libfuse's way to put away what has the name `from`? */
  isMeant(from: string, to: string, isOpen: () => boolean): boolean;
  /**
   * Does it.
   * @param unlink takes the name from the file, as soon as it is clear that no other file gets it
   */
  put(from: string, to: string, node: number, unlink: () => void): void;
  /** The node that is known by such a path alone. */
  nodeAt(path: string): number | undefined;
  has(node: number): boolean;
  /** The last who had it open is done. */
  end(path: string): void;
  /** Another call than a rename to this path has come: what was put away loses its name. */
  settle(unlessTo?: string): void;
  /** Another file is about to get the name, or fails to: then it stays where it was. */
  leave(path: string): void;
}

export function createPutAway(onTrouble: (message: string) => void): PutAway {
  /** By the last part of their paths, for the folder may be renamed. */
  const nodes = new Map<string, number>();
  let counted = 0;
  let waiting: { readonly path: string; readonly unlink: () => void; readonly timer: NodeJS.Timeout } | undefined;

  function takeWaiting(): typeof waiting {
    const taken = waiting;
    clearTimeout(taken?.timer);
    waiting = undefined;
    return taken;
  }

  function settle(unlessTo?: string): void {
    if (waiting === undefined || waiting.path === unlessTo) return;
    const taken = takeWaiting();
    try {
      taken?.unlink();
    } catch (error) {
      onTrouble(`${taken?.path} could not be removed, and is there again: ${String(error)}`);
    }
  }

  return {
    isMeant(from, to, isOpen) {
      const count = Number.parseInt(NAMED.exec(lastPart(to))?.[1] ?? '', 16);
      return count > counted && count <= counted + MOST_SKIPPED && folderPart(from) === folderPart(to) && isOpen();
    },
    put(from, to, node, unlink) {
      const name = lastPart(to);
      counted = Number.parseInt(NAMED.exec(name)?.[1] ?? '', 16);
      nodes.set(name, node);
      waiting = { path: from, unlink, timer: setTimeout(settle, TOGETHER_MS) };
    },
    nodeAt: (path) => nodes.get(lastPart(path)),
    has: (node) => nodes.size > 0 && [...nodes.values()].includes(node),
    end: (path) => void nodes.delete(lastPart(path)),
    settle,
    leave: (path) => {
      if (waiting?.path === path) takeWaiting();
    },
  };
}
