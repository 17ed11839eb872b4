/** Evidence in samples. */
export * from './align.ts';
export * from './clipping.ts';
export * from './coherence.ts';
export * from './cutoff.ts';
export * from './envelope.ts';
export * from './fft.ts';
export * from './fft-plain.ts';
export * from './lag.ts';
export * from './levels.ts';
export * from './long-term-spectrum.ts';
export * from './peaks.ts';
export * from './portrait.ts';
export * from './residual.ts';
export * from './sample-view.ts';
export * from './sounding.ts';
export * from './spectrogram.ts';
export * from './time-line.ts';
