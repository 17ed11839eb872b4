/**
 * A verification sketch: what is kept of a sound so that two sounds can be held against each other, wave by wave, at any
 * offset, without decoding them again. 317 bytes a second: twelve narrow bands as complex values of 4 + 4 bits with
 * one scale a second, and the level of every fifth of a second. Format and error budget: docs/design/sketch.md.
 */
import { FINGERPRINT_RATE_HZ } from '#audio';
import { BATCH_FRAMES, createSketchBank, SKETCH_BANDS, SKETCH_FRAME, type SketchBank } from './sketch-bank.ts';

/** Frames, and thus complex values of each band, in a second. */
export const FRAMES_PER_SECOND = 25;
/** Levels in a second. */
export const LEVELS_PER_SECOND = 5;

const VERSION = 1;
/** Version, bands, two bytes of 0, samples as a 32-bit number, little-endian. */
const HEADER_BYTES = 8;
const BAND_BYTES = 1 + FRAMES_PER_SECOND;
const RECORD_BYTES: number = LEVELS_PER_SECOND + SKETCH_BANDS * BAND_BYTES;
const CELL_SAMPLES: number = FINGERPRINT_RATE_HZ / LEVELS_PER_SECOND;
/** The largest part of a value: −7 … 7. */
const MOST = 7;
/** Scales are quarters of a factor of two; this code means a step of 1. */
const UNIT_SCALE = 40;
/** Levels are tenths of a factor of two above silence. */
const LEVEL_STEPS = 10;

/** Makes the sketch of one sound. */
export interface Sketcher {
  /** Takes the next samples: 11,025 Hz, mono. Any number at a time; the array is not kept. */
  push(pcm: Int16Array): void;
  /** Ends the sound and gives its sketch. Call once. */
  finish(): Uint8Array;
}

/** Starts a sketch. Deterministic; block sizes do not matter. About 0.1 ms per second of sound. */
export function createSketcher(bank: SketchBank = createSketchBank()): Sketcher {
  const records: Uint8Array[] = [];
  // The first frame's middle is the first sample.
  let filled = SKETCH_FRAME / 2;
  let samples = 0;

  const close = (): void => {
    bank.analyse(BATCH_FRAMES, records.length * BATCH_FRAMES);
    records.push(recordOf(bank));
    bank.pcm.copyWithin(0, FINGERPRINT_RATE_HZ);
    filled -= FINGERPRINT_RATE_HZ;
  };
  bank.pcm.fill(0, 0, filled);
  return {
    push(pcm) {
      samples += pcm.length;
      for (let at = 0; at < pcm.length; ) {
        const room = Math.min(bank.pcm.length - filled, pcm.length - at);
        bank.pcm.set(pcm.subarray(at, at + room), filled);
        filled += room;
        at += room;
        if (filled === bank.pcm.length) close();
      }
    },
    finish() {
      while (records.length * FINGERPRINT_RATE_HZ < samples) {
        bank.pcm.fill(0, Math.max(0, filled));
        close();
      }
      return joined(records, samples);
    },
  };
}

function joined(records: readonly Uint8Array[], samples: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + records.length * RECORD_BYTES);
  bytes.set([VERSION, SKETCH_BANDS]);
  new DataView(bytes.buffer).setUint32(4, samples, true);
  records.forEach((record, second) => {
    bytes.set(record, HEADER_BYTES + second * RECORD_BYTES);
  });
  return bytes;
}

/** One second: its levels, then band by band a scale and the values. */
function recordOf({ pcm, bands }: SketchBank): Uint8Array {
  const record = new Uint8Array(RECORD_BYTES);
  for (let cell = 0; cell < LEVELS_PER_SECOND; cell++) {
    record[cell] = levelCode(pcm, SKETCH_FRAME / 2 + cell * CELL_SAMPLES);
  }
  for (let band = 0; band < SKETCH_BANDS; band++) {
    writeBand(bands, band, record, LEVELS_PER_SECOND + band * BAND_BYTES);
  }
  return record;
}

function levelCode(pcm: Int16Array, from: number): number {
  let sum = 0;
  for (let i = from; i < from + CELL_SAMPLES; i++) sum += pcm[i]! * pcm[i]!;
  return Math.round(LEVEL_STEPS * Math.log2(1 + Math.sqrt(sum / CELL_SAMPLES)));
}

function writeBand(bands: Float32Array, band: number, record: Uint8Array, at: number): void {
  let largest = 0;
  const stride = 2 * SKETCH_BANDS;
  const end = FRAMES_PER_SECOND * stride;
  for (let i = 2 * band; i < end; i += stride) {
    largest = Math.max(largest, Math.abs(bands[i]!), Math.abs(bands[i + 1]!));
  }
  const scale = scaleCode(largest);
  record[at] = scale;
  const step = stepOf(scale);
  for (let i = 2 * band; i < end; i += stride) {
    record[++at] = ((Math.round(bands[i]! / step) + MOST + 1) << 4) | (Math.round(bands[i + 1]! / step) + MOST + 1);
  }
}

/** The finest scale at which `largest` still fits. */
function scaleCode(largest: number): number {
  if (largest === 0) return 0;
  return Math.max(0, UNIT_SCALE + Math.ceil(4 * Math.log2(largest / (MOST + 0.49))));
}

function stepOf(scale: number): number {
  return 2 ** ((scale - UNIT_SCALE) / 4);
}

/** A sketch, unpacked. */
export interface Sketch {
  /** Samples of the sound at 11,025 Hz. */
  readonly samples: number;
  /** Frames of each band: whole seconds. */
  readonly frames: number;
  /** Root mean square of each fifth of a second, in 16-bit steps, to 4 %; the last may be shorter. */
  readonly levels: Float32Array;
  /** By band and frame: real and imaginary parts. */
  readonly re: Float32Array;
  readonly im: Float32Array;
  /** By band and second: mean energy that rounding adds to a value. */
  readonly noise: Float32Array;
}

/** Unpacks a sketch; `undefined` where another version made it, or it is damaged: then the sound must be decoded. */
export function readSketch(bytes: Uint8Array): Sketch | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = bytes.length < HEADER_BYTES ? -1 : view.getUint32(4, true);
  const seconds = Math.ceil(samples / FINGERPRINT_RATE_HZ);
  if (bytes[0] !== VERSION || bytes[1] !== SKETCH_BANDS || bytes.length !== HEADER_BYTES + seconds * RECORD_BYTES) {
    return undefined;
  }
  const frames = seconds * FRAMES_PER_SECOND;
  const sketch: Sketch = {
    samples,
    frames,
    levels: new Float32Array(Math.ceil(samples / CELL_SAMPLES)),
    re: new Float32Array(SKETCH_BANDS * frames),
    im: new Float32Array(SKETCH_BANDS * frames),
    noise: new Float32Array(SKETCH_BANDS * seconds),
  };
  for (let second = 0; second < seconds; second++) unpack(bytes, second, seconds, sketch);
  return sketch;
}

function unpack(bytes: Uint8Array, second: number, seconds: number, { levels, re, im, noise }: Sketch): void {
  const record = HEADER_BYTES + second * RECORD_BYTES;
  for (let cell = 0; cell < LEVELS_PER_SECOND; cell++) {
    const index = second * LEVELS_PER_SECOND + cell;
    if (index < levels.length) levels[index] = 2 ** (bytes[record + cell]! / LEVEL_STEPS) - 1;
  }
  for (let band = 0; band < SKETCH_BANDS; band++) {
    const from = record + LEVELS_PER_SECOND + band * BAND_BYTES;
    const step = stepOf(bytes[from]!);
    // Each part is off by a twelfth of the squared step, as rounding is.
    noise[band * seconds + second] = (step * step) / 6;
    const to = (band * seconds + second) * FRAMES_PER_SECOND;
    for (let i = 0; i < FRAMES_PER_SECOND; i++) {
      const value = bytes[from + 1 + i]!;
      re[to + i] = ((value >> 4) - MOST - 1) * step;
      im[to + i] = ((value & 15) - MOST - 1) * step;
    }
  }
}
