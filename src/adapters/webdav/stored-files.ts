/**
 * The tree as clients see it: files and folders, by the names on the way to them. Whatever else lies there is not shown and
 * not replaced, and goes with the folder that it lies in. All errors are the library's.
 */
import { Readable } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';
import {
  BadRequestError,
  ForbiddenError,
  InternalServerError,
  MethodNotSupportedError,
  ResourceTreeNotCompleteError,
  ServiceUnavailableError,
} from 'nephele';
import { namesShownAs, shownName } from '#kernel';
import type { Listed, Node, Tree } from '#store';
import { answerTo, inTree, isCode } from './errors.ts';
import { isWithin, type ShownPath } from './shown-paths.ts';
import { createUploads, ROOT, UPLOADS, type UploadFacts } from './uploads.ts';

/** Both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface Shown {
  readonly name: string;
  readonly node: Node;
}

export interface StoredFiles {
  /** @returns undefined where clients see nothing */
  find(path: ShownPath): Node | undefined;
  /** Some at a time, in no order, each as it is then; at least one page. */
  pages(folder: Node): Iterable<readonly Shown[]>;
  /** From memory of a few hundred KiB, as fast as it is read. It stays whole whatever becomes of the name meanwhile. */
  read(file: Node, range?: ByteRange): Readable;
  /** All of `bytes`, or the file stays what it was. */
  put(path: ShownPath, bytes: AsyncIterable<Uint8Array>, mtimeNs?: bigint): Promise<void>;
  makeFolder(path: ShownPath): Node;
  /** A file, or a folder that is empty. */
  remove(path: ShownPath): void;
  /** A folder with all that lies in it, shown or not. */
  removeAll(path: ShownPath): Promise<void>;
  /** A file, or a folder as an empty one, with what is known of it. */
  copy(from: ShownPath, to: ShownPath): Promise<void>;
  /** In one step, in place of a file there. */
  move(from: ShownPath, to: ShownPath): void;
  change: Tree['change'];
  getAttribute(node: Node, name: string): Uint8Array | undefined;
  setAttribute: Tree['setAttribute'];
  removeAttribute: Tree['removeAttribute'];
  /** Removes what uploads have left that were cut off. */
  clear(): void;
  /** Waits for what is read and taken; what is copied and removed is left where it is. */
  close(): Promise<void>;
}

const PIECE_BYTES = 256 << 10;
const COPIED_BYTES = 1 << 20;
/** Entries that are looked at before others have their turn. Chosen: some milliseconds. */
const PAGE = 200;
const MOST_NAME_BYTES = 255;

/** @param onWritten a file has new bytes */
export function createStoredFiles(tree: Tree, onWritten: (node: number) => void): StoredFiles {
  const uploads = createUploads(tree);
  const looks = createLooks(tree);
  const underWay = new Set<Promise<void>>();
  let isClosing = false;

  function follow(work: Promise<void>): Promise<void> {
    const done: Promise<void> = work.catch(() => undefined).finally(() => underWay.delete(done));
    underWay.add(done);
    return work;
  }

  /** Long work of this server's own does not keep it from ending. */
  function goOn(): void {
    if (isClosing) throw new ServiceUnavailableError('The server ends.');
  }

  /** A page at a time, so that others have their turn. */
  async function emptyFolder(folder: number): Promise<void> {
    for (;;) {
      goOn();
      const entries = inTree(() => tree.list(folder, 0, PAGE));
      if (entries.length === 0) return;
      for (const { name, node } of entries) {
        if (node.kind === 'folder') await emptyFolder(node.id);
        act(() => (node.kind === 'folder' ? tree.rmdir(folder, name) : tree.unlink(folder, name)));
      }
      await breathe();
    }
  }

  /** All bytes of a file. */
  async function* piecesOf({ id: file, size }: Node): AsyncGenerator<Uint8Array> {
    const piece = new Uint8Array(Math.min(COPIED_BYTES, size));
    inTree(() => tree.open(file));
    try {
      for (let at = 0; ; ) {
        goOn();
        const length = inTree(() => tree.read(file, at, piece));
        if (length === 0) return;
        yield piece.subarray(0, length);
        at += length;
        await breathe();
      }
    } finally {
      tree.release(file);
    }
  }

  async function receive(
    path: ShownPath,
    bytes: AsyncIterable<Uint8Array>,
    factsOf: (place: Place) => UploadFacts,
  ): Promise<Node> {
    // What cannot be is told before all the bytes have come.
    filePlaceOf(tree, path);
    using upload = uploads.begin();
    for await (const piece of bytes) upload.add(piece);
    // Others were at work meanwhile.
    const place = filePlaceOf(tree, path);
    const facts = inTree(() => factsOf(place));
    act(() => upload.finish(place.folder.id, place.name, facts));
    onWritten(upload.node);
    return place.folder;
  }

  async function put(path: ShownPath, bytes: AsyncIterable<Uint8Array>, mtimeNs: bigint | undefined): Promise<void> {
    const folder = await receive(path, bytes, ({ folder: { uid, gid }, node }) => ({
      ...{ mode: 0o644, uid, gid, mtimeNs, attributes: new Map() },
      ...(node !== undefined && ownOf(tree, node)),
    }));
    // It is about to be told that it is there.
    inTree(() => tree.sync(folder.id));
  }

  /** Does what may change where something lies. */
  function act<T>(work: () => T): T {
    looks.forget();
    return inTree(work);
  }

  return {
    find: (path) => inTree(() => looks.find(path)),
    *pages(folder) {
      for (let cookie: number | undefined = 0; cookie !== undefined; ) {
        const entries: readonly Listed[] = inTree(() => tree.list(folder.id, cookie ?? 0, PAGE));
        yield shownOf(folder, entries);
        cookie = entries.length < PAGE ? undefined : entries.at(-1)?.cookie;
      }
    },
    read(file, range = { start: 0, end: file.size - 1 }) {
      const stream = inTree(() => readable(tree, file.id, range));
      void follow(new Promise((resolve) => stream.once('close', () => resolve())));
      return stream;
    },
    put: (path, bytes, mtimeNs) => follow(put(path, bytes, mtimeNs)),
    makeFolder: (path) => act(() => makeFolder(tree, path)),
    remove: (path) => act(() => remove(tree, path)),
    async removeAll(path) {
      const { id } = inTree(() => sourceOf(tree, path));
      await follow(emptyFolder(id));
      act(() => remove(tree, path));
    },
    copy: async (from, to) => {
      const node = inTree(() => sourceOf(tree, from));
      if (isWithin(to, from)) throw new ForbiddenError('It cannot be copied into itself.');
      if (node.kind === 'folder') return act(() => copyFolder(tree, node, to));
      const { mode, attributes } = inTree(() => ownOf(tree, node));
      const { mtimeNs } = node;
      const copying = receive(to, piecesOf(node), ({ folder: { uid, gid } }) => ({
        ...{ mode, uid, gid, mtimeNs, attributes },
      }));
      await follow(copying.then(() => undefined));
    },
    move: (from, to) => act(() => move(tree, from, to)),
    change: (...given) => act(() => tree.change(...given)),
    getAttribute: (node, name) => inTree(() => attributeOf(tree, node, name)),
    setAttribute: (...given) => act(() => tree.setAttribute(...given)),
    removeAttribute: (...given) => act(() => tree.removeAttribute(...given)),
    clear: uploads.clear,
    async close() {
      isClosing = true;
      while (underWay.size > 0) await Promise.all(underWay);
      uploads.clear();
    },
  };
}

function isShown({ kind }: Node): boolean {
  return kind === 'file' || kind === 'folder';
}

/**
 * Finding, and finding again: for each of many files the library looks at all folders above it. What was found counts while
 * nobody else has his turn.
 */
function createLooks(tree: Tree): { find(path: ShownPath): Node | undefined; forget(): void } {
  const found = new Map<string, Node | undefined>();
  return {
    find(path) {
      const key = path.join('/');
      if (found.has(key)) return found.get(key);
      const node = find(tree, path);
      if (found.size === 0) setImmediate(() => found.clear());
      found.set(key, node);
      return node;
    },
    forget: () => found.clear(),
  };
}

/** A name in a folder, and what has it, shown or not. */
interface Place {
  readonly folder: Node;
  readonly name: Uint8Array;
  readonly node: Node | undefined;
}

function find(tree: Tree, path: ShownPath): Node | undefined {
  let node = tree.node(ROOT);
  for (const shown of path) {
    if (node.kind !== 'folder') return undefined;
    const found = entryOf(tree, node.id, shown)?.node;
    if (found === undefined || !isShown(found)) return undefined;
    node = found;
  }
  return node;
}

function entryOf(tree: Tree, folder: number, shown: string): Omit<Listed, 'cookie'> | undefined {
  if (folder === ROOT && shown === UPLOADS) return undefined;
  for (const name of namesShownAs(shown)) {
    try {
      return { name, node: tree.lookup(folder, name) };
    } catch (error) {
      // What no name can be is no name of anything.
      if (!isCode(error, 'ENOENT', 'ENAMETOOLONG', 'EINVAL')) throw error;
    }
  }
  return undefined;
}

/** @throws ResourceTreeNotCompleteError where there is no folder for it; ForbiddenError, BadRequestError */
function placeOf(tree: Tree, path: ShownPath): Place {
  const shown = path.at(-1);
  if (shown === undefined || (path.length === 1 && shown === UPLOADS))
    throw new ForbiddenError('This name belongs to the store.');
  const folder = find(tree, path.slice(0, -1));
  if (folder?.kind !== 'folder') throw new ResourceTreeNotCompleteError('There is no folder that it could lie in.');
  const entry = entryOf(tree, folder.id, shown);
  if (entry === undefined && Buffer.byteLength(shown) > MOST_NAME_BYTES)
    throw new BadRequestError('The name is too long.');
  return { folder, name: entry?.name ?? Buffer.from(shown), node: entry?.node };
}

/** Where a file may come to lie. */
function filePlaceOf(tree: Tree, path: ShownPath): Place {
  return inTree(() => {
    const place = placeOf(tree, path);
    if (place.node?.kind === 'folder') throw new MethodNotSupportedError('It is a folder.');
    return keepingHidden(place);
  });
}

function keepingHidden(place: Place): Place {
  if (place.node === undefined || isShown(place.node)) return place;
  throw new ForbiddenError('Something has this name that is neither file nor folder.');
}

function sourceOf(tree: Tree, path: ShownPath): Node {
  const node = find(tree, path);
  if (node === undefined) throw new ResourceTreeNotCompleteError('It is not there any more.');
  return node;
}

function shownOf(folder: Node, entries: readonly Listed[]): Shown[] {
  return entries
    .filter(({ node }) => isShown(node))
    .map(({ name, node }) => ({ name: shownName(name), node }))
    .filter(({ name }) => folder.id !== ROOT || name !== UPLOADS);
}

function makeFolder(tree: Tree, path: ShownPath): Node {
  const { folder, name } = placeOf(tree, path);
  return tree.mkdir(folder.id, name, { mode: 0o755, uid: folder.uid, gid: folder.gid });
}

function copyFolder(tree: Tree, from: Node, to: ShownPath): void {
  const { folder, name, node } = keepingHidden(placeOf(tree, to));
  if (node?.kind === 'file') tree.unlink(folder.id, name);
  const { id } = tree.ensureFolder(folder.id, name, { mode: from.mode, uid: folder.uid, gid: folder.gid });
  for (const [attribute, value] of ownOf(tree, from).attributes) tree.setAttribute(id, attribute, value);
}

function remove(tree: Tree, path: ShownPath): void {
  const { folder, name, node } = placeOf(tree, path);
  if (node?.kind === 'folder') tree.rmdir(folder.id, name);
  else tree.unlink(folder.id, name);
}

function move(tree: Tree, from: ShownPath, to: ShownPath): void {
  const source = placeOf(tree, from);
  const target = keepingHidden(placeOf(tree, to));
  tree.rename(source.folder.id, source.name, target.folder.id, target.name);
}

/** What a file keeps when its bytes are replaced. */
function ownOf(tree: Tree, { id, mode, uid, gid }: Node): Omit<UploadFacts, 'mtimeNs'> {
  const attributes = new Map(tree.listAttributes(id).map((name) => [name, tree.getAttribute(id, name)]));
  return { mode, uid, gid, attributes };
}

function attributeOf(tree: Tree, { id, attributes }: Node, name: string): Uint8Array | undefined {
  if (attributes === null) return undefined;
  try {
    return tree.getAttribute(id, name);
  } catch (error) {
    if (isCode(error, 'ENODATA')) return undefined;
    throw error;
  }
}

/** The file lives on until the stream is destroyed, as it is by itself at its end. */
function readable(tree: Tree, file: number, { start, end }: ByteRange): Readable {
  tree.open(file);
  let at = start;
  return new Readable({
    highWaterMark: PIECE_BYTES,
    read() {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end + 1 - at));
      try {
        if (piece.length > 0 && tree.read(file, at, piece) < piece.length)
          throw new InternalServerError('It was cut off.');
      } catch (error) {
        this.destroy(answerTo(error) as Error);
        return;
      }
      at += piece.length;
      this.push(piece.length > 0 ? piece : null);
    },
    destroy(error, callback) {
      try {
        tree.release(file);
        callback(error);
      } catch (failure) {
        callback(error ?? (answerTo(failure) as Error));
      }
    },
  });
}
