/**
 * FLAC: blocks of metadata before the frames. Those that tell how to read and find the sound stay with it; comments,
 * pictures, application data and padding come from the other file, and so do ID3 tags around the whole, where there are.
 * @see https://www.rfc-editor.org/rfc/rfc9639#name-file-level-metadata
 */
import type { ByteSource } from '#filing';
import { afterTags, beforeTags } from './loose-tags.ts';
import { bytesAt, damaged, markAt, markOf, type Parted, type Pieces, piecesOf, unsupported } from './parted.ts';
import { commentBytes, commentOf } from './vorbis-comment.ts';

interface Block {
  readonly type: number;
  readonly body: Uint8Array;
}

interface Parts {
  readonly file: ByteSource;
  /** Where `fLaC` stands. */
  readonly start: number;
  readonly blocks: readonly Block[];
  readonly frames: readonly [start: number, end: number];
}

const COMMENT = 4;
/** Padding, application data, comments, pictures. */
const TAGS: ReadonlySet<number> = new Set([1, 2, COMMENT, 6]);
const LARGEST_BLOCK = 2 ** 24 - 1;

export function partFlac(file: ByteSource): Parted | undefined {
  const parts = partsOf(file);
  if (parts === undefined) return undefined;
  return {
    form: 'FLAC',
    sound: () => soundOf(parts),
    tags: () => tagsOf(parts),
    taking: (other) => grafted(parts, partsOf(other) as Parts),
  };
}

function partsOf(file: ByteSource): Parts | undefined {
  const start = afterTags(file);
  if (markAt(file.read(start, start + 4), 0) !== 'fLaC') return undefined;
  const blocks: Block[] = [];
  let at = start + 4;
  for (let isLast = false; !isLast; ) {
    const [first, high, middle, low] = bytesAt(file, at, 4) as unknown as [number, number, number, number];
    const length = (high << 16) | (middle << 8) | low;
    blocks.push({ type: first & 0x7f, body: bytesAt(file, at + 4, length) });
    isLast = first >= 0x80;
    at += 4 + length;
  }
  if (blocks[0]?.type !== 0) throw damaged(file, 'it does not begin with what its sound is');
  return { file, start, blocks, frames: [at, beforeTags(file, at)] };
}

const isTag = ({ type }: Block): boolean => TAGS.has(type);

function* soundOf({ file, blocks, frames }: Parts): Pieces {
  for (const block of blocks) if (!isTag(block)) yield* [headerOf(block, false), block.body];
  yield* piecesOf(file, ...frames);
}

function* tagsOf({ file, start, blocks, frames }: Parts): Pieces {
  yield* piecesOf(file, 0, start);
  for (const block of blocks.filter(isTag)) {
    const body = block.type === COMMENT ? commentOf(file, block.body).rest : block.body;
    yield* [headerOf({ ...block, body }, false), body];
  }
  yield* piecesOf(file, frames[1], file.sizeBytes);
}

function* grafted(sound: Parts, tags: Parts): Pieces {
  yield* piecesOf(tags.file, 0, tags.start);
  yield markOf('fLaC');
  const vendor = vendorOf(sound);
  const taken = tags.blocks.filter(isTag).map((block) => (vendor ? withVendor(tags.file, block, vendor) : block));
  const blocks = [...sound.blocks.filter((block) => !isTag(block)), ...taken];
  for (const [at, block] of blocks.entries()) {
    if (block.body.length > LARGEST_BLOCK) throw unsupported(tags.file, 'has more tags than the other file can take');
    yield* [headerOf(block, at === blocks.length - 1), block.body];
  }
  yield* piecesOf(sound.file, ...sound.frames);
  yield* piecesOf(tags.file, tags.frames[1], tags.file.sizeBytes);
}

function vendorOf({ file, blocks }: Parts): Uint8Array | undefined {
  const comment = blocks.find(({ type }) => type === COMMENT);
  return comment && commentOf(file, comment.body).vendor;
}

function withVendor(file: ByteSource, { type, body }: Block, vendor: Uint8Array): Block {
  return { type, body: type === COMMENT ? commentBytes(vendor, commentOf(file, body).rest) : body };
}

function headerOf({ type, body: { length } }: Block, isLast: boolean): Uint8Array {
  return Uint8Array.of(type | (isLast ? 0x80 : 0), (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
}
