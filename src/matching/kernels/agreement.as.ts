// Counting bits that differ: between two fingerprints at every offset, and within one fingerprint between every two
// of its bits at every lag. One population count serves 64 bits at a time. And the product of two tables that
// Bartlett's formula asks for.
import { allocate } from '../../signal/kernels/fft.as';

const BITS: i32 = 32;

let aItems: usize = 0;
let bItems: usize = 0;
let aSet: usize = 0; // by position and bit: how many items before the position have the bit set
let bSet: usize = 0;
let counts: usize = 0;
let planes: usize = 0; // one bit of all items in a row, 64 items a word
let moved: usize = 0; // one plane from a lag on
let lagCounts: usize = 0;
let aTable: usize = 0;
let bTable: usize = 0;
let planeBytes: usize = 0;

/** Allocates room for `items` items a side and lags 0 … `lags`. Must be called first and once. */
export function prepare(items: i32, lags: i32): void {
  aItems = allocate((<usize>items << 2) + 8);
  bItems = allocate((<usize>items << 2) + 8);
  aSet = allocate((<usize>(items + 1) * BITS) << 2);
  bSet = allocate((<usize>(items + 1) * BITS) << 2);
  counts = allocate(<usize>(2 * items) << 2);
  planeBytes = (((<usize>items + 63) >> 6) + 2) << 3;
  planes = allocate(planeBytes * BITS);
  moved = allocate(planeBytes);
  const table = <usize>((lags + 1) * BITS * BITS);
  lagCounts = allocate(table << 2);
  aTable = allocate(table << 2);
  bTable = allocate(table << 2);
}

/** Where the items of a and b must be put, as 32-bit integers. */
export function aItemsAt(): usize {
  return aItems;
}
export function bItemsAt(): usize {
  return bItems;
}

/** Where the counts of set bits of a and b must be put, as 32-bit integers: 32 for every position, also the last. */
export function aSetAt(): usize {
  return aSet;
}
export function bSetAt(): usize {
  return bSet;
}

/** Where `differing` and `balance` leave their counts, as 32-bit integers. */
export function countsAt(): usize {
  return counts;
}

/** Where `lagged` leaves its counts, as 32-bit integers: lag, earlier bit, later bit. */
export function lagCountsAt(): usize {
  return lagCounts;
}

/** Where the tables for `product` must be put, as 32-bit floats. */
export function aTableAt(): usize {
  return aTable;
}
export function bTableAt(): usize {
  return bTable;
}

/** For each offset in [first, end): bits that differ between a's items from max(0, offset) on and b's from max(0, -offset) on. */
export function differing(aLength: i32, bLength: i32, first: i32, end: i32): void {
  for (let offset = first; offset < end; offset++) {
    const aFrom = max(0, offset);
    const bFrom = max(0, -offset);
    const length = min(aLength - aFrom, bLength - bFrom);
    store<i32>(counts + (<usize>(offset - first) << 2), difference(aItems + (<usize>aFrom << 2), bItems + (<usize>bFrom << 2), length));
  }
}

/** For each offset as above: the sum over bits of (items of a with the bit set − without) × (the same of b) within the overlap. */
export function balance(aLength: i32, bLength: i32, first: i32, end: i32): void {
  for (let offset = first; offset < end; offset++) {
    const aFrom = max(0, offset);
    const bFrom = max(0, -offset);
    const length = min(aLength - aFrom, bLength - bFrom);
    const sum = balanceOf(aSet + (<usize>aFrom << 7), bSet + (<usize>bFrom << 7), length);
    store<i32>(counts + (<usize>(offset - first) << 2), sum);
  }
}

function balanceOf(a: usize, b: usize, length: i32): i32 {
  const all = i32x4.splat(length);
  const further = <usize>length << 7;
  let sum = i32x4.splat(0);
  for (const end = a + (BITS << 2); a < end; a += 16, b += 16) {
    const inA = i32x4.sub(v128.load(a + further), v128.load(a));
    const inB = i32x4.sub(v128.load(b + further), v128.load(b));
    sum = i32x4.add(sum, i32x4.mul(i32x4.sub(i32x4.shl(inA, 1), all), i32x4.sub(i32x4.shl(inB, 1), all)));
  }
  return i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3);
}

function difference(a: usize, b: usize, length: i32): i32 {
  let bits: i64 = 0;
  const end = a + (<usize>(length & ~1) << 2);
  for (; a < end; a += 8, b += 8) bits += popcnt<i64>(load<i64>(a) ^ load<i64>(b));
  if (length & 1) bits += <i64>popcnt<i32>(load<i32>(a) ^ load<i32>(b));
  return <i32>bits;
}

/** For each lag and each two bits k, l of a's items: in how many items t does bit k of t differ from bit l of t + lag? */
export function lagged(length: i32, lags: i32): void {
  split(length);
  let to = lagCounts;
  for (let lag = 0; lag <= lags; lag++) {
    const left = max(0, length - lag);
    for (let later = 0; later < BITS; later++) {
      move(planes + planeBytes * <usize>later, <usize>lag, left);
      for (let earlier = 0; earlier < BITS; earlier++) {
        store<i32>(to + (<usize>(earlier * BITS + later) << 2), differingIn(planes + planeBytes * <usize>earlier, left));
      }
    }
    to += (BITS * BITS) << 2;
  }
}

function split(length: i32): void {
  memory.fill(planes, 0, planeBytes * BITS);
  for (let t = 0; t < length; t++) {
    let item = load<u32>(aItems + (<usize>t << 2));
    let word = planes + ((<usize>t >> 6) << 3);
    for (let bit = 0; bit < BITS; bit++) {
      store<u64>(word, load<u64>(word) | (<u64>(item & 1) << (<u64>t & 63)));
      item >>= 1;
      word += planeBytes;
    }
  }
}

/** Puts a plane from item `lag` on where `differingIn` expects it. */
function move(plane: usize, lag: usize, left: i32): void {
  let from = plane + ((lag >> 6) << 3);
  const shift = <u64>lag & 63;
  const end = moved + (<usize>((left + 63) >> 6) << 3);
  for (let to = moved; to < end; to += 8, from += 8) {
    const high = shift == 0 ? 0 : load<u64>(from, 8) << (64 - shift);
    store<u64>(to, (load<u64>(from) >> shift) | high);
  }
}

function differingIn(plane: usize, left: i32): i32 {
  let bits: i64 = 0;
  let at: usize = 0;
  const whole = <usize>(left >> 6) << 3;
  for (; at < whole; at += 8) bits += popcnt<i64>(load<i64>(plane + at) ^ load<i64>(moved + at));
  const rest = left & 63;
  if (rest > 0) bits += popcnt<i64>((load<i64>(plane + at) ^ load<i64>(moved + at)) << <i64>(64 - rest));
  return <i32>bits;
}

/** The sum of products of the first `length` figures of both tables; `length` is a multiple of four. */
export function product(length: i32): f64 {
  let low = f64x2.splat(0);
  for (let at: usize = 0; at < <usize>length << 2; ) {
    // Sums of a few hundred in single precision lose nothing that counts.
    let sum = f32x4.splat(0);
    for (const end = min(at + 4096, <usize>length << 2); at < end; at += 16) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(aTable + at), v128.load(bTable + at)));
    }
    low = f64x2.add(low, f64x2.promote_low_f32x4(sum));
    low = f64x2.add(low, f64x2.promote_low_f32x4(v128.shuffle<f32>(sum, sum, 2, 3, 2, 3)));
  }
  return f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
}
