import type { Integrity, Levels, SoundEvidence, StreamInfo, TagReading } from '#audio';
import type { BytePath, Failure } from '#kernel';

/** What one look at a file's directory entry tells. Enough to know that nothing changed. */
export interface FileStamp {
  /** The file system's number; may differ after the volume was mounted anew. Signed 64 bits, as is `inode`. */
  readonly device: bigint;
  readonly inode: bigint;
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/**
 * A {@link FileStamp} as one string, `device:inode:sizeBytes:mtimeNs:ctimeNs` in decimal: exact, small, and
 * compared in one step, which is what a scan of files that did not change consists of.
 */
export type StampKey = string & { readonly [stampKey]: 'StampKey' };
declare const stampKey: unique symbol;

/** The key of a stamp. */
export function keyOfStamp(stamp: FileStamp): StampKey {
  return `${stamp.device}:${stamp.inode}:${stamp.sizeBytes}:${stamp.mtimeNs}:${stamp.ctimeNs}` as StampKey;
}

/**
 * The files of one folder as one text, `name NUL stamp LF` for each in the order of the names' bytes. Two listings
 * are compared in one step, so a folder in which nothing changed costs next to nothing.
 */
export function listingOf(files: readonly { readonly name: BytePath; readonly stamp: StampKey }[]): string {
  let text = '';
  for (const { name, stamp } of files) text += `${name}\0${stamp}\n`;
  return text;
}

/** The stamp of a key. */
export function stampOfKey(key: StampKey): FileStamp {
  const [device = '', inode = '', sizeBytes = '', mtimeNs = '', ctimeNs = ''] = key.split(':');
  return {
    device: BigInt(device),
    inode: BigInt(inode),
    sizeBytes: Number(sizeBytes),
    mtimeNs: BigInt(mtimeNs),
    ctimeNs: BigInt(ctimeNs),
  };
}

/**
 * Inode, size and time of writing agree, so that it is the file it was. The device may be numbered anew by a mount,
 * and a change of mode or of the number of links moves `ctimeNs` alone.
 */
export function isSameWriting(a: StampKey, b: StampKey): boolean {
  const [one, other] = [stampOfKey(a), stampOfKey(b)];
  return one.inode === other.inode && one.sizeBytes === other.sizeBytes && one.mtimeNs === other.mtimeNs;
}

/** A sound as decoded once, whatever names it has. */
export interface Sound {
  readonly stream: StreamInfo;
  /** Seconds, as decoded. */
  readonly durationSeconds: number;
  /** Hash of the coded audio payload without tags and container headers, `sha256:…` hex; survives re-tagging. */
  readonly audioHash: string;
  /** Hash of the decoded samples of a lossless coding, with rate, width and channels in it; `null` for lossy coding. */
  readonly sampleHash: string | null;
  readonly levels: Levels;
  readonly integrity: Integrity;
  /** Absent where it was scanned before this was measured. */
  readonly evidence?: SoundEvidence;
  /** Compressed sub-fingerprints at phases 0, ¼, ½ and ¾ hop; empty arrays where the sound is too short. */
  readonly fingerprint: PhaseFingerprints;
  /** Packed questions about other speeds and bands (`fingerprint/altered-questions`); empty where the sound is too short. */
  readonly altered: Uint8Array;
  /**
   * For checking likeness without decoding again; absent where the sound is too long for one, and in what the catalogue
   * gives back, for it is large: see `MatchStore.sketchOf`.
   */
  readonly sketch?: Uint8Array;
  /** Which decoder, resampler and fingerprint made this, for example `node-av 6.1.1/lavc 62 · reprise-3`. */
  readonly producer: string;
}

/** Four compressed fingerprints (`fingerprint/compress`), by quarter-hop phase. */
export type PhaseFingerprints = readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

/**
 * All that is known of one distinct sequence of bytes. Several files may hold it. Exactly one of `sound`
 * and `failure` is null, except where a damaged sound could be read in part: that is a sound whose integrity says so.
 */
export interface Content {
  /** `sha256:` and 64 hex digits of all bytes. */
  readonly contentHash: string;
  readonly sizeBytes: number;
  readonly sound: Sound | null;
  readonly tags: TagReading | null;
  readonly failure: Failure | null;
}

/** A content that needs no decoding any more; `failure` is set where nobody can hear it. */
export type KnownContent = Pick<Content, 'contentHash' | 'failure'>;

/** `missing`: seen once, not there any more; kept, so that it is recognised when it returns. */
export type FileState = 'present' | 'missing';

/** What a scan must know of a file that is in the catalogue. */
export interface KnownFile {
  readonly id: number;
  readonly path: BytePath;
  readonly stamp: StampKey;
  readonly state: FileState;
  /** Must be read again even if it did not change: its bytes could not be read, or its sound failed in another decoder. */
  readonly isDue: boolean;
}

/** A path in the catalogue. Its id stays the same when the file is moved or renamed. */
export interface CatalogueFile {
  readonly id: number;
  readonly path: BytePath;
  readonly stamp: FileStamp;
  readonly state: FileState;
  /** `null` where the bytes could not be read; then `failure` says why. */
  readonly contentHash: string | null;
  readonly failure: Failure | null;
}
