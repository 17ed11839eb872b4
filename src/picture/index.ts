/** Evidence as pictures: data in, SVG out. */
export { drawFile, type FilePicture } from './file.ts';
export type { Fact, NamedFile } from './heading.ts';
export { drawHistogram, type HistogramPicture } from './histogram.ts';
export { drawPair, type PairPicture, type PairSide } from './pair.ts';
export type { EncodePng, Pixels } from './spectrogram.ts';
