// Chroma images of tracks that never were, and their fingerprints. An image is a row of frames of twelve 32-bit
// floats, a frame every quarter hop: logarithms (base 2) of energies while it is laid, energies once it is expanded.
// The items are those of the product's own arithmetic, term by term, for two phases at a time; only that a class is
// found by comparing ratios instead of their logarithms.

const PITCHES: usize = 12;
const ROW: usize = PITCHES << 2;
const PAIR: usize = 16;
const SUM_ROW: usize = 13 * PAIR;
const RING: usize = 32;
const SUMS: usize = 2 * RING * SUM_ROW;
const WINDOW: usize = 16;
const SMOOTHED: usize = 5;
const FOUR_PHASES: usize = 4 * PITCHES * 8;
const NORM_FLOOR: f64 = 0.01;

let pool: usize = 0;
let kept0: usize = 0;
let kept1: usize = 0;
let image: usize = 0;
let items: usize = 0;
let itemRoom: usize = 0;
let doubled: usize = 0; // a frame twice over
let noise: usize = 0; // two states of three vectors each
let course: usize = 0; // where a random course is
let packed: usize = 0;
let recent: usize = 0; // a ring of five frames, all four phases
let sums: usize = 0; // 2 × 32 rows of 13 sums, two phases beside each other; twice, for the four phases

let end: usize = 0;

function allocate(bytes: usize): usize {
  const at = end == 0 ? (<usize>__heap_base + 15) & ~15 : end;
  end = (at + bytes + 15) & ~15;
  const pages = <i32>((end + 0xffff) >>> 16);
  if (pages > memory.size()) memory.grow(pages - memory.size());
  return at;
}

/** Makes room for a pool and for images of at most `frames` frames. Must be called first and once. */
export function prepare(poolFrames: i32, frames: i32): void {
  pool = allocate(<usize>poolFrames * ROW);
  kept0 = allocate((<usize>frames + 8) * ROW);
  kept1 = allocate((<usize>frames + 8) * ROW);
  image = allocate((<usize>frames + 8) * ROW);
  itemRoom = ((<usize>frames >> 2) + 8) << 2;
  items = allocate(itemRoom << 2);
  doubled = allocate(ROW << 1);
  noise = allocate(ROW << 1);
  course = allocate(ROW);
  packed = allocate(4 + itemRoom * 8);
  recent = allocate(5 * 4 * PITCHES * 8);
  sums = allocate(2 * SUMS);
}

export function poolAt(): usize {
  return pool;
}

export function imageAt(): usize {
  return image;
}

/** Where the items of a phase appear. */
export function itemsAt(phase: i32): usize {
  return items + <usize>phase * itemRoom;
}

/** Turns the energies of a piece of the pool into logarithms, relative to its mean; `floor` of the mean is the least. */
export function settle(first: i32, frames: i32, floor: f64): void {
  const from = pool + <usize>first * ROW;
  const until = from + <usize>frames * ROW;
  let total = 0.0;
  for (let at = from; at < until; at += 4) total += <f64>load<f32>(at);
  const mean = total / (<f64>frames * <f64>PITCHES) + 1e-30;
  for (let at = from; at < until; at += 4)
    store<f32>(at, <f32>(Math.log(<f64>load<f32>(at) / mean + floor) / Math.LN2));
}

/** Empties the image: the same logarithm everywhere. */
export function clear(frames: i32, level: f32): void {
  const until = image + (<usize>frames + 8) * ROW;
  for (let at = image; at < until; at += 16) v128.store(at, f32x4.splat(level));
}

/** Keeps the image in one of two places, 0 and 1, to be laid from later. */
export function keep(place: i32, frames: i32): void {
  memory.copy(place == 0 ? kept0 : kept1, image, <usize>frames * ROW);
}

/** Sources of {@link lay}: the pool, and the two kept images. */
const FROM_POOL: i32 = 2;

/**
 * Adds frames of a source, where frame `first` and the `frames` of it are a piece, to `count` frames of the image from `to` on: frame i comes from
 * `position + step · i`, swaying by `wobble` frames, turned up by `turn` pitches (below 12), weighed, and faded at its ends.
 */
export function lay(
  source: i32,
  first: i32,
  frames: i32,
  position: f64,
  step: f64,
  wobble: f64,
  wobbleTurn: f64,
  wobblePhase: f64,
  turn: i32,
  mirrored: bool,
  weight: f32,
  to: i32,
  count: i32,
  fadeIn: i32,
  fadeOut: i32,
): void {
  const piece = (source == FROM_POOL ? pool : source == 0 ? kept0 : kept1) + <usize>first * ROW;
  const last = <f64>(frames - 1);
  // Turning by a fixed angle a frame is a product of complex numbers.
  let sine = Math.sin(wobblePhase);
  let cosine = Math.cos(wobblePhase);
  const turnSine = Math.sin(wobbleTurn);
  const turnCosine = Math.cos(wobbleTurn);
  const thirds = turn >> 2;
  const rest = turn & 3;
  let target = image + <usize>to * ROW;
  for (let i = 0; i < count; i++) {
    let place = position + step * <f64>i + wobble * sine;
    const nextSine = sine * turnCosine + cosine * turnSine;
    cosine = cosine * turnCosine - sine * turnSine;
    sine = nextSine;
    // Beyond its ends a piece goes on backwards.
    place = Math.abs(place);
    if (place > last) {
      place = place % (2.0 * last);
      if (place > last) place = 2.0 * last - place;
    }
    const whole = min(<i32>place, frames - 2);
    const part = f32x4.splat(<f32>(place - <f64>whole));
    const row = piece + <usize>whole * ROW;
    let a = between(row, part);
    let b = between(row + 16, part);
    let c = between(row + 32, part);
    if (mirrored) {
      const first = v128.shuffle<f32>(c, c, 3, 2, 1, 0);
      b = v128.shuffle<f32>(b, b, 3, 2, 1, 0);
      c = v128.shuffle<f32>(a, a, 3, 2, 1, 0);
      a = first;
    }
    if (thirds == 1) {
      const low = a;
      a = b;
      b = c;
      c = low;
    } else if (thirds == 2) {
      const high = c;
      c = b;
      b = a;
      a = high;
    }
    if (rest == 1) {
      const low = a;
      a = v128.shuffle<f32>(a, b, 1, 2, 3, 4);
      b = v128.shuffle<f32>(b, c, 1, 2, 3, 4);
      c = v128.shuffle<f32>(c, low, 1, 2, 3, 4);
    } else if (rest == 2) {
      const low = a;
      a = v128.shuffle<f32>(a, b, 2, 3, 4, 5);
      b = v128.shuffle<f32>(b, c, 2, 3, 4, 5);
      c = v128.shuffle<f32>(c, low, 2, 3, 4, 5);
    } else if (rest == 3) {
      const low = a;
      a = v128.shuffle<f32>(a, b, 3, 4, 5, 6);
      b = v128.shuffle<f32>(b, c, 3, 4, 5, 6);
      c = v128.shuffle<f32>(c, low, 3, 4, 5, 6);
    }
    let ramp: f32 = 1;
    if (i < fadeIn) ramp = (<f32>i + 0.5) / <f32>fadeIn;
    if (count - 1 - i < fadeOut) ramp = min(ramp, (<f32>(count - 1 - i) + 0.5) / <f32>fadeOut);
    const scale = f32x4.splat(weight * ramp);
    v128.store(target, f32x4.add(v128.load(target), f32x4.mul(a, scale)), 0);
    v128.store(target, f32x4.add(v128.load(target, 16), f32x4.mul(b, scale)), 16);
    v128.store(target, f32x4.add(v128.load(target, 32), f32x4.mul(c, scale)), 32);
    target += ROW;
  }
}

@inline
function between(row: usize, part: v128): v128 {
  const here = v128.load(row);
  return f32x4.add(here, f32x4.mul(part, f32x4.sub(v128.load(row, ROW), here)));
}

let state: v128 = i32x4.splat(1);

/** Starts the random numbers anew. */
export function seed(value: i32): void {
  state = i32x4(value | 1, value * 1664525 + 1013904223, value * 22695477 + 1, value * 1103515245 + 12345);
  state = v128.or(state, i32x4.splat(16));
  for (let i = 0; i < 8; i++) draw();
}

/** Four numbers of about normal distribution, mean 0 and deviation 1: the sum of three even ones (xorshift32). */
function draw(): v128 {
  return f32x4.add(f32x4.add(even(), even()), even());
}

@inline
function even(): v128 {
  state = v128.xor(state, i32x4.shl(state, 13));
  state = v128.xor(state, i32x4.shr_u(state, 17));
  state = v128.xor(state, i32x4.shl(state, 5));
  return f32x4.mul(f32x4.convert_i32x4_s(state), f32x4.splat(<f32>(1.0 / 2147483648.0)));
}

/**
 * Adds a random course of each pitch to an image of logarithms: white noise through two low-passes that keep
 * `kept` of themselves from one to the next of its points, `stride` frames apart, and straight lines between; deviation `weight`.
 */
export function colour(to: i32, count: i32, weight: f32, kept: f64, stride: i32, start: i32): void {
  const gain = f32x4.splat(weight * unitGain(kept));
  const part = f32x4.splat(<f32>(1.0 / <f64>stride));
  beginNoise(kept, start);
  for (let v: usize = 0; v < ROW; v += 16) v128.store(course + v, f32x4.mul(v128.load(noise + v, ROW), gain));
  let target = image + <usize>to * ROW;
  for (let i = 0; i < count; i += stride) {
    stepNoise(<f32>kept);
    const end = min(stride, count - i);
    for (let v: usize = 0; v < ROW; v += 16) {
      let value = v128.load(course + v);
      const next = f32x4.mul(v128.load(noise + v, ROW), gain);
      const rise = f32x4.mul(f32x4.sub(next, value), part);
      v128.store(course + v, next);
      for (let at = target + v, n = 0; n < end; n++, at += ROW) {
        value = f32x4.add(value, rise);
        v128.store(at, f32x4.add(v128.load(at), value));
      }
    }
    target += ROW * <usize>stride;
  }
}

/** What gives the twice filtered noise deviation 1. */
function unitGain(kept: f64): f32 {
  const passed = 1.0 - kept * kept;
  return <f32>Math.sqrt((passed * passed * passed) / (1.0 + kept * kept));
}

function beginNoise(kept: f64, start: i32): void {
  seed(start);
  memory.fill(noise, 0, ROW << 1);
  // As if it had been going on for ever.
  const lead = <i32>(4.0 / (1.0 - kept));
  for (let i = 0; i < lead; i++) stepNoise(<f32>kept);
}

@inline
function stepNoise(kept: f32): void {
  const keeping = f32x4.splat(kept);
  for (let v: usize = 0; v < ROW; v += 16) {
    const once = f32x4.add(f32x4.mul(v128.load(noise + v), keeping), draw());
    v128.store(noise + v, once);
    v128.store(noise + v, f32x4.add(f32x4.mul(v128.load(noise + v, ROW), keeping), once), ROW);
  }
}

/** Logarithms to energies, in place; frames beyond the last become silent. */
export function expand(frames: i32): void {
  const until = image + <usize>frames * ROW;
  for (let at = image; at < until; at += 16) v128.store(at, power(v128.load(at)));
  memory.fill(until, 0, 8 * ROW);
}

/** 2 to the power of four numbers in −120 … 120, to 2e-6 of their size. */
@inline
function power(x: v128): v128 {
  const limited = f32x4.min(f32x4.max(x, f32x4.splat(-120)), f32x4.splat(120));
  const whole = f32x4.nearest(limited);
  const part = f32x4.sub(limited, whole);
  let value = f32x4.splat(0.0013333558);
  value = f32x4.add(f32x4.mul(value, part), f32x4.splat(0.0096181291));
  value = f32x4.add(f32x4.mul(value, part), f32x4.splat(0.0555041087));
  value = f32x4.add(f32x4.mul(value, part), f32x4.splat(0.2402265069));
  value = f32x4.add(f32x4.mul(value, part), f32x4.splat(0.6931471806));
  value = f32x4.add(f32x4.mul(value, part), f32x4.splat(1));
  return i32x4.add(value, i32x4.shl(i32x4.trunc_sat_f32x4_s(whole), 23));
}

/** Energies of [to, to + count) become 0. */
export function silence(to: i32, count: i32): void {
  memory.fill(image + <usize>to * ROW, 0, <usize>count * ROW);
}

/**
 * What a coder or a noisy line adds to energies: to every amplitude a random part of `amount` × the frame's mean one,
 * of which the product of both stands out. `kept` as in {@link colour}.
 */
export function soil(to: i32, count: i32, amount: f32, kept: f64, start: i32): void {
  const gain = f32x4.splat(2 * amount * unitGain(kept));
  beginNoise(kept, start);
  let target = image + <usize>to * ROW;
  for (let i = 0; i < count; i++) {
    stepNoise(<f32>kept);
    let total = f32x4.add(f32x4.add(v128.load(target), v128.load(target, 16)), v128.load(target, 32));
    total = f32x4.add(total, v128.shuffle<f32>(total, total, 2, 3, 0, 1));
    total = f32x4.add(total, v128.shuffle<f32>(total, total, 1, 0, 3, 2));
    const mean = f32x4.mul(total, f32x4.splat(<f32>(1.0 / 12.0)));
    const floor = f32x4.mul(mean, f32x4.splat(amount * amount));
    for (let v: usize = 0; v < ROW; v += 16) {
      const energy = v128.load(target + v);
      const cross = f32x4.mul(f32x4.mul(f32x4.sqrt(f32x4.mul(energy, mean)), gain), v128.load(noise + v, ROW));
      const soiled = f32x4.add(f32x4.add(energy, cross), floor);
      v128.store(target + v, f32x4.max(soiled, f32x4.mul(floor, f32x4.splat(0.1))));
    }
    target += ROW;
  }
}

/** Moves a share of the energy of every pitch to the one above, or below where the share is negative. */
export function shiftPitch(to: i32, count: i32, share: f32): void {
  const part = f32x4.splat(abs(share));
  const rest = f32x4.splat(1 - abs(share));
  const from = doubled + (share > 0 ? ROW - 4 : 4);
  let target = image + <usize>to * ROW;
  for (let i = 0; i < count; i++) {
    memory.copy(doubled, target, ROW);
    memory.copy(doubled + ROW, target, ROW);
    for (let v: usize = 0; v < ROW; v += 16) {
      const kept = f32x4.mul(v128.load(doubled + v), rest);
      v128.store(target + v, f32x4.add(kept, f32x4.mul(v128.load(from + v), part)));
    }
    target += ROW;
  }
}

// From here on: energies to items.


/** Fingerprints the image's first `frames` frames. Phase k has the frames k, k + 4, k + 8 … */
export function fingerprint(frames: i32): void {
  memory.fill(sums, 0, 2 * SUMS);
  const rounds = (<usize>frames + 3) >> 2;
  let to = items;
  for (let n: usize = 0; n < rounds; n++) {
    take(image + n * 4 * ROW, recent + (n % SMOOTHED) * FOUR_PHASES);
    if (n + 1 < SMOOTHED) continue;
    const row = n + 2 - SMOOTHED; // rows so far, this one included
    smooth(n + 1, 0, sums, row);
    smooth(n + 1, PAIR, sums + SUMS, row);
    if (row < WINDOW) continue;
    const oldest = ((row - WINDOW) & (RING - 1)) * SUM_ROW;
    const early = itemsOf(sums + oldest);
    const late = itemsOf(sums + SUMS + oldest);
    store<u32>(to, <u32>i64x2.extract_lane(early, 0));
    store<u32>(to + itemRoom, <u32>i64x2.extract_lane(early, 1));
    store<u32>(to + (itemRoom << 1), <u32>i64x2.extract_lane(late, 0));
    store<u32>(to + itemRoom * 3, <u32>i64x2.extract_lane(late, 1));
    to += 4;
  }
}

/** Four successive frames, pitch by pitch, as doubles. */
function take(from: usize, to: usize): void {
  for (let pitch: usize = 0; pitch < PITCHES; pitch++) {
    const at = from + (pitch << 2);
    const into = to + (pitch << 5);
    store<f64>(into, <f64>load<f32>(at), 0);
    store<f64>(into, <f64>load<f32>(at, ROW), 8);
    store<f64>(into, <f64>load<f32>(at, 2 * ROW), 16);
    store<f64>(into, <f64>load<f32>(at, 3 * ROW), 24);
  }
}

/** The weighted sum of the last five frames, scaled to length 1, as a row of sums. `seen` frames have come. */
function smooth(seen: usize, pair: usize, table: usize, row: usize): void {
  const r0 = recent + (seen % SMOOTHED) * FOUR_PHASES + pair;
  const r1 = recent + ((seen + 1) % SMOOTHED) * FOUR_PHASES + pair;
  const r2 = recent + ((seen + 2) % SMOOTHED) * FOUR_PHASES + pair;
  const r3 = recent + ((seen + 3) % SMOOTHED) * FOUR_PHASES + pair;
  const r4 = recent + ((seen + 4) % SMOOTHED) * FOUR_PHASES + pair;
  const outer = f64x2.splat(0.25);
  const inner = f64x2.splat(0.75);
  const here = table + (row & (RING - 1)) * SUM_ROW;
  const above = table + ((row - 1) & (RING - 1)) * SUM_ROW;
  let squares = f64x2.splat(0);
  for (let pitch: usize = 0; pitch < PITCHES; pitch++) {
    const at = pitch << 5;
    let value = f64x2.mul(v128.load(r0 + at), outer);
    value = f64x2.add(value, f64x2.mul(v128.load(r1 + at), inner));
    value = f64x2.add(value, v128.load(r2 + at));
    value = f64x2.add(value, f64x2.mul(v128.load(r3 + at), inner));
    value = f64x2.add(value, f64x2.mul(v128.load(r4 + at), outer));
    v128.store(here + (pitch << 4), value, PAIR);
    squares = f64x2.add(squares, f64x2.mul(value, value));
  }
  const norm = f64x2.sqrt(squares);
  const loud = f64x2.ge(norm, f64x2.splat(NORM_FLOOR));
  let sum = f64x2.splat(0);
  for (let pitch: usize = 0; pitch < PITCHES; pitch++) {
    const at = here + (pitch << 4);
    sum = f64x2.add(sum, v128.and(f64x2.div(v128.load(at, PAIR), norm), loud));
    const total = f64x2.add(sum, v128.load(above + (pitch << 4), PAIR));
    // Written twice, so that the window's rows always follow each other.
    v128.store(at, total, PAIR);
    v128.store(at + RING * SUM_ROW, total, PAIR);
  }
}

@inline
function area(window: usize, fromRow: usize, fromPitch: usize, toRow: usize, toPitch: usize): v128 {
  const from = window + fromRow * SUM_ROW;
  const to = window + toRow * SUM_ROW;
  const tall = f64x2.sub(v128.load(to + toPitch * PAIR), v128.load(from + toPitch * PAIR));
  return f64x2.add(f64x2.sub(tall, v128.load(to + fromPitch * PAIR)), v128.load(from + fromPitch * PAIR));
}

@inline
function classed(item: v128, over: v128, under: v128, low: f64, middle: f64, high: f64): v128 {
  const one = f64x2.splat(1);
  const above = f64x2.add(one, over);
  const below = f64x2.add(one, under);
  const upper = f64x2.ge(above, f64x2.mul(below, f64x2.splat(middle)));
  const outer = f64x2.ge(above, f64x2.mul(below, f64x2.splat(high)));
  const lower = v128.andnot(f64x2.ge(above, f64x2.mul(below, f64x2.splat(low))), outer);
  const two = v128.or(v128.and(upper, i64x2.splat(2)), v128.and(lower, i64x2.splat(1)));
  return v128.or(i64x2.shl(item, 2), two);
}

@inline
function whole(item: v128, w: usize, pitch: usize, height: usize, width: usize, t0: f64, t1: f64, t2: f64): v128 {
  return classed(item, area(w, 0, pitch, width, pitch + height), f64x2.splat(0), t0, t1, t2);
}

@inline
function upper(item: v128, w: usize, pitch: usize, height: usize, width: usize, t0: f64, t1: f64, t2: f64): v128 {
  const half = pitch + (height >> 1);
  return classed(item, area(w, 0, half, width, pitch + height), area(w, 0, pitch, width, half), t0, t1, t2);
}

@inline
function late(item: v128, w: usize, pitch: usize, height: usize, width: usize, t0: f64, t1: f64, t2: f64): v128 {
  const half = width >> 1;
  const top = pitch + height;
  return classed(item, area(w, half, pitch, width, top), area(w, 0, pitch, half, top), t0, t1, t2);
}

@inline
function diagonal(item: v128, w: usize, pitch: usize, height: usize, width: usize, t0: f64, t1: f64, t2: f64): v128 {
  const half = width >> 1;
  const middle = pitch + (height >> 1);
  const top = pitch + height;
  const rising = f64x2.add(area(w, 0, pitch, half, middle), area(w, half, middle, width, top));
  const falling = f64x2.add(area(w, 0, middle, half, top), area(w, half, pitch, width, middle));
  return classed(item, falling, rising, t0, t1, t2);
}

@inline
function middlePitches(item: v128, w: usize, pitch: usize, height: usize, width: usize, t0: f64, t1: f64, t2: f64): v128 {
  const low = pitch + height / 3;
  const high = pitch + 2 * (height / 3);
  const outer = f64x2.add(area(w, 0, pitch, width, low), area(w, 0, high, width, pitch + height));
  return classed(item, area(w, 0, low, width, high), outer, t0, t1, t2);
}

@inline
function middleFrames(item: v128, w: usize, pitch: usize, height: usize, width: usize, t0: f64, t1: f64, t2: f64): v128 {
  const third = width / 3;
  const top = pitch + height;
  const outer = f64x2.add(area(w, 0, pitch, third, top), area(w, 2 * third, pitch, width, top));
  return classed(item, area(w, third, pitch, 2 * third, top), outer, t0, t1, t2);
}

/** The items of two phases, from their windows' sums. Thresholds are those of the format, as ratios. */
function itemsOf(w: usize): v128 {
  let item = i64x2.splat(0);
  // CLASSIFIERS: a line each, written from the product's table when the kernel is built
  return item;
}

// Items to bytes, as the product compresses them.

/** Where {@link compress} writes. */
export function packedAt(): usize {
  return packed;
}

/** Compresses the first `count` items of a phase and gives the number of bytes. */
export function compress(phase: i32, count: i32): i32 {
  const from = items + <usize>phase * itemRoom;
  const until = from + (<usize>count << 2);
  let normals = count;
  let rests = 0;
  let before: u32 = 0;
  for (let at = from; at < until; at += 4) {
    const item = load<u32>(at);
    let last = -1;
    for (let bits = item ^ before; bits != 0; bits &= bits - 1) {
      const bit = <i32>ctz(bits);
      normals++;
      if (bit - last >= 7) rests++;
      last = bit;
    }
    before = item;
  }
  const restsFrom = 4 + ((normals * 3 + 7) >> 3);
  const length = restsFrom + ((rests * 5 + 7) >> 3);
  memory.fill(packed, 0, length + 8);
  store<u8>(packed, 1);
  store<u8>(packed, <u8>(count >> 16), 1);
  store<u8>(packed, <u8>(count >> 8), 2);
  store<u8>(packed, <u8>count, 3);
  let normal: usize = 32;
  let rest: usize = <usize>restsFrom << 3;
  before = 0;
  for (let at = from; at < until; at += 4) {
    const item = load<u32>(at);
    let last = -1;
    for (let bits = item ^ before; bits != 0; bits &= bits - 1) {
      const bit = <i32>ctz(bits);
      const distance = bit - last;
      last = bit;
      put(normal, min(distance, 7));
      normal += 3;
      if (distance < 7) continue;
      put(rest, distance - 7);
      rest += 5;
    }
    normal += 3;
    before = item;
  }
  return length;
}

@inline
function put(bit: usize, value: i32): void {
  const at = packed + (bit >> 3);
  store<u16>(at, load<u16>(at) | <u16>(value << <i32>(bit & 7)));
}
