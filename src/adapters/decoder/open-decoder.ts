import type { Decoder } from '#catalogue';
import { AppError } from '#kernel';
import { createFfmpegDecoder, ffmpegName } from './ffmpeg.ts';
import { createNodeAvDecoder } from './node-av.ts';
import { installedNodeAv } from './node-av-load.ts';

/** The best decoder that this machine has. @throws AppError `decode/unavailable` where it has none */
export async function openDecoder(): Promise<Decoder> {
  const decoder = (await createNodeAvDecoder()) ?? (await createFfmpegDecoder());
  if (decoder) return decoder;
  throw new AppError('decode/unavailable', 'No decoder for sounds was found on this machine.', {
    kind: 'unavailable',
    hint: 'Run "reprise doctor" to see how to get one.',
  });
}

/** The name of the decoder that {@link openDecoder} will open, found without loading it; `none` where there is none. */
export async function decoderName(): Promise<string> {
  const version = installedNodeAv();
  return version === undefined ? ((await ffmpegName()) ?? 'none') : `node-av ${version}`;
}
