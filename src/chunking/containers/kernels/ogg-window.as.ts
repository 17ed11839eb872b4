// asc: --enable relaxed-simd
// Looks for pages of Ogg and reckons their checksums: CRC-32 with the polynomial 0x04c11db7, neither reflected nor
// inverted, which begins with 0. Bytes are the coefficients of a polynomial over GF(2), so equal remainders may stand
// for each other: a block of five rows of 16 bytes is folded into the next one, that is, replaced by other bytes with
// the same remainder that lie there and are added to it. In each of the 16 columns, five bytes become four, by looking
// up each half of a byte (16 entries: a table is one vector, a look-up one swizzle for all columns). That four bytes
// suffice, one in each of rows 0, 2, 3 and 4, is luck of the polynomial: their 2^32 choices give 2^32 remainders. Those
// of four rows in succession would give only half as many.
// Relaxed swizzles do the same on every machine here, since no index is above 15.
// Every block but the first is whole: zeros before a message change nothing. What the last one has become is reckoned
// eight bytes at a time.
// @see Kounavis and Berry, "Novel table lookup-based algorithms for high-performance CRC generation", 2008

const POLYNOMIAL: u32 = 0x04c11db7;
const ROW: usize = 16;
const ROWS: i32 = 5;
const BLOCK: usize = 80;
/** Rows into which is folded. */
const TARGETS: i32 = 4;
/** For a row and a target: two vectors, which byte a lower and an upper half become. */
const PAIR: usize = 2 * ROW;

/** By row and target, pairs of vectors. */
const folds: usize = memory.data(640, 16);
/** By distance 0 … 7 of a byte from the end of eight, and by byte, its remainder behind four bytes; the first byte lowest. */
const slices: usize = memory.data(8192, 16);
/** As many zeros as a block has bytes, and as many ones. */
const masks: usize = memory.data(160, 16);
/** The last block. */
const last: usize = memory.data(80, 16);

/** Fills the tables. Must be called first and once. */
export function prepare(): void {
  prepareSlices();
  prepareFolds();
  memory.fill(masks + BLOCK, 0xff, BLOCK);
}

/** Where the window begins, behind what `checksum` reads of before a page and ignores. */
export function windowAt(): usize {
  return (__heap_base + BLOCK + ROW - 1) & ~(ROW - 1);
}

/** Times x. */
function raised(remainder: u32): u32 {
  return (remainder << 1) ^ (remainder >> 31 ? POLYNOMIAL : 0);
}

/** Times x to the power given. */
function raisedBy(remainder: u32, power: i32): u32 {
  for (let times = 0; times < power; times++) remainder = raised(remainder);
  return remainder;
}

function prepareSlices(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let remainder = raisedBy(byte << 24, 8);
    for (let distance: usize = 0; distance < 8; distance++) {
      store<u32>(slices + (distance << 10) + (byte << 2), bswap(remainder));
      remainder = raisedBy(remainder, 8);
    }
  }
}

/** By its highest bit, a remainder, and which bits of the four target bytes make it. */
const known: usize = memory.data(256, 16);

/** The row that a target is, counted from the last one of a block. */
@inline
function rowsBehind(target: i32): i32 {
  return target == 0 ? 4 : 3 - target;
}

function prepareFolds(): void {
  for (let target = 0; target < TARGETS; target++)
    for (let bit = 0; bit < 8; bit++)
      learn(raisedBy(1, (rowsBehind(target) << 7) + bit), 1 << ((target << 3) + bit));
  for (let row = 0; row < ROWS; row++) {
    for (let bit = 0; bit < 8; bit++) {
      const bytes = bytesFor(raisedBy(1, ((2 * ROWS - 1 - row) << 7) + bit));
      for (let target = 0; target < TARGETS; target++) {
        const pair = folds + <usize>(row * TARGETS + target) * PAIR;
        addToTable(pair + (<usize>(bit >> 2) << 4), bit & 3, <u8>(bytes >> (target << 3)));
      }
    }
  }
}

/** Adds what one bit of half a byte becomes to all entries whose index has that bit. */
function addToTable(table: usize, bit: i32, byte: u8): void {
  for (let index: usize = 0; index < ROW; index++)
    if ((<i32>index >> bit) & 1) store<u8>(table + index, load<u8>(table + index) ^ byte);
}

/** Takes in that these bits make this remainder, which no others did. */
function learn(remainder: u32, bits: u32): void {
  const unknown = reduced(remainder, bits);
  const entry = known + (<usize>(31 - clz(<u32>unknown)) << 3);
  store<u64>(entry, unknown);
}

/** The four target bytes that make this remainder, when all of them are learned. */
function bytesFor(remainder: u32): u32 {
  return <u32>(reduced(remainder, 0) >> 32);
}

/** What of a remainder, in the lower half, is not known yet, and in the upper half the bits that make the rest. */
function reduced(remainder: u32, bits: u32): u64 {
  while (remainder) {
    const entry = known + (<usize>(31 - clz(remainder)) << 3);
    if (!load<u32>(entry)) break;
    remainder ^= load<u32>(entry);
    bits ^= load<u32>(entry, 4);
  }
  return ((<u64>bits) << 32) | <u64>remainder;
}

@inline
function folded(lower: v128, upper: v128, row: i32, target: i32): v128 {
  const pair = folds + <usize>(row * TARGETS + target) * PAIR;
  return v128.xor(
    i8x16.relaxed_swizzle(v128.load(pair), lower),
    i8x16.relaxed_swizzle(v128.load(pair, ROW), upper),
  );
}

@inline
function lowerHalves(row: v128): v128 {
  return v128.and(row, i8x16.splat(15));
}

@inline
function upperHalves(row: v128): v128 {
  return v128.and(i16x8.shr_u(row, 4), i8x16.splat(15));
}

/** The checksum of `length` bytes, at least one. */
export function checksum(from: usize, length: usize): u32 {
  const first = ((length - 1) % BLOCK) + 1;
  const end = from + length;
  const mask = masks + first;
  let at = from + first - BLOCK;
  let row0 = v128.and(v128.load(at), v128.load(mask));
  let row1 = v128.and(v128.load(at, 16), v128.load(mask, 16));
  let row2 = v128.and(v128.load(at, 32), v128.load(mask, 32));
  let row3 = v128.and(v128.load(at, 48), v128.load(mask, 48));
  let row4 = v128.and(v128.load(at, 64), v128.load(mask, 64));
  for (at += BLOCK; at < end; at += BLOCK) {
    let lower = lowerHalves(row0);
    let upper = upperHalves(row0);
    let sum0 = v128.xor(v128.load(at), folded(lower, upper, 0, 0));
    let sum2 = v128.xor(v128.load(at, 32), folded(lower, upper, 0, 1));
    let sum3 = v128.xor(v128.load(at, 48), folded(lower, upper, 0, 2));
    let sum4 = v128.xor(v128.load(at, 64), folded(lower, upper, 0, 3));
    lower = lowerHalves(row1);
    upper = upperHalves(row1);
    sum0 = v128.xor(sum0, folded(lower, upper, 1, 0));
    sum2 = v128.xor(sum2, folded(lower, upper, 1, 1));
    sum3 = v128.xor(sum3, folded(lower, upper, 1, 2));
    sum4 = v128.xor(sum4, folded(lower, upper, 1, 3));
    lower = lowerHalves(row2);
    upper = upperHalves(row2);
    sum0 = v128.xor(sum0, folded(lower, upper, 2, 0));
    sum2 = v128.xor(sum2, folded(lower, upper, 2, 1));
    sum3 = v128.xor(sum3, folded(lower, upper, 2, 2));
    sum4 = v128.xor(sum4, folded(lower, upper, 2, 3));
    lower = lowerHalves(row3);
    upper = upperHalves(row3);
    sum0 = v128.xor(sum0, folded(lower, upper, 3, 0));
    sum2 = v128.xor(sum2, folded(lower, upper, 3, 1));
    sum3 = v128.xor(sum3, folded(lower, upper, 3, 2));
    sum4 = v128.xor(sum4, folded(lower, upper, 3, 3));
    lower = lowerHalves(row4);
    upper = upperHalves(row4);
    row0 = v128.xor(sum0, folded(lower, upper, 4, 0));
    row1 = v128.load(at, 16);
    row2 = v128.xor(sum2, folded(lower, upper, 4, 1));
    row3 = v128.xor(sum3, folded(lower, upper, 4, 2));
    row4 = v128.xor(sum4, folded(lower, upper, 4, 3));
  }
  v128.store(last, row0);
  v128.store(last, row1, 16);
  v128.store(last, row2, 32);
  v128.store(last, row3, 48);
  v128.store(last, row4, 64);
  return remainderOfLast();
}

@inline
function slice(word: u32, byte: u32, distance: usize): u32 {
  return load<u32>(slices + (distance << 10) + (<usize>((word >> (byte << 3)) & 255) << 2));
}

function remainderOfLast(): u32 {
  let remainder: u32 = 0;
  for (let at: usize = 0; at < BLOCK; at += 8) {
    const near = load<u32>(last + at) ^ remainder;
    const far = load<u32>(last + at, 4);
    remainder = slice(near, 0, 7) ^ slice(near, 1, 6) ^ slice(near, 2, 5) ^ slice(near, 3, 4);
    remainder ^= slice(far, 0, 3) ^ slice(far, 1, 2) ^ slice(far, 2, 1) ^ slice(far, 3, 0);
  }
  return bswap(remainder);
}

/** "OggS", the first character lowest. */
const CAPTURE: u32 = 0x5367674f;

/** Where the capture pattern stands first, or begins and is cut by the end; the end if nowhere. */
export function find(from: usize, end: usize): usize {
  for (; from + ROW + 3 <= end; from += ROW) {
    const o = i8x16.eq(v128.load(from), i8x16.splat(0x4f));
    const g = i8x16.eq(v128.load(from, 1), i8x16.splat(0x67));
    const both = v128.and(o, g);
    if (!v128.any_true(both)) continue;
    const g2 = i8x16.eq(v128.load(from, 2), i8x16.splat(0x67));
    const s = i8x16.eq(v128.load(from, 3), i8x16.splat(0x53));
    const places = i8x16.bitmask(v128.and(both, v128.and(g2, s)));
    if (places) return from + <usize>ctz(places);
  }
  for (; from < end; from++) {
    const bytes = <i32>min<usize>(4, end - from);
    const mask: u32 = <u32>0xffffffff >> ((4 - bytes) << 3);
    if (((load<u32>(from) ^ CAPTURE) & mask) == 0) break;
  }
  return from;
}
