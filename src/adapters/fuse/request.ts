/**
 * Requests of the kernel, read from the bytes that `/dev/fuse` gives: little-endian structures of fixed layout, behind a
 * header of 40 bytes. Names are bytes that are valid until the next request is read.
 * @see include/uapi/linux/fuse.h
 */
import { IN_HEADER } from './words.ts';

export interface Request {
  readonly opcode: number;
  /** Without the mark of a request that is sent again. */
  readonly unique: number;
  /** It was given to somebody before, who has ended. */
  readonly isResent: boolean;
  readonly node: number;
  readonly uid: number;
  readonly gid: number;
  /** The thread that waits for the answer; 0 where it is the kernel, or cannot be seen from here. */
  readonly pid: number;
  /** What follows the header. Valid until the next request is read. */
  readonly body: Buffer;
}

const RESENT = 0x8000_0000;
const HIGH = 0x1_0000_0000;

/** @param bytes the whole request */
export function readRequest(bytes: Buffer): Request {
  return {
    opcode: bytes.readUInt32LE(4),
    ...uniqueAt(bytes, 8),
    node: u64(bytes, 16),
    uid: bytes.readUInt32LE(24),
    gid: bytes.readUInt32LE(28),
    pid: bytes.readUInt32LE(32),
    body: bytes.subarray(IN_HEADER),
  };
}

/** The number of a request, which carries a bit where it was sent again. */
function uniqueAt(bytes: Buffer, at: number): Pick<Request, 'unique' | 'isResent'> {
  const high = bytes.readUInt32LE(at + 4);
  const isResent = high >= RESENT;
  return { unique: bytes.readUInt32LE(at) + (isResent ? high - RESENT : high) * HIGH, isResent };
}

/** Exact up to 2^53; what lies beyond is no safe integer, either. */
export function u64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * HIGH;
}

/** The name that begins at `at`, without the zero at its end. */
export function nameAt(body: Buffer, at: number): Buffer {
  const end = body.indexOf(0, at);
  return body.subarray(at, end < 0 ? body.length : end);
}

/** Two names, one behind the other. */
export function namesAt(body: Buffer, at: number): readonly [Buffer, Buffer] {
  const first = nameAt(body, at);
  return [first, nameAt(body, at + first.length + 1)];
}

export interface InitRequest {
  readonly major: number;
  readonly minor: number;
  readonly maxReadahead: number;
  readonly flags: number;
  /** 0 where the kernel knows no second word. */
  readonly flags2: number;
}

export function readInit(body: Buffer): InitRequest {
  return {
    major: body.readUInt32LE(0),
    minor: body.readUInt32LE(4),
    maxReadahead: body.readUInt32LE(8),
    flags: body.readUInt32LE(12),
    flags2: body.length >= 20 ? body.readUInt32LE(16) : 0,
  };
}

export interface SetAttributesRequest {
  /** Which of the others count, by {@link SET}. */
  readonly valid: number;
  readonly size: number;
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export function readSetAttributes(body: Buffer): SetAttributesRequest {
  return {
    valid: body.readUInt32LE(0),
    size: u64(body, 16),
    atimeNs: timeAt(body, 32, 56),
    mtimeNs: timeAt(body, 40, 60),
    mode: body.readUInt32LE(68),
    uid: body.readUInt32LE(76),
    gid: body.readUInt32LE(80),
  };
}

function timeAt(body: Buffer, seconds: number, fraction: number): bigint {
  return body.readBigInt64LE(seconds) * 1_000_000_000n + BigInt(body.readUInt32LE(fraction));
}

export interface MakeNodeRequest {
  /** With the kind in its upper bits. */
  readonly mode: number;
  readonly device: number;
  readonly name: Buffer;
}

export function readMakeNode(body: Buffer): MakeNodeRequest {
  return { mode: body.readUInt32LE(0), device: body.readUInt32LE(4), name: nameAt(body, 16) };
}

export function readMakeFolder(body: Buffer): { readonly mode: number; readonly name: Buffer } {
  return { mode: body.readUInt32LE(0), name: nameAt(body, 8) };
}

export function readSymlink(body: Buffer): { readonly name: Buffer; readonly target: Buffer } {
  const [name, target] = namesAt(body, 0);
  return { name, target };
}

export function readLink(body: Buffer): { readonly node: number; readonly name: Buffer } {
  return { node: u64(body, 0), name: nameAt(body, 8) };
}

export interface RenameRequest {
  readonly from: Buffer;
  readonly toFolder: number;
  readonly to: Buffer;
  /** By {@link RENAME}. */
  readonly flags: number;
}

export function readRename(body: Buffer): RenameRequest {
  const [from, to] = namesAt(body, 8);
  return { from, toFolder: u64(body, 0), to, flags: 0 };
}

export function readRename2(body: Buffer): RenameRequest {
  const [from, to] = namesAt(body, 16);
  return { from, toFolder: u64(body, 0), to, flags: body.readUInt32LE(8) };
}

export interface OpenRequest {
  /** As of the system call. */
  readonly flags: number;
  /** By {@link OPEN_KILL_SET_BITS}. */
  readonly openFlags: number;
}

export function readOpen(body: Buffer): OpenRequest {
  return { flags: body.readUInt32LE(0), openFlags: body.readUInt32LE(4) };
}

export interface CreateRequest extends OpenRequest {
  readonly mode: number;
  readonly name: Buffer;
}

export function readCreate(body: Buffer): CreateRequest {
  return {
    flags: body.readUInt32LE(0),
    mode: body.readUInt32LE(4),
    openFlags: body.readUInt32LE(12),
    name: nameAt(body, 16),
  };
}

/** Of a `release`, the flags that the file was opened with. */
export function readRelease(body: Buffer): { readonly flags: number } {
  return { flags: body.readUInt32LE(8) };
}

/** Of `read` and of both ways to list a folder. */
export interface ReadRequest {
  readonly offset: number;
  /** In bytes, at most. */
  readonly size: number;
}

export function readRead(body: Buffer): ReadRequest {
  return { offset: u64(body, 8), size: body.readUInt32LE(16) };
}

export interface WriteRequest {
  readonly offset: number;
  /** By {@link WRITE_KILL_SET_BITS}. */
  readonly flags: number;
  readonly bytes: Buffer;
}

const WRITE_HEADER = 40;

export function readWrite(body: Buffer): WriteRequest {
  const size = body.readUInt32LE(16);
  return {
    offset: u64(body, 8),
    flags: body.readUInt32LE(20),
    bytes: body.subarray(WRITE_HEADER, WRITE_HEADER + size),
  };
}

export interface AllocateRequest {
  readonly offset: number;
  readonly length: number;
  /** By {@link ALLOCATE}. */
  readonly mode: number;
}

export function readAllocate(body: Buffer): AllocateRequest {
  return { offset: u64(body, 8), length: u64(body, 16), mode: body.readUInt32LE(24) };
}

export interface SetXattrRequest {
  readonly name: Buffer;
  readonly value: Buffer;
  /** By {@link XATTR}. */
  readonly flags: number;
}

export function readSetXattr(body: Buffer): SetXattrRequest {
  const name = nameAt(body, 8);
  const start = 8 + name.length + 1;
  return { name, value: body.subarray(start, start + body.readUInt32LE(0)), flags: body.readUInt32LE(4) };
}

/** `size` 0 asks how long the value is. Of a list, there is no name. */
export function readGetXattr(body: Buffer): { readonly size: number; readonly name: Buffer } {
  return { size: body.readUInt32LE(0), name: nameAt(body, 8) };
}

/** The nodes that the kernel does not know any more. */
export function readBatchForget(body: Buffer): readonly number[] {
  return Array.from({ length: body.readUInt32LE(0) }, (_, n) => u64(body, 8 + 16 * n));
}

/** The request that nobody waits for any more, or hardly. */
export function readInterrupt(body: Buffer): number {
  return uniqueAt(body, 0).unique;
}
