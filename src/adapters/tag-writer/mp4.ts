/**
 * MPEG-4 (M4A): the tags lie in `moov`, which also says where in the file each piece of the sound lies. With other tags
 * it gets another size, and the places of all that stands behind it are moved by as much.
 * @see https://www.iso.org/standard/83102.html ISO/IEC 14496-12, 8.7.5
 */
import type { ByteSource } from '#filing';
import { type Box, boxesIn, boxOf, fileBoxes } from './mp4-box.ts';
import { entriesOf, holdsTags, isOfSound, withOfSound } from './mp4-tags.ts';
import { bytesAt, damaged, markAt, type Parted, type Pieces, piecesOf, unsupported, viewOf } from './parted.ts';

interface Parts {
  readonly file: ByteSource;
  /** Of the whole file. */
  readonly boxes: readonly Box[];
  readonly moov: Box;
  /** The boxes of `moov`. */
  readonly tables: readonly Uint8Array[];
  readonly holders: readonly Uint8Array[];
}

export function partMp4(file: ByteSource): Parted | undefined {
  if (markAt(file.read(4, 8), 0) !== 'ftyp') return undefined;
  const parts = partsOf(file);
  return {
    form: 'MPEG-4',
    sound: () => soundOf(parts),
    tags: () => entries(parts).filter((entry) => !isOfSound(file, entry)),
    taking: (other) => grafted(parts, partsOf(other)),
  };
}

function partsOf(file: ByteSource): Parts {
  const boxes = [...fileBoxes(file)];
  const [moov, second] = boxes.filter(({ type }) => type === 'moov');
  if (moov === undefined || second !== undefined) throw damaged(file, 'it does not say once what it holds');
  const bytes = bytesAt(file, moov.start, moov.end - moov.start);
  const within = boxesIn(file, bytes, moov.body - moov.start);
  if ([...boxes, ...within].some(({ type }) => type === 'moof' || type === 'mvex')) {
    throw unsupported(file, 'is cut into fragments, as streams are');
  }
  const parts = (areTags: boolean): Uint8Array[] =>
    within.filter((box) => holdsTags(box) === areTags).map(({ start, end }) => bytes.subarray(start, end));
  return { file, boxes, moov, tables: parts(false), holders: parts(true) };
}

function entries({ file, holders }: Parts): readonly Uint8Array[] {
  return holders.flatMap((holder) => entriesOf(file, holder));
}

function* soundOf(parts: Parts): Pieces {
  const { file, boxes, moov, tables } = parts;
  const pools = boxes.filter(({ type }) => type === 'mdat');
  // The places of the sound as seen from the beginning of what holds them.
  const within = (place: number): number => {
    const pool = pools.find(({ start, end }) => place >= start && place < end);
    return pool === undefined ? place : place - pool.start;
  };
  for (const table of tables) yield withPlaces(file, table, within);
  yield* entries(parts).filter((entry) => isOfSound(file, entry));
  for (const box of boxes) if (box !== moov) yield* piecesOf(file, box.start, box.end);
}

function* grafted(sound: Parts, tags: Parts): Pieces {
  const { file, boxes, moov, tables } = sound;
  const ofSound = entries(sound).filter((entry) => isOfSound(file, entry));
  const holders = withOfSound(tags.file, tags.holders, ofSound);
  const size = [...tables, ...holders].reduce((sum, { length }) => sum + length, 8);
  const longer = size - (moov.end - moov.start);
  const moved = (place: number): number => (place >= moov.end ? place + longer : place);
  for (const box of boxes) {
    if (box === moov) yield boxOf('moov', ...tables.map((table) => withPlaces(file, table, moved)), ...holders);
    else yield* piecesOf(file, box.start, box.end);
  }
}

/** Boxes on the way to the places of the sound. */
const ON_THE_WAY: ReadonlySet<string> = new Set(['trak', 'mdia', 'minf', 'stbl']);

/** A box of `moov` in which every place of a piece of the sound is another. */
function withPlaces(file: ByteSource, table: Uint8Array, change: (place: number) => number): Uint8Array {
  const copy = Uint8Array.from(table);
  const visit = (bytes: Uint8Array): void => {
    for (const { type, start, body, end } of boxesIn(file, bytes)) {
      if (type === 'saio') throw unsupported(file, 'is encrypted');
      if (ON_THE_WAY.has(type)) visit(bytes.subarray(body, end));
      if (type === 'stco' || type === 'co64') changePlaces(file, bytes.subarray(start, end), body - start, change);
    }
  };
  visit(copy);
  return copy;
}

function changePlaces(file: ByteSource, box: Uint8Array, body: number, change: (place: number) => number): void {
  const view = viewOf(box);
  const width = markAt(box, 4) === 'stco' ? 4 : 8;
  const count = box.length < body + 8 ? 0 : view.getUint32(body + 4);
  if (body + 8 + count * width > box.length) throw damaged(file, 'the places of its sound break off');
  for (let at = body + 8; at < body + 8 + count * width; at += width) {
    const place = change(width === 4 ? view.getUint32(at) : Number(view.getBigUint64(at)));
    if (place >= 2 ** (width * 8)) throw unsupported(file, 'would be larger than its places can tell');
    if (width === 4) view.setUint32(at, place);
    else view.setBigUint64(at, BigInt(place));
  }
}
