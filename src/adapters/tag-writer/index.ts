/** Tags of one file with the sound of another. */
export { createTagWriter } from './writer.ts';
