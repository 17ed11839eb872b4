/** Two sounds on one time axis. Positions are samples at the fingerprint rate, fractions allowed. */
import { copySamples, createInterpolator } from './interpolation.ts';

/** How b runs along a: b's sample `(x − start) · step` answers a's sample `x`. */
export interface TimeLine {
  /** a's sample at which b starts; negative where b starts first. */
  readonly start: number;
  /** b's samples per sample of a: 1 at equal speed, below 1 where b is played faster. */
  readonly step: number;
}

/** b's position that answers a's sample `x`. */
export function alongOf(line: TimeLine, x: number): number {
  return (x - line.start) * line.step;
}

/** The stretch `[from, to)` of a over which b lies; whole samples, `to ≤ from` where they do not meet. */
export function overlapOf(aLength: number, bLength: number, line: TimeLine): { from: number; to: number } {
  return {
    from: Math.max(0, Math.ceil(line.start)),
    to: Math.min(aLength, Math.floor(line.start + bLength / line.step)),
  };
}

/** Reads PCM along a time line. Holds the interpolation table; make it once and keep it. */
export interface LineReader {
  /** Fills `out` with b as it lies over a's samples `x`, `x + 1` …; silence beyond b's ends. */
  read(b: Int16Array, line: TimeLine, x: number, out: Float32Array): void;
}

/** Interpolates where the line falls between samples; copies where it does not. */
export function createLineReader(): LineReader {
  const interpolator = createInterpolator();
  return {
    read(b, line, x, out) {
      const position = alongOf(line, x);
      if (line.step === 1 && Number.isInteger(position)) copySamples(b, position, out);
      else interpolator.interpolate(b, position, line.step, out);
    },
  };
}
