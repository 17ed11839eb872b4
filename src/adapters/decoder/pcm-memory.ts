import type { Decoder, DecodeSinks, ReadableFile } from '#catalogue';
import { tooLong } from './trouble.ts';

/** PCM at 11,025 Hz of the files asked for last, so that judging one sound against many decodes it once. */
export interface PcmMemory {
  /** Mono. Only read the array: it is remembered. @throws AppError `decode/…` */
  pcmOf(file: ReadableFile, decoder: Decoder, onProgress?: () => void): Promise<Int16Array>;
  /** Left and right, remembered apart from mono. Only read the arrays. @throws AppError `decode/…` */
  stereoOf(file: ReadableFile, decoder: Decoder, onProgress?: () => void): Promise<StereoPcm>;
}

/** Two channels of one length at 11,025 Hz; one and the same array where the sound is mono. */
export interface StereoPcm {
  readonly left: Int16Array;
  readonly right: Int16Array;
}

/** Remembers up to `limitBytes` of PCM; the sound in hand is always kept. */
export function createPcmMemory(limitBytes: number): PcmMemory {
  // A map keeps the order of insertion: the first entry is the one that was not asked for longest.
  const remembered = new Map<string, StereoPcm>();
  let heldBytes = 0;
  const recall = async (key: string, decode: () => Promise<StereoPcm>): Promise<StereoPcm> => {
    const sound = remembered.get(key) ?? (await decode());
    if (remembered.delete(key)) heldBytes -= bytesOf(sound);
    remembered.set(key, sound);
    heldBytes += bytesOf(sound);
    for (const [oldest, old] of remembered) {
      if (heldBytes <= limitBytes || oldest === key) break;
      remembered.delete(oldest);
      heldBytes -= bytesOf(old);
    }
    return sound;
  };
  // The whole stamp of the open file: other bytes under the same path have another one.
  return {
    async pcmOf(file, decoder, onProgress) {
      const mono = async (): Promise<StereoPcm> => {
        const pcm = await decodePcm(file, decoder, onProgress);
        return { left: pcm, right: pcm };
      };
      return (await recall(`mono ${file.stamp()}`, mono)).left;
    },
    stereoOf: (file, decoder, onProgress) =>
      recall(`stereo ${file.stamp()}`, () => decodeStereo(file, decoder, onProgress)),
  };
}

function bytesOf({ left, right }: StereoPcm): number {
  return left === right ? left.byteLength : left.byteLength + right.byteLength;
}

const RATE_HZ = 11_025;
/**
 * Judging holds two sounds at once: at most 303 MiB of PCM each and channel, and for a moment up to twice that where
 * the promised length was wrong.
 */
const MOST_HOURS = 4;
const MOST_SAMPLES = MOST_HOURS * 3600 * RATE_HZ;
/** Room beyond the promised length, for padding and rounding. */
const SPARE_SAMPLES = RATE_HZ;
const FIRST_GUESS_SAMPLES = 300 * RATE_HZ;

/** The whole sound as mono PCM at 11,025 Hz, nothing else. @throws AppError `decode/…` */
export async function decodePcm(file: ReadableFile, decoder: Decoder, onProgress?: () => void): Promise<Int16Array> {
  const channel = createChannel();
  await decoder.decode(file, {
    length: channel.expect,
    pcm(block) {
      channel.push(block);
      onProgress?.();
    },
  });
  return channel.finish();
}

/** The whole sound as left and right at 11,025 Hz, nothing else. @throws AppError `decode/…` */
export async function decodeStereo(file: ReadableFile, decoder: Decoder, onProgress?: () => void): Promise<StereoPcm> {
  const left = createChannel();
  // Begins where the channels first differ: most of what a mono sound needs is not needed twice.
  let right: Channel | undefined;
  let promised = 0;
  const sinks: DecodeSinks = {
    length(seconds) {
      promised = seconds;
      left.expect(seconds);
    },
    stereo(one, other) {
      if (one !== other && !right) {
        right = createChannel();
        right.expect(promised);
        right.push(left.soFar());
      }
      left.push(one);
      right?.push(other);
      onProgress?.();
    },
  };
  await decoder.decode(file, sinks);
  const whole = left.finish();
  return { left: whole, right: right?.finish() ?? whole };
}

/** One channel as it grows. */
interface Channel {
  /** Seconds that are promised; 0 or any nonsense where that is not known. */
  expect(seconds: number): void;
  push(block: Int16Array): void;
  /** A view, valid until the next push. */
  soFar(): Int16Array;
  finish(): Int16Array;
}

function createChannel(): Channel {
  let pcm = new Int16Array(0);
  let length = 0;
  const grow = (samples: number): void => {
    const larger = new Int16Array(Math.min(samples, MOST_SAMPLES));
    larger.set(pcm.subarray(0, length));
    pcm = larger;
  };
  return {
    expect(seconds) {
      if (seconds > 0) grow(Math.ceil(seconds * RATE_HZ) + SPARE_SAMPLES);
    },
    push(block) {
      const needed = length + block.length;
      if (needed > MOST_SAMPLES) throw tooLong(MOST_HOURS);
      if (needed > pcm.length) grow(Math.max(needed, pcm.length * 2, FIRST_GUESS_SAMPLES));
      pcm.set(block, length);
      length = needed;
    },
    soFar: () => pcm.subarray(0, length),
    finish() {
      // A wrong promise must not hold memory that nothing is in.
      const isRoomy = pcm.length - length > Math.max(length / 4, 2 * SPARE_SAMPLES);
      return isRoomy ? pcm.slice(0, length) : pcm.subarray(0, length);
    },
  };
}
