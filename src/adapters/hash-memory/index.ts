export { type HashFileOptions, openHashFile } from './hash-file.ts';
