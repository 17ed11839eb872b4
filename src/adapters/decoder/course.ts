import { isLosslessCoding } from './codings.ts';
import type { Input } from './node-av-input.ts';

/** What happened on the way through a file. */
export interface Course {
  packets: number;
  payloadBytes: number;
  errors: number;
  /** What `errors` was when the last sound came out. */
  errorsAtLastSound: number;
  /** A copy of the first packet. */
  firstPacket?: Uint8Array;
}

const NO_TIMESTAMP = -(2n ** 63n);
const MICROSECONDS = 1e6;

/** Seconds that stream or container name. */
export function namedSeconds({ stream, format }: Input): number | null {
  const { duration, timeBase } = stream;
  if (duration !== NO_TIMESTAMP && duration > 0n) return (Number(duration) * timeBase.num) / timeBase.den;
  const whole = format.duration;
  return whole !== NO_TIMESTAMP && whole > 0n ? Number(whole) / MICROSECONDS : null;
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

// A container without a signature that FFmpeg is not sure of (its score of 25 means "try something else first").
const UNSURE = 25;
const ENOUGH_FRAMES = 10;

/** Noise and text hold byte patterns that look like frames of MP3 here and there, but they do not decode in a row. */
export function isBelievable(isGuess: boolean, probeScore: number, frames: number, errors: number): boolean {
  if (probeScore > UNSURE || !isGuess) return true;
  return frames >= ENOUGH_FRAMES && errors * 2 < frames;
}
