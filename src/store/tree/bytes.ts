/** Reading and writing what files hold. */
import type { Node } from '../ports.ts';
import { change } from './change.ts';
import { changeTime, fileOf, nodeOf, type TreeContext } from './nodes.ts';
import { closeGap, readContent, withOwnBytes } from './own-bytes.ts';
import { PosixError } from './posix-error.ts';
import { cutOff, rawName } from './raw-files.ts';

/** Zeros that are written at once. Chosen. */
const ZEROS = 1 << 20;
const NOTHING = new Uint8Array();

/**
 * Fills `into` with what the file holds from `offset` on. The time of access stays: who wants it moved, moves it.
 * @returns how many bytes there were; fewer than fit only at the end
 * @throws PosixError ESTALE, EISDIR, EINVAL; AppError where bytes are damaged
 */
export function read(context: TreeContext, id: number, offset: number, into: Uint8Array): number {
  checkRange(offset, 0);
  const file = fileOf(context, id);
  const part = into.subarray(0, Math.max(0, Math.min(into.length, file.size - offset)));
  try {
    fill(context, file, offset, part);
    return part.length;
  } catch (error) {
    // Another process may have given the file other bytes, and removed those that it had.
    const now = context.database.node(id);
    if (now?.content === file.content && now.isRaw === file.isRaw) throw error;
    return read(context, id, offset, into);
  }
}

function fill({ contents, files }: TreeContext, file: Node, offset: number, into: Uint8Array): void {
  if (into.length === 0) return;
  if (file.content !== null) readContent(contents.read, file, offset, into);
  else into.fill(0, file.isRaw ? files.read(rawName(file.id), offset, into) : 0);
}

/** All of `bytes`. @throws PosixError ESTALE, EISDIR, EINVAL, EFBIG */
export function write(context: TreeContext, id: number, offset: number, bytes: Uint8Array): number {
  checkRange(offset, bytes.length);
  if (bytes.length === 0) fileOf(context, id);
  else withOwnBytes(context, id, (file) => writeOwn(context, file, offset, bytes));
  return bytes.length;
}

/** First the bytes, then the row: until it is committed, what lies beyond the file's end counts for nothing. */
function writeOwn(context: TreeContext, file: Node, offset: number, bytes: Uint8Array): void {
  const { database, files } = context;
  const { id, size } = file;
  if (offset > size) closeGap(context, file);
  // What a crash may have left of that name counts for nothing; what was lost must not come again as zeros.
  if (!file.isRaw) cutOff(files, id, 0);
  else if (size > 0) files.read(rawName(id), 0, NOTHING);
  files.write(rawName(id), offset, bytes);
  const now = changeTime(context, file);
  const end = Math.max(size, offset + bytes.length);
  database.changeNode(id, { isRaw: true, size: end, mtimeNs: now, ctimeNs: now });
}

/** Makes the file `size` bytes long, with zeros behind what it held. @throws PosixError ESTALE, EISDIR, EINVAL, EFBIG */
function resize(context: TreeContext, id: number, size: number): Node {
  return changeWithSize(context, id, { size });
}

/** {@link change} with a size. Copies what the file shares, unless nothing of it is left. */
export function changeWithSize(
  context: TreeContext,
  id: number,
  asked: Parameters<typeof change>[2] & { readonly size: number },
): Node {
  checkRange(0, asked.size);
  const work = (): Node => change(context, id, asked);
  const isPossible = ({ content, size }: Node): boolean => content === null || asked.size === 0 || asked.size === size;
  const done = context.database.transact(() => (isPossible(fileOf(context, id)) ? work() : undefined));
  return done ?? withOwnBytes(context, id, work);
}

/**
 * Makes the file long enough for a range; with `keepSize` nothing but its times changes. No room is set aside, but where
 * there is too little now, it is said now.
 * @throws PosixError ESTALE, EISDIR, ENODEV, EINVAL, EFBIG, ENOSPC
 */
export function allocate(context: TreeContext, id: number, offset: number, length: number, keepSize: boolean): void {
  const file = regularOf(context, id);
  checkRange(offset, length);
  if (length === 0) throw new PosixError('EINVAL');
  const end = offset + length;
  if (end - Math.max(offset, file.size) > context.files.space().availableBytes) throw new PosixError('ENOSPC');
  if (!keepSize && end > file.size) resize(context, id, end);
  else context.database.transact(() => markWritten(context, id));
}

/** Zeros in a range of the file, as far as the file goes. @throws as {@link allocate} */
export function punch(context: TreeContext, id: number, offset: number, length: number): void {
  const file = regularOf(context, id);
  checkRange(offset, length);
  if (length === 0) throw new PosixError('EINVAL');
  const end = Math.min(file.size, offset + length);
  const zeros = new Uint8Array(Math.max(0, Math.min(ZEROS, end - offset)));
  const isHole = file.content === null && !file.isRaw;
  if (isHole || offset >= end) context.database.transact(() => markWritten(context, id));
  else for (let at = offset; at < end; at += zeros.length) write(context, id, at, zeros.subarray(0, end - at));
}

function markWritten(context: TreeContext, id: number): void {
  const now = changeTime(context, fileOf(context, id));
  context.database.changeNode(id, { mtimeNs: now, ctimeNs: now });
}

function regularOf(context: TreeContext, id: number): Node {
  const { kind } = nodeOf(context, id);
  if (kind !== 'file' && kind !== 'folder') throw new PosixError('ENODEV');
  return fileOf(context, id);
}

/** Offsets are numbers, exact up to 2^53. */
function checkRange(offset: number, length: number): void {
  if (offset < 0 || length < 0 || !Number.isInteger(offset) || !Number.isInteger(length))
    throw new PosixError('EINVAL');
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(offset + length)) throw new PosixError('EFBIG');
}
