import type { DecodeReport } from '#catalogue';

/** What a decoder found out, before it is put into the words of the port. */
export interface Findings {
  readonly codec: string;
  readonly container: string;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** `null` for lossy coding. */
  readonly bitsPerSample: number | null;
  readonly payloadBytes: number;
  readonly decodedSeconds: number;
  readonly declaredSeconds: number | null;
  /** Errors that demuxer and decoder reported. */
  readonly errors: number;
  /** How often rate or layout changed within the sound. */
  readonly changes: number;
  /** Does the end mark of an Ogg stream lack? */
  readonly isCut: boolean;
  readonly sampleMd5: string | null;
}

export function reportOf(findings: Findings): DecodeReport {
  const { codec, container, sampleRateHz, channels, bitsPerSample, payloadBytes, decodedSeconds } = findings;
  return {
    stream: {
      codec,
      container,
      sampleRateHz,
      channels,
      bitsPerSample,
      bitRate: decodedSeconds > 0 ? Math.round((payloadBytes * 8) / decodedSeconds) : null,
      lossless: bitsPerSample !== null,
      declaredSeconds: findings.declaredSeconds,
    },
    integrity: {
      decodedSeconds,
      errors: findings.errors + (findings.isCut ? 1 : 0),
      checksumHolds: null,
      complaints: complaintsOf(findings),
    },
    declaredSampleMd5: findings.sampleMd5,
  };
}

function complaintsOf({ decodedSeconds, declaredSeconds, isCut, errors, changes }: Findings): string[] {
  const complaints: string[] = [];
  if (declaredSeconds !== null && decodedSeconds < declaredSeconds - 1) {
    complaints.push(`Only ${clock(decodedSeconds)} of the promised ${clock(declaredSeconds)} could be decoded.`);
  }
  if (isCut) complaints.push('The last Ogg page has no end mark: the end was probably cut off.');
  if (errors > 0) complaints.push(`The decoder reported ${errors} ${errors === 1 ? 'error' : 'errors'}.`);
  if (changes > 0) complaints.push('Sample rate or channels change within the sound.');
  return complaints;
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

const STREAMINFO_BYTES = 34;
const MD5_AT = 18;

/** The MD5 in FLAC's STREAMINFO block, or `null` where the encoder left it out. @see RFC 9639, section 8.2 */
export function md5OfStreamInfo(block: Buffer | null): string | null {
  if (!block || block.length < STREAMINFO_BYTES) return null;
  const md5 = block.toString('hex', MD5_AT, STREAMINFO_BYTES);
  return /^0+$/.test(md5) ? null : md5;
}
