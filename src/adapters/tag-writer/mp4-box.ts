/** Boxes of MPEG-4. @see https://www.iso.org/standard/83102.html ISO/IEC 14496-12 */
import type { ByteSource } from '#filing';
import { bytesAt, damaged, joined, markAt, markOf, uint32, viewOf } from './parted.ts';

export interface Box {
  readonly type: string;
  /** With its header; what it holds begins at `body`. */
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

/** The boxes of a whole file. @throws AppError `swap/damaged` */
export function* fileBoxes(file: ByteSource): Iterable<Box> {
  for (let at = 0; at < file.sizeBytes; ) {
    const box = boxAt(file, bytesAt(file, at, Math.min(16, file.sizeBytes - at)), at, file.sizeBytes);
    yield box;
    at = box.end;
  }
}

/** Boxes within bytes of a file; what is too short for one, as some writers put at the end, is left out. */
export function boxesIn(file: ByteSource, bytes: Uint8Array, from = 0): Box[] {
  const boxes: Box[] = [];
  for (let at = from; at + 8 <= bytes.length; ) {
    const box = boxAt(file, bytes.subarray(at, at + 16), at, bytes.length);
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}

function boxAt(file: ByteSource, head: Uint8Array, start: number, limit: number): Box {
  if (head.length < 8) throw damaged(file, 'its parts do not follow each other');
  const view = viewOf(head);
  const [short, type] = [view.getUint32(0), markAt(head, 4)];
  const isLong = short === 1;
  if (isLong && head.length < 16) throw damaged(file, 'its parts do not follow each other');
  const size = short === 0 ? limit - start : isLong ? Number(view.getBigUint64(8)) : short;
  const body = start + (isLong ? 16 : 8);
  if (start + size < body || start + size > limit) throw damaged(file, `its part "${type}" has an impossible size`);
  return { type, start, body, end: start + size };
}

/** A box of this type that holds these parts. */
export function boxOf(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, { length }) => sum + length, 8);
  return joined(uint32(size, false), markOf(type), ...parts);
}
