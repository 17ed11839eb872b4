/** Streams without a container, between tags that belong to none: the tags of one file are set around the other's stream. */
import type { ByteSource } from '#filing';
import { afterTags, beforeTags } from './loose-tags.ts';
import { markAt, type Parted, type Pieces, piecesOf } from './parted.ts';

interface Span {
  readonly file: ByteSource;
  /** Of the stream. */
  readonly start: number;
  readonly end: number;
}

export function partBare(file: ByteSource): Parted | undefined {
  const span = spanOf(file);
  const form = formOf(span);
  if (form === undefined) return undefined;
  return {
    form,
    sound: () => piecesOf(file, span.start, span.end),
    tags: () => tagsOf(span),
    taking: (other) => grafted(span, spanOf(other)),
  };
}

function spanOf(file: ByteSource): Span {
  const start = afterTags(file);
  return { file, start, end: beforeTags(file, start) };
}

function* tagsOf({ file, start, end }: Span): Pieces {
  yield* piecesOf(file, 0, start);
  yield* piecesOf(file, end, file.sizeBytes);
}

function* grafted(sound: Span, tags: Span): Pieces {
  yield* piecesOf(tags.file, 0, tags.start);
  yield* piecesOf(sound.file, sound.start, sound.end);
  yield* piecesOf(tags.file, tags.end, tags.file.sizeBytes);
}

/** How far the first frame may be: some writers leave blanks after their tags. Chosen. */
const LEAD_BYTES = 64 << 10;

function formOf({ file, start, end }: Span): string | undefined {
  const lead = file.read(start, Math.min(end, start + LEAD_BYTES));
  if (markAt(lead, 0) === 'wvpk') return 'WavPack';
  if (markAt(lead, 0) === 'TTA1') return 'True Audio';
  for (let at = 0; at + 4 <= lead.length; at++) {
    const layer = layerAt(lead, at);
    if (layer !== undefined) return layer === 0 ? 'AAC' : layer === 1 ? 'MP3' : 'MPEG audio';
    // Anything but blanks before the first frame is another form.
    if (lead[at] !== 0) return undefined;
  }
  return undefined;
}

/** The two bits for the layer of a frame of MPEG audio: 1 is layer III, 0 is AAC in ADTS. */
function layerAt(bytes: Uint8Array, at: number): number | undefined {
  const [first, second, third] = bytes.subarray(at, at + 3) as unknown as [number, number, number];
  if (first !== 0xff || (second & 0xe0) !== 0xe0 || (second & 0x18) === 0x08) return undefined;
  const layer = (second >> 1) & 3;
  if (layer === 0) return (second & 0xf0) === 0xf0 ? 0 : undefined;
  return (third & 0xf0) === 0xf0 || (third & 0x0c) === 0x0c ? undefined : layer;
}
