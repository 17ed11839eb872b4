/** From requests of the kernel to acts upon the tree: each answers with the bytes that it has put behind the header. */
import type { MountedTree, Node, NodeKind } from '#store';
import {
  createListing,
  kindOfMode,
  putAttributesReply,
  putBytes,
  putEntry,
  putOpened,
  putStatistics,
  putWritten,
  putXattrSize,
} from './reply.ts';
import {
  nameAt,
  type OpenRequest,
  type RenameRequest,
  type Request,
  readAllocate,
  readBatchForget,
  readCreate,
  readGetXattr,
  readInterrupt,
  readLink,
  readMakeFolder,
  readMakeNode,
  readOpen,
  readRead,
  readRelease,
  readRename,
  readRename2,
  readSetAttributes,
  readSetXattr,
  readSymlink,
  readWrite,
} from './request.ts';
import {
  ALLOCATE,
  ENTRY_BYTES,
  O,
  OP,
  OPEN_KILL_SET_BITS,
  OPENED,
  OUT_HEADER,
  RENAME,
  SET,
  WRITE_KILL_SET_BITS,
  XATTR,
} from './words.ts';

/** An error that is answered by its number. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/**
 * @param reply behind whose header the answer is put
 * @returns how long it is; undefined where none is expected
 * @throws Refusal, PosixError
 */
export type Answer = (request: Request, reply: Buffer) => number | undefined;

const NOTHING = 0;
const ROOT = 0;
/** Set bits of a mode lie above. */
const PERMISSIONS = 0o1777;
/** Only the kernel changes what files hold, so what it remembers stays right. */
const OPENED_FILE = OPENED.keepCache;
/** Of a short name in a listing. More are looked up than fit, or again. */
const SHORT_ENTRY_BYTES = 48;
/** Where in a listing the entries begin: behind `.` and `..`. */
const FIRST_ENTRY = 2;

export interface AnswerParts {
  readonly tree: MountedTree;
  /** Nanoseconds since 1970. */
  readonly nowNs: () => bigint;
  /** Nobody waits for the request of this number any more. */
  readonly interrupt: (unique: number) => void;
}

/** By the number of the operation; what is not there is not done, and the kernel stops asking for it. */
export function createAnswers({ tree, nowNs, interrupt }: AnswerParts): ReadonlyMap<number, Answer> {
  const made = (request: Request, reply: Buffer, name: Buffer, make: () => Node): number =>
    putEntry(
      reply,
      tree.once(request, make, () => tree.lookup(request.node, name)),
    );
  const done = (request: Request, act: () => void): number => {
    tree.once(request, act, () => undefined);
    return NOTHING;
  };
  const rename = (request: Request, { from, toFolder, to, flags }: RenameRequest): number => {
    if (flags !== 0 && flags !== RENAME.noReplace && flags !== RENAME.exchange) throw new Refusal('EINVAL');
    const flag = flags === 0 ? undefined : flags === RENAME.exchange ? 'exchange' : 'noReplace';
    return done(request, () => tree.rename(request.node, from, toFolder, to, flag));
  };
  const open = (node: number, { flags, openFlags }: OpenRequest): Node =>
    tree.open(node, {
      write: isWriting(flags),
      truncate: (flags & O.truncate) !== 0,
      losesSetBits: (openFlags & OPEN_KILL_SET_BITS) !== 0,
    });
  const list =
    (hasNodes: boolean): Answer =>
    ({ node, body }, reply) => {
      const { offset, size } = readRead(body);
      return putListing(tree, node, offset, Math.min(size, reply.length - OUT_HEADER), reply, hasNodes);
    };

  return new Map<number, Answer>([
    [OP.lookup, ({ node, body }, reply) => putEntry(reply, tree.lookup(node, nameAt(body, 0)))],
    [OP.forget, ({ node }) => void tree.forget(node)],
    [OP.batchForget, ({ body }) => void readBatchForget(body).forEach(tree.forget)],
    [OP.getattr, ({ node }, reply) => putAttributesReply(reply, tree.node(node))],
    [OP.setattr, ({ node, body }, reply) => putAttributesReply(reply, setAttributes(tree, nowNs, node, body))],
    [OP.readlink, ({ node }, reply) => putBytes(reply, tree.readlink(node))],
    [
      OP.symlink,
      (request, reply) => {
        const { name, target } = readSymlink(request.body);
        return made(request, reply, name, () => tree.symlink(request.node, name, target, request));
      },
    ],
    [
      OP.mknod,
      (request, reply) => {
        const { mode, device, name } = readMakeNode(request.body);
        const { uid, gid } = request;
        return made(request, reply, name, () =>
          tree.make(request.node, name, { kind: specialKind(mode), mode, uid, gid, device }),
        );
      },
    ],
    [
      OP.mkdir,
      (request, reply) => {
        const { mode, name } = readMakeFolder(request.body);
        const { uid, gid } = request;
        return made(request, reply, name, () => tree.mkdir(request.node, name, { mode, uid, gid }));
      },
    ],
    [OP.unlink, (request) => done(request, () => tree.unlink(request.node, nameAt(request.body, 0)))],
    [OP.rmdir, (request) => done(request, () => tree.rmdir(request.node, nameAt(request.body, 0)))],
    [OP.rename, (request) => rename(request, readRename(request.body))],
    [OP.rename2, (request) => rename(request, readRename2(request.body))],
    [
      OP.link,
      (request, reply) => {
        const { node, name } = readLink(request.body);
        return made(request, reply, name, () => tree.link(node, request.node, name));
      },
    ],
    [
      OP.open,
      ({ node, body }, reply) => {
        open(node, readOpen(body));
        return putOpened(reply, OPENED_FILE);
      },
    ],
    [
      OP.create,
      (request, reply) => {
        const asked = readCreate(request.body);
        const { name, mode } = asked;
        const { node: folder, uid, gid } = request;
        const find = (): Node => tree.lookup(folder, name);
        let isNew = false;
        const make = (): Node => {
          const node = tree.make(folder, name, { kind: 'file', mode, uid, gid, isLive: true });
          isNew = true;
          return node;
        };
        const isShy = (asked.flags & O.exclusive) !== 0;
        const { id } = tree.once(request, isShy ? make : () => unlessThere(make, find), find);
        // There is nothing in it that could go.
        const node = open(id, isNew ? { ...asked, flags: asked.flags & ~O.truncate } : asked);
        return putEntry(reply, node) + putOpened(reply, OPENED_FILE, OUT_HEADER + ENTRY_BYTES);
      },
    ],
    [
      OP.read,
      ({ node, body }, reply) => {
        const { offset, size } = readRead(body);
        return tree.read(node, offset, reply.subarray(OUT_HEADER, OUT_HEADER + size));
      },
    ],
    [
      OP.write,
      ({ node, body }, reply) => {
        const { offset, bytes, flags } = readWrite(body);
        const losesSetBits = (flags & WRITE_KILL_SET_BITS) !== 0;
        return putWritten(reply, tree.write(node, offset, bytes, { losesSetBits }));
      },
    ],
    [
      OP.release,
      ({ node, body }) => {
        tree.close(node, { write: isWriting(readRelease(body).flags) });
        return NOTHING;
      },
    ],
    [OP.fsync, ({ node }) => synced(tree, node)],
    [OP.fsyncdir, ({ node }) => synced(tree, node)],
    [
      OP.opendir,
      ({ node }, reply) => {
        tree.open(node);
        return putOpened(reply, 0);
      },
    ],
    [OP.readdir, list(false)],
    [OP.readdirplus, list(true)],
    [
      OP.releasedir,
      ({ node }) => {
        tree.close(node, { write: false });
        return NOTHING;
      },
    ],
    [OP.statfs, (_request, reply) => putStatistics(reply, tree.statistics())],
    [
      OP.setxattr,
      (request) => {
        const { name, value, flags } = readSetXattr(request.body);
        return done(request, () => {
          // Neither can be where both are asked for; which of them is told depends on what is there.
          if (flags === XATTR.create + XATTR.replace) tree.getAttribute(request.node, name);
          const flag = (flags & XATTR.create) !== 0 ? 'create' : flags === XATTR.replace ? 'replace' : undefined;
          tree.setAttribute(request.node, name, value, flag);
        });
      },
    ],
    [OP.removexattr, (request) => done(request, () => tree.removeAttribute(request.node, nameAt(request.body, 0)))],
    [
      OP.getxattr,
      ({ node, body }, reply) => {
        const { size, name } = readGetXattr(body);
        return putSized(reply, tree.getAttribute(node, name), size);
      },
    ],
    [
      OP.listxattr,
      ({ node, uid, body }, reply) => {
        const seen = tree.listAttributes(node).filter((name) => uid === ROOT || !isTrusted(name));
        const names = seen.flatMap((name) => [name, Buffer.alloc(1)]);
        return putSized(reply, Buffer.concat(names), readGetXattr(body).size);
      },
    ],
    [
      OP.fallocate,
      ({ node, uid, gid, body }) => {
        allocate(tree, node, readAllocate(body));
        // Here alone the kernel does not say that they have to go.
        if (uid !== ROOT) dropSetBits(tree, node, gid);
        return NOTHING;
      },
    ],
    [OP.interrupt, ({ body }) => void interrupt(readInterrupt(body))],
    [OP.destroy, () => NOTHING],
  ]);
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

/** The name of an error that is answered by its number; undefined for all others. */
export function codeOf(error: unknown): string | undefined {
  const isAnswer = error instanceof Error && (error.name === 'PosixError' || error instanceof Refusal);
  return isAnswer && 'code' in error ? String(error.code) : undefined;
}

function isWriting(flags: number): boolean {
  return (flags & O.accessMode) !== 0;
}

function specialKind(mode: number): Exclude<NodeKind, 'folder' | 'symlink'> {
  const kind = kindOfMode(mode);
  if (kind === undefined || kind === 'folder' || kind === 'symlink') throw new Refusal('EINVAL');
  return kind;
}

function setAttributes(tree: MountedTree, nowNs: () => bigint, node: number, body: Buffer): Node {
  const { valid, mode, uid, gid, size, atimeNs, mtimeNs } = readSetAttributes(body);
  const has = (bit: number): boolean => (valid & bit) !== 0;
  const timeOf = (isNow: boolean, time: bigint): bigint => (isNow ? nowNs() : time);
  return tree.change(node, {
    ...(has(SET.mode) && { mode }),
    ...(has(SET.uid) && { uid }),
    ...(has(SET.gid) && { gid }),
    ...(has(SET.size) && { size }),
    ...(has(SET.atime) && { atimeNs: timeOf(has(SET.atimeNow), atimeNs) }),
    ...(has(SET.mtime) && { mtimeNs: timeOf(has(SET.mtimeNow), mtimeNs) }),
    ...(has(SET.killSetBits) && { losesSetBits: true }),
  });
}

function synced(tree: MountedTree, node: number): number {
  tree.sync(node);
  return NOTHING;
}

/** Where in the listing it goes on is told by offsets: 1 behind `.`, 2 behind `..`, then by the cookies of entries. */
function putListing(
  tree: MountedTree,
  folder: number,
  from: number,
  room: number,
  reply: Buffer,
  hasNodes: boolean,
): number {
  const listing = createListing(reply, room, hasNodes);
  const dots = [
    { name: '.', of: () => tree.lookup(folder, '.') },
    { name: '..', of: () => tree.lookup(folder, '..') },
  ];
  for (const [at, { name, of }] of dots.entries())
    if (from <= at && !listing.addDots(name, at + 1, of())) return listing.length;
  let cookie = Math.max(0, from - FIRST_ENTRY);
  const atOnce = 1 + Math.floor(room / (SHORT_ENTRY_BYTES + (hasNodes ? ENTRY_BYTES : 0)));
  for (;;) {
    const entries = tree.list(folder, cookie, atOnce);
    for (const entry of entries) if (!listing.add(entry, entry.cookie + FIRST_ENTRY)) return listing.length;
    const last = entries.at(-1);
    if (last === undefined || entries.length < atOnce) return listing.length;
    cookie = last.cookie;
  }
}

/** Who is not of the file's group takes the set-group-id bit off in any case. */
function dropSetBits(tree: MountedTree, id: number, gid: number): void {
  const node = tree.node(id);
  if (node.mode <= PERMISSIONS) return;
  if (node.gid === gid) tree.change(id, { losesSetBits: true });
  else tree.change(id, { mode: node.mode & PERMISSIONS });
}

/** Who is not root is not told of these. @see xattr(7) */
function isTrusted(name: Uint8Array): boolean {
  return Buffer.from(name).toString('latin1').startsWith('trusted.');
}

/** Without a size, how long it is. */
function putSized(reply: Buffer, bytes: Uint8Array, size: number): number {
  if (size === 0) return putXattrSize(reply, bytes.length);
  if (bytes.length > size) throw new Refusal('ERANGE');
  return putBytes(reply, bytes);
}

function allocate(tree: MountedTree, node: number, { offset, length, mode }: ReturnType<typeof readAllocate>): void {
  const keepSize = (mode & ALLOCATE.keepSize) !== 0;
  const rest = mode & ~ALLOCATE.keepSize;
  if (rest === 0) tree.allocate(node, offset, length, { keepSize });
  else if (rest === ALLOCATE.punchHole && keepSize) tree.punch(node, offset, length);
  else if (rest === ALLOCATE.zeroRange) {
    tree.punch(node, offset, length);
    if (!keepSize) tree.allocate(node, offset, length);
  } else throw new Refusal('EOPNOTSUPP');
}
