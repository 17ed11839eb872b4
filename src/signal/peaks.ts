/** A waveform as it is drawn: the lowest and highest sample and the loudness of each of a bounded number of columns. */

export interface Peaks {
  readonly columnSeconds: number;
  /** By column; 1 is full scale. Lowest and highest sample of any channel, root mean square of all. */
  readonly low: Float32Array;
  readonly high: Float32Array;
  readonly rms: Float32Array;
}

export interface PeakMeter {
  /** Takes `frames` frames of interleaved samples. */
  push(samples: Float32Array, frames: number, channels: number): void;
  finish(): Peaks;
}

/** A sound has between this many columns and twice as many, unless it is too short for that. */
const COLUMNS = 1200;
const FIRST_FRAMES = 64;

/** Neither memory nor result grow with the sound: when all columns are full, neighbours are joined. */
export function createPeakMeter(sampleRateHz: number): PeakMeter {
  const low = new Float32Array(2 * COLUMNS);
  const high = new Float32Array(2 * COLUMNS);
  const squares = new Float64Array(2 * COLUMNS);
  const counts = new Float64Array(2 * COLUMNS);
  let [framesPerColumn, column, taken] = [FIRST_FRAMES, 0, 0];

  const join = (): void => {
    for (let i = 0; i < COLUMNS; i++) {
      low[i] = Math.min(low[2 * i]!, low[2 * i + 1]!);
      high[i] = Math.max(high[2 * i]!, high[2 * i + 1]!);
      squares[i] = squares[2 * i]! + squares[2 * i + 1]!;
      counts[i] = counts[2 * i]! + counts[2 * i + 1]!;
    }
    for (const array of [low, high, squares, counts]) array.fill(0, COLUMNS);
    column = COLUMNS;
    framesPerColumn *= 2;
  };

  return {
    push(samples, frames, channels) {
      for (let frame = 0; frame < frames; frame++) {
        if (taken === framesPerColumn) {
          column++;
          taken = 0;
          if (column === 2 * COLUMNS) join();
        }
        for (let i = frame * channels; i < (frame + 1) * channels; i++) {
          const sample = samples[i]!;
          if (sample < low[column]!) low[column] = sample;
          if (sample > high[column]!) high[column] = sample;
          squares[column] = squares[column]! + sample * sample;
        }
        counts[column] = counts[column]! + channels;
        taken++;
      }
    },
    finish() {
      const columns = column + (taken > 0 ? 1 : 0);
      return {
        columnSeconds: framesPerColumn / sampleRateHz,
        low: low.slice(0, columns),
        high: high.slice(0, columns),
        rms: Float32Array.from({ length: columns }, (_, i) => Math.sqrt(squares[i]! / Math.max(1, counts[i]!))),
      };
    },
  };
}
