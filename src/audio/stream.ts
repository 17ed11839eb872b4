import type { BandProfile } from './band-profile.ts';

/** Facts about the one audio stream of a file, as the decoder reports them. */
export interface StreamInfo {
  /** Lower-case codec name in FFmpeg's vocabulary: `mp3`, `flac`, `aac`, `pcm_s16le`, `vorbis` … */
  readonly codec: string;
  /** Lower-case container name, found by content, never by extension: `mp3`, `flac`, `ogg`, `mp4`, `wav` … */
  readonly container: string;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Bits of one sample where the coding keeps samples exactly; `null` for lossy coding. */
  readonly bitsPerSample: number | null;
  /** Mean bits per second of the audio payload, or `null` where it is not known. */
  readonly bitRate: number | null;
  /** Bits per second that the coder was set to, where the stream says so and lets the true rate go with the music (Vorbis). */
  readonly nominalBitRate?: number;
  /** Does the coding give back the samples that went in? Says nothing about where those came from. */
  readonly lossless: boolean;
  /** Seconds that the container promises, or `null` where it promises nothing. */
  readonly declaredSeconds: number | null;
}

/** Level figures over all channels of the whole sound; 1 is full scale. */
export interface Levels {
  /** Root mean square, 0 … about 1. */
  readonly rms: number;
  /** Largest absolute sample; above 1 only in floating-point and lossy codings. */
  readonly peak: number;
  /** Samples in runs of three or more at (or beyond) full scale. */
  readonly clippedSamples: number;
}

/** What the samples tell about where they come from. */
export interface SoundEvidence {
  /** `null` of sounds that are too short or too quiet to tell. */
  readonly bands: BandProfile | null;
  /** Bits of a sample that are used, from the sign bit down; `null` where samples are no integers, or silent. */
  readonly usedBits: number | null;
  /** The lossy coding whose grid a lossless one still lies on; `null` where none was found, which proves nothing. */
  readonly codedAs: 'mp3' | 'aac' | null;
}

/** How whole the bytes are. Figures, not a verdict; {@link isDamaged} draws the conclusion. */
export interface Integrity {
  /** Seconds of sound that came out of the decoder. */
  readonly decodedSeconds: number;
  /** Errors that demuxer and decoder reported. */
  readonly errors: number;
  /** Does the checksum that the format carries for the whole sound (FLAC MD5 …) agree? `null`: it carries none. */
  readonly checksumHolds: boolean | null;
  /** In words, what is wrong; empty where nothing is. */
  readonly complaints: readonly string[];
}

/**
 * Did the decoder or a checksum find something wrong, or is more than a second of the promised length missing?
 * Where the checksum of the whole sound holds, what the decoder stumbled over was not part of the sound.
 */
export function isDamaged(integrity: Integrity, declaredSeconds: number | null): boolean {
  const short = declaredSeconds !== null && integrity.decodedSeconds < declaredSeconds - 1;
  const spoilt = integrity.checksumHolds === null ? integrity.errors > 0 : !integrity.checksumHolds;
  return spoilt || short;
}

/** Samples per second that fingerprints are computed from. @see Chromaprint's `kDefaultSampleRate` */
export const FINGERPRINT_RATE_HZ: number = 11025;
