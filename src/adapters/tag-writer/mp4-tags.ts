/**
 * Where MPEG-4 holds tags: `moov.udta`, in it the list of iTunes (`meta.ilst`), and `moov.meta` as QuickTime has it. A few
 * entries of the list tell how the sound was encoded, above all where it begins and ends: those stay with the sound.
 * @see https://developer.apple.com/documentation/quicktime-file-format/user_data_atoms
 */
import type { ByteSource } from '#filing';
import { type Box, boxesIn, boxOf } from './mp4-box.ts';
import { markAt, markOf } from './parted.ts';

const HOLDERS: ReadonlySet<string> = new Set(['udta', 'meta']);

/** Is it a box of `moov` that holds tags? */
export function holdsTags({ type }: Pick<Box, 'type'>): boolean {
  return HOLDERS.has(type);
}

/** Names of entries, in lower case as some programs spell them otherwise. */
const OF_SOUND: ReadonlySet<string> = new Set(['itunsmpb', 'encoding params']);

/** The tags of a box of `moov`, each whole: entries of its list, and whatever else it holds but room and forms. */
export function entriesOf(file: ByteSource, holder: Uint8Array): readonly Uint8Array[] {
  const type = markAt(holder, 4);
  return childrenOf(file, holder).flatMap((box) => {
    const bytes = holder.subarray(box.start, box.end);
    if (box.type === 'ilst') return childrenOf(file, bytes).map((entry) => bytes.subarray(entry.start, entry.end));
    if (type === 'udta' && box.type === 'meta') return entriesOf(file, bytes);
    return ['free', 'skip', 'hdlr'].includes(box.type) ? [] : [bytes];
  });
}

/** Does an entry tell about the sound? */
export function isOfSound(file: ByteSource, entry: Uint8Array): boolean {
  if (markAt(entry, 4) !== '----') return false;
  const name = childrenOf(file, entry).find(({ type }) => type === 'name');
  return name !== undefined && OF_SOUND.has(markAt(entry, name.body + 4, name.end - name.body - 4).toLowerCase());
}

/** The boxes that hold tags with other entries about the sound: their own go, the given ones come at the end of the list. */
export function withOfSound(
  file: ByteSource,
  holders: readonly Uint8Array[],
  entries: readonly Uint8Array[],
): readonly Uint8Array[] {
  let waiting = entries;
  const changed = holders.map((holder) =>
    withLists(file, holder, (list) => {
      const kept = childrenOf(file, list)
        .map(({ start, end }) => list.subarray(start, end))
        .filter((entry) => !isOfSound(file, entry));
      const whole = boxOf('ilst', ...kept, ...waiting);
      waiting = [];
      return whole;
    }),
  );
  if (waiting.length === 0) return changed;
  const list = listBox(waiting);
  const at = changed.findIndex((holder) => markAt(holder, 4) === 'udta');
  if (at < 0) return [...changed, boxOf('udta', list)];
  const holder = changed[at] as Uint8Array;
  return changed.with(at, boxOf('udta', list, holder.subarray(bodyOf(holder))));
}

/** The same box with every list of entries in it changed. */
function withLists(file: ByteSource, holder: Uint8Array, change: (list: Uint8Array) => Uint8Array): Uint8Array {
  const boxes = childrenOf(file, holder);
  const [first] = boxes;
  if (first === undefined) return holder;
  const parts = boxes.map((box) => {
    const bytes = holder.subarray(box.start, box.end);
    if (box.type === 'ilst') return change(bytes);
    return box.type === 'meta' ? withLists(file, bytes, change) : bytes;
  });
  const tail = holder.subarray(boxes.at(-1)?.end);
  return boxOf(markAt(holder, 4), holder.subarray(bodyOf(holder), first.start), ...parts, tail);
}

function childrenOf(file: ByteSource, box: Uint8Array): readonly Box[] {
  return boxesIn(file, box, bodyOf(box) + (markAt(box, 4) === 'meta' && !isQuickTimeMeta(box) ? 4 : 0));
}

/** Where the body of a box begins that stands alone. */
function bodyOf(box: Uint8Array): number {
  return box[3] === 1 && box[0] === 0 && box[1] === 0 && box[2] === 0 ? 16 : 8;
}

/** `meta` has a version and flags before its boxes, but not as QuickTime writes it. */
function isQuickTimeMeta(box: Uint8Array): boolean {
  return markAt(box, bodyOf(box) + 4) === 'hdlr';
}

function listBox(entries: readonly Uint8Array[]): Uint8Array {
  const handler = boxOf('hdlr', new Uint8Array(8), markOf('mdirappl'), new Uint8Array(9));
  return boxOf('meta', new Uint8Array(4), handler, boxOf('ilst', ...entries));
}
