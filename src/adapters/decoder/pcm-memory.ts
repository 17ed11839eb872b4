import type { Decoder, ReadableFile } from '#catalogue';
import { tooLong } from './trouble.ts';

/** Mono PCM at 11,025 Hz of the files asked for last, so that judging one sound against many decodes it once. */
export interface PcmMemory {
  /** Only read the array: it is remembered. @throws AppError `decode/…` */
  pcmOf(file: ReadableFile, decoder: Decoder, onProgress?: () => void): Promise<Int16Array>;
}

/** Remembers up to `limitBytes` of PCM; the sound in hand is always kept. */
export function createPcmMemory(limitBytes: number): PcmMemory {
  // A map keeps the order of insertion: the first entry is the one that was not asked for longest.
  const remembered = new Map<string, Int16Array>();
  let heldBytes = 0;
  return {
    async pcmOf(file, decoder, onProgress) {
      // The whole stamp of the open file: other bytes under the same path have another one.
      const key = file.stamp();
      const pcm = remembered.get(key) ?? (await decodePcm(file, decoder, onProgress));
      if (remembered.delete(key)) heldBytes -= pcm.byteLength;
      remembered.set(key, pcm);
      heldBytes += pcm.byteLength;
      for (const [oldest, old] of remembered) {
        if (heldBytes <= limitBytes || oldest === key) break;
        remembered.delete(oldest);
        heldBytes -= old.byteLength;
      }
      return pcm;
    },
  };
}

const RATE_HZ = 11_025;
/**
 * Judging holds two sounds at once: at most 303 MiB of PCM each, and for a moment up to twice that where the
 * promised length was wrong.
 */
const MOST_HOURS = 4;
const MOST_SAMPLES = MOST_HOURS * 3600 * RATE_HZ;
/** Room beyond the promised length, for padding and rounding. */
const SPARE_SAMPLES = RATE_HZ;
const FIRST_GUESS_SAMPLES = 300 * RATE_HZ;

/** The whole sound as mono PCM at 11,025 Hz, nothing else. @throws AppError `decode/…` */
export async function decodePcm(file: ReadableFile, decoder: Decoder, onProgress?: () => void): Promise<Int16Array> {
  let pcm = new Int16Array(0);
  let length = 0;
  const grow = (samples: number): void => {
    const larger = new Int16Array(Math.min(samples, MOST_SAMPLES));
    larger.set(pcm.subarray(0, length));
    pcm = larger;
  };
  await decoder.decode(file, {
    length(seconds) {
      if (seconds > 0) grow(Math.ceil(seconds * RATE_HZ) + SPARE_SAMPLES);
    },
    pcm(block) {
      const needed = length + block.length;
      if (needed > MOST_SAMPLES) throw tooLong(MOST_HOURS);
      if (needed > pcm.length) grow(Math.max(needed, pcm.length * 2, FIRST_GUESS_SAMPLES));
      pcm.set(block, length);
      length = needed;
      onProgress?.();
    },
  });
  // A wrong promise must not hold memory that nothing is in.
  const isRoomy = pcm.length - length > Math.max(length / 4, 2 * SPARE_SAMPLES);
  return isRoomy ? pcm.slice(0, length) : pcm.subarray(0, length);
}
