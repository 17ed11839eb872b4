/**
 * Ogg Vorbis and Opus: the second packet holds the comments, pictures among them. It is laid upon new pages, and the
 * pages of the sound are numbered on from there; their packets stay as they are.
 * @see https://xiph.org/vorbis/doc/Vorbis_I_spec.html#x1-590004.2.2
 * @see https://www.rfc-editor.org/rfc/rfc7845
 */
import type { ByteSource } from '#filing';
import { FIRST, type Page, pageAt, pagesOf, renumbered } from './ogg-page.ts';
import { damaged, joined, markAt, type Parted, type Pieces, unsupported } from './parted.ts';
import { type Comment, commentBytes, commentOf } from './vorbis-comment.ts';

interface Codec {
  readonly form: string;
  /** At the start of the packet of comments. */
  readonly mark: Uint8Array;
  readonly headers: number;
}

interface Parts {
  readonly file: ByteSource;
  readonly codec: Codec;
  readonly first: Page;
  readonly comment: Comment;
  /** Packets between the comments and the sound. */
  readonly others: readonly Uint8Array[];
  /** Where the pages of the sound begin, and how many stand before. */
  readonly start: number;
  readonly pagesBefore: number;
}

const text = new TextEncoder();
const CODECS: readonly (readonly [mark: string, codec: Codec])[] = [
  ['\x01vorbis', { form: 'Ogg Vorbis', mark: text.encode('\x03vorbis'), headers: 3 }],
  ['OpusHead', { form: 'Opus', mark: text.encode('OpusTags'), headers: 2 }],
];

export function partOgg(file: ByteSource): Parted | undefined {
  const parts = partsOf(file);
  if (parts === undefined) return undefined;
  return {
    form: parts.codec.form,
    sound: () => soundOf(parts),
    tags: () => [parts.comment.rest],
    taking: (other) => grafted(parts, partsOf(other) as Parts),
  };
}

function partsOf(file: ByteSource): Parts | undefined {
  if (markAt(file.read(0, 4), 0) !== 'OggS') return undefined;
  const first = pageAt(file, 0);
  const codec = CODECS.find(([mark]) => markAt(first.body, 0, mark.length) === mark)?.[1];
  if (codec === undefined) throw unsupported(file, 'is Ogg with another sound than Vorbis or Opus');
  if (first.lacing.findIndex((length) => length < 255) !== first.lacing.length - 1) {
    throw damaged(file, 'its first page does not hold its first packet alone');
  }
  const { packets, start, pages } = headersOf(file, first, codec.headers - 1);
  const [comments = new Uint8Array(), ...others] = packets;
  if (markAt(comments, 0, codec.mark.length) !== markAt(codec.mark, 0, codec.mark.length)) {
    throw damaged(file, 'its comments are not where they must be');
  }
  const comment = commentOf(file, comments.subarray(codec.mark.length));
  return { file, codec, first, comment, others, start, pagesBefore: pages + 1 };
}

/** The packets after the first, from the second page on. */
function headersOf(
  file: ByteSource,
  first: Page,
  count: number,
): { readonly packets: readonly Uint8Array[]; readonly start: number; readonly pages: number } {
  const packets: Uint8Array[] = [];
  let open: Uint8Array[] = [];
  let [start, pages] = [first.bytes.length, 0];
  while (packets.length < count) {
    const page = pageAt(file, start);
    assertSame(file, first, page);
    let at = 0;
    for (const length of page.lacing) {
      open.push(page.body.subarray(at, at + length));
      at += length;
      if (length === 255) continue;
      packets.push(joined(...open));
      open = [];
    }
    start += page.bytes.length;
    pages += 1;
  }
  if (packets.length > count || open.length > 0) throw unsupported(file, 'has sound on the pages of its headers');
  return { packets, start, pages };
}

function assertSame(file: ByteSource, first: Page, page: Page): void {
  if (page.serial !== first.serial || (page.flags & FIRST) !== 0) throw unsupported(file, 'holds more than one stream');
}

function* soundPages({ file, first, start }: Parts): Iterable<Page> {
  for (let at = start; at < file.sizeBytes; ) {
    const page = pageAt(file, at);
    assertSame(file, first, page);
    yield page;
    at += page.bytes.length;
  }
}

/** Without what changes with the pages before: numbers and checksums. */
function* soundOf(parts: Parts): Pieces {
  yield* [parts.first.bytes, ...parts.others];
  for (const { bytes } of soundPages(parts)) yield* [bytes.subarray(0, 18), bytes.subarray(26)];
}

function* grafted(sound: Parts, tags: Parts): Pieces {
  yield sound.first.bytes;
  const comment = joined(sound.codec.mark, commentBytes(sound.comment.vendor, tags.comment.rest));
  const pages = [...pagesOf([comment, ...sound.others], sound.first.serial, sound.first.number + 1)];
  yield* pages;
  const moved = 1 + pages.length - sound.pagesBefore;
  for (const page of soundPages(sound)) yield renumbered(page, page.number + moved);
}
