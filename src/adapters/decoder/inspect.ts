import type { OpenFile } from '#catalogue';
import { AppError } from '#kernel';
import { readAt } from './bytes.ts';
import { declaresLength } from './codings.ts';
import { payloadEnd, payloadStart } from './edges.ts';
import { lastFrameEnd } from './mpeg-tail.ts';
import { type Signature, signatureOf } from './signatures.ts';

/** What the bytes of a file tell before any decoder sees them. */
export interface Inspection {
  /** By the first bytes behind leading tags. */
  readonly signature: Signature | undefined;
  /** The first kilobytes behind leading tags. */
  readonly head: Buffer;
  /** Byte offset behind the sound, where trailing tags and junk begin; the file's size where there are none. */
  readonly endBytes: number;
  readonly sizeBytes: number;
  /** Bytes that are neither frames nor tags between the last frame of an MP3 and what follows. */
  readonly junkBytes: number;
}

const HEAD_BYTES = 8192;
/** The largest page that Ogg allows. */
const OGG_PAGE_BYTES = 65_307;
// Formats of bare frames, where a trailing tag looks like more sound. The others know their own size.
const BARE = new Set(['flac', 'tta', 'ape', 'mpc', 'wv', 'tak']);

/** Looks at both ends of the file. @throws AppError `decode/empty` */
export function inspect(handle: OpenFile): Inspection {
  const { fd, sizeBytes } = handle;
  if (sizeBytes === 0) throw new AppError('decode/empty', 'The file is empty (0 bytes).', { kind: 'corrupt' });
  const start = payloadStart(fd, sizeBytes);
  const head = readAt(fd, start, HEAD_BYTES);
  const signature = signatureOf(head);
  const isBare = signature === undefined || BARE.has(signature.container ?? '');
  const tagsAt = isBare ? payloadEnd(fd, start, sizeBytes) : sizeBytes;
  const endBytes = signature === undefined ? lastFrameEnd(fd, start, tagsAt) : tagsAt;
  return { signature, head, sizeBytes, endBytes, junkBytes: tagsAt - endBytes };
}

/** Does an MP3 carry the header with its true number of frames? @see http://gabriel.mp3-tech.org/mp3infotag.html */
function hasFrameCount({ head }: Inspection): boolean {
  const xing = ['Xing', 'Info'].map((mark) => head.indexOf(mark, 0, 'latin1')).find((at) => at >= 0);
  if (xing !== undefined && xing + 8 <= head.length) return (head.readUInt8(xing + 7) & 1) === 1;
  return head.indexOf('VBRI', 0, 'latin1') >= 0;
}

// Content Encryption and Extended Content Encryption objects of ASF.
const ASF_DRM = ['fbb3112223bdd211b4b700a0c955fc6e', '14e68a292226174cb935dae07ee9289c'];

/** Is a Windows Media file locked? */
export function isLockedAsf({ signature, head }: Inspection): boolean {
  return signature?.container === 'asf' && ASF_DRM.some((guid) => head.includes(Buffer.from(guid, 'hex')));
}

/** Does an Ogg file lack its end mark? `false` where its last page is not found. */
export function isCut({ fd, sizeBytes }: OpenFile, { signature }: Inspection): boolean {
  if (signature?.container !== 'ogg') return false;
  const tail = readAt(fd, Math.max(0, sizeBytes - OGG_PAGE_BYTES), OGG_PAGE_BYTES);
  const page = tail.lastIndexOf('OggS', undefined, 'latin1');
  return page >= 0 && page + 5 < tail.length && (tail.readUInt8(page + 5) & 4) === 0;
}

/** Is the length that FFmpeg names a promise of the file, not an estimate from its bit rate? */
export function promisesLength(container: string, inspection: Inspection): boolean {
  return declaresLength(container) || (container === 'mp3' && hasFrameCount(inspection));
}

/** What FFmpeg opens: the file under this alias, without trailing tags and junk. */
export function addressOf(alias: string, { endBytes, sizeBytes }: Inspection): string {
  return endBytes === sizeBytes ? `file:${alias}` : `subfile,,start,0,end,${endBytes},,:${alias}`;
}

/** Codec tags of encrypted sound in MP4. */
const LOCKED_TAGS = new Set(['drms', 'enca', 'drmi']);

/** Is the sound in an MP4 encrypted? */
export function isLockedTag(tag: string | null | undefined): boolean {
  return LOCKED_TAGS.has(tag ?? '');
}

/** Codings with a fixed number of bytes per second: integers, floats, A-law, µ-law, and what says more further on. */
const PCM_TAGS = new Set([1, 3, 6, 7, 0xfffe]);

/**
 * Seconds that the header of a WAV file promises, or `null` where it leaves them open. FFmpeg believes the size
 * of the file instead, and so does not notice that a file was cut.
 */
export function wavSeconds({ signature, head }: Inspection): number | null {
  const isWide = signature?.container === 'w64';
  if (signature?.container !== 'wav' && !isWide) return null;
  const format = head.indexOf('fmt ', 12, 'latin1');
  const data = head.indexOf('data', 12, 'latin1');
  // Wave64 has 16-byte names and 64-bit sizes that count the header too.
  const content = format + (isWide ? 24 : 8);
  if (format < 0 || data < content || data + 24 > head.length) return null;
  const bytes = isWide ? Number(head.readBigUInt64LE(data + 16)) - 24 : head.readUInt32LE(data + 4);
  const bytesPerSecond = head.readUInt32LE(content + 8);
  const isOpen = bytes <= 0 || bytes === 0xffff_ffff;
  return isOpen || !PCM_TAGS.has(head.readUInt16LE(content)) || bytesPerSecond === 0 ? null : bytes / bytesPerSecond;
}
