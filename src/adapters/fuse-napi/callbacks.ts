/**
 * From calls of the library to acts upon the tree, each done before it is answered. Handles are numbers of nodes, so what is
 * open is found whatever becomes of its path. What is not here the system does itself: locks, `flush`, seeking for holes.
 */
import { constants } from 'node:fs';
import { shownName } from '#kernel';
import type { MountedTree, Node } from '#store';
import { answerTo, codeOf, Refusal } from './errors.ts';
import { nameOf } from './given-names.ts';
import type * as Fuse from './library-types.ts';
import { findAt, nodeAt, type Place, placeOf } from './places.ts';
import type { PutAway } from './put-away.ts';
import { figuresOf, kindOfMode, modeOf, statsOf, timeOf } from './stats.ts';
import { attributeFlags, shownAttribute, storedAttribute, withPart } from './xattrs.ts';

export interface CallbackParts {
  readonly tree: MountedTree;
  readonly putAway: PutAway;
  /** Has anybody this node open? */
  readonly isOpen: (node: number) => boolean;
  /** Nanoseconds since 1970. */
  readonly nowNs: () => bigint;
  readonly isReadOnly: boolean;
  /** Who asks; undefined where the system does not tell. */
  readonly asker: () => { readonly uid: number; readonly gid: number } | undefined;
  /** Something went wrong that no file system should say: told, and answered with EIO. */
  readonly onBug: (error: unknown) => void;
}

const IS_MAC = process.platform === 'darwin';
const { O_TRUNC, O_EXCL, O_WRONLY, O_RDWR } = constants;
/** Of `renameat2`, and of `renamex_np` of macOS, which has the same number for the second. */
const RENAME = { noReplace: 1, exchange: 2, noReplaceOnMac: 4 } as const;
/** Of `fallocate`, which macOS means differently. */
const ALLOCATE = { keepSize: 1, punchHole: 2, zeroRange: 16 } as const;
/** Nanoseconds that stand for something else, on every system. */
const TIME = { now: 0x3fff_ffff, stays: 0x3fff_fffe } as const;
/** An owner that stays. */
const SAME = 0xffff_ffff;
/** Looked up at once, of which the system takes as many as fit. Chosen. */
const LISTED_AT_ONCE = 200;
/** Where in a listing the entries begin: behind `.` and `..`. */
const FIRST_ENTRY = 2;
const MOST_NAME_BYTES = 255;

type Done<T> = (code: number, result?: T) => void;

export function createCallbacks(parts: CallbackParts): Partial<Fuse.Operations> {
  const { tree, putAway, isOpen, nowNs, isReadOnly, onBug } = parts;
  const asker = (): { uid: number; gid: number } =>
    parts.asker() ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  /** As writing by anybody but root does. */
  const losesSetBits = (): boolean => asker().uid !== 0;

  function look<T>(done: Done<T>, work: () => T): void {
    answer(done, () => {
      putAway.settle();
      return work();
    });
  }
  function act(done: Done<never>, work: () => void): void {
    look(done, () => {
      checkWritable();
      work();
      return undefined as never;
    });
  }
  function answer<T>(done: Done<T>, work: () => T): void {
    let result: T;
    try {
      result = work();
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) onBug(error);
      done(answerTo(code ?? 'EIO'));
      return;
    }
    done(0, result);
  }
  function checkWritable(): void {
    if (isReadOnly) throw new Refusal('EROFS');
  }

  /** A path that is none is that of what is open. */
  function nodeOf(path: string | null, handle: Fuse.FileHandle = 0): Node {
    if (path === null) return tree.node(nodeOfHandle(handle));
    const away = putAway.nodeAt(path);
    return away === undefined ? nodeAt(tree, path) : (findAt(tree, path) ?? tree.node(away));
  }
  function statsAt(path: string | null, handle?: Fuse.FileHandle): Fuse.Stats {
    const node = nodeOf(path, handle);
    const isAway = putAway.has(node.id) && (path === null || putAway.nodeAt(path) === node.id);
    // Of what is put away the library takes off a name that it does not have.
    return statsOf(node, node.links + (isAway ? 1 : 0));
  }
  function open(node: Node, flags: number): Fuse.FileHandle {
    const write = (flags & (O_WRONLY | O_RDWR)) !== 0;
    const truncate = (flags & O_TRUNC) !== 0;
    if (write || truncate) checkWritable();
    tree.open(node.id, { write, truncate, losesSetBits: truncate && losesSetBits() });
    return handleOf(node.id, write);
  }
  function close(handle: Fuse.FileHandle): void {
    const node = nodeOfHandle(handle);
    tree.close(node, { write: isWriting(handle) });
    if (!isOpen(node)) tree.forget(node);
  }
  function unlink({ folder, name }: Place): void {
    const { id } = tree.lookup(folder, name);
    tree.unlink(folder, name);
    tree.forget(id);
  }
  function rename(from: string, to: string, flags: number): void {
    const [old, place] = [placeOf(tree, from), placeOf(tree, to)];
    const replaced = findAt(tree, to);
    putAway.leave(to);
    tree.rename(old.folder, old.name, place.folder, place.name, renameFlag(flags));
    if (replaced !== undefined) tree.forget(replaced.id);
  }

  return {
    getattr: (path, done) => look(done, () => statsAt(path)),
    fgetattr: (path, handle, done) => look(done, () => statsAt(path, handle)),
    readlink: (path, done) => look(done, () => shownName(tree.readlink(nodeOf(path).id))),
    statfs: (_path, done) => look(done, () => figuresOf(tree.statistics())),

    mknod: (path, mode, device, done) =>
      act(done, () => {
        const { folder, name } = placeOf(tree, path);
        tree.make(folder, name, { kind: specialKind(mode), mode, ...asker(), device: Number(device) });
      }),
    mkdir: (path, mode, done) =>
      act(done, () => {
        const { folder, name } = placeOf(tree, path);
        tree.mkdir(folder, name, { mode, ...asker() });
      }),
    symlink: (target, path, done) =>
      act(done, () => {
        const { folder, name } = placeOf(tree, path);
        tree.symlink(folder, name, nameOf(target), asker());
      }),
    link: (source, path, done) =>
      act(done, () => {
        const { folder, name } = placeOf(tree, path);
        tree.link(nodeOf(source).id, folder, name);
      }),
    unlink: (path, done) =>
      act(done, () => {
        const away = findAt(tree, path) === undefined ? putAway.nodeAt(path) : undefined;
        if (away === undefined) unlink(placeOf(tree, path));
        else {
          putAway.end(path);
          tree.forget(away);
        }
      }),
    rmdir: (path, done) =>
      act(done, () => {
        const { folder, name } = placeOf(tree, path);
        const { id } = tree.lookup(folder, name);
        tree.rmdir(folder, name);
        tree.forget(id);
      }),
    renameWithFlags: (from, to, flags, done) =>
      answer<never>(done, () => {
        putAway.settle(to);
        checkWritable();
        const node = nodeOf(from);
        if (flags === 0 && putAway.isMeant(from, to, () => isOpen(node.id)))
          putAway.put(from, to, node.id, () => unlink(placeOf(tree, from)));
        else rename(from, to, flags);
        return undefined as never;
      }),

    open: (path, flags, done) => look(done, () => open(nodeOf(path), flags)),
    createWithFlags: (path, mode, flags, done) =>
      look(done, () => {
        checkWritable();
        const { folder, name } = placeOf(tree, path);
        const make = (): Node => tree.make(folder, name, { kind: 'file', mode, ...asker(), isLive: true });
        const isShy = (flags & O_EXCL) !== 0;
        return open(isShy ? make() : unlessThere(make, () => tree.lookup(folder, name)), flags);
      }),
    read: (_path, handle, buffer, length, position, done) =>
      answer<number>(
        (code, bytes = 0) => done(code || bytes),
        () => {
          putAway.settle();
          return tree.read(nodeOfHandle(handle), Number(position), buffer.subarray(0, length));
        },
      ),
    write: (_path, handle, buffer, length, position, done) =>
      answer<number>(
        (code, bytes = 0) => done(code || bytes),
        () => {
          putAway.settle();
          const bytes = buffer.subarray(0, length);
          return tree.write(nodeOfHandle(handle), Number(position), bytes, { losesSetBits: losesSetBits() });
        },
      ),
    release: (_path, handle, done) => look(done, () => close(handle)),
    fsync: (_path, _isDataOnly, handle, done) => look(done, () => tree.sync(nodeOfHandle(handle))),
    ...(!IS_MAC && {
      fallocate: (_path, handle, mode, offset, length, done) =>
        act(done, () => allocate(tree, nodeOfHandle(handle), mode, Number(offset), Number(length))),
    }),

    opendir: (path, _flags, done) =>
      look(done, () => {
        const { id } = tree.open(nodeOf(path).id);
        return handleOf(id, false);
      }),
    readdirPaged: (_path, handle, offset, done) =>
      look<Listing>(
        (code, listing) => done(code, listing?.names, listing?.stats, listing?.nextOffsets),
        () => listingOf(tree, nodeOfHandle(handle), Number(offset)),
      ),
    releasedir: (_path, handle, done) => look(done, () => close(handle)),
    fsyncdir: (_path, _isDataOnly, handle, done) => look(done, () => tree.sync(nodeOfHandle(handle))),

    truncate: (path, size, done) =>
      act(done, () => tree.change(nodeOf(path).id, { size: Number(size), losesSetBits: losesSetBits() })),
    ftruncate: (path, handle, size, done) =>
      act(done, () => tree.change(nodeOf(path, handle).id, { size: Number(size), losesSetBits: losesSetBits() })),
    chmodWithHandle: (path, handle, mode, done) => act(done, () => tree.change(nodeOf(path, handle).id, { mode })),
    chownWithHandle: (path, handle, uid, gid, done) =>
      act(done, () =>
        tree.change(nodeOf(path, handle).id, { ...(uid !== SAME && { uid }), ...(gid !== SAME && { gid }) }),
      ),
    utimensWithHandle: (path, handle, atime, mtime, done) =>
      act(done, () => {
        const [atimeNs, mtimeNs] = [atime, mtime].map((time) => askedTime(time, nowNs));
        tree.change(nodeOf(path, handle).id, { atimeNs, mtimeNs });
      }),

    getxattr: (path, name, position, done) =>
      look(done, () => {
        const value = tree.getAttribute(nodeOf(path).id, storedAttribute(name, IS_MAC));
        return Buffer.from(value.subarray(position));
      }),
    setxattr: (path, name, value, position, flags, done) =>
      act(done, () => {
        const { id } = nodeOf(path);
        const stored = storedAttribute(name, IS_MAC);
        const { create, replace } = attributeFlags(flags, IS_MAC);
        if (replace) tree.getAttribute(id, stored);
        const whole = position === 0 ? value : withPart(attributeOrNothing(tree, id, stored), position, value);
        tree.setAttribute(id, stored, whole, create ? 'create' : undefined);
      }),
    listxattr: (path, done) =>
      look(done, () => tree.listAttributes(nodeOf(path).id).flatMap((name) => shownAttribute(name, IS_MAC) ?? [])),
    removexattr: (path, name, done) =>
      act(done, () => tree.removeAttribute(nodeOf(path).id, storedAttribute(name, IS_MAC))),
  };
}

/** The last bit says whether it was opened to be written to. */
function handleOf(node: number, isWriting: boolean): number {
  return 2 * node + (isWriting ? 1 : 0);
}

function nodeOfHandle(handle: Fuse.FileHandle): number {
  return Math.floor(Number(handle) / 2);
}

function isWriting(handle: Fuse.FileHandle): boolean {
  return Number(handle) % 2 === 1;
}

/** Another process may have put something there since the kernel looked. */
function unlessThere(make: () => Node, find: () => Node): Node {
  try {
    return make();
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return find();
  }
}

function specialKind(mode: number): 'file' | 'fifo' | 'socket' | 'character-device' | 'block-device' {
  const kind = kindOfMode(mode);
  if (kind === undefined || kind === 'folder' || kind === 'symlink') throw new Refusal('EINVAL');
  return kind;
}

function renameFlag(flags: number): 'noReplace' | 'exchange' | undefined {
  if (flags === 0) return undefined;
  if (flags === RENAME.exchange) return 'exchange';
  if (flags === RENAME.noReplace || (IS_MAC && flags === RENAME.noReplaceOnMac)) return 'noReplace';
  throw new Refusal('EINVAL');
}

function askedTime(time: Fuse.Timespec, nowNs: () => bigint): bigint | undefined {
  if (time.nanoseconds === TIME.stays) return undefined;
  return time.nanoseconds === TIME.now ? nowNs() : timeOf(time);
}

function attributeOrNothing(tree: MountedTree, node: number, name: Uint8Array): Uint8Array {
  try {
    return tree.getAttribute(node, name);
  } catch (error) {
    if (codeOf(error) !== 'ENODATA') throw error;
    return new Uint8Array();
  }
}

interface Listing {
  readonly names: string[];
  readonly stats: Fuse.Stats[];
  /** Where it goes on behind each: 1 behind `.`, 2 behind `..`, then by the cookies of entries. */
  readonly nextOffsets: number[];
}

function listingOf(tree: MountedTree, folder: number, from: number): Listing {
  const listing: Listing = { names: [], stats: [], nextOffsets: [] };
  function add(name: string, node: Node, next: number): void {
    listing.names.push(name);
    // No more is read of it.
    listing.stats.push({ mode: modeOf(node) });
    listing.nextOffsets.push(next);
  }
  for (const [at, name] of ['.', '..'].entries()) if (from <= at) add(name, tree.lookup(folder, name), at + 1);
  if (listing.names.length > 0) return listing;
  let after: number | undefined = Math.max(0, from - FIRST_ENTRY);
  while (after !== undefined && listing.names.length === 0) {
    const entries = tree.list(folder, after, LISTED_AT_ONCE);
    after = entries.at(-1)?.cookie;
    for (const { name, node, cookie } of entries) {
      const shown = shownName(name);
      // Some become longer than a name can be. Nothing at all would be the end.
      if (Buffer.byteLength(shown) <= MOST_NAME_BYTES) add(shown, node, cookie + FIRST_ENTRY);
    }
  }
  return listing;
}

function allocate(tree: MountedTree, node: number, mode: number, offset: number, length: number): void {
  const keepSize = (mode & ALLOCATE.keepSize) !== 0;
  const rest = mode & ~ALLOCATE.keepSize;
  if (rest === 0) tree.allocate(node, offset, length, { keepSize });
  else if (rest === ALLOCATE.punchHole && keepSize) tree.punch(node, offset, length);
  else if (rest === ALLOCATE.zeroRange) {
    tree.punch(node, offset, length);
    if (!keepSize) tree.allocate(node, offset, length);
  } else throw new Refusal('EOPNOTSUPP');
}
