/**
 * Takes files and folders into the store, in batches that are committed at once. Nothing that is in the store is replaced:
 * another file of the same name comes in beside it, under a number. What is in already is passed by, so an import
 * that was interrupted goes on where it stopped.
 */

import { numberedName } from '#filing';
import { AppError, type BytePath, baseName, bytesOfPath, cancelled, type Failure, type Progress } from '#kernel';
import { breathe } from './breathe.ts';
import type { Batch, Ingest, PendingContent } from './ingest.ts';
import type { Node, StoreDatabase } from './ports.ts';
import type { ImportedFile, ImportReport } from './reports.ts';
import type { SourceItem, SourceItems } from './sources.ts';
import { ROOT } from './tree/nodes.ts';
import { PosixError } from './tree/posix-error.ts';
import type { TreeActs } from './tree/tree.ts';

export interface ImportOptions {
  /**
   * Compares what is in already byte by byte, not by size and time of writing: before a source may go. What is in and
   * does not give its bytes gets them from the source.
   */
  readonly isThorough: boolean;
  /** Nothing is to change. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly onFile: (file: ImportedFile) => void;
}

/** After which of these a batch is committed. Chosen: a commit waits for the disk some ten milliseconds. */
const MOST_BYTES = 64 << 20;
const MOST_ITEMS = 500;
const MOST_MS = 2000;
/** Numbers that a name is tried with. */
const MOST_NUMBERS = 100_000;

/** Where things go. */
export interface ImportPlace {
  readonly database: StoreDatabase;
  /** For the transaction of a batch. */
  readonly acts: TreeActs;
}

interface Waiting {
  readonly item: SourceItem;
  readonly pending: PendingContent | undefined;
  /** The node that holds the same, where it cannot be read to its end. */
  readonly damaged?: number | undefined;
}

interface Tally {
  files: number;
  imported: number;
  skipped: number;
  failed: number;
  renamed: number;
  bytes: number;
  newBytes: number;
}

export async function importItems(
  context: ImportPlace,
  ingest: Ingest,
  items: SourceItems,
  options: ImportOptions,
): Promise<ImportReport> {
  const { signal, progress, onFile } = options;
  const tally: Tally = { files: 0, imported: 0, skipped: 0, failed: 0, renamed: 0, bytes: 0, newBytes: 0 };
  const folders: SourceItem[] = [];
  let batch: Batch | undefined;
  let waiting: Waiting[] = [];
  let begun = 0;
  let doneBytes = 0;

  function tell(file: ImportedFile): void {
    const { outcome } = file;
    if (outcome.kind === 'skipped') tally.skipped += 1;
    if (outcome.kind === 'failed') tally.failed += 1;
    if (outcome.kind === 'done') {
      tally.imported += 1;
      tally.bytes += file.sizeBytes;
      tally.newBytes += outcome.value.newBytes;
      if (outcome.value.isRenamed) tally.renamed += 1;
    }
    onFile(file);
  }

  function commit(): void {
    const done = waiting;
    waiting = [];
    if (batch === undefined && done.length === 0) return;
    // A symlink alone has begun none.
    using ended = batch ?? ingest.begin();
    batch = undefined;
    if (done.length > 0)
      for (const file of ended.commit((add) => done.map((one) => place(context, one, add)))) tell(file);
  }

  async function take(item: SourceItem): Promise<Waiting> {
    if (item.kind !== 'file') return { item, pending: undefined };
    if (batch === undefined) await ingest.ready(signal);
    batch ??= ingest.begin();
    using source = item.open();
    const adding = batch.add(() => {
      source.rewind();
      return source;
    });
    for (;;) {
      const step = adding.next();
      if (step.done) {
        if (source.hasChanged()) throw changed();
        const damaged = options.isThorough ? await damagedTwin(item, step.value) : undefined;
        doneBytes += item.sizeBytes;
        return { item, pending: step.value, damaged };
      }
      progress({ stage: 'Importing', items: tally.files, bytes: doneBytes + step.value, subject: item.source });
      await breathe(signal);
    }
  }

  async function damagedTwin(item: SourceItem, pending: PendingContent): Promise<number | undefined> {
    const folder = folderNode(context, folderIn(item.path));
    if (folder === undefined) return undefined;
    for (const [, node] of namesLike(context, folder, item.path)) {
      if (node === undefined) return undefined;
      if (node.content === null || !isEqual(context.database, node, item, pending)) continue;
      const checking = ingest.check(node.content);
      for (;;) {
        const step = checking.next();
        if (step.done) return step.value ? undefined : node.id;
        await breathe(signal);
      }
    }
    return undefined;
  }

  try {
    for (const item of items) {
      if (item.kind === 'refused' || item.kind === 'skipped') {
        tell({ source: item.source, path: null, sizeBytes: 0, outcome: outcomeOf(item) });
        continue;
      }
      if (item.kind === 'folder') {
        folders.push(item);
        continue;
      }
      tally.files += 1;
      const there = options.isThorough ? undefined : findEqual(context, item);
      if (there !== undefined) {
        doneBytes += item.sizeBytes;
        tell({
          source: item.source,
          path: there,
          sizeBytes: item.sizeBytes,
          outcome: { kind: 'skipped', reason: IN_ALREADY },
        });
      } else {
        if (waiting.length === 0) begun = performance.now();
        try {
          waiting.push(await take(item));
        } catch (error) {
          const failure = failureOf(error);
          if (failure === undefined) throw error;
          tell({ source: item.source, path: null, sizeBytes: item.sizeBytes, outcome: { kind: 'failed', failure } });
        }
      }
      const isFull = (batch?.pendingBytes ?? 0) > MOST_BYTES || waiting.length >= MOST_ITEMS;
      if (isFull || (waiting.length > 0 && performance.now() - begun > MOST_MS)) commit();
      progress({ stage: 'Importing', items: tally.files, bytes: doneBytes });
      await breathe(signal);
    }
  } catch (error) {
    // Who stops it keeps what is whole; where the store fails, the batch never was, and comes again the next time.
    if (error instanceof AppError && error.kind === 'cancelled') commit();
    else batch?.[Symbol.dispose]();
    throw error;
  }
  commit();
  if (!options.dryRun) {
    context.database.transact(() => settleFolders(context, folders));
    context.database.sync();
  }
  if (signal.aborted) throw cancelled();
  return tally;
}

const IN_ALREADY = 'in the store already';

function outcomeOf(
  item: { kind: 'refused'; failure: Failure } | { kind: 'skipped'; reason: string },
): ImportedFile['outcome'] {
  return item.kind === 'skipped' ? { kind: 'skipped', reason: item.reason } : { kind: 'failed', failure: item.failure };
}

function changed(): AppError {
  return new AppError('store/changed', 'The file changed while it was read, so it was left out.', {
    kind: 'conflict',
    hint: 'Import it again when nothing writes to it any more.',
  });
}

/** What concerns one file alone; undefined for what concerns the store. */
function failureOf(error: unknown): Failure | undefined {
  if (error instanceof PosixError && error.cause === undefined)
    return { code: 'store/unfit', message: `The store cannot hold it under its name (${error.code}).` };
  if (!(error instanceof AppError) || error.kind === 'cancelled') return undefined;
  const { code, message } = error;
  const isItsOwn = !code.startsWith('store/') || ITS_OWN.has(code);
  return isItsOwn ? { code, message } : undefined;
}

const ITS_OWN = new Set(['store/changed', 'store/not-rebuilt', 'store/name-taken', 'store/ripfs-damaged']);

/** The path in the store where this very file is by its size and time of writing; undefined where it is not. */
function findEqual(context: ImportPlace, item: SourceItem): BytePath | undefined {
  if (item.kind !== 'file') return undefined;
  const folder = folderNode(context, folderIn(item.path));
  if (folder === undefined) return undefined;
  for (const [name, node] of namesLike(context, folder, item.path)) {
    if (node === undefined) return undefined;
    if (node.kind === 'file' && node.size === item.sizeBytes && node.mtimeNs === item.mtimeNs && !node.isRaw)
      return name;
  }
  return undefined;
}

/** The name and what has it, then the name with 1, 2 …, up to the first that is free. */
function* namesLike(context: ImportPlace, folder: number, path: BytePath): Generator<[BytePath, Node | undefined]> {
  for (let number = 0; number < MOST_NUMBERS; number++) {
    const name = number === 0 ? path : (numberedName(`/${path}` as BytePath, number).slice(1) as BytePath);
    const node = findNamed(context.database, folder, bytesOfPath(baseName(name)));
    yield [name, node];
    if (node === undefined) return;
  }
}

function findNamed(database: StoreDatabase, folder: number, name: Uint8Array): Node | undefined {
  const entry = database.entry(folder, name);
  return entry && database.node(entry.node);
}

function folderNode(context: ImportPlace, path: BytePath): number | undefined {
  let folder = ROOT;
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    const node = findNamed(context.database, folder, bytesOfPath(name as BytePath));
    if (node?.kind !== 'folder') return undefined;
    folder = node.id;
  }
  return folder;
}

/** Gives a file its place in the tree. In the transaction of its batch. */
function place(
  context: ImportPlace,
  { item, pending, damaged }: Waiting,
  add: (pending: PendingContent) => number,
): ImportedFile {
  const { source, sizeBytes, kind } = item;
  try {
    const folder = madeFolder(context, folderIn(item.path));
    for (const [path, node] of namesLike(context, folder, item.path)) {
      if (node !== undefined && !isEqual(context.database, node, item, pending)) continue;
      const isThere = node !== undefined;
      const isMended = node !== undefined && pending !== undefined && node.id === damaged;
      if (!isThere) make(context, folder, bytesOfPath(baseName(path)), item, pending, add);
      if (isMended) mend(context.database, node, add(pending));
      if (pending === undefined || (isThere && kind !== 'file'))
        return {
          source,
          path,
          sizeBytes: 0,
          outcome: { kind: 'skipped', reason: isThere ? IN_ALREADY : 'a symbolic link, kept as one' },
        };
      const { content, newBytes } = pending;
      return {
        ...{ source, path, sizeBytes },
        outcome: {
          kind: 'done',
          value: {
            newBytes: isThere && !isMended ? 0 : newBytes,
            contentHash: `sha256:${Buffer.from(content.hash).toString('hex')}`,
            isRenamed: path !== item.path,
            mtimeNs: item.mtimeNs,
            inode: item.inode,
          },
        },
      };
    }
    throw nameTaken();
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    return { source, path: null, sizeBytes, outcome: { kind: 'failed', failure } };
  }
}

function isEqual(database: StoreDatabase, node: Node, item: SourceItem, pending: PendingContent | undefined): boolean {
  if (pending === undefined)
    return (
      node.kind === 'symlink' &&
      node.target !== null &&
      Buffer.compare(node.target, item.target ?? new Uint8Array()) === 0
    );
  if (node.kind !== 'file' || node.size !== pending.content.size) return false;
  if (node.size === 0) return true;
  const content = node.content === null ? undefined : database.content(node.content);
  return content !== undefined && Buffer.compare(content.hash, pending.content.hash) === 0;
}

function make(
  context: ImportPlace,
  folder: number,
  name: Uint8Array,
  item: SourceItem,
  pending: PendingContent | undefined,
  add: (pending: PendingContent) => number,
): void {
  const { mode, uid, gid, atimeNs, mtimeNs } = item;
  if (pending === undefined) {
    const { id } = context.acts.symlink(folder, name, item.target ?? new Uint8Array(), { uid, gid });
    context.database.changeNode(id, { atimeNs, mtimeNs });
    return;
  }
  const content = pending.content.size === 0 ? null : add(pending);
  context.acts.addFile(folder, name, { mode, uid, gid, atimeNs, mtimeNs, content, size: pending.content.size });
}

/** Gives a file the bytes that it lost. */
function mend(database: StoreDatabase, { id, content }: Node, whole: number): void {
  database.changeNode(id, { content: whole });
  if (content !== null) database.dropContent(content);
}

/** The folder that a path of the store lies in; empty for the root. */
function folderIn(path: BytePath): BytePath {
  return path.slice(0, Math.max(0, path.lastIndexOf('/'))) as BytePath;
}

/** The folder of this path, made with all above it where it is not there. */
function madeFolder(context: ImportPlace, path: BytePath): number {
  let folder = ROOT;
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    const bytes = bytesOfPath(name as BytePath);
    const found = findNamed(context.database, folder, bytes);
    if (found !== undefined && found.kind !== 'folder') throw nameTaken();
    folder = (found ?? context.acts.ensureFolder(folder, bytes, NEW_FOLDER)).id;
  }
  return folder;
}

/** Until its own mode and owner are known. */
const NEW_FOLDER = { mode: 0o755, uid: 0, gid: 0 };

function nameTaken(): AppError {
  return new AppError('store/name-taken', 'Its name is taken in the store by something else.', {
    kind: 'conflict',
    hint: 'Give the source another name, and import it again.',
  });
}

/** Gives folders the rights and times that they had, the innermost last made first; empty ones are made here. */
function settleFolders(context: ImportPlace, folders: readonly SourceItem[]): void {
  for (const { path, mode, uid, gid, atimeNs, mtimeNs } of folders.toReversed()) {
    try {
      context.database.changeNode(madeFolder(context, path), { mode, uid, gid, atimeNs, mtimeNs });
    } catch (error) {
      if (failureOf(error) === undefined) throw error;
      // Something that is no folder has its name: its files were told of.
    }
  }
}
