/**
 * What a sound would be asked about if it were another version of itself: at 26 other speeds, or through a telephone.
 * Changing the speed by r shifts every pitch by 144·log2(r) twelfths of a semitone and stretches time by r; both are
 * undone on the chroma image, so that no sample is resampled. That makes 27 times the items of a normal fingerprint,
 * so only some windows of the sound are asked about: the whole grows with the logarithm of its length.
 */
import { FINE_PITCHES, FINE_VALUES, PITCH_CLASSES } from './chroma.ts';
import { compressFingerprint, decompressFingerprint } from './compress.ts';
import { FRAMES_PER_ITEM, HOP_SAMPLES, SAMPLE_RATE } from './constants.ts';
import { createItemStage } from './items.ts';

/** Largest pitch shift that is undone, either way, in steps of 1/144 octave: 6.5 per cent, more than a semitone. */
export const MAX_PITCH_STEPS = 13;

/** Successive items of one window: 4 s. */
export const WINDOW_ITEMS = 32;

/** A stretch of the sound as it would be heard in another version. */
export interface AlteredQuestion {
  /** The sound's sample at which the first item's window starts. */
  readonly startSample: number;
  /**
   * Steps of 1/144 octave by which this sound is taken to be higher and faster; the speed is 2^(steps/144). 0 where
   * the band is narrowed to 300 … 3400 Hz instead.
   */
  readonly pitchSteps: number;
  /** {@link WINDOW_ITEMS} items at the normal hop of the undone sound. */
  readonly items: Uint32Array;
}

/** The factor by which a sound that is higher by so many steps is played faster. */
export function speedOfSteps(pitchSteps: number): number {
  return 2 ** (pitchSteps / FINE_PITCHES);
}

/** Where windows start, in seconds: each a third later than the one before, so that short sounds get several. Chosen. */
const WINDOW_STARTS = [3, 11, 20, 32, 48, 70, 98, 135, 185, 250, 335, 445] as const;

const QUARTERS_PER_HOP = 4;
const WINDOW_FRAMES = WINDOW_ITEMS + FRAMES_PER_ITEM - 1;
/** Quarter-hop frames that a window looks at when its sound is played slowest. */
const WINDOW_QUARTERS = Math.ceil(QUARTERS_PER_HOP * WINDOW_FRAMES * speedOfSteps(MAX_PITCH_STEPS)) + 1;

/** Collects the frames of each window as they come by. */
export interface AlteredQuestioner {
  /** Is quarter-hop frame `frame` wanted in fine pitches? */
  wants(frame: number): boolean;
  /** Takes the fine chroma of a wanted frame; frames come in order. */
  push(frame: number, fineChroma: Float32Array, at: number): void;
  /** All questions so far. */
  finish(): AlteredQuestion[];
}

const FIRST_FRAMES = WINDOW_STARTS.map((seconds) =>
  Math.round((seconds * SAMPLE_RATE * QUARTERS_PER_HOP) / HOP_SAMPLES),
);

function startSampleOf(window: number): number {
  return Math.round(((FIRST_FRAMES[window] as number) * HOP_SAMPLES) / QUARTERS_PER_HOP);
}

/** Starts a sound. */
export function createAlteredQuestioner(): AlteredQuestioner {
  const image = new Float32Array(WINDOW_QUARTERS * FINE_VALUES);
  const questions: AlteredQuestion[] = [];
  let window = 0;
  const inWindow = (frame: number): number => frame - (FIRST_FRAMES[window] ?? Number.POSITIVE_INFINITY);
  return {
    wants: (frame) => inWindow(frame) >= 0,
    push(frame, fineChroma, at) {
      const row = inWindow(frame);
      image.set(fineChroma.subarray(at, at + FINE_VALUES), row * FINE_VALUES);
      if (row + 1 < WINDOW_QUARTERS) return;
      const startSample = startSampleOf(window);
      for (let steps = -MAX_PITCH_STEPS; steps <= MAX_PITCH_STEPS; steps++) {
        questions.push({ startSample, pitchSteps: steps, items: itemsAt(image, steps) });
      }
      window++;
    },
    finish: () => questions,
  };
}

/** The items of a window whose sound is `steps` higher and faster than it should be, or too wide where that is 0. */
function itemsAt(image: Float32Array, steps: number): Uint32Array {
  const stage = createItemStage();
  const chroma = new Float64Array(PITCH_CLASSES);
  const items = new Uint32Array(WINDOW_ITEMS);
  const quartersPerFrame = QUARTERS_PER_HOP * speedOfSteps(steps);
  let count = 0;
  for (let frame = 0; frame < WINDOW_FRAMES; frame++) {
    const row = Math.round(frame * quartersPerFrame) * FINE_VALUES;
    if (steps === 0) chroma.set(image.subarray(row + FINE_PITCHES, row + FINE_VALUES));
    else lowered(image, row, steps, chroma);
    const item = stage.push(chroma, 0);
    if (item >= 0) items[count++] = item;
  }
  return items;
}

/** Twelve pitch classes of the frame at `row`, its pitches taken down by `steps`. */
function lowered(image: Float32Array, row: number, steps: number, chroma: Float64Array): void {
  const perClass = FINE_PITCHES / PITCH_CLASSES;
  for (let pitch = 0; pitch < PITCH_CLASSES; pitch++) {
    let sum = 0;
    for (let i = 0; i < perClass; i++) {
      const fine = pitch * perClass + i + steps;
      sum += image[row + (fine < 0 ? fine + FINE_PITCHES : fine >= FINE_PITCHES ? fine - FINE_PITCHES : fine)]!;
    }
    chroma[pitch] = sum;
  }
}

/**
 * All questions in one compressed text: pitch by pitch, lowest first, the items of its windows in a row, with the
 * number of bytes (32 bits, little-endian) in front. Where windows lie is part of the format. Empty of none.
 */
export function packAlteredQuestions(questions: readonly AlteredQuestion[]): Uint8Array {
  if (questions.length === 0) return new Uint8Array();
  const parts = [...Map.groupBy(questions, ({ pitchSteps }) => pitchSteps)]
    .sort(([one], [other]) => one - other)
    .map(([, own]) => compressFingerprint(Uint32Array.from(own.flatMap(({ items }) => [...items]))));
  const packed = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    packed.set(part, at + 4);
    at += 4 + part.length;
  }
  return packed;
}

/** The questions of {@link packAlteredQuestions}. @throws AppError `fingerprint/…` where the bytes are damaged */
export function unpackAlteredQuestions(packed: Uint8Array): AlteredQuestion[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  const questions: AlteredQuestion[] = [];
  let pitchSteps = -MAX_PITCH_STEPS;
  for (let at = 0; at + 4 <= packed.length; pitchSteps++) {
    const end = at + 4 + view.getUint32(at, true);
    const { items } = decompressFingerprint(packed.subarray(at + 4, end));
    for (let window = 0; (window + 1) * WINDOW_ITEMS <= items.length; window++) {
      const own = items.slice(window * WINDOW_ITEMS, (window + 1) * WINDOW_ITEMS);
      questions.push({ startSample: startSampleOf(window), pitchSteps, items: own });
    }
    at = end;
  }
  return questions;
}
