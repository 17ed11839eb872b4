// How far many fingerprints differ from one, each along a line of its own, in one call. A line says which item of the
// question meets the first item of a track; the question has four phases, so a line may lie between its items.
// Two ways to count:
// - Differing bits of the whole overlap: carry-save adders (Harley and Seal) turn eight words of 128 bits into one that
//   is worth eight, so that only every eighth needs a population count.
// - The stretch that agrees best: every item scores `threshold` less its differing bits, and the stretch with the
//   highest sum is looked for (Kadane's algorithm) in four quarters of the overlap at once, one a lane, which are then
//   joined.
import { prepareDecompression } from '../../fingerprint/kernels/decompress.as';
import { allocate } from '../../signal/kernels/fft.as';

export { decompress } from '../../fingerprint/kernels/decompress.as';

const PHASES: i32 = 4;

// Of the four quarters, a lane each: all scores, the highest sum of items up to the last one, from the first one on, and
// of any items; behind the last two the run in which they were reached, in bytes, and the sum that the run began with.
const SUM: usize = 0;
const SUFFIX: usize = 16;
const PREFIX: usize = 32;
const INNER: usize = 80;
const AT: usize = 16;
const FROM: usize = 32;
const QUARTERS_BYTES: usize = 128;
/** Bytes of a quarter after which it is noted what rose: often enough to find the very item quickly. Chosen by measurement. */
const RUN_BYTES: usize = 128;

/** Lines that a call takes at most. */
let capacity: i32 = 0;
// Of every line: where the track's items lie, how many they are, and its place.
let tracks: usize = 0;
let lengths: usize = 0;
let places: usize = 0;
/** What a call finds: arrays of `capacity` 32-bit integers one after the other. */
let figures: usize = 0;
/** By phase, where the question's items lie and how many they are. */
let question: usize = 0;
/** What is known of the four quarters, as laid out above. */
let quarters: usize = 0;

// The overlap along a line, as `lay` leaves it: both sides' first items and the number of items.
let aFrom: usize = 0;
let bFrom: usize = 0;
let overlap: i32 = 0;
let aSkipped: i32 = 0;

/** Allocates room for `lines` lines and so many figures of each. Must be called first and once. */
export function prepare(lines: i32, figuresOfLine: i32): void {
  prepareDecompression();
  capacity = lines;
  tracks = allocate(<usize>lines << 2);
  lengths = allocate(<usize>lines << 2);
  places = allocate(<usize>lines << 2);
  figures = allocate((<usize>lines << 2) * figuresOfLine);
  question = allocate(PHASES << 3);
  quarters = allocate(QUARTERS_BYTES);
}

/** Where addresses of items, numbers of items and places of lines must be put, as 32-bit integers. */
export function tracksAt(): usize {
  return tracks;
}
export function lengthsAt(): usize {
  return lengths;
}
export function placesAt(): usize {
  return places;
}

/** Where `compare` and `extend` leave figures, one array after the other. */
export function figuresAt(): usize {
  return figures;
}

/** Where memory is free. */
export function freeFrom(): usize {
  return allocate(0);
}

/** Says where the question's items of one phase lie. */
export function ask(phase: i32, from: usize, items: i32): void {
  store<u32>(question + (<usize>phase << 3), <u32>from);
  store<i32>(question + (<usize>phase << 3), items, 4);
}

/** Finds the overlap along a line. Item i of the track meets the question's place + 4 i, in quarter hops. */
function lay(line: i32): void {
  const at = <usize>line << 2;
  const place = load<i32>(places + at);
  const b = question + (<usize>(place & (PHASES - 1)) << 3);
  const first = place >> 2;
  aSkipped = max(0, -first);
  const bSkipped = max(0, first);
  overlap = max(0, min(load<i32>(lengths + at) - aSkipped, load<i32>(b, 4) - bSkipped));
  aFrom = <usize>load<u32>(tracks + at) + (<usize>aSkipped << 2);
  bFrom = <usize>load<u32>(b) + (<usize>bSkipped << 2);
}

function answer(line: i32, field: i32, value: i32): void {
  store<i32>(figures + ((<usize>(field * capacity) + <usize>line) << 2), value);
}

/** For every line: differing bits, items compared. */
export function compare(lines: i32): void {
  for (let line = 0; line < lines; line++) {
    lay(line);
    answer(line, 0, differing(aFrom, bFrom, overlap));
    answer(line, 1, overlap);
  }
}

@inline
function difference(a: usize, b: usize): v128 {
  return v128.xor(v128.load(a), v128.load(b));
}

@inline
function odd(a: v128, b: v128, c: v128): v128 {
  return v128.xor(v128.xor(a, b), c);
}

@inline
function carry(a: v128, b: v128, c: v128): v128 {
  return v128.or(v128.and(a, b), v128.and(v128.xor(a, b), c));
}

@inline
function sumOfBytes(bytes: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_u(bytes));
}

@inline
function sumOf(lanes: v128): i32 {
  return i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) + i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
}

function differing(a: usize, b: usize, items: i32): i32 {
  let ones = i32x4.splat(0);
  let twos = ones;
  let fours = ones;
  let sum = ones; // in eights
  for (const end = a + (<usize>(items & ~31) << 2); a < end; ) {
    let eights = i32x4.splat(0); // a byte holds 31 counts of at most 8
    for (const stop = min(a + 31 * 128, end); a < stop; a += 128, b += 128) {
      const a0 = difference(a, b);
      const a1 = difference(a + 16, b + 16);
      const twos0 = carry(ones, a0, a1);
      ones = odd(ones, a0, a1);
      const a2 = difference(a + 32, b + 32);
      const a3 = difference(a + 48, b + 48);
      const twos1 = carry(ones, a2, a3);
      ones = odd(ones, a2, a3);
      const fours0 = carry(twos, twos0, twos1);
      twos = odd(twos, twos0, twos1);
      const a4 = difference(a + 64, b + 64);
      const a5 = difference(a + 80, b + 80);
      const twos2 = carry(ones, a4, a5);
      ones = odd(ones, a4, a5);
      const a6 = difference(a + 96, b + 96);
      const a7 = difference(a + 112, b + 112);
      const twos3 = carry(ones, a6, a7);
      ones = odd(ones, a6, a7);
      const fours1 = carry(twos, twos2, twos3);
      twos = odd(twos, twos2, twos3);
      eights = i8x16.add(eights, i8x16.popcnt(carry(fours, fours0, fours1)));
      fours = odd(fours, fours0, fours1);
    }
    sum = i32x4.add(sum, sumOfBytes(eights));
  }
  let rest = i8x16.add(i8x16.popcnt(ones), i8x16.shl(i8x16.popcnt(twos), 1));
  rest = i8x16.add(rest, i8x16.shl(i8x16.popcnt(fours), 2));
  for (const end = a + (<usize>(items & 28) << 2); a < end; a += 16, b += 16) rest = i8x16.add(rest, i8x16.popcnt(difference(a, b)));
  let bits = sumOf(i32x4.add(i32x4.shl(sum, 3), sumOfBytes(rest)));
  for (const end = a + (<usize>(items & 3) << 2); a < end; a += 4, b += 4) bits += popcnt(load<i32>(a) ^ load<i32>(b));
  return bits;
}

// The best stretch of the items so far, as `join` and `readOn` keep it.
let best: i32 = 0; // its score
let bestEnd: usize = 0; // where a's last item of it lies
let open: i32 = 0; // the highest score of a stretch that ends with the last item, or 0

/**
 * For every line: differing bits, items compared, then of the stretch with the highest score its score, a's first item,
 * its items and their differing bits. Of equal scores the stretch that ends first counts, and of those the shortest; where
 * no item scores, there is none, and all four are 0.
 */
export function extend(lines: i32, threshold: i32): void {
  for (let line = 0; line < lines; line++) {
    lay(line);
    const total = scan(threshold);
    answer(line, 0, threshold * overlap - total);
    answer(line, 1, overlap);
    const items = best > 0 ? stretchItems(threshold) : 0;
    answer(line, 2, best);
    answer(line, 3, items > 0 ? aSkipped + <i32>((bestEnd - aFrom) >> 2) + 1 - items : 0);
    answer(line, 4, items);
    answer(line, 5, threshold * items - best);
  }
}

@inline
function score(a: usize, b: usize, threshold: i32): i32 {
  return threshold - popcnt(load<i32>(a) ^ load<i32>(b));
}

/** Items of the best stretch: from its end back to where its score is reached. */
function stretchItems(threshold: i32): i32 {
  let items = 0;
  let sum = 0;
  const apart = bFrom - aFrom;
  for (let at = bestEnd; sum < best; at -= 4) {
    sum += score(at, at + apart, threshold);
    items++;
  }
  return items;
}

/** Reads items one by one, and gives the sum of their scores. */
function readOn(a: usize, b: usize, items: i32, threshold: i32): i32 {
  let sum = 0;
  for (const end = a + (<usize>items << 2); a < end; a += 4, b += 4) {
    const own = score(a, b, threshold);
    sum += own;
    open = max(0, open + own);
    if (open > best) {
      best = open;
      bestEnd = a;
    }
  }
  return sum;
}

/** The sum of all scores in the overlap, leaving the best stretch in globals. */
function scan(threshold: i32): i32 {
  best = 0;
  open = 0;
  const quarter = <usize>(overlap >> 4) << 4; // in bytes; items in it are a multiple of four
  const sum = quarter > 0 ? scanQuarters(quarter, threshold) : 0;
  const read = quarter << 2;
  return sum + readOn(aFrom + read, bFrom + read, overlap & 15, threshold);
}

function scanQuarters(quarter: usize, threshold: i32): i32 {
  memory.fill(quarters, 0, QUARTERS_BYTES);
  for (let at: usize = 0; at < quarter; at += RUN_BYTES) scanRun(at, min(at + RUN_BYTES, quarter), quarter, threshold);
  for (let n = 0; n < 4; n++) join(quarters + (<usize>n << 2), quarter * n, threshold);
  return sumOf(v128.load(quarters, SUM));
}

/** Takes a run of each quarter, given in bytes from its start, to what is known of the quarters. */
function scanRun(start: usize, end: usize, quarter: usize, threshold: i32): void {
  const zero = i32x4.splat(0);
  const full = i32x4.splat(threshold);
  let sum = v128.load(quarters, SUM);
  let prefix = v128.load(quarters, PREFIX);
  let suffix = v128.load(quarters, SUFFIX);
  let inner = v128.load(quarters, INNER);
  for (let at = start; at < end; at += 16) {
    const a = aFrom + at;
    const b = bFrom + at;
    const q0 = i8x16.popcnt(difference(a, b));
    const q1 = i8x16.popcnt(difference(a + quarter, b + quarter));
    const q2 = i8x16.popcnt(difference(a + 2 * quarter, b + 2 * quarter));
    const q3 = i8x16.popcnt(difference(a + 3 * quarter, b + 3 * quarter));
    const low01 = v128.shuffle<i32>(q0, q1, 0, 4, 1, 5);
    const low23 = v128.shuffle<i32>(q2, q3, 0, 4, 1, 5);
    const high01 = v128.shuffle<i32>(q0, q1, 2, 6, 3, 7);
    const high23 = v128.shuffle<i32>(q2, q3, 2, 6, 3, 7);

    let own = i32x4.sub(full, sumOfBytes(v128.shuffle<i64>(low01, low23, 0, 2)));
    sum = i32x4.add(sum, own);
    prefix = i32x4.max_s(prefix, sum);
    suffix = i32x4.max_s(zero, i32x4.add(suffix, own));
    inner = i32x4.max_s(inner, suffix);
    own = i32x4.sub(full, sumOfBytes(v128.shuffle<i64>(low01, low23, 1, 3)));
    sum = i32x4.add(sum, own);
    prefix = i32x4.max_s(prefix, sum);
    suffix = i32x4.max_s(zero, i32x4.add(suffix, own));
    inner = i32x4.max_s(inner, suffix);
    own = i32x4.sub(full, sumOfBytes(v128.shuffle<i64>(high01, high23, 0, 2)));
    sum = i32x4.add(sum, own);
    prefix = i32x4.max_s(prefix, sum);
    suffix = i32x4.max_s(zero, i32x4.add(suffix, own));
    inner = i32x4.max_s(inner, suffix);
    own = i32x4.sub(full, sumOfBytes(v128.shuffle<i64>(high01, high23, 1, 3)));
    sum = i32x4.add(sum, own);
    prefix = i32x4.max_s(prefix, sum);
    suffix = i32x4.max_s(zero, i32x4.add(suffix, own));
    inner = i32x4.max_s(inner, suffix);
  }
  note(PREFIX, prefix, SUM, start);
  note(INNER, inner, SUFFIX, start);
  v128.store(quarters, sum, SUM);
  v128.store(quarters, suffix, SUFFIX);
}

/** Keeps a new figure, and where it rose also the run it rose in and what the run began with. */
@inline
function note(figure: usize, value: v128, origin: usize, start: usize): void {
  const at = quarters + figure;
  const rose = i32x4.gt_s(value, v128.load(at));
  v128.store(at, value);
  v128.store(at, v128.bitselect(i32x4.splat(<i32>start), v128.load(at, AT), rose), AT);
  v128.store(at, v128.bitselect(v128.load(quarters + origin), v128.load(at, FROM), rose), FROM);
}

/** Takes a quarter's figures, which starts so many bytes into the overlap, to those of all before it. */
function join(known: usize, start: usize, threshold: i32): void {
  const across = open + load<i32>(known, PREFIX);
  const inside = load<i32>(known, INNER);
  if (max(across, inside) > best) {
    best = max(across, inside);
    const acrossEnd = across < best ? usize.MAX_VALUE : end(known + PREFIX, start, threshold, i32.MIN_VALUE);
    const insideEnd = inside < best ? usize.MAX_VALUE : end(known + INNER, start, threshold, 0);
    bestEnd = min(acrossEnd, insideEnd);
  }
  open = max(open + load<i32>(known, SUM), load<i32>(known, SUFFIX));
}

/** With which item of its run a prefix or an inner stretch ends; a sum below `least` starts anew. */
function end(reached: usize, start: usize, threshold: i32, least: i32): usize {
  const offset = start + <usize>load<u32>(reached, AT);
  let a = aFrom + offset;
  let b = bFrom + offset;
  let sum = max(least, load<i32>(reached, FROM) + score(a, b, threshold));
  while (sum != load<i32>(reached)) {
    a += 4;
    b += 4;
    sum = max(least, sum + score(a, b, threshold));
  }
  return a;
}
