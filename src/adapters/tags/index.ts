/** Tags of sound files, by music-metadata. */
export { createTagReader } from './reader.ts';
