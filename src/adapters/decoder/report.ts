import type { DecodeReport } from '#catalogue';

/** What a decoder found out, before it is put into the words of the port. */
export interface Findings {
  readonly codec: string;
  readonly container: string;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** `null` for lossy coding. */
  readonly bitsPerSample: number | null;
  /** Bits per second that the coder was set to; absent where the stream does not say so. */
  readonly nominalBitRate?: number | undefined;
  readonly payloadBytes: number;
  readonly decodedSeconds: number;
  readonly declaredSeconds: number | null;
  /** Errors that demuxer and decoder reported. */
  readonly errors: number;
  /** Thereof behind the last sound that came out. */
  readonly errorsBehind: number;
  /** Bytes behind the last frame that were kept from the decoder. */
  readonly junkBytes: number;
  /** How often rate or layout changed within the sound. */
  readonly changes: number;
  /** Does the end mark of an Ogg stream lack? */
  readonly isCut: boolean;
  readonly sampleMd5: string | null;
}

export function reportOf(found: Findings): DecodeReport {
  const findings = withoutTail(found);
  const { codec, container, sampleRateHz, channels, bitsPerSample, payloadBytes, decodedSeconds } = findings;
  const { nominalBitRate } = findings;
  return {
    stream: {
      codec,
      container,
      sampleRateHz,
      channels,
      bitsPerSample,
      bitRate: decodedSeconds > 0 ? Math.round((payloadBytes * 8) / decodedSeconds) : null,
      ...(nominalBitRate !== undefined && { nominalBitRate }),
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

// Formats that keep samples promise their number exactly. An MP3 may promise its padding too: three frames.
const EXACT_SECONDS = 0.001;
const PADDING_SAMPLES = 3 * 1152;

/** What lies behind the sound is no error, unless some of the promised sound is missing there. */
function withoutTail(findings: Findings): Findings {
  const { declaredSeconds, decodedSeconds, bitsPerSample, junkBytes } = findings;
  const isLossless = bitsPerSample !== null;
  const missing = declaredSeconds === null ? 0 : declaredSeconds - decodedSeconds;
  if (junkBytes > 0 && missing > PADDING_SAMPLES / findings.sampleRateHz)
    return { ...findings, errors: findings.errors + 1 };
  const isAllThere = isLossless && declaredSeconds !== null && missing < EXACT_SECONDS;
  return isAllThere
    ? { ...findings, errors: findings.errors - findings.errorsBehind }
    : { ...findings, errorsBehind: 0 };
}

function complaintsOf(findings: Findings): string[] {
  const { decodedSeconds, declaredSeconds, isCut, errors, errorsBehind, junkBytes, changes } = findings;
  const complaints: string[] = [];
  if (declaredSeconds !== null && decodedSeconds < declaredSeconds - 1) {
    complaints.push(`Only ${clock(decodedSeconds)} of the promised ${clock(declaredSeconds)} could be decoded.`);
  }
  if (isCut) complaints.push('The last Ogg page has no end mark: the end was probably cut off.');
  if (errors > 0) complaints.push(`The decoder reported ${errors} ${errors === 1 ? 'error' : 'errors'}.`);
  if (junkBytes > 0) complaints.push(`${junkBytes} bytes behind the sound are neither sound nor a tag.`);
  if (errorsBehind > 0) complaints.push('Some bytes behind the sound are neither sound nor a tag.');
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

const VORBIS_MARK = '\x01vorbis';
const NOMINAL_AT = 20;

/** What Vorbis names as its usual rate; `undefined` of other codings, and where it names none. @see Vorbis I specification, section 4.2.2 */
export function nominalBitRateOf(codec: string, head: Buffer): number | undefined {
  const mark = codec === 'vorbis' ? head.indexOf(VORBIS_MARK, 0, 'latin1') : -1;
  if (mark < 0 || mark + NOMINAL_AT + 4 > head.length) return undefined;
  const rate = head.readInt32LE(mark + NOMINAL_AT);
  return rate > 0 ? rate : undefined;
}
