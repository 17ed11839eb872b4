// Where to cut, what a place looks like, and how far two stretches agree. All places are counted from the start of the
// window. A gear hash is shifted by one bit a byte, so 64 bits of it depend on the last 64 bytes and on nothing else:
// a scan may begin anywhere, and the hash at a place is the same whatever came before.

const TABLE_BYTES: usize = 256 * 8;
const WINDOW_BYTES: u64 = 64;

let table: usize = 0;
let window: usize = 0;
let other: usize = 0;

/** Makes room for the table, a window and a second stretch to compare with. Must be called first and once. */
export function prepare(windowBytes: usize, otherBytes: usize): void {
  table = (__heap_base + 15) & ~15;
  window = table + TABLE_BYTES;
  other = (window + windowBytes + 15) & ~15;
  const end = other + otherBytes;
  const pages = <i32>((end + 0xffff) >>> 16) - memory.size();
  if (pages > 0) memory.grow(pages);
}

export function tableAt(): usize {
  return table;
}

export function windowAt(): usize {
  return window;
}

export function otherAt(): usize {
  return other;
}

/** The hash of the 64 bytes before `at`. */
// @ts-expect-error: decorators are AssemblyScript's
@inline
function hashBefore(at: usize): u64 {
  let hash: u64 = 0;
  for (let p = window + at - <usize>WINDOW_BYTES; p < window + at; p++) {
    hash = (hash << 1) + load<u64>(table + (<usize>load<u8>(p) << 3));
  }
  return hash;
}

/** Its lower 48 bits, as a number. */
export function keyAt(at: usize): f64 {
  return <f64>(hashBefore(at) & 0xffff_ffff_ffff);
}

/**
 * The first place after `start` whose hash is below `limit`, or where the chunk has its largest size. -1 where `end`
 * comes before either.
 */
export function nextCut(start: i32, end: i32, least: i32, most: i32, limit: u64): i32 {
  if (end - start < least) return -1;
  let at = start + least;
  const stop = min(start + most, end);
  let hash = hashBefore(at);
  while (hash >= limit && at < stop) {
    hash = (hash << 1) + load<u64>(table + (<usize>load<u8>(window + at) << 3));
    at++;
  }
  return hash < limit || at == start + most ? at : -1;
}

/** How many bytes agree from `at` of the window and `otherFrom` of the other stretch on, `most` at most. */
export function agreeForward(at: usize, otherFrom: usize, most: usize): usize {
  const a = window + at;
  const b = other + otherFrom;
  let n: usize = 0;
  for (; n + 16 <= most; n += 16) {
    const same = i8x16.bitmask(i8x16.eq(v128.load(a + n), v128.load(b + n)));
    if (same != 0xffff) return n + <usize>ctz(~same);
  }
  while (n < most && load<u8>(a + n) == load<u8>(b + n)) n++;
  return n;
}

/** The same before both places, going back. */
export function agreeBackward(at: usize, otherFrom: usize, most: usize): usize {
  const a = window + at;
  const b = other + otherFrom;
  let n: usize = 0;
  for (; n + 16 <= most; n += 16) {
    const same = i8x16.bitmask(i8x16.eq(v128.load(a - n - 16), v128.load(b - n - 16)));
    if (same != 0xffff) return n + <usize>clz(~(<u32>same << 16) & 0xffff0000);
  }
  while (n < most && load<u8>(a - n - 1) == load<u8>(b - n - 1)) n++;
  return n;
}
