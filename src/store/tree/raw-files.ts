/**
 * Files that hold the bytes of nodes as they were written: `raw/ID`. Where one is shorter than its node, zeros follow;
 * where it is longer, the rest counts for nothing.
 *
 * What goes with a commit (a whole file, or its end) may go from the disk only when that commit survives a power cut;
 * else the cut would bring back the name and not the bytes. So it waits here until enough has come together for one sync. What
 * is forgotten, by a crash, is found by {@link RawFiles.recover}.
 */
import { AppError } from '#kernel';
import type { Node, StoreDatabase, StoreFiles } from '../ports.ts';

const FOLDER = 'raw';
/** Chosen: a sync costs some milliseconds. */
const MOST_WAITING = 64;
const MOST_WAITING_BYTES = 64 << 20;

export interface RawFiles {
  /** Bytes of the node are not needed any more, as soon as the transaction is committed that says so. */
  spare(node: Node): void;
  /** The file has become live. */
  noteLive(node: number): void;
  /** Those of which that was noted, once. */
  takeLive(): readonly number[];
  readonly hasSpare: boolean;
  /** Has enough come together? */
  readonly hasMuchSpare: boolean;
  /** Takes from the disk what can be spared, after it has made sure of all that is committed. Outside transactions. */
  settle(): void;
  /** Removes what belongs to no node. For a sole owner. */
  recover(): void;
  /** What was written to the file survives a power cut from here on. Outside transactions. */
  sync(node: number): void;
}

export const rawName = (node: number): string => `${FOLDER}/${node}`;

/** What lies in a raw file beyond `size` goes, for good: else a power cut may bring it back under a later, farther end. */
export function cutOff(files: StoreFiles, id: number, size: number): void {
  if ((files.size(rawName(id)) ?? 0) <= size) return;
  files.truncate(rawName(id), size);
  files.sync(rawName(id));
}

export function createRawFiles(files: StoreFiles, database: StoreDatabase): RawFiles {
  const waiting = new Set<number>();
  const live = new Set<number>();
  let waitingBytes = 0;

  /** What a node does not need goes. In a transaction, so that it has no writer meanwhile. */
  function trim(id: number): void {
    const node = database.node(id);
    if (node === undefined || !node.isRaw) discard(id);
    else cutOff(files, id, node.size);
  }

  /** Cut first, so that its room comes back though another thread has it open. */
  function discard(id: number): void {
    if (files.size(rawName(id)) !== undefined) files.truncate(rawName(id), 0);
    files.remove(rawName(id));
  }

  function trimAll(ids: Iterable<number>): void {
    database.transact(() => {
      database.sync();
      for (const id of ids) unlessDamaged(() => trim(id));
    });
  }

  return {
    spare({ id, size, isRaw }) {
      if (!isRaw) return;
      waiting.add(id);
      waitingBytes += size;
    },
    noteLive: (id) => void live.add(id),
    takeLive() {
      const ids = [...live];
      live.clear();
      return ids;
    },
    get hasSpare() {
      return waiting.size > 0;
    },
    get hasMuchSpare() {
      return waiting.size >= MOST_WAITING || waitingBytes >= MOST_WAITING_BYTES;
    },
    settle() {
      if (waiting.size === 0) return;
      trimAll(waiting);
      waiting.clear();
      waitingBytes = 0;
    },
    recover() {
      const ids = files.names(FOLDER).filter((name) => /^[1-9]\d{0,15}$/.test(name));
      if (ids.length > 0) trimAll(ids.map(Number));
    },
    sync(node) {
      try {
        files.sync(rawName(node));
      } catch (error) {
        const isGone = error instanceof AppError && error.code === 'store/missing-piece';
        // It was shared meanwhile: its bytes are made sure of elsewhere.
        if (!isGone || database.view(() => database.node(node)?.isRaw) !== false) throw error;
      }
      files.syncFolder(FOLDER);
    },
  };
}

/** Of a damaged node nobody knows what it needs, so all of it stays, for the repair. */
export function unlessDamaged(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== 'corrupt') throw error;
  }
}
