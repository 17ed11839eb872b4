/** A store served over WebDAV by this process, which also keeps house meanwhile. */
import type { StoreServeOptions } from '#cli';
import { createBlobReader, createContentReader, keepHouse, type StoreParts, type Tree } from '#store';
import { type Quota, serveWebdav } from '../adapters/webdav/index.ts';

/** A file is shared after it was put and left alone for so long. */
const QUIET_MS = 10_000;
/** How often the room of what is gone and of what is shared is given back. Chosen. */
const SETTLE_EVERY_MS = 10_000;
/** Figures over all of the store cost a look at every row: so long they hold, or so many times as long as they took. Chosen. */
const [QUOTA_LASTS_MS, QUOTA_LASTS_TIMES] = [10_000, 20];

/** Until the signal fires. */
export async function serveWebdavHere(
  { parts, tree }: { readonly parts: StoreParts; readonly tree: Tree },
  { host, port, password, signal, onReady, onTrouble }: StoreServeOptions,
): Promise<void> {
  const { files, database } = parts;
  const clock = (): number => performance.now();
  const house = keepHouse(
    { ...parts, contents: createContentReader(database, createBlobReader(files, database.blob)) },
    {
      ...{ dedupOn: 'close', quietMs: QUIET_MS, clock },
      onTrouble: (node, error) => onTrouble(`File ${node} stays as it was written: ${error.message}`),
    },
  );
  const server = await serveWebdav(
    {
      ...{ tree, onTrouble, quota: quotaOf(tree, clock) },
      onWritten: (node) => house.take({ kind: 'closed', node }),
    },
    { host, port, password },
  );
  const ending = new AbortController();
  const keeping = house.run(ending.signal).catch((error: unknown) => onTrouble(wordsOf(error)));
  const settling = setInterval(() => {
    try {
      house.makeRoom();
      tree.settle();
    } catch (error) {
      onTrouble(wordsOf(error));
    }
  }, SETTLE_EVERY_MS);
  try {
    onReady(server.url);
    await fired(signal);
  } finally {
    clearInterval(settling);
    await server.close();
    ending.abort();
    await keeping;
  }
}

function quotaOf(tree: Tree, clock: () => number): () => Quota {
  let known: { readonly quota: Quota; readonly until: number } | undefined;
  return () => {
    const now = clock();
    if (known !== undefined && now < known.until) return known.quota;
    const { availableBytes, storedBytes: usedBytes } = tree.statistics();
    const lasts = Math.max(QUOTA_LASTS_MS, QUOTA_LASTS_TIMES * (clock() - now));
    known = { quota: { availableBytes, usedBytes }, until: now + lasts };
    return known.quota;
  };
}

function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
