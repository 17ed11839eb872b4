import type { DecodeReport } from '#catalogue';
import { declaresLength, isLosslessCoding } from './codings.ts';
import type { Input } from './node-av-input.ts';
import type { Outlet } from './outlet.ts';

const NO_TIMESTAMP = -(2n ** 63n);
const MICROSECONDS = 1e6;

/** What happened on the way through the file. */
export interface Course {
  packets: number;
  payloadBytes: number;
  errors: number;
  /** A copy of the first packet. */
  firstPacket?: Uint8Array;
}

/** Seconds that the container promises, or `null` where FFmpeg only estimates them. */
export function declaredSeconds(input: Input, hasFrameCount: boolean): number | null {
  const isPromise = declaresLength(input.container) || (input.container === 'mp3' && hasFrameCount);
  if (!isPromise) return null;
  const { duration, timeBase } = input.stream;
  if (duration !== NO_TIMESTAMP && duration > 0n) return (Number(duration) * timeBase.num) / timeBase.den;
  const whole = input.format.duration;
  return whole !== NO_TIMESTAMP && whole > 0n ? Number(whole) / MICROSECONDS : null;
}

export interface Findings {
  readonly input: Input;
  readonly outlet: Outlet;
  readonly course: Course;
  readonly declared: number | null;
  /** Does the end mark of an Ogg stream lack? */
  readonly isCut: boolean;
}

/** What was found out, in the words of the port. */
export function reportOf({ input, outlet, course, declared, isCut }: Findings): DecodeReport {
  const shape = outlet.shape as NonNullable<Outlet['shape']>;
  const bitsPerSample = losslessBits(input, course.firstPacket);
  const errors = course.errors + (isCut ? 1 : 0);
  return {
    stream: {
      codec: input.codecName,
      container: input.container,
      sampleRateHz: shape.rateHz,
      channels: shape.layout.nbChannels,
      bitsPerSample,
      bitRate: outlet.seconds > 0 ? Math.round((course.payloadBytes * 8) / outlet.seconds) : null,
      lossless: bitsPerSample !== null,
      declaredSeconds: declared,
    },
    integrity: {
      decodedSeconds: outlet.seconds,
      errors,
      checksumHolds: null,
      complaints: complaintsOf(course.errors, outlet, declared, isCut),
    },
    declaredSampleMd5: input.codecName === 'flac' ? flacMd5(input) : null,
  };
}

/** Complaints in words; shared by all decoders. */
export function complaintsOf(
  errors: number,
  { seconds, changes }: { readonly seconds: number; readonly changes: number },
  declared: number | null,
  isCut: boolean,
): string[] {
  const complaints: string[] = [];
  if (declared !== null && seconds < declared - 1) {
    complaints.push(`Only ${clock(seconds)} of the promised ${clock(declared)} could be decoded.`);
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

const DTS_HD_MASTER = 60;
const BITS_OF_UNKNOWN_WIDTH = 16;

/** Bits of one sample where the coding keeps samples exactly; `null` for lossy coding. */
export function losslessBits(input: Input, firstPacket: Uint8Array | undefined): number | null {
  const { codecName, decoder } = input;
  const isLossless =
    isLosslessCoding(codecName, firstPacket) || (codecName === 'dts' && decoder.profile === DTS_HD_MASTER);
  return isLossless ? (input.bitsPerSample ?? BITS_OF_UNKNOWN_WIDTH) : null;
}

const STREAMINFO_BYTES = 34;
const MD5_AT = 18;

// All zeros means that the encoder did not know. @see RFC 9639, section 8.2
function flacMd5({ stream }: Input): string | null {
  return md5OfStreamInfo(stream.codecpar.extradata);
}

/** The MD5 in FLAC's STREAMINFO block, or `null` where it is unknown. */
export function md5OfStreamInfo(block: Buffer | null): string | null {
  if (!block || block.length < STREAMINFO_BYTES) return null;
  const md5 = block.toString('hex', MD5_AT, STREAMINFO_BYTES);
  return /^0+$/.test(md5) ? null : md5;
}
