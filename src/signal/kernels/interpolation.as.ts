// Samples between samples: each is the sum of sixteen neighbours, weighed by the row of a table that belongs to its
// fraction. Four are made at a time, so that their sums end in one vector.
import { allocate } from './fft.as';

const TAPS: i32 = 16;
const ROW: usize = TAPS << 2;

let table: usize = 0;
let rows: f64 = 0;
let samples: usize = 0;
let results: usize = 0;

/** Allocates for a table of `rowCount` rows, `most` samples to read and `mostResults` to write. Must be called first and once. */
export function prepare(rowCount: i32, most: i32, mostResults: i32): void {
  rows = <f64>rowCount;
  table = allocate(<usize>rowCount * ROW);
  samples = allocate(<usize>most << 2);
  results = allocate(<usize>(mostResults + 3) << 2);
}

/** Where the rows of the table must be put, as 32-bit floats: row r holds the weights for the fraction r / rows. */
export function tableAt(): usize {
  return table;
}

/** Where the samples must be put, as 32-bit floats. */
export function samplesAt(): usize {
  return samples;
}

/** Where the results lie, as 32-bit floats. */
export function resultsAt(): usize {
  return results;
}

/**
 * Reads at `position` + n · `step` for n in [first, end). The first sample in hand is that of the whole position `origin`;
 * there must be seven before every place that is read, and nine behind.
 */
export function interpolate(position: f64, step: f64, first: i32, end: i32, origin: f64): void {
  let to = results;
  for (let n = first; n < end; n += 4, to += 16) {
    // Beyond the end the last one is made again, for nobody.
    const one = weigh(position + <f64>n * step, origin);
    const two = weigh(position + <f64>min(n + 1, end - 1) * step, origin);
    const three = weigh(position + <f64>min(n + 2, end - 1) * step, origin);
    const four = weigh(position + <f64>min(n + 3, end - 1) * step, origin);
    const low = f32x4.add(v128.shuffle<f32>(one, two, 0, 4, 1, 5), v128.shuffle<f32>(one, two, 2, 6, 3, 7));
    const high = f32x4.add(v128.shuffle<f32>(three, four, 0, 4, 1, 5), v128.shuffle<f32>(three, four, 2, 6, 3, 7));
    v128.store(to, f32x4.add(v128.shuffle<i64>(low, high, 0, 2), v128.shuffle<i64>(low, high, 1, 3)));
  }
}

/** Four sums, whose sum is the sample at this place. */
// @ts-ignore: decorator
@inline
function weigh(at: f64, origin: f64): v128 {
  const whole = Math.floor(at);
  // To the nearest row, halves up; the row behind the last one is the first one of the next sample.
  const exact = (at - whole) * rows;
  const up = Math.ceil(exact);
  const nearest = up - <f64>i32(up - 0.5 > exact);
  const next = i32(nearest == rows);
  const from = samples + <usize>((<i32>(whole - origin) + next - (TAPS / 2 - 1)) << 2);
  const row = table + <usize>(<i32>nearest * (1 - next)) * ROW;
  const low = f32x4.add(f32x4.mul(v128.load(from), v128.load(row)), f32x4.mul(v128.load(from, 16), v128.load(row, 16)));
  const high = f32x4.add(f32x4.mul(v128.load(from, 32), v128.load(row, 32)), f32x4.mul(v128.load(from, 48), v128.load(row, 48)));
  return f32x4.add(low, high);
}
