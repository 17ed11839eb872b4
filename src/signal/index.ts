/** Evidence in samples. */
export * from './align.ts';
export * from './clipping.ts';
export * from './coherence.ts';
export * from './drift.ts';
export * from './envelope.ts';
export * from './fft.ts';
export * from './fft-plain.ts';
export * from './lag.ts';
export * from './levels.ts';
export * from './residual.ts';
export * from './sketch.ts';
export * from './sketch-envelope.ts';
export * from './sketch-evidence.ts';
export * from './sketch-match.ts';
export * from './sounding.ts';
export * from './time-line.ts';
