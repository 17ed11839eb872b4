/** What a store answers to everything that can be asked of it, beside what it ought to answer. */
import { createHash } from 'node:crypto';
import { AppError, type BytePath, bytesOfPath, displayPath, noProgress, pathFromBytes } from '#kernel';
import {
  type CollectReport,
  createBlobReader,
  createContentReader,
  createTree,
  listStore,
  type Node,
  PosixError,
  type RepairReport,
  readStored,
  type StoreParts,
  storeUsage,
  type Tree,
  type VerifyReport,
} from '#store';
import {
  openAnchorFile,
  openStoreDatabase,
  openStoreFiles,
  openStoreLock,
  storeTablesIn,
} from '../../src/adapters/store/index.ts';
import { createStoreApp } from '../../src/main/store-app.ts';

const WAIT_MS = 5000;
const app = createStoreApp();
const run = { signal: new AbortController().signal, progress: noProgress };

export interface OpenedStore extends Disposable {
  readonly parts: StoreParts;
  readonly tree: Tree;
}

/** As the commands do it. */
export function openStore(folder: string): OpenedStore {
  storeTablesIn(folder, folder).check();
  using stack = new DisposableStack();
  const files = stack.use(openStoreFiles(folder));
  const database = stack.use(openStoreDatabase(folder, WAIT_MS));
  const anchors = stack.use(openAnchorFile(folder, WAIT_MS));
  const lock = stack.use(openStoreLock(folder, WAIT_MS));
  const nowNs = (): bigint => BigInt(Date.now()) * 1_000_000n;
  const contents = createContentReader(database, createBlobReader(files, database.blob));
  const tree = createTree({ files, database, contents, nowNs });
  const owned = stack.move();
  return { parts: { files, database, anchors, lock, nowNs }, tree, [Symbol.dispose]: () => owned.dispose() };
}

export interface Answer {
  readonly kind: Node['kind'];
  /** The node with all that belongs to it, as a text. */
  readonly facts: string;
  /** Of a folder what it lists, of a file the hash of its bytes. */
  readonly holds: string;
}

/** What an intact store says. */
export interface Truth {
  /** By path from the root, without a leading slash. */
  readonly answers: ReadonlyMap<BytePath, Answer>;
  readonly usage: string;
}

export async function truthOf(folder: string): Promise<Truth> {
  using store = openStore(folder);
  const answers = new Map<BytePath, Answer>();
  const ahead: BytePath[] = ['' as BytePath];
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    const node = nodeAt(store, path);
    const { kind } = node;
    answers.set(path, { kind, facts: factsOf(store, node), holds: holdingOf(store, path, kind) });
    if (kind === 'folder') for (const entry of listStore(store.tree, path, false)) ahead.push(entry.path);
  }
  return { answers, usage: await usageOf(store) };
}

function nodeAt({ tree }: OpenedStore, path: BytePath): Node {
  return tree.resolve(bytesOfPath(`/${path}` as BytePath));
}

function factsOf({ tree }: OpenedStore, { content: _, ...node }: Node): string {
  const { id, kind } = node;
  const attributes = tree
    .listAttributes(id)
    .map((name) => [hex(name), hex(tree.getAttribute(id, Buffer.from(name).toString('latin1')))]);
  return textOf({ ...node, target: kind === 'symlink' ? hex(tree.readlink(id)) : null, attributes });
}

function holdingOf({ tree }: OpenedStore, path: BytePath, kind: Node['kind']): string {
  if (kind === 'folder') return Array.from(listStore(tree, path, false), textOf).join('\n');
  if (kind !== 'file') return '';
  const hash = createHash('sha256');
  for (const piece of readStored(tree, path)) hash.update(piece);
  return hash.digest('hex');
}

/** Without what a collection of garbage changes. */
async function usageOf({ parts }: OpenedStore): Promise<string> {
  const usage = await storeUsage(parts, { storedBytes: 0, diskBytes: 0 }, run.signal);
  const { files, folders, logicalBytes, uniqueBytes, rawFiles, rawBytes, byFolder } = usage;
  return textOf({ files, folders, logicalBytes, uniqueBytes, rawFiles, rawBytes, byFolder });
}

function textOf(value: object): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export interface Look {
  readonly isOpen: boolean;
  /** Paths of which the store says an error that names them, and that error. */
  readonly failed: ReadonlyMap<BytePath, string>;
  /** What must never be: other answers, and errors that do not say what is damaged. In sentences. */
  readonly wrong: readonly string[];
}

/** Asks everything of the store in `folder`. */
export async function look(folder: string, { answers, usage }: Truth): Promise<Look> {
  const failed = new Map<BytePath, string>();
  const wrong: string[] = [];
  let store: OpenedStore;
  try {
    store = openStore(folder);
  } catch (error) {
    if (!isDamage(error)) return { isOpen: false, failed, wrong: [`Opening: ${wordsOf(error)}`] };
    if (!error.message.includes(folder)) wrong.push(`Opening does not say which store it is: ${error.message}`);
    for (const path of answers.keys()) failed.set(path, error.message);
    return { isOpen: false, failed, wrong };
  }
  using opened = store;

  function ask(what: string, path: BytePath, expected: string, answer: () => string): void {
    try {
      const said = answer();
      if (said !== expected) wrong.push(`${what} of "${path}": ${said} instead of ${expected}`);
    } catch (error) {
      const inner = error instanceof PosixError && error.code === 'EIO' ? error.cause : error;
      if (!isDamage(inner)) wrong.push(`${what} of "${path}": ${wordsOf(error)}`);
      else failed.set(path, inner.message);
      // What is EIO tells of what the caller has named; everything else has to name it.
      if (isDamage(error) && !error.message.startsWith(displayPath(path || ('/' as BytePath))))
        wrong.push(`${what} of "${path}" does not name it: ${error.message}`);
    }
  }

  for (const [path, { kind, facts, holds }] of answers) {
    ask('Facts', path, facts, () => factsOf(opened, nodeAt(opened, path)));
    ask('Holding', path, holds, () => holdingOf(opened, path, kind));
  }
  try {
    const said = await usageOf(opened);
    if (said !== usage) wrong.push(`Usage: ${said} instead of ${usage}`);
  } catch (error) {
    if (!isDamage(error)) wrong.push(`Usage: ${wordsOf(error)}`);
  }
  try {
    // Figures for `df`, of rows that are not looked at one by one.
    opened.tree.statistics();
  } catch (error) {
    if (!(error instanceof PosixError) || error.code !== 'EIO') wrong.push(`Statistics: ${wordsOf(error)}`);
  }
  return { isOpen: true, failed, wrong };
}

function isDamage(error: unknown): error is AppError {
  return error instanceof AppError && error.kind === 'corrupt';
}

function wordsOf(error: unknown): string {
  return error instanceof AppError ? `${error.code}, ${error.kind}: ${error.message}` : String((error as Error).stack);
}

/** What came of a command. */
export interface Ran<T> {
  readonly report: T | undefined;
  /** What must not be. */
  readonly failures: readonly string[];
}

/** These two always end with a report, however damaged the store is. */
export function verify(folder: string): Promise<Ran<VerifyReport>> {
  return ran('verify', () => app.verify(folder as BytePath, { ...run, readData: true }), false);
}

export function repair(folder: string): Promise<Ran<RepairReport>> {
  return ran('repair', () => app.repair(folder as BytePath, { ...run, dryRun: false }), false);
}

/** May refuse to do anything. */
export function collect(folder: string): Promise<Ran<CollectReport>> {
  return ran('gc', () => app.collect(folder as BytePath, { ...run, dryRun: false }), true);
}

async function ran<T>(name: string, work: () => Promise<T>, mayRefuse: boolean): Promise<Ran<T>> {
  try {
    return { report: await work(), failures: [] };
  } catch (error) {
    return { report: undefined, failures: mayRefuse && isDamage(error) ? [] : [`${name}: ${wordsOf(error)}`] };
  }
}

/** The paths that a report names, without a leading slash. */
export function hitPaths({ hit }: Pick<VerifyReport, 'hit'>): ReadonlySet<BytePath> {
  return new Set(hit.flatMap(({ paths }) => paths.map((path) => pathFromBytes(path).slice(1) as BytePath)));
}

/** What fails and is not named, and what is named and does not fail. Of a store that cannot be opened files alone are. */
export function misnamed({ isOpen, failed }: Look, { answers }: Truth, report: VerifyReport): string[] {
  const hit = hitPaths(report);
  const isExpected = (path: BytePath): boolean => isOpen || answers.get(path)?.kind === 'file';
  return [
    ...Array.from(failed).flatMap(([path, why]) =>
      hit.has(path) || !isExpected(path) ? [] : [`verify does not name "${path}": ${why}`],
    ),
    ...Array.from(hit).flatMap((path) =>
      failed.has(path) || !answers.has(path) ? [] : [`verify names "${path}", which is as it was`],
    ),
  ];
}
