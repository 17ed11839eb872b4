/** Two sounds on one time axis. Positions are samples at the fingerprint rate, fractions allowed. */

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

const HALF_TAPS = 8;
const TAPS = 2 * HALF_TAPS;
const PHASES = 512;

/** Reads PCM along a time line. Holds the interpolation table; make it once and keep it. */
export interface LineReader {
  /** Fills `out` with b as it lies over a's samples `x`, `x + 1` …; silence beyond b's ends. */
  read(b: Int16Array, line: TimeLine, x: number, out: Float32Array): void;
}

/** Interpolates with a windowed sinc of 16 taps where the line falls between samples; copies where it does not. */
export function createLineReader(): LineReader {
  const table = sincTable();
  return {
    read(b, line, x, out) {
      const position = alongOf(line, x);
      if (line.step === 1 && Number.isInteger(position)) copy(b, position, out);
      else interpolate(b, position, line.step, out, table);
    },
  };
}

function copy(b: Int16Array, position: number, out: Float32Array): void {
  const first = Math.min(out.length, Math.max(0, -position));
  const last = Math.max(first, Math.min(out.length, b.length - position));
  out.fill(0, 0, first);
  out.set(b.subarray(position + first, position + last), first);
  out.fill(0, last);
}

function interpolate(b: Int16Array, position: number, step: number, out: Float32Array, table: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    const at = position + i * step;
    let whole = Math.floor(at);
    let phase = Math.round((at - whole) * PHASES);
    if (phase === PHASES) {
      whole++;
      phase = 0;
    }
    const first = whole - HALF_TAPS + 1;
    const inside = first >= 0 && first + TAPS <= b.length;
    out[i] = inside ? weigh(b, first, table, phase * TAPS) : weighAtEdge(b, first, table, phase * TAPS);
  }
}

/** The sum of 16 products, written out: this is where resampling spends its time. */
function weigh(b: Int16Array, at: number, table: Float32Array, row: number): number {
  return (
    b[at]! * table[row]! +
    b[at + 1]! * table[row + 1]! +
    b[at + 2]! * table[row + 2]! +
    b[at + 3]! * table[row + 3]! +
    b[at + 4]! * table[row + 4]! +
    b[at + 5]! * table[row + 5]! +
    b[at + 6]! * table[row + 6]! +
    b[at + 7]! * table[row + 7]! +
    b[at + 8]! * table[row + 8]! +
    b[at + 9]! * table[row + 9]! +
    b[at + 10]! * table[row + 10]! +
    b[at + 11]! * table[row + 11]! +
    b[at + 12]! * table[row + 12]! +
    b[at + 13]! * table[row + 13]! +
    b[at + 14]! * table[row + 14]! +
    b[at + 15]! * table[row + 15]!
  );
}

function weighAtEdge(b: Int16Array, at: number, table: Float32Array, row: number): number {
  let sum = 0;
  for (let tap = 0; tap < TAPS; tap++) sum += (b[at + tap] ?? 0) * table[row + tap]!;
  return sum;
}

/** Row by row the taps of one fractional position, Hann-windowed. */
function sincTable(): Float32Array {
  const table = new Float32Array(PHASES * TAPS);
  for (let phase = 0; phase < PHASES; phase++) {
    for (let tap = 0; tap < TAPS; tap++) {
      const distance = tap - HALF_TAPS + 1 - phase / PHASES;
      const window = Math.abs(distance) < HALF_TAPS ? 0.5 + 0.5 * Math.cos((Math.PI * distance) / HALF_TAPS) : 0;
      const turn = Math.PI * distance;
      table[phase * TAPS + tap] = window * (turn === 0 ? 1 : Math.sin(turn) / turn);
    }
  }
  return table;
}
