/** Requests about names and what stands beside the bytes. They act on the backing folder at once. */
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  statfsSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import type { Faults } from './faults.ts';
import {
  attributesOf,
  heldOf,
  type Node,
  type Nodes,
  namedPath,
  nowNs,
  pathIn,
  pathOf,
  setTimes,
  touch,
} from './nodes.ts';
import {
  encodeAttributesReply,
  encodeEntry,
  encodeListing,
  encodeOpened,
  encodeSpace,
  type ListedName,
  namesAt,
  OP,
  RENAME_NOREPLACE,
  type Request,
  SET,
  u64,
} from './protocol.ts';
import { Refusal } from './refusal.ts';

/** Answers with a payload; `undefined`: there is no answer. @throws Refusal, Node's own errors */
export type Answer = (request: Request) => Buffer | undefined;

const NOTHING = Buffer.alloc(0);

export function answerNames(nodes: Nodes, faults: Faults): Readonly<Record<number, Answer>> {
  const listings = new Map<number, ListedName[]>();
  let lastListing = 0;

  const told = (node: Node): Buffer => encodeEntry(node.id, attributesOf(node));
  /** A new name, which belongs to who asked. */
  const made = (request: Request, name: string, make: (path: Buffer) => void, mode?: number): Node => {
    faults.onName();
    const folder = nodes.get(request.node);
    make(pathIn(folder, name));
    const node = nodes.take(folder, name);
    if (request.uid !== process.getuid?.() || request.gid !== process.getgid?.()) {
      chownSync(pathOf(node), request.uid, request.gid);
    }
    // After the owner, whose change takes special bits away.
    if (mode !== undefined) chmodSync(pathOf(node), mode & 0o7777);
    return node;
  };
  const remove = (remover: (path: Buffer) => void): Answer => {
    return ({ node, body }) => {
      faults.onName();
      const [folder, name] = [nodes.get(node), namesAt(body, 0)[0] ?? ''];
      const removed = nodes.take(folder, name);
      try {
        remover(pathIn(folder, name));
        removed.ctimeNs = nowNs();
        return NOTHING;
      } finally {
        nodes.forget(removed.id, 1);
      }
    };
  };
  const rename = ({ node, body }: Request, namesStart: number, flags: number): Buffer => {
    faults.onName();
    const [from = '', to = ''] = namesAt(body, namesStart);
    const [folder, into] = [nodes.get(node), nodes.get(u64(body, 0))];
    if (flags & ~RENAME_NOREPLACE) throw new Refusal('EINVAL');
    if (flags && lstatSync(pathIn(into, to), { throwIfNoEntry: false })) throw new Refusal('EEXIST');
    renameSync(pathIn(folder, from), pathIn(into, to));
    // The new name is known by that; that the old one is none any more is found out when it is needed.
    const renamed = nodes.take(into, to);
    renamed.ctimeNs = nowNs();
    nodes.forget(renamed.id, 1);
    return NOTHING;
  };

  return {
    [OP.lookup]: ({ node, body }) => told(nodes.take(nodes.get(node), namesAt(body, 0)[0] ?? '')),
    [OP.forget]: ({ node, body }) => void nodes.forget(node, u64(body, 0)),
    [OP.batchForget]({ body }) {
      for (let at = 8, left = body.readUInt32LE(0); left > 0; at += 16, left--) {
        nodes.forget(u64(body, at), u64(body, at + 8));
      }
      return undefined;
    },
    [OP.getattr]: ({ node }) => encodeAttributesReply(attributesOf(nodes.get(node))),
    [OP.setattr]({ node, body }) {
      setAttributes(nodes.get(node), body, faults);
      return encodeAttributesReply(attributesOf(nodes.get(node)));
    },
    [OP.mkdir](request) {
      const mode = request.body.readUInt32LE(0);
      return told(made(request, namesAt(request.body, 8)[0] ?? '', (path) => mkdirSync(path), mode));
    },
    [OP.create](request) {
      const mode = request.body.readUInt32LE(4);
      const make = (path: Buffer): void =>
        closeSync(openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY));
      const node = made(request, namesAt(request.body, 16)[0] ?? '', make, mode);
      node.opens += 1;
      return Buffer.concat([told(node), encodeOpened(0)]);
    },
    [OP.symlink](request) {
      const [name = '', target = ''] = namesAt(request.body, 0);
      return told(made(request, name, (path) => symlinkSync(Buffer.from(target, 'latin1'), path)));
    },
    [OP.link]({ node, body }) {
      faults.onName();
      const [folder, name] = [nodes.get(node), namesAt(body, 8)[0] ?? ''];
      linkSync(namedPath(nodes.get(u64(body, 0))), pathIn(folder, name));
      const linked = nodes.take(folder, name);
      linked.ctimeNs = nowNs();
      return told(linked);
    },
    [OP.unlink]: remove(unlinkSync),
    [OP.rmdir]: remove((path) => rmdirSync(path)),
    [OP.rename]: (request) => rename(request, 8, 0),
    [OP.rename2]: (request) => rename(request, 16, request.body.readUInt32LE(8)),
    [OP.readlink]: ({ node }) => readlinkSync(namedPath(nodes.get(node)), 'buffer'),
    [OP.opendir]: () => encodeOpened(++lastListing),
    [OP.readdir]({ node, body }) {
      const [handle, from] = [u64(body, 0), u64(body, 8)];
      if (from === 0) listings.set(handle, listed(nodes.get(node)));
      return encodeListing(listings.get(handle) ?? [], from, body.readUInt32LE(16));
    },
    [OP.releasedir]({ body }) {
      listings.delete(u64(body, 0));
      return NOTHING;
    },
    [OP.fsyncdir]() {
      faults.onSync();
      return NOTHING;
    },
    [OP.statfs]() {
      const space = statfsSync(pathOf(nodes.root), { bigint: true });
      if (faults.room === undefined) return encodeSpace(space);
      const free = BigInt(faults.room) / space.bsize;
      return encodeSpace({ ...space, bfree: free, bavail: free });
    },
  };
}

function listed(folder: Node): ListedName[] {
  const entries = readdirSync(pathOf(folder), { encoding: 'latin1', withFileTypes: true });
  const itself = ['.', '..'].map((name) => ({ name, type: constants.S_IFDIR >> 12 }));
  const typed = entries.map((entry) => {
    const kind = entry.isDirectory() ? constants.S_IFDIR : entry.isFile() ? constants.S_IFREG : 0;
    return { name: entry.name, type: kind >> 12 };
  });
  return [...itself, ...typed];
}

function setAttributes(node: Node, body: Buffer, faults: Faults): void {
  const valid = body.readUInt32LE(0);
  const has = (bit: number): boolean => (valid & bit) !== 0;
  const timeAt = (seconds: number, fraction: number): bigint =>
    body.readBigInt64LE(seconds) * 1_000_000_000n + BigInt(body.readUInt32LE(fraction));
  if (has(SET.size)) {
    faults.onWrite(0);
    heldOf(node).resize(u64(body, 16));
    touch(node);
  }
  if (has(SET.uid | SET.gid)) {
    chownSync(pathOf(node), has(SET.uid) ? body.readUInt32LE(76) : -1, has(SET.gid) ? body.readUInt32LE(80) : -1);
  }
  if (has(SET.mode)) chmodSync(pathOf(node), body.readUInt32LE(68) & 0o7777);
  const set = {
    ...(has(SET.atime) && { atimeNs: has(SET.atimeNow) ? nowNs() : timeAt(32, 56) }),
    ...(has(SET.mtime) && { mtimeNs: has(SET.mtimeNow) ? nowNs() : timeAt(40, 60) }),
  };
  if (has(SET.atime | SET.mtime)) setTimes(node, set);
  node.ctimeNs = nowNs();
}
