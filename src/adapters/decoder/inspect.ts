import type { OpenFile } from '#catalogue';
import { AppError } from '#kernel';
import { readAt } from './bytes.ts';
import { payloadEnd, payloadStart } from './edges.ts';
import { type Signature, signatureOf } from './signatures.ts';

/** What the bytes of a file tell before any decoder sees them. */
export interface Inspection {
  /** By the first bytes behind leading tags. */
  readonly signature: Signature | undefined;
  /** The first kilobytes behind leading tags. */
  readonly head: Buffer;
  /** Byte offset of the first trailing tag; the file's size where there is none. */
  readonly endBytes: number;
  readonly sizeBytes: number;
}

const HEAD_BYTES = 8192;
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
  return { signature, head, sizeBytes, endBytes: isBare ? payloadEnd(fd, start, sizeBytes) : sizeBytes };
}

/** Does an MP3 carry the header with its true number of frames? @see http://gabriel.mp3-tech.org/mp3infotag.html */
export function hasFrameCount({ head }: Inspection): boolean {
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

/** Does the last page of an Ogg file lack its end mark? `false` where no last page is found. */
export function isOggCut(fd: number, sizeBytes: number): boolean {
  const tail = readAt(fd, Math.max(0, sizeBytes - 65_536), 65_536);
  const page = tail.lastIndexOf('OggS', undefined, 'latin1');
  return page >= 0 && page + 5 < tail.length && (tail.readUInt8(page + 5) & 4) === 0;
}
