/**
 * A spectrogram of bounded size. Frames are half-overlapping or closer while the sound is short; when all columns are
 * full, neighbours are joined and the frames move apart, down to no overlap, so that memory does not grow with the
 * sound and time only in proportion. Power is summed over the channels, not mixed: what is out of phase stays.
 */
import { createRealFft } from './fft.ts';

export interface Spectrogram {
  readonly columns: number;
  readonly rows: number;
  readonly columnSeconds: number;
  /** Row 0 lies at 0 Hz; each is this wide. */
  readonly rowHz: number;
  /** By column, then row: 0 for {@link FLOOR_DB} and below, then one step a dB. 0 dB is a full-scale sine. */
  readonly levels: Uint8Array;
}

/** What a spectrogram calls silence, in dB. */
export const FLOOR_DB = -120;

export interface SpectrogramMeter {
  /** Takes `frames` frames of interleaved samples. */
  push(samples: Float32Array, frames: number, channels: number): void;
  finish(): Spectrogram;
}

export interface SpectrogramOptions {
  readonly sampleRateHz: number;
  readonly channels: number;
  /**
   * Told the power of each bin of every frame that lies within the sound; 1 is a full-scale sine. Only read it, and
   * only during the call. `weight`: how much of the sound the frame stands for, 1 at least.
   */
  readonly onFrame: (power: Float32Array, weight: number) => void;
}

/** A sound has between this many columns and twice as many, unless it is too short for that. */
const COLUMNS = 600;
const MOST_ROWS = 512;
/** Seconds of a transform: 4096 samples at 44.1 kHz, lines 11 Hz apart. */
const FRAME_SECONDS = 0.09;
const SMALLEST_SIZE = 256;
const LARGEST_SIZE = 32_768;
/** Frames per transform length where they lie closest. */
const CLOSEST = 16;

/** Samples per transform at this rate. */
export function frameSizeAt(sampleRateHz: number): number {
  const size = 2 ** Math.round(Math.log2(sampleRateHz * FRAME_SECONDS));
  return Math.max(SMALLEST_SIZE, Math.min(LARGEST_SIZE, size));
}

export function createSpectrogramMeter({ sampleRateHz, channels, onFrame }: SpectrogramOptions): SpectrogramMeter {
  const size = frameSizeAt(sampleRateHz);
  const rows = Math.min(MOST_ROWS, size / 2);
  const powerOf = createPowerMeter(size);
  const windows = Array.from({ length: channels }, () => new Float32Array(size));
  const power = new Float32Array(size / 2 + 1);
  const canvas = createCanvas(rows);
  let [hop, filled, framesPerColumn, analysed] = [size / CLOSEST, 0, 1, 0];

  const draw = (): void => {
    if (canvas.isFull(framesPerColumn)) {
      canvas.join();
      if (mayMoveApart(size / hop, framesPerColumn)) hop *= 2;
      else framesPerColumn *= 2;
    }
    canvas.add(power, framesPerColumn);
  };
  const analyse = (): void => {
    power.fill(0);
    for (const window of windows) powerOf(window, power);
    // A frame is drawn at its middle: what comes before the first one's looks like it.
    if (analysed === 0) for (let at = hop; at <= size / 2; at += hop) draw();
    draw();
    analysed++;
  };
  const move = (): void => {
    for (const window of windows) window.copyWithin(0, hop);
    filled = size - hop;
  };

  return {
    push(samples, frames, ofChannels) {
      for (let frame = 0; frame < frames; frame++) {
        if (filled === size) move();
        for (let channel = 0; channel < channels; channel++) {
          windows[channel]![filled] = channel < ofChannels ? samples[frame * ofChannels + channel]! : 0;
        }
        filled++;
        if (filled < size) continue;
        analyse();
        onFrame(power, (hop * CLOSEST) / size);
      }
    },
    finish() {
      if (analysed === 0 && filled > 0) {
        for (const window of windows) window.fill(0, filled);
        analyse();
      } else if (analysed > 0) {
        // What comes after the middle of the last one looks like it.
        const unread = filled === size ? 0 : filled - (size - hop);
        for (let at = hop; at <= size / 2 + unread; at += hop) draw();
      }
      return canvas.finish((hop * framesPerColumn) / sampleRateHz, sampleRateHz / 2 / rows);
    },
  };
}

/**
 * May frames lie half as close? Only where so many make a column that it shows no coarser grain than those before.
 * @param overlapping frames that hold a sample
 */
function mayMoveApart(overlapping: number, framesPerColumn: number): boolean {
  if (overlapping > 4) return true;
  return overlapping > 2 ? framesPerColumn >= 4 : overlapping > 1 && framesPerColumn >= 16;
}

/** Adds the power of a Hann-windowed frame to `power`; 1 is a full-scale sine. */
function createPowerMeter(size: number): (samples: Float32Array, power: Float32Array) => void {
  const fft = createRealFft(size);
  const hann = Float32Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
  const frame = new Float32Array(size);
  const [re, im] = [new Float32Array(fft.bins), new Float32Array(fft.bins)];
  const scale = (4 / size) ** 2;
  return (samples, power) => {
    for (let i = 0; i < size; i++) frame[i] = samples[i]! * hann[i]!;
    fft.forward(frame, re, im);
    for (let bin = 0; bin < fft.bins; bin++) power[bin] = power[bin]! + scale * (re[bin]! ** 2 + im[bin]! ** 2);
  };
}

interface Canvas {
  /** Would another frame need a column too many? */
  isFull(framesPerColumn: number): boolean;
  /** Joins neighbouring columns. */
  join(): void;
  add(power: Float32Array, framesPerColumn: number): void;
  finish(columnSeconds: number, rowHz: number): Spectrogram;
}

/** Mean power by column; of the bins in a row the strongest, so that thin lines stay thin lines. */
function createCanvas(rows: number): Canvas {
  const sums = new Float32Array(2 * COLUMNS * rows);
  const counts = new Uint32Array(2 * COLUMNS);
  let column = 0;
  const isOver = (framesPerColumn: number): boolean => counts[column]! >= framesPerColumn;
  return {
    isFull: (framesPerColumn) => column === 2 * COLUMNS - 1 && isOver(framesPerColumn),
    join() {
      for (let to = 0; to < COLUMNS; to++) {
        const [left, right] = [2 * to * rows, (2 * to + 1) * rows];
        for (let row = 0; row < rows; row++) sums[to * rows + row] = sums[left + row]! + sums[right + row]!;
        counts[to] = counts[2 * to]! + counts[2 * to + 1]!;
      }
      sums.fill(0, COLUMNS * rows);
      counts.fill(0, COLUMNS);
      column = COLUMNS - 1;
    },
    add(power, framesPerColumn) {
      if (isOver(framesPerColumn)) column++;
      const bins = (power.length - 1) / rows;
      for (let row = 0; row < rows; row++) {
        let most = 0;
        for (let bin = row * bins; bin < (row + 1) * bins; bin++) most = Math.max(most, power[bin]!);
        sums[column * rows + row] = sums[column * rows + row]! + most;
      }
      counts[column] = counts[column]! + 1;
    },
    finish(columnSeconds, rowHz) {
      const columns = counts[column]! > 0 ? column + 1 : 0;
      const levels = Uint8Array.from({ length: columns * rows }, (_, i) =>
        stepOf(sums[i]! / counts[Math.floor(i / rows)]!),
      );
      return { columns, rows, columnSeconds, rowHz, levels };
    },
  };
}

function stepOf(power: number): number {
  if (!(power > 0)) return 0;
  return Math.max(0, Math.min(255, Math.round(10 * Math.log10(power) - FLOOR_DB)));
}
