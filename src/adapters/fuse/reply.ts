/**
 * Answers to the kernel, written into a buffer that is used for all of them: each `put…` writes its structure behind the
 * header's place and returns how many bytes it took.
 * @see include/uapi/linux/fuse.h
 */
import { constants } from 'node:os';
import type { Listed, Node, NodeKind, TreeStatistics } from '#store';
import type { InitRequest } from './request.ts';
import { ATTRIBUTES_BYTES, DIRENT_BYTES, ENTRY_BYTES, INIT, INIT2, MAX_BYTES, OUT_HEADER } from './words.ts';

const NS = 1_000_000_000n;
const BLOCK_BYTES = 4096;
const SECTOR_BYTES = 512;
const NAME_MAX = 255;

/**
 * How long the kernel believes what it was told, in seconds. Files change through the kernel alone; names in a folder are
 * added by imports, too, which its times and links show.
 */
const VALID_SECONDS = 60;
const FOLDER_VALID_SECONDS = 1;

/** The upper bits of a mode. */
const KIND_BITS: Readonly<Record<NodeKind, number>> = {
  fifo: 0o010000,
  'character-device': 0o020000,
  folder: 0o040000,
  'block-device': 0o060000,
  file: 0o100000,
  symlink: 0o120000,
  socket: 0o140000,
};
const KINDS = new Map(Object.entries(KIND_BITS).map(([kind, bits]) => [bits, kind as NodeKind]));

/** @param mode with the kind in its upper bits; without kind, as `mknod` may be asked, it is a file */
export function kindOfMode(mode: number): NodeKind | undefined {
  const bits = mode & 0o170000;
  return bits === 0 ? 'file' : KINDS.get(bits);
}

/**
 * The header, and with it how long the answer is.
 * @param error the name of an error, or none
 * @param length of what follows the header
 * @param request whose number is taken over, with the mark of one that was sent again
 */
export function putHeader(into: Buffer, request: Buffer, length: number, errno = 0): number {
  into.writeUInt32LE(OUT_HEADER + length, 0);
  into.writeInt32LE(-errno, 4);
  request.copy(into, 8, 8, 16);
  return OUT_HEADER + length;
}

/** The number of an error as the system has it; EIO for one that it does not know. */
export function errnoOf(code: string): number {
  return (constants.errno as Readonly<Record<string, number>>)[code] ?? constants.errno.EIO;
}

/** What a kernel and this server have agreed on. */
export interface Agreed {
  readonly minor: number;
  /** Requests in the hands of a server that has died are sent again. Linux 6.9. */
  readonly canResend: boolean;
}

export interface InitOptions {
  readonly isWriteback: boolean;
}

const WANTED =
  INIT.asyncRead |
  INIT.atomicTruncate |
  INIT.bigWrites |
  INIT.readdirplus |
  INIT.readdirplusAuto |
  INIT.parallelDirOps |
  INIT.maxPages |
  INIT.cacheSymlinks |
  INIT.explicitInvalidation |
  INIT.handleKillPriv2 |
  INIT.initExt;
const OUR_MINOR = 45;
/** Requests that the kernel sends ahead of being waited for, and from how many on it counts as busy. Chosen. */
const [MAX_BACKGROUND, CONGESTED] = [32, 24];

export function putInit(into: Buffer, asked: InitRequest, { isWriteback }: InitOptions): [number, Agreed] {
  const flags = asked.flags & (WANTED | (isWriteback ? INIT.writebackCache : 0));
  const flags2 = (flags & INIT.initExt) === 0 ? 0 : asked.flags2 & INIT2.hasResend;
  const minor = Math.min(asked.minor, OUR_MINOR);
  const at = OUT_HEADER;
  into.fill(0, at, at + 64);
  into.writeUInt32LE(7, at);
  into.writeUInt32LE(minor, at + 4);
  into.writeUInt32LE(Math.max(asked.maxReadahead, MAX_BYTES), at + 8);
  into.writeUInt32LE(flags >>> 0, at + 12);
  into.writeUInt16LE(MAX_BACKGROUND, at + 16);
  into.writeUInt16LE(CONGESTED, at + 18);
  into.writeUInt32LE(MAX_BYTES, at + 20);
  into.writeUInt32LE(1, at + 24);
  into.writeUInt16LE(MAX_BYTES / BLOCK_BYTES, at + 28);
  into.writeUInt32LE(flags2 >>> 0, at + 32);
  return [64, { minor, canResend: flags2 !== 0 }];
}

function putAttributes(into: Buffer, at: number, node: Node): void {
  putU64(into, at, node.id);
  putU64(into, at + 8, node.size);
  putU64(into, at + 16, sectorsOf(node));
  putTime(into, at + 24, at + 48, node.atimeNs);
  putTime(into, at + 32, at + 52, node.mtimeNs);
  putTime(into, at + 40, at + 56, node.ctimeNs);
  into.writeUInt32LE(KIND_BITS[node.kind] | node.mode, at + 60);
  into.writeUInt32LE(node.links, at + 64);
  into.writeUInt32LE(node.uid, at + 68);
  into.writeUInt32LE(node.gid, at + 72);
  into.writeUInt32LE(node.device, at + 76);
  into.writeUInt32LE(BLOCK_BYTES, at + 80);
  into.writeUInt32LE(0, at + 84);
}

/** What the file would take on a disk that shares nothing; programs take a file without blocks for a hole. */
function sectorsOf({ kind, size, content, isRaw }: Node): number {
  const isHole = content === null && !isRaw;
  return kind !== 'file' || isHole ? 0 : Math.ceil(size / BLOCK_BYTES) * (BLOCK_BYTES / SECTOR_BYTES);
}

/** Answer to `getattr` and `setattr`. */
export function putAttributesReply(into: Buffer, node: Node): number {
  const at = OUT_HEADER;
  putU64(into, at, validSeconds(node));
  putU64(into, at + 8, 0);
  putAttributes(into, at + 16, node);
  return 16 + ATTRIBUTES_BYTES;
}

function validSeconds({ kind }: Node): number {
  return kind === 'folder' ? FOLDER_VALID_SECONDS : VALID_SECONDS;
}

/** Answer to whatever finds or makes a node. */
export function putEntry(into: Buffer, node: Node, at: number = OUT_HEADER): number {
  putU64(into, at, node.id);
  // Numbers are never given again, so each has but one generation.
  putU64(into, at + 8, 0);
  putU64(into, at + 16, VALID_SECONDS);
  putU64(into, at + 24, validSeconds(node));
  putU64(into, at + 32, 0);
  putAttributes(into, at + 40, node);
  return ENTRY_BYTES;
}

/** Answer to `open`, and the end of one to `create`. */
export function putOpened(into: Buffer, flags: number, at: number = OUT_HEADER): number {
  putU64(into, at, 0);
  putU64(into, at + 8, flags);
  return 16;
}

export function putWritten(into: Buffer, bytes: number): number {
  putU64(into, OUT_HEADER, bytes);
  return 8;
}

/** How long an extended attribute is, or a list of their names. */
export function putXattrSize(into: Buffer, bytes: number): number {
  return putWritten(into, bytes);
}

/** Bytes as they are. */
export function putBytes(into: Buffer, bytes: Uint8Array): number {
  into.set(bytes, OUT_HEADER);
  return bytes.length;
}

/**
 * Room and what is used: files as long as they are, so that what sharing saves shows beside the disk's own figures.
 * Reserved blocks of the disk stay those of root.
 */
export function putStatistics(
  into: Buffer,
  { freeBytes, availableBytes, logicalBytes, nodes }: TreeStatistics,
): number {
  const at = OUT_HEADER;
  into.fill(0, at, at + 80);
  const [free, available, used] = [freeBytes, availableBytes, logicalBytes].map((b) => Math.floor(b / BLOCK_BYTES));
  putU64(into, at, (free ?? 0) + (used ?? 0));
  putU64(into, at + 8, free ?? 0);
  putU64(into, at + 16, available ?? 0);
  putU64(into, at + 24, nodes + MOST_NEW_NODES);
  putU64(into, at + 32, MOST_NEW_NODES);
  into.writeUInt32LE(BLOCK_BYTES, at + 40);
  into.writeUInt32LE(NAME_MAX, at + 44);
  into.writeUInt32LE(BLOCK_BYTES, at + 48);
  return 80;
}

/** There is no end to them but the disk's. Chosen: programs warn of small numbers. */
const MOST_NEW_NODES = 2 ** 32;

/** @returns of both ways to add: false, and nothing was done, where it does not fit */
export interface Listing {
  addDots(name: string, offset: number, node: Node): boolean;
  add(entry: Listed, offset: number): boolean;
  /** Bytes so far. */
  readonly length: number;
}

/**
 * Entries of a folder, one after the other, as long as they fit.
 * @param room bytes
 */
export function createListing(into: Buffer, room: number, hasNodes: boolean): Listing {
  let length = 0;
  function add(name: Uint8Array, offset: number, node: Node, isLookup: boolean): boolean {
    const head = hasNodes ? ENTRY_BYTES : 0;
    const size = Math.ceil((head + DIRENT_BYTES + name.length) / 8) * 8;
    if (length + size > room) return false;
    let at = OUT_HEADER + length;
    if (hasNodes) {
      if (isLookup) putEntry(into, node, at);
      // Without a node's number, the kernel takes it for no lookup.
      else into.fill(0, at, at + ENTRY_BYTES);
      at += ENTRY_BYTES;
    }
    putU64(into, at, node.id);
    putU64(into, at + 8, offset);
    into.writeUInt32LE(name.length, at + 16);
    into.writeUInt32LE(KIND_BITS[node.kind] >>> 12, at + 20);
    into.set(name, at + DIRENT_BYTES);
    into.fill(0, at + DIRENT_BYTES + name.length, OUT_HEADER + length + size);
    length += size;
    return true;
  }
  return {
    addDots: (name: string, offset: number, node: Node) => add(Buffer.from(name), offset, node, false),
    add: ({ name, node }: Listed, offset: number) => add(name, offset, node, true),
    get length() {
      return length;
    },
  };
}

/** A message without a request that asked for it: code 7 asks for requests in nobody's hands to be sent again. */
export function notification(code: number): Buffer {
  const message = Buffer.alloc(OUT_HEADER);
  message.writeUInt32LE(OUT_HEADER, 0);
  message.writeInt32LE(code, 4);
  return message;
}

function putU64(into: Buffer, at: number, value: number): void {
  into.writeUInt32LE(value % 0x1_0000_0000, at);
  into.writeUInt32LE(Math.floor(value / 0x1_0000_0000), at + 4);
}

function putTime(into: Buffer, seconds: number, fraction: number, time: bigint): void {
  const rest = ((time % NS) + NS) % NS;
  into.writeBigInt64LE((time - rest) / NS, seconds);
  into.writeUInt32LE(Number(rest), fraction);
}
