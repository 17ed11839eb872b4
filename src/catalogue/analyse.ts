/**
 * One pass over a file: all bytes into the content hash, then, from the page cache, one decoding that feeds
 * payload hash, sample hash, levels and fingerprints at once. Memory does not grow with the sound, except for
 * the fingerprints.
 */
import { createHash } from 'node:crypto';
import type { Integrity, TagReading } from '#audio';
import { compressFingerprint, createFingerprinter, packAlteredQuestions } from '#fingerprint';
import { AppError, type Failure } from '#kernel';
import { createEvidenceMeter, createLevelMeter, createSketcher } from '#signal';
import { createPayloadHash, createSampleHash } from './audio-hashes.ts';
import type { Content, PhaseFingerprints, Sound } from './model.ts';
import type { Analysis, DecodeReport, Decoder, ReadableFile, TagReader } from './ports.ts';

/** What an analysis works with. */
export interface AnalyseParts {
  readonly decoder: Decoder;
  readonly tags: TagReader;
  /** Content hashes that need no decoding any more. */
  readonly known: readonly string[];
  /** Told now and then that the work goes on. */
  readonly onProgress?: () => void;
}

/** 27 MB of sketch; whatever is longer stays uncompared. */
const LONGEST_SKETCHED_SECONDS = 24 * 3600;

/** Counts up when the same file would be described differently by the same decoder. */
const ANALYSIS_VERSION = 'reprise-3';

/** What {@link Sound.producer} is for sounds made by a decoder of this name. */
export function producerOf(decoderName: string): string {
  return `${decoderName} · ${ANALYSIS_VERSION}`;
}

/**
 * Everything about the bytes of one file.
 * @throws AppError `files/changed` when somebody writes to it meanwhile, `files/unreadable`
 */
export async function analyseFile(file: ReadableFile, parts: AnalyseParts): Promise<Analysis> {
  const before = file.stamp();
  const contentHash = hashContent(file, parts.onProgress);
  const isKnown = parts.known.includes(contentHash);
  const content = isKnown ? undefined : await contentOf(file, contentHash, parts);
  if (file.stamp() !== before) throw changed();
  return content ? { kind: 'new', content } : { kind: 'known', contentHash };
}

/** `sha256:…` of all bytes. @throws AppError `files/unreadable` */
export function hashContent(file: ReadableFile, onProgress?: () => void): string {
  const hash = createHash('sha256');
  for (const block of file.blocks()) {
    hash.update(block);
    onProgress?.();
  }
  return `sha256:${hash.digest('hex')}`;
}

function changed(): AppError {
  return new AppError('files/changed', 'The file was written to while it was read.', {
    kind: 'conflict',
    hint: 'Scan again when nothing writes to it any more.',
  });
}

async function contentOf(file: ReadableFile, contentHash: string, parts: AnalyseParts): Promise<Content> {
  const base = { contentHash, sizeBytes: file.sizeBytes };
  const sound = await decoded(file, parts);
  if ('code' in sound) return { ...base, sound: null, tags: await tagsOrNull(file, parts), failure: sound };
  const tags = await tagsOf(file, parts);
  if ('code' in tags) return { ...base, sound: withComplaint(sound, tags.message), tags: null, failure: null };
  return { ...base, sound, tags, failure: null };
}

async function tagsOf(file: ReadableFile, { tags }: AnalyseParts): Promise<TagReading | Failure> {
  try {
    return await tags.read(file);
  } catch (error) {
    return failureOf(error, 'tags/');
  }
}

async function tagsOrNull(file: ReadableFile, parts: AnalyseParts): Promise<TagReading | null> {
  const tags = await tagsOf(file, parts);
  return 'code' in tags ? null : tags;
}

/** Trouble of the named area as an item's failure; everything else goes on. */
function failureOf(error: unknown, area: string): Failure {
  if (error instanceof AppError && error.code.startsWith(area)) return { code: error.code, message: error.message };
  throw error;
}

function withComplaint(sound: Sound, complaint: string): Sound {
  const { integrity } = sound;
  return { ...sound, integrity: { ...integrity, complaints: [...integrity.complaints, complaint] } };
}

async function decoded(file: ReadableFile, { decoder, onProgress }: AnalyseParts): Promise<Sound | Failure> {
  const payload = createPayloadHash();
  const samples = createSampleHash();
  const levels = createLevelMeter();
  const evidence = createEvidenceMeter();
  const fingerprinter = createFingerprinter({ phases: 4 });
  const sketcher = createSketcher();
  try {
    const report = await decoder.decode(file, {
      packet: payload.push,
      samples(block) {
        samples.push(block);
        levels.push(block);
        evidence.push(block);
      },
      pcm(block) {
        fingerprinter.push(block);
        sketcher.push(block);
        onProgress?.();
      },
    });
    const durationSeconds = report.integrity.decodedSeconds;
    return {
      stream: report.stream,
      durationSeconds,
      audioHash: payload.finish(report.stream),
      sampleHash: samples.finish(report.stream),
      levels: levels.finish(),
      integrity: checked(report, samples.md5()),
      evidence: evidence.finish(report.stream),
      fingerprint: fingerprinter.finish().map(compressed) as unknown as PhaseFingerprints,
      altered: packAlteredQuestions(fingerprinter.alteredQuestions()),
      ...(durationSeconds <= LONGEST_SKETCHED_SECONDS && { sketch: sketcher.finish() }),
      producer: producerOf(decoder.name),
    };
  } catch (error) {
    return failureOf(error, 'decode/');
  }
}

function compressed(items: Uint32Array): Uint8Array {
  return items.length === 0 ? new Uint8Array() : compressFingerprint(items);
}

/** Holds the decoded samples against the checksum that the format carries. */
function checked({ integrity, declaredSampleMd5 }: DecodeReport, md5: string | null): Integrity {
  if (declaredSampleMd5 === null || md5 === null) return integrity;
  const checksumHolds = declaredSampleMd5 === md5;
  const complaint = 'The decoded samples do not agree with the checksum in the file.';
  const complaints = checksumHolds ? integrity.complaints : [...integrity.complaints, complaint];
  return { ...integrity, checksumHolds, complaints };
}
