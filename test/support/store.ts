/** A real store in a folder, with a tree, that a test can close and open again. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CHUNK_SIZES } from '#chunking';
import {
  type ContentReader,
  createBlobReader,
  createContentReader,
  createIngest,
  type Node,
  type StoreDatabase,
  type StoreFiles,
  type StoreParts,
} from '#store';
import {
  makeStoreDatabase,
  openAnchorFile,
  openStoreDatabase,
  openStoreFiles,
  openStoreLock,
} from '../../src/adapters/store/index.ts';
import { createTree } from '../../src/store/tree/create-tree.ts';
import { makeRoot } from '../../src/store/tree/nodes.ts';
import type { Tree } from '../../src/store/tree/tree.ts';

const WAIT_MS = 5000;
const same = <T>(part: T): T => part;

/** A clock that is later at every look. */
export function createTestClock(): () => bigint {
  let now = 1_700_000_000_000_000_000n;
  return () => {
    now += 1n;
    return now;
  };
}

export interface TestStore extends Disposable {
  readonly folder: string;
  readonly parts: StoreParts;
  readonly tree: Tree;
  /**
   * Gives a raw file's bytes to the packs, as deduplication does.
   * @returns the file as it is then
   */
  deduplicate(file: number): Node;
}

/** A new store in a folder of its own, which goes with it. */
export function createTestStore(options: TestStoreOptions = {}): TestStore {
  const folder = mkdtempSync(path.join(tmpdir(), 'reprise-store-'));
  makeTestStore(folder);
  const store = openTestStore(folder, options);
  return {
    ...store,
    [Symbol.dispose]() {
      store[Symbol.dispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface TestStoreOptions {
  readonly nowNs?: () => bigint;
  /** Puts something between the store and its files. */
  readonly wrap?: (files: StoreFiles) => StoreFiles;
  readonly wrapDatabase?: (database: StoreDatabase) => StoreDatabase;
  readonly wrapContents?: (contents: ContentReader) => ContentReader;
}

export function makeTestStore(folder: string): void {
  for (const name of ['raw', 'packs']) mkdirSync(path.join(folder, name));
  makeStoreDatabase(folder, { version: 1, chunks: CHUNK_SIZES.small });
  using database = openStoreDatabase(folder, WAIT_MS);
  const nowNs = 1_600_000_000_000_000_000n;
  database.transact(() => makeRoot(database, { mode: 0o755, uid: 0, gid: 0, nowNs }));
}

export function openTestStore(
  folder: string,
  { nowNs = createTestClock(), wrap = same, wrapDatabase = same, wrapContents = same }: TestStoreOptions = {},
): TestStore {
  using stack = new DisposableStack();
  const files = stack.use(wrap(openStoreFiles(folder)));
  const database = stack.use(wrapDatabase(openStoreDatabase(folder, WAIT_MS)));
  const anchors = stack.use(openAnchorFile(folder, WAIT_MS));
  const lock = stack.use(openStoreLock(folder, WAIT_MS));
  const parts = { files, database, anchors, lock, nowNs };
  const contents = wrapContents(createContentReader(database, createBlobReader(files, database.blob)));
  const tree = createTree({ files, database, contents, nowNs });
  const ingest = createIngest(parts);
  const owned = stack.move();
  return {
    ...{ folder, parts, tree },
    deduplicate(id) {
      const seen = tree.calm(id);
      using batch = ingest.begin();
      const adding = batch.add(() => bytesOf(tree, id));
      let step = adding.next();
      while (!step.done) step = adding.next();
      const pending = step.value;
      batch.commit((add) => tree.acts.share(seen, add(pending)));
      return tree.node(id);
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}

function bytesOf(tree: Tree, id: number): { read(into: Uint8Array): number } {
  let at = 0;
  return {
    read(into) {
      const length = tree.read(id, at, into);
      at += length;
      return length;
    },
  };
}
