/**
 * The FUSE kernel protocol, version 7.31, as far as this disk speaks it: little-endian structures of fixed layout.
 * Names are strings with one character a byte, so that those that are no UTF-8 survive.
 * @see linux/fuse.h
 */
import type { BigIntStats } from 'node:fs';

export const OP = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  setattr: 4,
  readlink: 5,
  symlink: 6,
  mkdir: 9,
  unlink: 10,
  rmdir: 11,
  rename: 12,
  link: 13,
  open: 14,
  read: 15,
  write: 16,
  statfs: 17,
  release: 18,
  fsync: 20,
  init: 26,
  opendir: 27,
  readdir: 28,
  releasedir: 29,
  fsyncdir: 30,
  create: 35,
  interrupt: 36,
  batchForget: 42,
  rename2: 45,
} as const;

/** Which fields of a `setattr` count. */
export const SET = { mode: 1, uid: 2, gid: 4, size: 8, atime: 16, mtime: 32, atimeNow: 128, mtimeNow: 256 } as const;

export const RENAME_NOREPLACE = 1;
export const ROOT_ID = 1;
export const MAX_WRITE: number = 1 << 20;
/** The longest request: a write, and what stands before its bytes. */
export const MAX_REQUEST: number = MAX_WRITE + 4096;

const IN_HEADER = 40;
const OUT_HEADER = 16;
/** Nobody but the kernel changes the disk, so it may remember for a while. Chosen. */
const VALID_SECONDS = 1n;
/** In a listing: not known. */
const NO_INO = 0xffff_ffffn;

export interface Request {
  readonly opcode: number;
  readonly unique: bigint;
  readonly node: number;
  readonly uid: number;
  readonly gid: number;
  /** What follows the header. Valid until the request is answered. */
  readonly body: Buffer;
}

export function parseRequest(bytes: Buffer): Request {
  return {
    opcode: bytes.readUInt32LE(4),
    unique: bytes.readBigUInt64LE(8),
    node: u64(bytes, 16),
    uid: bytes.readUInt32LE(24),
    gid: bytes.readUInt32LE(28),
    body: bytes.subarray(IN_HEADER, bytes.readUInt32LE(0)),
  };
}

/** @param errno negative; 0: all went well */
export function encodeReply(unique: bigint, errno: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(OUT_HEADER);
  header.writeUInt32LE(OUT_HEADER + payload.length, 0);
  header.writeInt32LE(errno, 4);
  header.writeBigUInt64LE(unique, 8);
  return Buffer.concat([header, payload]);
}

export function u64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}

/** The strings that end a request, each closed by a zero byte. */
export function namesAt(body: Buffer, start: number): string[] {
  return body.toString('latin1', start).split('\0');
}

const INIT_FLAGS = { asyncRead: 1 << 0, bigWrites: 1 << 5, maxPages: 1 << 22 };

/** @param timeGranularity nanoseconds to which times are kept */
export function encodeInit(body: Buffer, timeGranularity: number): Buffer {
  const out = Buffer.alloc(64);
  out.writeUInt32LE(7, 0);
  out.writeUInt32LE(31, 4);
  out.writeUInt32LE(body.readUInt32LE(8), 8);
  out.writeUInt32LE(INIT_FLAGS.asyncRead | INIT_FLAGS.bigWrites | INIT_FLAGS.maxPages, 12);
  out.writeUInt16LE(16, 16);
  out.writeUInt16LE(12, 18);
  out.writeUInt32LE(MAX_WRITE, 20);
  out.writeUInt32LE(timeGranularity, 24);
  out.writeUInt16LE(MAX_WRITE / 4096, 28);
  return out;
}

/** What is told of a node. */
export type Attributes = Pick<
  BigIntStats,
  'ino' | 'size' | 'blocks' | 'atimeNs' | 'mtimeNs' | 'ctimeNs' | 'mode' | 'nlink' | 'uid' | 'gid' | 'rdev'
>;

const NS = 1_000_000_000n;

function encodeAttributes(of: Attributes): Buffer {
  const out = Buffer.alloc(88);
  const times = [of.atimeNs, of.mtimeNs, of.ctimeNs];
  for (const [at, value] of [of.ino, of.size, of.blocks].entries()) out.writeBigUInt64LE(value, 8 * at);
  for (const [at, time] of times.entries()) {
    const fraction = ((time % NS) + NS) % NS;
    out.writeBigInt64LE((time - fraction) / NS, 24 + 8 * at);
    out.writeUInt32LE(Number(fraction), 48 + 4 * at);
  }
  const rest = [of.mode, of.nlink, of.uid, of.gid, of.rdev, 4096n];
  for (const [at, value] of rest.entries()) out.writeUInt32LE(Number(value), 60 + 4 * at);
  return out;
}

export function encodeAttributesReply(of: Attributes): Buffer {
  const head = Buffer.alloc(16);
  head.writeBigUInt64LE(VALID_SECONDS, 0);
  return Buffer.concat([head, encodeAttributes(of)]);
}

export function encodeEntry(node: number, of: Attributes): Buffer {
  const head = Buffer.alloc(40);
  head.writeBigUInt64LE(BigInt(node), 0);
  head.writeBigUInt64LE(VALID_SECONDS, 16);
  head.writeBigUInt64LE(VALID_SECONDS, 24);
  return Buffer.concat([head, encodeAttributes(of)]);
}

/** Without flags: the kernel caches pages, as shared memory needs it, but reads them anew for whoever opens the file. */
export function encodeOpened(handle: number): Buffer {
  const out = Buffer.alloc(16);
  out.writeBigUInt64LE(BigInt(handle), 0);
  return out;
}

export function encodeWritten(bytes: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeUInt32LE(bytes, 0);
  return out;
}

export interface ListedName {
  readonly name: string;
  /** As in the upper four bits of a mode; 0: not known. */
  readonly type: number;
}

/** As many of the names as fit, from the one with this number on. */
export function encodeListing(names: readonly ListedName[], from: number, room: number): Buffer {
  const out: Buffer[] = [];
  let used = 0;
  for (const [at, { name, type }] of names.slice(from).entries()) {
    const entry = Buffer.alloc(Math.ceil((24 + name.length) / 8) * 8);
    used += entry.length;
    if (used > room) break;
    entry.writeBigUInt64LE(NO_INO, 0);
    entry.writeBigUInt64LE(BigInt(from + at + 1), 8);
    entry.writeUInt32LE(name.length, 16);
    entry.writeUInt32LE(type, 20);
    entry.write(name, 24, 'latin1');
    out.push(entry);
  }
  return Buffer.concat(out);
}

export interface Space {
  readonly blocks: bigint;
  readonly bfree: bigint;
  readonly bavail: bigint;
  readonly files: bigint;
  readonly ffree: bigint;
  readonly bsize: bigint;
}

const MAX_NAME = 255;

export function encodeSpace({ blocks, bfree, bavail, files, ffree, bsize }: Space): Buffer {
  const out = Buffer.alloc(80);
  for (const [at, value] of [blocks, bfree, bavail, files, ffree].entries()) out.writeBigUInt64LE(value, 8 * at);
  for (const [at, value] of [Number(bsize), MAX_NAME, Number(bsize)].entries()) out.writeUInt32LE(value, 40 + 4 * at);
  return out;
}
