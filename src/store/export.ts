/** What a store holds, as it is listed, read and written out again. */
import { AppError, type BytePath, bytesOfPath, displayPath, joinPath, type Progress, pathFromBytes } from '#kernel';
import { breathe } from './breathe.ts';
import type { Node, NodeKind } from './ports.ts';
import type { ExportReport, ImportedFile, StoredEntry } from './reports.ts';
import { PosixError } from './tree/posix-error.ts';
import type { Tree } from './tree/tree.ts';

/** What a node is dressed in outside. */
export interface Dress {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
}

export interface StandingThing {
  readonly kind: 'file' | 'folder' | 'symlink' | 'other';
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  /** What a symlink says. */
  readonly target: Uint8Array | null;
}

/** Where files are written to. Replaces nothing. @throws AppError `files/exists`, `files/denied`, `files/disk-full` … */
export interface ExportTarget {
  /** What stands at a name; undefined for nothing. */
  look(path: BytePath): StandingThing | undefined;
  /** With all above it. */
  makeFolder(path: BytePath): void;
  /** A whole file, synced, or none. */
  writeFile(path: BytePath, pieces: Iterable<Uint8Array>, dress: Dress): void;
  link(path: BytePath, target: Uint8Array, dress: Dress): void;
  dress(path: BytePath, dress: Dress): void;
}

const AT_ONCE = 1000;
const PIECE_BYTES = 1 << 20;

/** The node at a path of the store; `` or `/` is the root. @throws AppError `store/missing-path` */
export function nodeAt(tree: Tree, path: BytePath): Node {
  const bytes = bytesOfPath(path.startsWith('/') ? path : (`/${path}` as BytePath));
  try {
    return tree.resolve(bytes);
  } catch (error) {
    if (!(error instanceof PosixError) || !MISSING.has(error.code)) throw named(error, path);
    throw new AppError('store/missing-path', `The store holds no ${displayPath(path)}.`, {
      kind: 'missing',
      hint: '"reprise store ls STORE" shows what it holds.',
      cause: error,
    });
  }
}

const ROOT_PATH = '/' as BytePath;
const MISSING: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EINVAL']);

/** A file, or what a folder holds, by the bytes of names. */
export function* listStore(tree: Tree, path: BytePath, isDeep: boolean): Generator<StoredEntry> {
  const node = nodeAt(tree, path);
  const clean = path.replace(/^\/+|\/+$/g, '') as BytePath;
  if (node.kind === 'folder') yield* listFolder(tree, clean, node, isDeep);
  else yield entryOf(clean, node);
}

function* listFolder(tree: Tree, path: BytePath, folder: Node, isDeep: boolean): Generator<StoredEntry> {
  for (const { name, node } of childrenOf(tree, folder, path)) {
    const inside = (path === '' ? name : joinPath(path, name)) as BytePath;
    yield entryOf(inside, node);
    if (isDeep && node.kind === 'folder') yield* listFolder(tree, inside, node, isDeep);
  }
}

function childrenOf(tree: Tree, folder: Node, path: BytePath): { name: BytePath; node: Node }[] {
  const found: { name: Uint8Array; node: Node }[] = [];
  try {
    for (let cookie = 0; ; ) {
      const some = tree.list(folder.id, cookie, AT_ONCE);
      found.push(...some);
      if (some.length < AT_ONCE) break;
      cookie = some.at(-1)?.cookie ?? 0;
    }
  } catch (error) {
    throw named(error, path);
  }
  return found
    .sort((a, b) => Buffer.compare(a.name, b.name))
    .map(({ name, node }) => ({ name: pathFromBytes(name), node }));
}

function entryOf(path: BytePath, { kind, mode, links, uid, gid, size, mtimeNs, target, isRaw }: Node): StoredEntry {
  const said = target === null ? null : pathFromBytes(target);
  return { path, kind, mode, links, uid, gid, sizeBytes: size, mtimeNs, target: said, isRaw };
}

/** A file's bytes. A piece is valid until the next is asked for. @throws AppError `store/missing-path`, `store/not-a-file`, `store/damaged` */
export function* readStored(tree: Tree, path: BytePath): Generator<Uint8Array> {
  const node = nodeAt(tree, path);
  if (node.kind !== 'file') {
    throw new AppError(
      'store/not-a-file',
      `${displayPath(path)} in the store is no file but a ${wordFor(node.kind)}.`,
      {
        kind: 'usage',
        hint: 'Name a file; "reprise store ls STORE PATH" shows what a folder holds.',
      },
    );
  }
  yield* piecesOf(tree, node, path);
}

function* piecesOf(tree: Tree, { id, size }: Node, path: BytePath): Generator<Uint8Array> {
  const piece = new Uint8Array(Math.min(PIECE_BYTES, size));
  for (let at = 0; at < size; ) {
    let length: number;
    try {
      length = tree.read(id, at, piece.subarray(0, Math.min(piece.length, size - at)));
    } catch (error) {
      throw named(error, path);
    }
    if (length === 0) return;
    yield piece.subarray(0, length);
    at += length;
  }
}

/** What the tree says of a file, with its name. */
export function named(error: unknown, path: BytePath): unknown {
  const inner = error instanceof PosixError && error.cause instanceof AppError ? error.cause : error;
  if (!(inner instanceof AppError) || inner.kind !== 'corrupt') return inner;
  const { code, message, hint } = inner;
  return new AppError(code, `${displayPath(path || ROOT_PATH)} cannot be read as it was written: ${message}`, {
    kind: 'corrupt',
    ...(hint !== undefined && { hint }),
    cause: inner,
  });
}

const WORDS: Readonly<Record<NodeKind, string>> = {
  file: 'file',
  folder: 'folder',
  symlink: 'symbolic link',
  fifo: 'pipe',
  socket: 'socket',
  'character-device': 'device',
  'block-device': 'device',
};

function wordFor(kind: NodeKind): string {
  return WORDS[kind];
}

/** As far as can be told without reading: an export that was interrupted goes on. */
function isEqual({ kind, sizeBytes, mtimeNs, target }: StandingThing, node: Node): boolean {
  if (kind !== node.kind) return false;
  if (kind === 'symlink') return Buffer.compare(target ?? new Uint8Array(), node.target ?? new Uint8Array()) === 0;
  return kind === 'file' && sizeBytes === node.size && mtimeNs === node.mtimeNs;
}

export interface ExportOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly onFile: (file: ImportedFile) => void;
}

/** Writes what lies at these paths of the store, and below them, into a folder, each under its last name. */
export async function exportStored(
  tree: Tree,
  target: ExportTarget,
  folder: BytePath,
  paths: readonly BytePath[],
  { signal, progress, onFile }: ExportOptions,
): Promise<ExportReport> {
  const tally = { files: 0, skipped: 0, failed: 0, bytes: 0 };

  function tell(file: ImportedFile): void {
    if (file.outcome.kind === 'skipped') tally.skipped += 1;
    if (file.outcome.kind === 'failed') tally.failed += 1;
    onFile(file);
  }

  async function write(path: BytePath, node: Node, place: BytePath): Promise<void> {
    progress({ stage: 'Exporting', items: tally.files, bytes: tally.bytes, subject: place });
    await breathe(signal);
    const about = { source: place, path, sizeBytes: node.size };
    try {
      if (node.kind === 'folder') return await writeFolder(path, node, place);
      const there = target.look(place);
      if (there !== undefined) {
        if (isEqual(there, node)) return tell({ ...about, outcome: { kind: 'skipped', reason: 'there already' } });
        throw new AppError('files/exists', `${displayPath(place)} is there already, and is not replaced.`, {
          kind: 'conflict',
        });
      }
      if (node.kind === 'symlink') target.link(place, node.target ?? new Uint8Array(), node);
      else if (node.kind === 'file') target.writeFile(place, piecesOf(tree, node, path), node);
      else return tell({ ...about, outcome: { kind: 'skipped', reason: `a ${wordFor(node.kind)}` } });
      tally.files += 1;
      tally.bytes += node.size;
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'cancelled' || error.kind === 'exhausted') throw error;
      tell({ ...about, outcome: { kind: 'failed', failure: { code: error.code, message: error.message } } });
    }
  }

  async function writeFolder(path: BytePath, node: Node, place: BytePath): Promise<void> {
    const wasThere = target.look(place)?.kind === 'folder';
    target.makeFolder(place);
    for (const { name, node: child } of childrenOf(tree, node, path)) {
      await write((path === '' ? name : joinPath(path, name)) as BytePath, child, joinPath(place, name));
    }
    // A folder of the person's keeps what it has.
    if (!wasThere) target.dress(place, node);
  }

  target.makeFolder(folder);
  if (paths.length === 0) await writeFolder('' as BytePath, nodeAt(tree, '' as BytePath), folder);
  for (const path of paths) {
    const clean = path.replace(/^\/+|\/+$/g, '') as BytePath;
    const node = nodeAt(tree, clean);
    const name = (clean.split('/').at(-1) ?? '') as BytePath;
    if (name === '') await writeFolder('' as BytePath, node, folder);
    else await write(clean, node, joinPath(folder, name));
  }
  return tally;
}
