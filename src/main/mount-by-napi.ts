/**
 * A store mounted through libfuse, on systems whose kernel we do not speak with ourselves. All is done by this process: it
 * answers, and keeps house between two answers.
 */
import type { StoreMountOptions } from '#cli';
import { AppError } from '#kernel';
import { createMountedTree, type Housekeeping, keepHouse } from '#store';
import { mountByNapi, placeToMount } from '../adapters/fuse-napi/index.ts';
import { openAnchorFile, openStoreLock, serveStore, storeTablesIn, useStore } from '../adapters/store/index.ts';
import { freeLeft, makeSharedMemory, nowNs, openThreadParts } from './mount-parts.ts';

const SECOND_MS = 1000;
/** How long a repair, or another that just ends, is waited for. */
const ALONE_WAIT_MS = 5000;
const WAIT_MS = 60_000;

/** Mounts, and ends when the file system is unmounted. */
export async function mountByNapiHere(given: string, point: string, options: StoreMountOptions): Promise<void> {
  if (options.isWriteback)
    throw new AppError('usage/bad-value', 'A mount on this system knows no "writeback".', {
      kind: 'usage',
      hint: 'Leave it out.',
    });
  storeTablesIn(given, given).check();
  const { store, folder } = await placeToMount(given, point);
  using stack = new DisposableStack();
  stack.use(useStore(store, ALONE_WAIT_MS));
  stack.use(serveStore(store, ALONE_WAIT_MS));
  const parts = stack.use(openThreadParts(store, makeSharedMemory(1), true));
  const anchors = stack.use(openAnchorFile(store, WAIT_MS));
  const lock = stack.use(openStoreLock(store, WAIT_MS));
  freeLeft(parts);
  const { kernelOptions, dedupOn, quietSeconds, signal, onReady, onTrouble } = options;
  const clock = (): number => performance.now();
  const house = keepHouse(
    { ...parts, anchors, lock, nowNs },
    {
      ...{ dedupOn, quietMs: quietSeconds * SECOND_MS, clock },
      onTrouble: (node, error) => onTrouble(`File ${node} stays raw: ${error.message}`),
    },
  );
  const tree = createMountedTree({
    ...parts,
    ...{ nowNs, clock, server: 0 },
    tell: house.take,
    makeRoom: house.makeRoom,
  });
  // A folder that is stood in cannot be unmounted.
  process.chdir('/');
  await whileKept(house, onTrouble, () =>
    mountByNapi({
      ...{ tree, nowNs, source: store, folder, options: kernelOptions, onReady, onTrouble, signal },
      isOpen: parts.opens.has,
    }),
  );
}

async function whileKept(
  house: Housekeeping,
  onTrouble: (message: string) => void,
  work: () => Promise<void>,
): Promise<void> {
  const ending = new AbortController();
  const keeping = house
    .run(ending.signal)
    .catch((error: unknown) => onTrouble(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  try {
    await work();
  } finally {
    ending.abort();
    await keeping;
  }
}
