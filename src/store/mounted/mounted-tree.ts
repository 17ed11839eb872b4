/**
 * The tree as servers of a mount work on it. Any number of them serve one mount at once, and one that dies is followed by
 * another that knows nothing of it: so nothing is kept in memory that an answer depends on. Files without name live until
 * the kernel has forgotten them and nobody has them open. Acts that must not be done twice leave a mark of
 * their request in the transaction that does them, for it may be sent again.
 */
import type { Node, StoreDatabase } from '../ports.ts';
import { createTree, type TreeParts } from '../tree/create-tree.ts';
import { bytesOf } from '../tree/names.ts';
import type { OpenNodes } from '../tree/open-nodes.ts';
import { asPosix, PosixError } from '../tree/posix-error.ts';
import { createRawFiles, type RawFiles, rawName } from '../tree/raw-files.ts';
import type { OpenOptions, Tree, TreeStatistics } from '../tree/tree.ts';
import { createFileFacts, isFact } from './file-facts.ts';
import { createReserve, RESERVED_BYTES } from './reserve.ts';

/** What a server tells whoever keeps house. */
export type TreeEvent =
  /** A file was opened to be written, and what was opened so is closed. */
  | { readonly kind: 'opened' | 'closed'; readonly node: number }
  /** A file has a new name. */
  | { readonly kind: 'renamed'; readonly node: number }
  /** A node without name was forgotten by the kernel, or closed. */
  | { readonly kind: 'forgotten'; readonly node: number }
  /** Bytes in the raw file of a node are needed no more. */
  | { readonly kind: 'spared'; readonly node: Node };

/** A request as a kernel numbers it. */
export interface MountRequest {
  readonly unique: number;
  /** It was in the hands of a server that has died. */
  readonly isResent: boolean;
}

/** What a mount asks of the tree. @throws PosixError */
export interface MountedTree
  extends Omit<
    Tree,
    'acts' | 'release' | 'resolve' | 'pathsOf' | 'settle' | 'recover' | 'ensureFolder' | 'addFile' | 'share'
  > {
  /** Each open ends with a {@link close} with the same options. */
  open(node: number, options?: OpenOptions): Node;
  close(node: number, options: { readonly write: boolean }): void;
  /** The kernel does not know the node any more. */
  forget(node: number): void;
  /**
   * Does what must not be done twice.
   * @param act one transaction
   * @param again what came of it, where it was done by one that has died since
   */
  once<T>(request: MountRequest, act: () => T, again: () => T): T;
}

export interface MountedTreeParts extends Omit<TreeParts, 'raws'> {
  /** Shared by all servers of the mount, and by who keeps house. */
  readonly opens: OpenNodes;
  /** The number of this server: none has had it since the store was mounted, so none takes another's mark away. */
  readonly server: number;
  /** At once, before the act is answered. */
  readonly tell: (event: TreeEvent) => void;
  /** Has everything given back that can be, and waits for it: there is no room. */
  readonly makeRoom: () => void;
  /** Milliseconds, from anywhere. */
  readonly clock: () => number;
}

/** Figures over all of the store cost a look at every row: so long they hold, or so many times as long as they took. Chosen. */
const [FIGURES_LAST_MS, FIGURES_LAST_TIMES] = [5000, 20];

export function createMountedTree(given: MountedTreeParts): MountedTree {
  const { server, tell, makeRoom, clock, opens, ...parts } = given;
  let inHand: number | undefined;
  const database: StoreDatabase = {
    ...parts.database,
    transact: (work) =>
      parts.database.transact(() => {
        const result = work();
        if (inHand !== undefined) parts.database.mark(server, inHand);
        return result;
      }),
  };
  const raws: RawFiles = {
    ...createRawFiles(parts.files, database),
    spare: (node) => {
      if (node.isRaw) tell({ kind: 'spared', node });
    },
    // Who keeps house knows them by their raw files.
    noteLive: () => undefined,
    hasSpare: true,
    hasMuchSpare: false,
    settle: makeRoom,
  };
  const reserve = createReserve(parts.files, makeRoom);
  const tree = createTree({ ...parts, database, opens: AS_LONG_AS_KNOWN, raws, checkRoom: reserve });
  const statistics = remembered(clock, tree.statistics);
  const facts = createFileFacts(database, statistics);

  /** Without holes, up to this end? As where a recorder, on a full disk, goes back to the head of what it wrote. */
  function hasPlace(id: number, end: number): boolean {
    const node = database.node(id);
    return node?.isRaw === true && end <= node.size && (parts.files.sizeOnDisk(rawName(id)) ?? 0) >= node.size;
  }

  return {
    ...tree,
    rename(...given) {
      tree.rename(...given);
      const [, , toFolder, to] = given;
      asPosix(() => {
        // Another may have taken the name away again.
        const entry = database.entry(toFolder, bytesOf(to));
        const node = entry && database.node(entry.node);
        if (node?.isRaw) tell({ kind: 'renamed', node: node.id });
      });
    },
    open(id, options = {}) {
      const node = tree.open(id, options);
      opens.add(id);
      if (options.write && node.kind === 'file') tell({ kind: 'opened', node: id });
      return node;
    },
    close(id, { write }) {
      opens.end(id);
      if (write) tell({ kind: 'closed', node: id });
    },
    forget(id) {
      if (asPosix(() => database.node(id))?.links === 0) tell({ kind: 'forgotten', node: id });
    },
    write(id, offset, bytes, options) {
      asPosix(() => reserve(bytes.length, () => hasPlace(id, offset + bytes.length)));
      return tree.write(id, offset, bytes, options);
    },
    once({ unique, isResent }, act, again) {
      if (isResent && asPosix(() => database.marks()).includes(unique)) return again();
      inHand = unique;
      try {
        return act();
      } finally {
        inHand = undefined;
      }
    },
    getAttribute: (id, name) =>
      isFact(name) ? asPosix(() => facts(tree.node(id), name)) : tree.getAttribute(id, name),
    setAttribute(id, name, ...given) {
      if (isFact(name)) throw new PosixError('EPERM');
      tree.setAttribute(id, name, ...given);
    },
    removeAttribute(id, name) {
      if (isFact(name)) throw new PosixError('EPERM');
      tree.removeAttribute(id, name);
    },
    statistics() {
      const { totalBytes, freeBytes, availableBytes } = asPosix(() => parts.files.space());
      const usable = (bytes: number): number => Math.max(0, bytes - RESERVED_BYTES);
      return { ...statistics(), totalBytes, freeBytes: usable(freeBytes), availableBytes: usable(availableBytes) };
    },
  };
}

/** For trees that leave it to who keeps house to free what has no name. */
export const AS_LONG_AS_KNOWN: OpenNodes = { add: () => undefined, end: () => true, has: () => true };

function remembered(clock: () => number, look: () => TreeStatistics): () => TreeStatistics {
  let known: { readonly figures: TreeStatistics; readonly until: number } | undefined;
  return () => {
    const now = clock();
    if (known !== undefined && now < known.until) return known.figures;
    const figures = look();
    const took = clock() - now;
    known = { figures, until: now + took + Math.max(FIGURES_LAST_MS, FIGURES_LAST_TIMES * took) };
    return figures;
  };
}
