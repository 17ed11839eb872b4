import type { Decoder, ReadableFile } from '#catalogue';

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

/** The whole sound as mono PCM at 11,025 Hz, nothing else. @throws AppError `decode/…` */
export async function decodePcm(file: ReadableFile, decoder: Decoder, onProgress?: () => void): Promise<Int16Array> {
  const blocks: Int16Array[] = [];
  let length = 0;
  await decoder.decode(file, {
    pcm(block) {
      blocks.push(block.slice());
      length += block.length;
      onProgress?.();
    },
  });
  const pcm = new Int16Array(length);
  let at = 0;
  for (const block of blocks) {
    pcm.set(block, at);
    at += block.length;
  }
  return pcm;
}
