/** Evidence in samples. */
export * from './fft.ts';
