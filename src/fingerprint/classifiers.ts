/**
 * The sixteen classifiers of Chromaprint's TEST2. Each compares the energy of two parts of a window of the
 * smoothed chroma image and sorts the logarithm of their ratio into one of four classes. The numbers were
 * learnt by Chromaprint's author from pairs of recordings and define the format.
 * @see https://oxygene.sk/2011/01/how-does-chromaprint-work/
 */
export interface Classifier {
  readonly shape: Shape;
  /** First pitch class (row of the image), 0 is A. */
  readonly pitch: number;
  /** Pitch classes covered. */
  readonly height: number;
  /** Frames covered, the oldest first. */
  readonly width: number;
  /** Class 0 lies below the first, 3 at or above the last. */
  readonly thresholds: readonly [number, number, number];
}

/** Which parts of the window are compared. */
export type Shape =
  | 'whole against nothing'
  | 'upper half against lower'
  | 'late half against early'
  | 'one diagonal against the other'
  | 'middle pitches against outer'
  | 'middle frames against outer';

/** In the order of their bits, the first classifier highest. */
export const CLASSIFIERS: readonly Classifier[] = [
  classifier('whole against nothing', 4, 3, 15, [1.98215, 2.35817, 2.63523]),
  classifier('middle pitches against outer', 4, 6, 15, [-1.03809, -0.651211, -0.282167]),
  classifier('upper half against lower', 0, 4, 16, [-0.298702, 0.119262, 0.558497]),
  classifier('one diagonal against the other', 8, 2, 12, [-0.105439, 0.0153946, 0.135898]),
  classifier('one diagonal against the other', 4, 4, 8, [-0.142891, 0.0258736, 0.200632]),
  classifier('middle pitches against outer', 0, 3, 5, [-0.826319, -0.590612, -0.368214]),
  classifier('upper half against lower', 2, 2, 9, [-0.557409, -0.233035, 0.0534525]),
  classifier('late half against early', 7, 3, 4, [-0.0646826, 0.00620476, 0.0784847]),
  classifier('late half against early', 6, 2, 16, [-0.192387, -0.029699, 0.215855]),
  classifier('late half against early', 1, 3, 2, [-0.0397818, -0.00568076, 0.0292026]),
  classifier('middle frames against outer', 10, 1, 15, [-0.53823, -0.369934, -0.190235]),
  classifier('one diagonal against the other', 6, 2, 10, [-0.124877, 0.0296483, 0.139239]),
  classifier('late half against early', 1, 1, 14, [-0.101475, 0.0225617, 0.231971]),
  classifier('one diagonal against the other', 5, 6, 4, [-0.0799915, -0.00729616, 0.063262]),
  classifier('upper half against lower', 9, 2, 12, [-0.272556, 0.019424, 0.302559]),
  classifier('one diagonal against the other', 4, 2, 14, [-0.164292, -0.0321188, 0.0846339]),
];

function classifier(
  shape: Shape,
  pitch: number,
  height: number,
  width: number,
  thresholds: Classifier['thresholds'],
): Classifier {
  return { shape, pitch, height, width, thresholds };
}
