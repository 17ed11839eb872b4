// Undoes Chromaprint's compression (compress.ts says how it is written). The bits that an item changes are looked up
// four distances at a time: an entry holds them as if every 7 stood for itself, and which of them are sevens; the rest
// of a seven then moves its bit and all above it up. Two moves are always made, enough for nearly every item, and do
// nothing where there is no seven: fewer branches that no processor can guess.
import { allocate } from '../../signal/kernels/fft.as';

const HEADER: usize = 4;
const ESCAPE: u64 = 7;
/** Distances that one entry of the table stands for. */
const STEP: i32 = 4;
const ENTRIES: i32 = 1 << (3 * STEP);
const INDEX: u64 = ENTRIES - 1;
/** Bits of the distances that two entries stand for; longer items, 1 in 70, are read distance by distance. */
const SHORT: u64 = 2 * 3 * STEP;
/** The lowest bit of every distance in a word. */
const LOWEST: u64 = 0x1249249249249249;
/** Bits of distances that are counted at a time: whole bytes and whole distances. */
const COUNTED: i32 = 48;
const COUNTED_MASK: u64 = (1 << COUNTED) - 1;

/** By four distances, the first the lowest: the bits they name as 32-bit integer, then those that sevens name. */
let table: usize = 0;
/** Sevens that `measure` found. */
let rests: i32 = 0;
/** Places in bits behind the item that `spelled` read. */
let spelledEnd: u64 = 0;
let spelledRestEnd: u64 = 0;

/** Must be called before anything is decompressed, and once. */
export function prepareDecompression(): void {
  table = allocate(<usize>ENTRIES << 3);
  for (let index = 0; index < ENTRIES; index++) {
    let bit = -1;
    let bits = 0;
    let sevens = 0;
    for (let rest = index; rest != 0; rest >>= 3) {
      const distance = rest & 7;
      if (distance == 0) break; // ends the item: entries behind it are never asked for
      bit += distance;
      bits |= 1 << bit;
      if (distance == <i32>ESCAPE) sevens |= 1 << bit;
    }
    store<i32>(table + (<usize>index << 3), bits);
    store<i32>(table + (<usize>index << 3), sevens, 4);
  }
}

/** Where memory is free. */
export function freeFrom(): usize {
  return allocate(0);
}

/** Items that the compressed fingerprint of `length` bytes at `from` says it has; -1 where so many cannot be in it. */
export function itemsIn(from: usize, length: i32): i32 {
  if (length < <i32>HEADER) return -1;
  const count = (<i32>load<u8>(from, 1) << 16) | (<i32>load<u8>(from, 2) << 8) | <i32>load<u8>(from, 3);
  return count > available(length) ? -1 : count;
}

/** Distances that so many bytes can hold. */
function available(length: i32): i32 {
  return <i32>(((<i64>length - HEADER) << 3) / 3);
}

/**
 * Writes the items of the compressed fingerprint of `length` bytes at `from` to `to`, where `itemsIn` tells how much
 * room they need, and gives their number; -1 where the bytes are damaged. Reads up to 8 bytes beyond the fingerprint,
 * whatever they hold.
 */
export function decompress(from: usize, length: i32, to: usize): i32 {
  const count = itemsIn(from, length);
  if (count < 0) return -1;
  const distances = measure(from + HEADER, count, available(length));
  if (distances < 0) return -1;
  const restsFrom = HEADER + <usize>((distances * 3 + 7) >> 3);
  if (<usize>length != restsFrom + <usize>((rests * 5 + 7) >> 3)) return -1;
  return write(from + HEADER, from + restsFrom, to, count) ? count : -1;
}

/** Distances, ends among them, of `count` items, leaving the number of sevens in `rests`; -1 where they need more than `most`. */
function measure(at: usize, count: i32, most: i32): i32 {
  rests = 0;
  let ended = 0;
  for (let distances = 0; ended < count; distances += COUNTED / 3, at += COUNTED / 8) {
    if (distances >= most) return -1;
    const word = load<u64>(at);
    const marks = LOWEST & COUNTED_MASK;
    let ends = ~(word | (word >> 1) | (word >> 2)) & marks;
    const sevens = word & (word >> 1) & (word >> 2) & marks;
    const here = <i32>popcnt(ends);
    if (ended + here < count) {
      ended += here;
      rests += <i32>popcnt(sevens);
      continue;
    }
    while (++ended < count) ends &= ends - 1;
    const last = ctz(ends);
    rests += <i32>popcnt(sevens & ((<u64>1 << last) - 1));
    distances += <i32>last / 3 + 1;
    return distances > most ? -1 : distances;
  }
  return 0;
}

/** Whether no item names a bit that items do not have; `distancesFrom` and `restsFrom` are where both kinds of values lie. */
function write(distancesFrom: usize, restsFrom: usize, to: usize, count: i32): bool {
  const entries = table;
  let at = <u64>distancesFrom << 3; // in bits, as all places that follow
  let restAt = <u64>restsFrom << 3;
  let item: u32 = 0;
  let named: u64 = 0; // every bit that any item names
  for (const stop = to + (<usize>count << 2); to < stop; to += 4) {
    const word = load<u64>(<usize>(at >> 3)) >> (at & 7);
    const ends = ~(word | (word >> 1) | (word >> 2)) & LOWEST;
    const end = ctz(ends);
    let bits: u64;
    if (end <= SHORT) {
      const distances = word & (ends - 1); // an end has no bits itself
      const first = entries + (<usize>(distances & INDEX) << 3);
      const second = entries + (<usize>(distances >> (3 * STEP)) << 3);
      const low = load<u32>(first);
      const above = <u64>(32 - clz(low));
      bits = <u64>low | (<u64>load<u32>(second) << above);
      let sevens = <u64>load<u32>(first, 4) | (<u64>load<u32>(second, 4) << above);
      let values = <u64>load<u32>(<usize>(restAt >> 3)) >> (restAt & 7);
      at += end + 3;
      restAt += popcnt(sevens) * 5;

      // Before and after every move: a bit that is too high may leave the word with the next one.
      named |= bits;
      bits = moved(bits, sevens, values & 31);
      named |= bits;
      sevens = (sevens & (sevens - 1)) << (values & 31);
      values >>= 5;
      bits = moved(bits, sevens, values & 31);
      named |= bits;
      for (sevens &= sevens - 1; sevens != 0; sevens &= sevens - 1) {
        sevens <<= values & 31;
        values >>= 5;
        bits = moved(bits, sevens, values & 31);
        named |= bits;
      }
    } else {
      bits = spelled(at, restAt);
      if (bits == DAMAGED) return false;
      at = spelledEnd;
      restAt = spelledRestEnd;
    }
    item ^= <u32>bits;
    store<u32>(to, item);
  }
  return named >> 32 == 0;
}

/** The bits with the one that the lowest of `sevens` names, and all above it, moved up; as they are where there is none. */
@inline
function moved(bits: u64, sevens: u64, by: u64): u64 {
  const high = bits & (sevens | -sevens);
  return (bits ^ high) | (high << by);
}

/** What `spelled` answers where an item names a bit that items do not have. */
const DAMAGED: u64 = 1 << 32;

/** The bits that the item at these places names, read distance by distance, leaving the places behind it in globals. */
function spelled(at: u64, restAt: u64): u64 {
  let bits: u64 = 0;
  for (let bit: u64 = 0; ; ) {
    const distance = (<u64>load<u16>(<usize>(at >> 3)) >> (at & 7)) & 7;
    at += 3;
    if (distance == 0) break;
    bit += distance;
    if (distance == ESCAPE) {
      bit += (<u64>load<u16>(<usize>(restAt >> 3)) >> (restAt & 7)) & 31;
      restAt += 5;
    }
    if (bit > 32) return DAMAGED;
    bits |= <u64>1 << (bit - 1);
  }
  spelledEnd = at;
  spelledRestEnd = restAt;
  return bits;
}
