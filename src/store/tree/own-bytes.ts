/**
 * Files that share their bytes get their own before they are changed. A file has bytes of its own where it is raw, and
 * where it is a hole from beginning to end. Whatever is written to `raw/ID` is written in a transaction, alone among writers
 * of all processes.
 */
import type { Node } from '../ports.ts';
import { damagedStore } from '../recipe.ts';
import { fileOf, storedFileOf, type TreeContext } from './nodes.ts';
import { cutOff, rawName, unlessDamaged } from './raw-files.ts';

const NOTHING = new Uint8Array();
/** Bytes that are copied at once: so long do other writers wait. Chosen. */
const SLICE_BYTES = 1 << 20;

/** Does `work` in a transaction, on a file with bytes of its own. @throws PosixError as {@link fileOf} */
export function withOwnBytes<T>(context: TreeContext, id: number, work: (file: Node) => T): T {
  const done = context.database.transact(() => {
    const file = fileOf(context, id);
    return file.content === null ? { result: work(file) } : { shared: file };
  });
  if (done.shared === undefined) return done.result;
  copyUp(context, done.shared);
  return withOwnBytes(context, id, work);
}

/**
 * Copies what a file shares into a raw file of its own; it is on the disk before the transaction in which the content
 * is given up. Where another process changes the file meanwhile, nothing has happened.
 */
function copyUp(context: TreeContext, shared: Node): void {
  context.checkRoom(shared.size);
  try {
    copySlices(context, shared);
  } catch (error) {
    // What was copied so far belongs to nothing, and would be in the way of who makes room.
    context.raws.spare({ ...shared, isRaw: true });
    throw error;
  }
}

function copySlices(context: TreeContext, shared: Node): void {
  const { files, raws } = context;
  const slice = new Uint8Array(Math.min(SLICE_BYTES, shared.size));
  for (let at = 0; at < shared.size; at += slice.length) {
    context.checkWanted();
    const part = slice.subarray(0, shared.size - at);
    if (!readShared(context, shared, at, part)) return;
    if (!whileShared(context, shared, at, () => files.write(rawName(shared.id), at, part))) return;
  }
  raws.sync(shared.id);
  whileShared(context, shared, shared.size, () => makeRaw(context, shared));
}

function makeRaw({ database, files }: TreeContext, { id, content, size }: Node): void {
  // What an attempt before may have left beyond.
  cutOff(files, id, size);
  database.changeNode(id, { isRaw: true, content: null });
  database.dropContent(content as number);
}

/** Does `work` in a transaction unless the file shares other bytes now, or its raw file was removed meanwhile. */
function whileShared({ database, files }: TreeContext, shared: Node, least: number, work: () => void): boolean {
  const { id, content } = shared;
  return database.transact(() => {
    if (database.node(id)?.content !== content || (files.size(rawName(id)) ?? 0) < least) return false;
    work();
    return true;
  });
}

/** @returns false where the file does not share these bytes any more */
function readShared({ contents, database }: TreeContext, shared: Node, at: number, into: Uint8Array): boolean {
  try {
    readContent(contents.read, shared, at, into);
    return true;
  } catch (error) {
    if (database.node(shared.id)?.content === shared.content) throw error;
    return false;
  }
}

/** Fills `into`. @throws AppError `store/damaged` where the content is shorter */
export function readContent(
  read: (content: number, offset: number, into: Uint8Array) => number,
  { id, content }: Node,
  offset: number,
  into: Uint8Array,
): void {
  const length = read(content as number, offset, into);
  if (length < into.length) throw damagedStore(`Content ${content} ends before file ${id} does.`);
}

/**
 * Does `work` on a file that is live, of so many bytes: what its raw file says holds. Nothing else happens to it meanwhile.
 * @throws PosixError as {@link fileOf}; AppError `store/missing-piece` where the raw file is lost
 */
export function withLiveBytes<T>(context: TreeContext, id: number, work: (size: number) => T): T {
  const done = context.alone(() => {
    if (!storedFileOf(context, id).isLive) return undefined;
    // What was lost must not come again as zeros: who reads it is told.
    return { result: work(context.files.size(rawName(id)) ?? context.files.read(rawName(id), 0, NOTHING)) };
  });
  if (done !== undefined) return done.result;
  withOwnBytes(context, id, (file) => enliven(context, file));
  return withLiveBytes(context, id, work);
}

/** From now on the raw file says how long the file is; so it must be right before. */
function enliven({ database, files, raws }: TreeContext, { id, isRaw, isLive, size }: Node): void {
  if (isLive) return;
  if (isRaw && size > 0) files.read(rawName(id), 0, NOTHING);
  cutOff(files, id, isRaw ? size : 0);
  files.truncate(rawName(id), size);
  database.changeNode(id, { isRaw: true, isLive: true });
  raws.noteLive(id);
}

/** {@link calm}, of all files that became live here and are still there. Outside transactions. */
export function calmAll(context: TreeContext): void {
  const ids = context.raws.takeLive();
  if (ids.length === 0) return;
  context.database.transact(() => {
    for (const id of ids) if (context.database.node(id)?.isLive) unlessDamaged(() => calm(context, id));
  });
}

/**
 * Ends that a file is live, in a transaction: its row says what its raw file says, which is not looked at any more.
 * @returns the file as it is then; without bytes it is not even raw
 * @throws AppError `store/damaged` where the raw file is lost
 */
export function calm(context: TreeContext, id: number): Node {
  const file = fileOf(context, id);
  if (!file.isLive) return file;
  if (context.files.size(rawName(id)) === undefined) throw damagedStore(`What was written to file ${id} is not there.`);
  if (file.size === 0) context.raws.spare(file);
  const change = { isLive: false, isRaw: file.size > 0 };
  context.database.changeNode(id, change);
  return { ...file, ...change };
}
