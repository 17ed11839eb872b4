/**
 * WAV and AIFF: chunks in a row. Those that hold tags come from the other file and stand behind the sound; how the sound
 * is to be read, its marks and loops stay with it.
 * @see https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html
 * @see https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/AIFF/AIFF.html
 */
import type { ByteSource } from '#filing';
import {
  bytesAt,
  damaged,
  joined,
  markAt,
  markOf,
  type Parted,
  type Pieces,
  piecesOf,
  uint32,
  unsupported,
  viewOf,
} from './parted.ts';

interface Chunk {
  /** What it is called, with the type of a list: `LIST INFO`. */
  readonly name: string;
  /** With its header, without the byte that fills it up. */
  readonly start: number;
  readonly end: number;
}

interface Parts {
  readonly file: ByteSource;
  readonly outer: 'RIFF' | 'FORM';
  readonly type: string;
  readonly chunks: readonly Chunk[];
}

const FORMS: Readonly<Record<string, string>> = {
  'RIFF WAVE': 'WAV',
  'FORM AIFF': 'AIFF',
  'FORM AIFC': 'AIFF-C',
};

const TAGS: ReadonlySet<string> = new Set([
  ...['LIST INFO', 'id3 ', 'ID3 ', 'bext', 'iXML', 'aXML', '_PMX', 'cart', 'DISP'],
  ...['NAME', 'AUTH', '(c) ', 'ANNO', 'COMT'],
]);

export function partIff(file: ByteSource): Parted | undefined {
  const parts = partsOf(file);
  if (parts === undefined) return undefined;
  return {
    form: FORMS[`${parts.outer} ${parts.type}`] as string,
    sound: () => chunkBytes(parts, false),
    tags: () => chunkBytes(parts, true),
    taking: (other) => grafted(parts, partsOf(other) as Parts),
  };
}

function partsOf(file: ByteSource): Parts | undefined {
  const head = file.read(0, 12);
  if (head.length < 12) return undefined;
  const [outer, type] = [markAt(head, 0), markAt(head, 8)];
  if (FORMS[`${outer} ${type}`] === undefined) return undefined;
  const isLittle = outer === 'RIFF';
  const end = 8 + viewOf(head).getUint32(4, isLittle);
  // The byte that fills up the last chunk is forgotten by many.
  if (end > file.sizeBytes + 1) throw damaged(file, 'it ends before its time');
  if (end + 1 < file.sizeBytes) throw unsupported(file, 'holds something behind its end');
  const chunks = [...chunksOf(file, Math.min(end, file.sizeBytes), isLittle)];
  return { file, outer: outer as Parts['outer'], type, chunks };
}

function* chunksOf(file: ByteSource, end: number, isLittle: boolean): Iterable<Chunk> {
  for (let at = 12; at + 8 <= end; ) {
    const head = bytesAt(file, at, Math.min(12, end - at));
    const mark = markAt(head, 0);
    const length = viewOf(head).getUint32(4, isLittle);
    if (at + 8 + length > end) throw damaged(file, `its part "${mark}" ends behind it`);
    yield { name: mark === 'LIST' ? `LIST ${markAt(head, 8)}` : mark, start: at, end: at + 8 + length };
    at += 8 + length + (length % 2);
  }
}

function chosen({ chunks }: Parts, areTags: boolean): readonly Chunk[] {
  return chunks.filter(({ name }) => TAGS.has(name) === areTags);
}

function* chunkBytes(parts: Parts, areTags: boolean): Pieces {
  for (const { start, end } of chosen(parts, areTags)) yield* piecesOf(parts.file, start, end);
}

function* grafted(sound: Parts, tags: Parts): Pieces {
  const all = [
    ...chosen(sound, false).map((chunk) => [sound.file, chunk] as const),
    ...chosen(tags, true).map((chunk) => [tags.file, chunk] as const),
  ];
  const size = all.reduce((sum, [, chunk]) => sum + filled(chunk), 4);
  if (size > 0xffffffff) throw unsupported(sound.file, 'would be larger than its container can be');
  yield joined(markOf(sound.outer), uint32(size, sound.outer === 'RIFF'), markOf(sound.type));
  for (const [file, chunk] of all) {
    yield* piecesOf(file, chunk.start, chunk.end);
    if (filled(chunk) > chunk.end - chunk.start) yield new Uint8Array(1);
  }
}

/** Its bytes with the one that makes them even. */
function filled({ start, end }: Chunk): number {
  return end - start + ((end - start) % 2);
}
