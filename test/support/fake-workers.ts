/**
 * Workers without a decoder: the "sound" of a file is what follows its first newline, the line before it is its
 * tags. Hashes are real, so copies, retagged files and changes are what they are.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Analysis, Content, PhaseFingerprints, Sound, SoundWorkers } from '#catalogue';
import { AppError, type BytePath, bytesOfPath, cancelled, displayPath } from '#kernel';

export interface FakeWorkers extends SoundWorkers {
  /** Every file whose bytes were read, in order. */
  readonly read: BytePath[];
  /** Those whose sound was decoded. */
  readonly decoded: BytePath[];
  /** The most files that were in hand at once. */
  readonly most: () => number;
}

export interface FakeOptions {
  readonly width?: number;
  readonly producer?: string;
  readonly delayMs?: number;
  /** Called while a file is in hand. */
  readonly during?: (path: BytePath) => void;
}

export function createFakeWorkers(options: FakeOptions = {}): FakeWorkers {
  const { width = 2, producer = 'fake 1', delayMs = 0, during } = options;
  const read: BytePath[] = [];
  const decoded: BytePath[] = [];
  let inHand = 0;
  let most = 0;
  return {
    width,
    producer,
    read,
    decoded,
    most: () => most,
    analyse: async (path, { known, signal }): Promise<Analysis> => {
      inHand += 1;
      most = Math.max(most, inHand);
      try {
        read.push(path);
        const bytes = readBytes(path);
        during?.(path);
        await setTimeout(delayMs);
        if (signal?.aborted) throw cancelled();
        const contentHash = hashOf(bytes);
        if (known.includes(contentHash)) return { kind: 'known', contentHash };
        decoded.push(path);
        return { kind: 'new', content: contentOf(bytes, contentHash, producer) };
      } finally {
        inHand -= 1;
      }
    },
    judgeSketches: () => Promise.resolve(undefined),
    liken: () => Promise.resolve(undefined),
    judge: () => Promise.reject(new Error('The fake judges nothing.')),
    portray: () => Promise.reject(new Error('The fake draws nothing.')),
    trace: () => Promise.reject(new Error('The fake draws nothing.')),
    [Symbol.asyncDispose]: async () => {},
  };
}

function readBytes(path: BytePath): Uint8Array {
  try {
    return readFileSync(Buffer.from(bytesOfPath(path)));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'files/missing' : 'files/denied';
    throw new AppError(code, `${displayPath(path)} cannot be read.`, { kind: 'missing', cause });
  }
}

/** `sha256:…` of the bytes. */
export function hashOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** What there is to know of the bytes; a sound that begins with `broken` cannot be decoded. */
export function contentOf(bytes: Uint8Array, contentHash: string, producer: string): Content {
  const [title = '', ...rest] = Buffer.from(bytes).toString('latin1').split('\n');
  const payload = rest.join('\n');
  const tags = { common: { title }, native: [], conflicts: [], cover: null };
  const shared = { contentHash, sizeBytes: bytes.length, tags };
  if (payload.startsWith('broken')) {
    return { ...shared, sound: null, failure: { code: 'decode/no-sound', message: 'No sound came out.' } };
  }
  return { ...shared, sound: soundOf(payload, producer), failure: null };
}

function soundOf(payload: string, producer: string): Sound {
  const stream = { codec: 'flac', container: 'flac', sampleRateHz: 44_100, channels: 2, bitsPerSample: 16 };
  const phases = [0, 1, 2, 3].map((phase) => Uint8Array.of(phase, ...Buffer.from(payload).subarray(0, 40)));
  return {
    stream: { ...stream, bitRate: 900_000.5, lossless: true, declaredSeconds: null },
    durationSeconds: payload.length / 2,
    audioHash: hashOf(Buffer.from(payload, 'latin1')),
    sampleHash: null,
    levels: { rms: 0.25, peak: 0.875, clippedSamples: 3 },
    integrity: { decodedSeconds: payload.length / 2, errors: 1, checksumHolds: true, complaints: ['it ends early'] },
    fingerprint: phases as unknown as PhaseFingerprints,
    altered: Uint8Array.of(9, ...Buffer.from(payload).subarray(0, 20)),
    producer,
  };
}
