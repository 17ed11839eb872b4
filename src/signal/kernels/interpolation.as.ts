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
    const low = placesOf(position, step, n, min(n + 1, end - 1), origin);
    const high = placesOf(position, step, min(n + 2, end - 1), min(n + 3, end - 1), origin);
    const one = weigh(i32x4.extract_lane(low, 0), i32x4.extract_lane(low, 2));
    const two = weigh(i32x4.extract_lane(low, 1), i32x4.extract_lane(low, 3));
    const three = weigh(i32x4.extract_lane(high, 0), i32x4.extract_lane(high, 2));
    const four = weigh(i32x4.extract_lane(high, 1), i32x4.extract_lane(high, 3));
    const front = f32x4.add(v128.shuffle<f32>(one, two, 0, 4, 1, 5), v128.shuffle<f32>(one, two, 2, 6, 3, 7));
    const back = f32x4.add(v128.shuffle<f32>(three, four, 0, 4, 1, 5), v128.shuffle<f32>(three, four, 2, 6, 3, 7));
    v128.store(to, f32x4.add(v128.shuffle<i64>(front, back, 0, 2), v128.shuffle<i64>(front, back, 1, 3)));
  }
}

/** The samples in hand that results n and m follow, then the rows of their fractions: to the nearest, halves up. */
@inline
function placesOf(position: f64, step: f64, n: i32, m: i32, origin: f64): v128 {
  const one = f64x2.splat(1);
  const at = f64x2.add(f64x2.splat(position), f64x2.mul(f64x2.replace_lane(f64x2.splat(<f64>n), 1, <f64>m), f64x2.splat(step)));
  const whole = f64x2.floor(at);
  const exact = f64x2.mul(f64x2.sub(at, whole), f64x2.splat(rows));
  const up = f64x2.ceil(exact);
  const nearest = f64x2.sub(up, v128.and(one, f64x2.gt(f64x2.sub(up, f64x2.splat(0.5)), exact)));
  // The row behind the last one is the first one of the next sample.
  const next = f64x2.eq(nearest, f64x2.splat(rows));
  const sample = f64x2.add(f64x2.sub(whole, f64x2.splat(origin)), v128.and(one, next));
  const row = v128.andnot(nearest, next);
  return v128.shuffle<i32>(i32x4.trunc_sat_f64x2_s_zero(sample), i32x4.trunc_sat_f64x2_s_zero(row), 0, 1, 4, 5);
}

/** Four sums, whose sum is the result that follows this sample in hand at the fraction of this row. */
@inline
function weigh(sample: i32, row: i32): v128 {
  const from = samples + (<usize>(sample - (TAPS / 2 - 1)) << 2);
  const weights = table + <usize>row * ROW;
  const low = f32x4.add(f32x4.mul(v128.load(from), v128.load(weights)), f32x4.mul(v128.load(from, 16), v128.load(weights, 16)));
  const high = f32x4.add(f32x4.mul(v128.load(from, 32), v128.load(weights, 32)), f32x4.mul(v128.load(from, 48), v128.load(weights, 48)));
  return f32x4.add(low, high);
}
