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
@inline
function tamed(raw: v128): v128 {
  const x = f32x4.abs(raw);
  return f32x4.pmin(v128.and(x, f32x4.eq(x, x)), f32x4.splat(LIMIT));
}

const GROUP: usize = 16; // samples looked at together
const MAX_CHANNELS: usize = 1024;
const FULL_S16: i32 = 32767;
const FULL_F32: f32 = 32767.0 / 32768.0;
const CLIPPING_RUN: u32 = 3;
const runs: usize = memory.data(4096, 16); // by channel: samples at full scale in a row
let hasRuns: bool = false;

/** Forgets the runs of all channels. */
export function endRuns(): void {
  if (hasRuns) memory.fill(runs, 0, MAX_CHANNELS * 4);
  hasRuns = false;
}

/**
 * Samples of the first `count` that lie in runs of three or more at full scale, channel by channel; runs go on
 * from call to call. The first sample is of the first channel. Groups without a peak are passed over.
 */
export function countClippedF32(count: usize, channels: usize): u32 {
  let clipped: u32 = 0;
  let channel: usize = 0;
  for (let from: usize = 0; from < count; from += GROUP) {
    const at = buffer + from * 4;
    const most = f32x4.pmax(
      f32x4.pmax(tamed(v128.load(at)), tamed(v128.load(at, 16))),
      f32x4.pmax(tamed(v128.load(at, 32)), tamed(v128.load(at, 48))),
    );
    if (channels <= GROUP && !v128.any_true(f32x4.ge(most, f32x4.splat(FULL_F32)))) {
      endRuns();
      channel = (channel + GROUP) % channels;
      continue;
    }
    const end = min(from + GROUP, count);
    for (let i = from; i < end; i++) {
      clipped += note(channel, abs(load<f32>(buffer + i * 4)) >= FULL_F32);
      if (++channel == channels) channel = 0;
    }
  }
  return clipped;
}

/** The same of 16-bit samples. */
export function countClippedS16(count: usize, channels: usize): u32 {
  let clipped: u32 = 0;
  let channel: usize = 0;
  for (let from: usize = 0; from < count; from += GROUP) {
    const at = buffer + from * 2;
    const low = v128.load(at);
    const high = v128.load(at, 16);
    const most = i16x8.max_s(low, high);
    const least = i16x8.min_s(low, high);
    const isFull = v128.or(i16x8.ge_s(most, i16x8.splat(32767)), i16x8.le_s(least, i16x8.splat(-32767)));
    if (channels <= GROUP && !v128.any_true(isFull)) {
      endRuns();
      channel = (channel + GROUP) % channels;
      continue;
    }
    const end = min(from + GROUP, count);
    for (let i = from; i < end; i++) {
      clipped += note(channel, abs(<i32>load<i16>(buffer + i * 2)) >= FULL_S16);
      if (++channel == channels) channel = 0;
    }
  }
  return clipped;
}

/** Takes one sample into its channel's run; gives the clipped samples that it makes. */
@inline
function note(channel: usize, isFull: bool): u32 {
  const at = runs + channel * 4;
  if (!isFull) {
    store<u32>(at, 0);
    return 0;
  }
  hasRuns = true;
  const run = load<u32>(at) + 1;
  store<u32>(at, run);
  return run > CLIPPING_RUN ? 1 : run == CLIPPING_RUN ? CLIPPING_RUN : 0;
}
