/** Sounds to samples, by FFmpeg: as the library node-av or as the program on the PATH. */
export { type DecoderSituation, describeDecoders } from './describe.ts';
export { createFfmpegDecoder } from './ffmpeg.ts';
export { createNodeAvDecoder } from './node-av.ts';
export { decoderName, openDecoder } from './open-decoder.ts';
export { createPcmMemory } from './pcm-memory.ts';
export { lookOf } from './signatures.ts';
