/**
 * Chroma to items. Each frame's twelve energies are smoothed over five frames and scaled to length 1; sixteen
 * classifiers look at the last sixteen of the results, and their classes in Gray code make up the item.
 * Sums over rectangles come from an integral image that keeps only the rows in reach.
 */
import { PITCH_CLASSES } from './chroma.ts';
import { CLASSIFIERS, type Classifier } from './classifiers.ts';

/** The state of one sequence of frames. */
export interface ItemStage {
  /** Takes the energies at `chroma[at … at + 12)`; gives the item that they complete, or -1 while there is none. */
  push(chroma: Float64Array, at: number): number;
}

/** Weights of five successive frames; defines the format. */
const SMOOTHING = [0.25, 0.75, 1, 0.75, 0.25];

/** Frames weaker than this become silent; defines the format. */
const NORM_FLOOR = 0.01;

/** Frames in a classifier's window. */
const WINDOW = 16;

/** Sums over rectangles of the smoothed image whose rows are frames. */
interface IntegralImage {
  add(row: Float64Array): void;
  /** The sum over rows [fromRow, toRow) counted from the oldest in the window, and pitches [fromPitch, toPitch). */
  area(fromRow: number, fromPitch: number, toRow: number, toPitch: number): number;
}

/** Starts a sequence of frames. */
export function createItemStage(): ItemStage {
  const recent = new Float64Array(SMOOTHING.length * PITCH_CLASSES); // a ring of frames
  const smoothed = new Float64Array(PITCH_CLASSES);
  const image = createIntegralImage();
  let frames = 0;
  return {
    push(chroma, at) {
      const slot = (frames % SMOOTHING.length) * PITCH_CLASSES;
      for (let pitch = 0; pitch < PITCH_CLASSES; pitch++) recent[slot + pitch] = chroma[at + pitch]!;
      frames++;
      if (frames < SMOOTHING.length) return -1;
      smooth(recent, frames, smoothed);
      normalise(smoothed);
      image.add(smoothed);
      return frames < SMOOTHING.length + WINDOW - 1 ? -1 : itemOf(image);
    },
  };
}

/** The weighted sum of the last five frames, the oldest first. */
function smooth(recent: Float64Array, frames: number, into: Float64Array): void {
  into.fill(0);
  for (let age = 0; age < SMOOTHING.length; age++) {
    const weight = SMOOTHING[age]!;
    const slot = ((frames + age) % SMOOTHING.length) * PITCH_CLASSES;
    for (let pitch = 0; pitch < PITCH_CLASSES; pitch++) into[pitch] = into[pitch]! + recent[slot + pitch]! * weight;
  }
}

function normalise(row: Float64Array): void {
  let squares = 0;
  for (let pitch = 0; pitch < PITCH_CLASSES; pitch++) squares += row[pitch]! ** 2;
  const norm = Math.sqrt(squares);
  if (norm < NORM_FLOOR) row.fill(0);
  else for (let pitch = 0; pitch < PITCH_CLASSES; pitch++) row[pitch] = row[pitch]! / norm;
}

function createIntegralImage(): IntegralImage {
  const width = PITCH_CLASSES + 1;
  const mask = 2 * WINDOW - 1;
  const sums = new Float64Array((mask + 1) * width);
  let rows = 0;
  return {
    add(row) {
      const above = (rows & mask) * width;
      rows++;
      const here = (rows & mask) * width;
      let sum = 0;
      for (let pitch = 0; pitch < PITCH_CLASSES; pitch++) {
        sum += row[pitch]!;
        sums[here + pitch + 1] = sum + sums[above + pitch + 1]!;
      }
    },
    area(fromRow, fromPitch, toRow, toPitch) {
      const above = ((rows - WINDOW + fromRow) & mask) * width;
      const below = ((rows - WINDOW + toRow) & mask) * width;
      return sums[below + toPitch]! - sums[above + toPitch]! - sums[below + fromPitch]! + sums[above + fromPitch]!;
    },
  };
}

function itemOf(image: IntegralImage): number {
  let item = 0;
  for (const classifier of CLASSIFIERS) {
    const found = classOf(classifier, image);
    item = (item << 2) | (found ^ (found >> 1)); // Gray code: neighbouring classes differ in one bit
  }
  return item >>> 0;
}

function classOf(classifier: Classifier, image: IntegralImage): number {
  const value = Math.log(contrast(classifier, image));
  const { thresholds } = classifier;
  if (value < thresholds[1]) return value < thresholds[0] ? 0 : 1;
  return value < thresholds[2] ? 2 : 3;
}

/** The ratio of the two energies that the classifier compares, each plus 1. */
function contrast({ shape, pitch, height, width }: Classifier, image: IntegralImage): number {
  const top = pitch + height;
  const pitchHalf = pitch + (height >> 1);
  const half = width >> 1;
  switch (shape) {
    case 'whole against nothing':
      return 1 + image.area(0, pitch, width, top);
    case 'upper half against lower':
      return (1 + image.area(0, pitchHalf, width, top)) / (1 + image.area(0, pitch, width, pitchHalf));
    case 'late half against early':
      return (1 + image.area(half, pitch, width, top)) / (1 + image.area(0, pitch, half, top));
    case 'one diagonal against the other': {
      const rising = image.area(0, pitch, half, pitchHalf) + image.area(half, pitchHalf, width, top);
      return (1 + (image.area(0, pitchHalf, half, top) + image.area(half, pitch, width, pitchHalf))) / (1 + rising);
    }
    case 'middle pitches against outer': {
      const low = pitch + Math.trunc(height / 3);
      const high = pitch + 2 * Math.trunc(height / 3);
      const outer = image.area(0, pitch, width, low) + image.area(0, high, width, top);
      return (1 + image.area(0, low, width, high)) / (1 + outer);
    }
    case 'middle frames against outer': {
      const third = Math.trunc(width / 3);
      const outer = image.area(0, pitch, third, top) + image.area(2 * third, pitch, width, top);
      return (1 + image.area(third, pitch, 2 * third, top)) / (1 + outer);
    }
  }
}
