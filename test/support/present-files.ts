/** Files, verdicts and groups as the catalogue would know them, for tests of what is made of them. */
import type { CommonTags, StreamInfo, TagReading } from '#audio';
import type { PresentFile } from '#catalogue';
import { pathFromBytes } from '#kernel';
import type { ComparisonTable, PairVerdict, Relation, Verdict } from '#matching';
import { tableOf } from './comparisons.ts';

/** What a test says about a file. */
export interface Facts {
  readonly path: string | Uint8Array;
  /** One letter a content. */
  readonly bytes: string;
  /** A name a sound; `null`: not decodable. Default: that of the bytes. */
  readonly audio?: string | null;
  readonly samples?: string;
  readonly inode?: bigint;
  readonly device?: bigint;
  readonly mtimeNs?: bigint;
  readonly sizeBytes?: number;
  readonly codec?: string;
  readonly kbps?: number;
  readonly seconds?: number;
  readonly tags?: CommonTags;
}

let inodes = 1000n;

/** A file that was scanned: as the facts say, and otherwise like any other. */
export function file(facts: Facts): PresentFile {
  const path = pathFromBytes(typeof facts.path === 'string' ? new TextEncoder().encode(facts.path) : facts.path);
  const sizeBytes = facts.sizeBytes ?? 1000;
  const { device = 1n, mtimeNs = 5n * 10n ** 9n } = facts;
  const stamp = { device, inode: facts.inode ?? inodes++, sizeBytes, mtimeNs, ctimeNs: 0n };
  const codec = facts.codec ?? 'mp3';
  const lossless = codec === 'flac' || codec === 'pcm_s16le';
  const stream: StreamInfo = {
    codec,
    container: codec === 'pcm_s16le' ? 'wav' : codec,
    sampleRateHz: 44_100,
    channels: 2,
    bitsPerSample: lossless ? 16 : null,
    bitRate: (facts.kbps ?? 192) * 1000,
    lossless,
    declaredSeconds: null,
  };
  const durationSeconds = facts.seconds ?? 200;
  const contentHash = `sha256:${facts.bytes.charCodeAt(0).toString(16).padStart(64, '0')}`;
  const tags: TagReading = {
    common: facts.tags ?? {},
    native: facts.tags === undefined ? [] : [{ type: 'ID3v2.4', tags: [] }],
    conflicts: [],
    cover: null,
  };
  const sound = {
    stream,
    durationSeconds,
    audioHash: `sha256:${facts.audio ?? facts.bytes}`,
    sampleHash: facts.samples ?? null,
    levels: { rms: 0.1, peak: 0.9, clippedSamples: 0 },
    integrity: { decodedSeconds: durationSeconds, errors: 0, checksumHolds: null, complaints: [] },
    producer: 'test',
  };
  const failure = facts.audio === null ? { code: 'decode/no-sound', message: 'No sound came out.' } : null;
  return {
    file: { id: 1, path, stamp, state: 'present', contentHash, failure: null },
    content: { contentHash, sizeBytes, sound: failure === null ? sound : null, tags, failure },
  };
}

/** A recorded verdict about the sounds of that name. */
export function judged(a: string, b: string, relation: Relation, more: Partial<Verdict> = {}): PairVerdict {
  const verdict: Verdict = {
    relation,
    truncated: null,
    similarity: 0.97,
    bitErrorRate: 0.015,
    overlapSeconds: 200,
    offsetSeconds: 0.5,
    speedRatio: 1,
    coherence: null,
    evidence: null,
    segments: [],
    reasons: ['it was heard'],
    ...more,
  };
  return { a: `sha256:${a}`, b: `sha256:${b}`, verdict };
}

/** A group of these sounds. */
export const heard = (...audio: readonly string[]): { sounds: string[] } => ({
  sounds: audio.map((name) => `sha256:${name}`),
});

/** The comparisons of what is there. */
export function compared(present: readonly PresentFile[], pairs: readonly PairVerdict[]): ComparisonTable {
  return tableOf([...new Set(present.flatMap(({ content }) => content?.sound?.audioHash ?? []))], pairs);
}
