/** Samples to sub-fingerprints, and their compressed forms. */

export * from './altered-questions.ts';
export * from './compress.ts';
export * from './constants.ts';
export * from './decompress-kernel.ts';
export * from './fingerprinter.ts';
export * from './text.ts';
