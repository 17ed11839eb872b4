/** Reading and writing what files hold. */
import type { Node } from '../ports.ts';
import { change } from './change.ts';
import { changeTime, fileOf, nodeOf, storedFileOf, type TreeContext } from './nodes.ts';
import { readContent, withLiveBytes } from './own-bytes.ts';
import { PosixError } from './posix-error.ts';
import { rawName } from './raw-files.ts';

/** Zeros that are written at once. Chosen. */
const ZEROS = 1 << 20;
/** Set bits of a mode lie above. */
const PERMISSIONS = 0o1777;

/**
 * Fills `into` with what the file holds from `offset` on. The time of access stays: who wants it moved, moves it.
 * @returns how many bytes there were; fewer than fit only at the end
 * @throws PosixError ESTALE, EISDIR, EINVAL; AppError where bytes are damaged
 */
export function read(context: TreeContext, id: number, offset: number, into: Uint8Array): number {
  checkRange(offset, 0);
  return readAs(context, storedFileOf(context, id), offset, into);
}

/** @param file as it is stored */
function readAs(context: TreeContext, file: Node, offset: number, into: Uint8Array): number {
  const size = (file.isLive ? context.files.size(rawName(file.id)) : undefined) ?? file.size;
  const part = into.subarray(0, Math.max(0, Math.min(into.length, size - offset)));
  try {
    fill(context, file, offset, part);
  } catch (error) {
    // Another process may have given the file other bytes, and removed those that it had.
    const now = context.database.view(() => storedFileOf(context, file.id));
    if (isSamePlace(now, file)) throw error;
    return readAs(context, now, offset, into);
  }
  // A raw file is emptied, once its bytes are shared, before it goes: it may have been so while it was read.
  const now = file.isRaw ? context.database.storedNode(file.id) : undefined;
  return now === undefined || isSamePlace(now, file) ? part.length : readAs(context, now, offset, into);
}

/** Are a file's bytes still where they were? */
function isSamePlace(now: Node, before: Node): boolean {
  return now.content === before.content && now.isRaw === before.isRaw;
}

function fill({ contents, files }: TreeContext, file: Node, offset: number, into: Uint8Array): void {
  if (into.length === 0 && !file.isLive) return;
  if (file.content !== null) readContent(contents.read, file, offset, into);
  else into.fill(0, file.isRaw ? files.read(rawName(file.id), offset, into) : 0);
}

export interface WriteOptions {
  /** See {@link NodeChange}. */
  readonly losesSetBits?: boolean;
}

/** All of `bytes`. @throws PosixError ESTALE, EISDIR, EINVAL, EFBIG */
export function write(
  context: TreeContext,
  id: number,
  offset: number,
  bytes: Uint8Array,
  { losesSetBits = false }: WriteOptions = {},
): number {
  checkRange(offset, bytes.length);
  if (bytes.length === 0) fileOf(context, id);
  else withLiveBytes(context, id, (size) => writeLive(context, { id, size }, offset, bytes));
  if (losesSetBits && storedFileOf(context, id).mode > PERMISSIONS)
    context.database.transact(() => change(context, id, { losesSetBits }));
  return bytes.length;
}

/** Where there was no room, the file is as long as it was. */
function writeLive(
  { files }: TreeContext,
  { id, size }: Pick<Node, 'id' | 'size'>,
  offset: number,
  bytes: Uint8Array,
): void {
  try {
    files.write(rawName(id), offset, bytes);
  } catch (error) {
    if (offset + bytes.length > size) files.truncate(rawName(id), size);
    throw error;
  }
}

/**
 * {@link change} with a size: first the size, then the rest. What has no bytes of its own, and needs none for it, gets none;
 * all else becomes live.
 */
export function changeWithSize(
  context: TreeContext,
  id: number,
  asked: Parameters<typeof change>[2] & { readonly size: number },
): Node {
  const { size, ...rest } = asked;
  checkRange(0, size);
  const done = context.database.transact(() =>
    canResizeRow(context, fileOf(context, id), size) ? change(context, id, asked) : undefined,
  );
  if (done !== undefined) return done;
  withLiveBytes(context, id, () => context.files.truncate(rawName(id), size));
  return hasMore(rest) ? context.database.transact(() => change(context, id, rest)) : fileOf(context, id);
}

/** A raw file that is lost can become empty, and so be written anew. */
function canResizeRow({ files }: TreeContext, { id, content, isRaw, size }: Node, asked: number): boolean {
  if (isRaw) return asked === 0 && files.size(rawName(id)) === undefined;
  return content === null || asked === 0 || asked === size;
}

function hasMore(rest: object): boolean {
  return Object.values(rest).some((value) => value !== undefined && value !== false);
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
  if (keepSize || end <= file.size) context.database.transact(() => markWritten(context, id));
  else if (file.content === null && !file.isRaw) changeWithSize(context, id, { size: end });
  else lengthen(context, id, end);
}

/** What was written behind its end meanwhile stays. */
function lengthen(context: TreeContext, id: number, end: number): void {
  withLiveBytes(context, id, (size) => {
    if (size < end) context.files.truncate(rawName(id), end);
  });
}

/** Zeros in a range of the file, as far as the file goes; where they are, nothing is written. @throws as {@link allocate} */
export function punch(context: TreeContext, id: number, offset: number, length: number): void {
  const file = regularOf(context, id);
  checkRange(offset, length);
  if (length === 0) throw new PosixError('EINVAL');
  const end = Math.min(file.size, offset + length);
  const isHole = file.content === null && !file.isRaw;
  const zeros = new Uint8Array(isHole ? 0 : Math.max(0, Math.min(ZEROS, end - offset)));
  const held = Buffer.alloc(zeros.length);
  let isWritten = false;
  for (let at = offset; zeros.length > 0 && at < end; at += zeros.length) {
    context.checkWanted();
    const length = read(context, id, at, held.subarray(0, end - at));
    if (held.subarray(0, length).equals(zeros.subarray(0, length))) continue;
    write(context, id, at, zeros.subarray(0, end - at));
    isWritten = true;
  }
  if (!isWritten) context.database.transact(() => markWritten(context, id));
}

function markWritten(context: TreeContext, id: number): void {
  const now = changeTime(context, fileOf(context, id));
  context.database.changeNode(id, { mtimeNs: now, ctimeNs: now, isLive: false });
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
