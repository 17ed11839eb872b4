/** Evidence in samples. */
export * from './fft.ts';
export * from './fft-plain.ts';
