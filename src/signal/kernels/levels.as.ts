// Sum of squares and largest absolute value of samples that lie in the buffer, in one pass. Results are in
// units of full scale. What is no number counts as silence; absurdly large values are held at LIMIT.

const LIMIT: f32 = 1000000;
const buffer: usize = memory.data(16384, 16);
const lanes: usize = memory.data(16, 16);

let peak: f64 = 0;

/** Address of the buffer: 4096 samples of 16 or 32 bits. */
export function bufferAt(): usize {
  return buffer;
}

/** Largest absolute value that the last call found. */
export function peakFound(): f64 {
  return peak;
}

/** Sum of squares of the first `count` 16-bit samples; `count` is rounded up to eight, the rest must be 0. */
export function measureS16(count: usize): f64 {
  let sum = i64x2.splat(0);
  let high = i16x8.splat(0);
  let low = i16x8.splat(0);
  const end = buffer + ((count + 7) & ~7) * 2;
  for (let at = buffer; at < end; at += 16) {
    const x = v128.load(at);
    high = i16x8.max_s(high, x);
    low = i16x8.min_s(low, x);
    // The largest pair, twice 2^30, needs the 32nd bit: unsigned from here on.
    const pairs = i32x4.dot_i16x8_s(x, x);
    sum = i64x2.add(sum, i64x2.add(i64x2.extend_low_i32x4_u(pairs), i64x2.extend_high_i32x4_u(pairs)));
  }
  let most: i32 = 0;
  store<v128>(lanes, high);
  for (let i: usize = 0; i < 8; i++) most = max(most, <i32>load<i16>(lanes + i * 2));
  store<v128>(lanes, low);
  for (let i: usize = 0; i < 8; i++) most = max(most, -(<i32>load<i16>(lanes + i * 2)));
  peak = <f64>most / 32768;
  return <f64>(i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1)) / 1073741824;
}

/** The same of 32-bit floats; `count` is rounded up to sixteen, the rest must be 0. */
export function measureF32(count: usize): f64 {
  let sumLow = f64x2.splat(0);
  let sumHigh = f64x2.splat(0);
  let most = f32x4.splat(0);
  const end = buffer + ((count + 15) & ~15) * 4;
  for (let at = buffer; at < end; at += 64) {
    const x0 = tamed(v128.load(at));
    const x1 = tamed(v128.load(at, 16));
    const x2 = tamed(v128.load(at, 32));
    const x3 = tamed(v128.load(at, 48));
    most = f32x4.pmax(most, f32x4.pmax(f32x4.pmax(x0, x1), f32x4.pmax(x2, x3)));
    // Four squares are added as 32-bit floats, everything else in 64 bits.
    const squares = f32x4.add(
      f32x4.add(f32x4.mul(x0, x0), f32x4.mul(x1, x1)),
      f32x4.add(f32x4.mul(x2, x2), f32x4.mul(x3, x3)),
    );
    sumLow = f64x2.add(sumLow, f64x2.promote_low_f32x4(squares));
    sumHigh = f64x2.add(sumHigh, f64x2.promote_low_f32x4(i64x2.shuffle(squares, squares, 1, 1)));
  }
  peak = max(
    max(<f64>f32x4.extract_lane(most, 0), <f64>f32x4.extract_lane(most, 1)),
    max(<f64>f32x4.extract_lane(most, 2), <f64>f32x4.extract_lane(most, 3)),
  );
  const sum = f64x2.add(sumLow, sumHigh);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Absolute values, without what is no number or absurd. */
// @ts-ignore: decorator
@inline
function tamed(raw: v128): v128 {
  const x = f32x4.abs(raw);
  return f32x4.pmin(v128.and(x, f32x4.eq(x, x)), f32x4.splat(LIMIT));
}
