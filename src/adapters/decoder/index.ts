/** Sounds to samples, by FFmpeg: as the library node-av or as the program on the PATH. */
export { createNodeAvDecoder } from './node-av.ts';
