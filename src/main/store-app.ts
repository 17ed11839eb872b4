/** Recording stores behind the commands: each is opened for one command, and closed and compact after it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CHUNK_SIZES } from '#chunking';
import type { StoreApp, StoreImportOptions, StoreRunOptions } from '#cli';
import { AppError, type BytePath, displayPath, isDisplayable, systemClock } from '#kernel';
import {
  collectGarbage,
  createBlobReader,
  createContentReader,
  createIngest,
  createNamedNodes,
  createTree,
  eitherNamed,
  exportStored,
  type ImportReport,
  importItems,
  listStore,
  makeRoot,
  type ReadableParts,
  readStored,
  reindex,
  repairStore,
  ripfsItems,
  type SourceItems,
  type StoreDatabase,
  type StoreParts,
  storeUsage,
  type Tree,
  type VerifyReport,
  verifyStore,
  watchFolder,
} from '#store';
import { createExportTarget, createFileActs, createRandomReader, createSources } from '../adapters/files/index.ts';
import {
  createScratchFiles,
  haveStoreAlone,
  isOnReadOnlyDisk,
  openAnchorFile,
  openStoreDatabase,
  openStoreFiles,
  openStoreLock,
  serveStore,
  storeTablesIn,
  useStore,
} from '../adapters/store/index.ts';
import { planTrash } from './store-trash.ts';

/** How long one waits for another that writes. Chosen: the longest batch takes some seconds. */
const WAIT_MS = 60_000;
/** Who looks does not keep a repair waiting for long, nor the other way round. Chosen. */
const ALONE_WAIT_MS = 5000;
const SETTLED_FORMAT = 1;
/** Where repair finds nowhere how a store cuts, it cuts as most do. */
const SPARE_SETTINGS = { version: SETTLED_FORMAT, chunks: CHUNK_SIZES.small };

interface ReadableStore extends Disposable {
  readonly parts: ReadableParts;
  readonly tree: Tree;
}

interface OpenStore extends ReadableStore {
  readonly parts: StoreParts;
}

export function createStoreApp(): StoreApp {
  return {
    init: async (store, chunks) => {
      const folder = folderOf(store);
      const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
      const settings = { version: SETTLED_FORMAT, chunks: CHUNK_SIZES[chunks] };
      storeTablesIn(folder, displayPath(store)).make(settings, (database) => {
        database.transact(() => makeRoot(database, { mode: 0o755, uid, gid, nowNs: nowNs() }));
        database.sync();
      });
    },
    import: (store, sources, options) =>
      importFrom(store, options, function* () {
        const files = createSources(store);
        for (const path of sources) yield* files.itemsBelow(path);
      }),
    importRipfs: (store, old, options) =>
      importFrom(store, options, () => ripfsItems(createSources(store), old, createRandomReader())),
    async watch(store, folder, options) {
      using opened = open(store);
      const { parts, tree } = opened;
      await catchUp(parts, options);
      return await watchFolder(
        { database: parts.database, acts: tree.acts },
        createIngest(parts),
        createSources(store),
        folder,
        {
          ...options,
          isThorough: false,
          now: () => Date.now(),
          // It ends early when the signal fires, which is no error.
          sleep: (milliseconds) => sleep(milliseconds, undefined, { signal: options.signal }).catch(() => undefined),
        },
      );
    },
    async *list(store, path, isDeep) {
      using opened = openToRead(store);
      yield* listStore(opened.tree, path, isDeep);
    },
    async *cat(store, path) {
      using opened = openToRead(store);
      yield* readStored(opened.tree, path);
    },
    async export(store, folder, paths, options) {
      using opened = openToRead(store);
      return await exportStored(opened.tree, createExportTarget(store), folder, paths, options);
    },
    planTrash: async (store, sources, files, command) =>
      planTrash({ store, sources, files, command }, createFileActs(), systemClock),
    async usage(store, { signal }) {
      using opened = openToRead(store);
      return await storeUsage(opened.parts, storeTablesIn(folderOf(store), displayPath(store)).sizes(), signal);
    },
    verify,
    async repair(store, { dryRun, ...options }) {
      const folder = folderOf(store);
      const tables = storeTablesIn(folder, displayPath(store));
      tables.prepareRepair();
      if (dryRun) return foreseenRepair(await verify(store, { ...options, readData: true }));
      // To the end: what is counted and named anew must not change meanwhile.
      using _alone = haveStoreAlone(folder, ALONE_WAIT_MS);
      const repaired = tables.repair(SPARE_SETTINGS);
      using opened = openParts(store);
      return await repairStore(opened.parts, opened.tree, createNamedNodes(opened.parts.database), repaired, options);
    },
    async collect(store, options) {
      if (!options.dryRun) recoverWhereAlone(store);
      using opened = open(store);
      return await collectGarbage(opened.parts, options);
    },
    mount: async (store, folder, options) =>
      (await import('./mount-app.ts')).mountHere(folderOf(store), folderOf(folder), options),
    mountApart: async (options) => (await import('./mount-app.ts')).mountApart(options),
    async serveWebdav(store, options) {
      recoverWhereAlone(store);
      using opened = open(store);
      using _served = serveStore(folderOf(store), ALONE_WAIT_MS);
      await (await import('./webdav-app.ts')).serveWebdavHere(opened, options);
    },
  };
}

/** With others who have it open, but for a repair. */
function open(store: BytePath): OpenStore {
  const folder = folderOf(store);
  storeTablesIn(folder, displayPath(store)).check();
  using stack = new DisposableStack();
  stack.use(useStore(folder, ALONE_WAIT_MS));
  const { parts, tree } = stack.use(openParts(store));
  const owned = stack.move();
  return { parts, tree, [Symbol.dispose]: () => owned.dispose() };
}

/** Frees what a crash has left without a name; while somebody else has the store open, it may be theirs. */
function recoverWhereAlone(store: BytePath): void {
  const folder = folderOf(store);
  storeTablesIn(folder, displayPath(store)).check();
  try {
    using _alone = haveStoreAlone(folder, 0);
    using opened = openParts(store);
    const { database, files } = opened.parts;
    const hasLeft = database.orphans().length > 0 || files.names('raw').length > 0;
    // What a damaged row does not say to be there would go. Looking at every row takes long, and the collection does it, too.
    if (hasLeft && database.damages().length === 0) opened.tree.recover();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store/locked') throw error;
  }
}

/** Opening takes the right to write, and a little room: on a read-only disk, and on a full one, it can be read without. */
function openToRead(store: BytePath): ReadableStore {
  try {
    return open(store);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const isFull = error.code === 'store/disk-full';
    if (!isFull && !(error.code === 'store/denied' && isOnReadOnlyDisk(folderOf(store)))) throw error;
    return openFrozen(store, isFull);
  }
}

/** @param isWritable others could write to it meanwhile, as soon as there is room */
function openFrozen(store: BytePath, isWritable: boolean): ReadableStore {
  const folder = folderOf(store);
  using stack = new DisposableStack();
  if (isWritable) stack.use(haveStoreAlone(folder, ALONE_WAIT_MS));
  const files = stack.use(openStoreFiles(folder));
  const database = stack.use(openStoreDatabase(folder, WAIT_MS, { isFrozen: true }));
  const parts = { files, database };
  const tree = treeOf(parts);
  const owned = stack.move();
  return { parts, tree, [Symbol.dispose]: () => owned.dispose() };
}

function openParts(store: BytePath): OpenStore {
  const folder = folderOf(store);
  using stack = new DisposableStack();
  const files = stack.use(openStoreFiles(folder));
  const database = stack.use(openStoreDatabase(folder, WAIT_MS));
  const anchors = stack.use(openAnchorFile(folder, WAIT_MS));
  const lock = stack.use(openStoreLock(folder, WAIT_MS));
  const parts = { files, database, anchors, lock, nowNs };
  const tree = treeOf(parts);
  const owned = stack.move();
  return {
    ...{ parts, tree },
    [Symbol.dispose]: () => {
      try {
        tree.settle();
      } finally {
        owned.dispose();
      }
    },
  };
}

function treeOf({ files, database }: ReadableParts): Tree {
  const contents = createContentReader(database, createBlobReader(files, database.blob));
  return createTree({ files, database, contents, nowNs });
}

function nowNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

function folderOf(store: BytePath): string {
  if (isDisplayable(store)) return store;
  throw new AppError('store/not-utf-8', `A store cannot lie in ${displayPath(store)}, whose name is not UTF-8.`, {
    kind: 'unsupported',
    hint: 'Put it into a folder with another name. What it holds may have any names.',
  });
}

async function importFrom(
  store: BytePath,
  options: StoreImportOptions,
  items: () => SourceItems,
): Promise<ImportReport> {
  using opened = open(store);
  const { parts, tree } = opened;
  const place = { database: parts.database, acts: tree.acts };
  if (!options.dryRun) await catchUp(parts, options);
  if (!options.dryRun) return await importItems(place, createIngest(parts), items(), options);
  using scratch = createScratchFiles(folderOf(store));
  return await importItems(place, createIngest({ ...parts, files: scratch }, { isRehearsal: true }), items(), options);
}

/** What the index does not know would be stored a second time. */
async function catchUp(parts: StoreParts, options: StoreRunOptions): Promise<void> {
  if (parts.anchors.through() >= parts.database.nextBlob() - 1) return;
  await parts.lock.whenFree(options.signal);
  using _held = parts.lock.take();
  await reindex(parts, options);
}

/** What cannot even be opened is told of like everything else that is damaged. */
async function verify(
  store: BytePath,
  options: StoreRunOptions & { readonly readData: boolean },
): Promise<VerifyReport> {
  const tables = storeTablesIn(folderOf(store), displayPath(store));
  using copied = lazily(() => tables.copiedNames());
  try {
    using opened = openToRead(store);
    const names = eitherNamed(createNamedNodes(opened.parts.database), () => createNamedNodes(copied.value()));
    return await verifyStore(opened.parts, names, options);
  } catch (error) {
    if (!(error instanceof AppError) || error.kind !== 'corrupt') throw error;
    const { message } = error;
    const inCopy = copied.value().files();
    // It may be what says that it is a store that is damaged, and the tables whole.
    using tables = openQuietly(folderOf(store));
    const files = [...new Set([...(tables === undefined ? [] : filesIn(tables)), ...inCopy])];
    const paths = [copied.value(), ...(tables === undefined ? [] : [tables])].map((from) =>
      createNamedNodes(from).pathsOf(new Set(files)),
    );
    const hit = files.map((node) => ({ node, paths: different(paths.flatMap((of) => of.get(node) ?? [])), message }));
    const problems = [`${message} Until it is repaired, no file can be read.`];
    return { files: files.length, rawFiles: 0, blobs: 0, bytesRead: 0, hit, problems, notes: [], damagedBlobs: [] };
  }
}

/** @returns undefined where the tables cannot be read, as who was to read the store was told */
function openQuietly(folder: string): StoreDatabase | undefined {
  try {
    return openStoreDatabase(folder, WAIT_MS);
  } catch {
    return undefined;
  }
}

function different(paths: readonly Uint8Array[]): readonly Uint8Array[] {
  return [...new Map(paths.map((path) => [Buffer.from(path).toString('hex'), path])).values()];
}

/** Those of which the tables tell; of others the second copy may. */
function filesIn(tables: StoreDatabase): readonly number[] {
  const orNone = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch {
      return undefined;
    }
  };
  return (orNone(() => tables.numbersOf('nodes')) ?? []).filter((id) => orNone(() => tables.node(id)?.kind) === 'file');
}

function lazily<T extends Disposable>(make: () => T): Disposable & { value(): T } {
  let made: T | undefined;
  return {
    value: () => {
      made ??= make();
      return made;
    },
    [Symbol.dispose]: () => made?.[Symbol.dispose](),
  };
}

function foreseenRepair({ hit, problems }: VerifyReport) {
  return { isRebuilt: false, lostRows: 0, foundFiles: 0, indexedBlobs: 0, hit, problems };
}
