/** A thread of a mount's server: joins the tree of the store to the requests of the kernel. */
import { parentPort, workerData } from 'node:worker_threads';
import { toSent } from '#kernel';
import { createMountedTree, PosixError } from '#store';
import { openInHand, serveRequests } from '../adapters/fuse/index.ts';
import { awaitRoom, nowNs, openThreadParts, type ThreadStart } from './mount-parts.ts';
import type { ThreadMessage } from './mount-server.ts';

const { store, descriptor, thread, server, memory } = workerData as ThreadStart;
const tell = (message: ThreadMessage): void => parentPort?.postMessage(message);

using parts = openThreadParts(store, memory, false);
const inHand = openInHand(memory.inHand, thread);
const { reading } = parts;
const tree = createMountedTree({
  ...parts,
  nowNs,
  server,
  clock: () => performance.now(),
  tell: (event) => tell({ kind: 'event', event }),
  makeRoom: () => {
    reading.give();
    awaitRoom(memory, () => tell({ kind: 'make-room' }));
  },
  checkWanted: () => {
    // What is long lets another read, who may be told that nobody waits for it.
    reading.give();
    if (inHand.isGivenUp()) throw new PosixError('EINTR');
  },
});
tell({ kind: 'ready' });
serveRequests({
  descriptor,
  tree,
  nowNs,
  reading,
  inHand,
  onPause: parts.files.closeRemoved,
  onBug: (error) => tell({ kind: 'bug', error: toSent(error) }),
});
