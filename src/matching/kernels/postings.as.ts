// asc: --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --enable threads
// Postings: pairs of an item and the place at which it stands, eight bytes. They are sorted, packed into buckets, laid
// out to be asked, and asked. Every address is the caller's: nothing is kept here, so that threads can share a memory.

/**
 * An item as it is indexed: its code, the upper 24 bits, is another one, told by an odd factor from which it could be had
 * back. So codes are spread evenly, and those that begin with noughts are a sample of all.
 */
@inline
function mixed(item: u32): u32 {
  return (((item >>> 8) * 0x9e3779b1) << 8) | (item & 255);
}

/**
 * Writes a posting for the first item of every run of one code (the upper 24 bits), without the code of silence. The item
 * is mixed; its place is `base` + its number. Returns how many.
 */
export function runs(items: usize, count: i32, base: u32, silence: u32, out: usize): i32 {
  let previous = silence;
  let written: usize = 0;
  for (let i = 0; i < count; i++) {
    const item = load<u32>(items + (<usize>i << 2));
    const code = item >>> 8;
    if (code != previous && code != silence) {
      store<u32>(out + (written << 3), mixed(item));
      store<u32>(out + (written << 3) + 4, base + i);
      written++;
    }
    previous = code;
  }
  return <i32>written;
}

/** Adds the postings of each bucket (`item` >>> `shift`) to `counts`, whose first entry is that of bucket 0. */
export function tally(postings: usize, count: u32, shift: u32, counts: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = counts + (<usize>(load<u32>(postings + (<usize>i << 3)) >>> shift) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** Copies each posting to where `cursors` says that its bucket goes on, and moves the cursor. */
export function scatter(postings: usize, count: u32, shift: u32, cursors: usize, out: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const posting = load<u64>(postings + (<usize>i << 3));
    const cursor = cursors + (<usize>(<u32>posting >>> shift) << 2);
    const at = load<u32>(cursor);
    store<u32>(cursor, at + 1);
    store<u64>(out + (<usize>at << 3), posting);
  }
}

const SHORT: u32 = 48;

/**
 * Sorts by item, stably, by its bits from `from` on, of which there is a multiple of eight; what is above `bits` is alike.
 * `spare` has room for as many postings and 257 numbers.
 */
export function sort(postings: usize, count: u32, from: u32, bits: u32, spare: usize): void {
  if (count <= SHORT && from == 0) {
    insertionSort(postings, count);
    return;
  }
  const counts = spare + (<usize>count << 3);
  let source = postings;
  let to = spare;
  for (let shift: u32 = from; shift < bits; shift += 8) {
    memory.fill(counts, 0, 257 << 2);
    for (let i: u32 = 0; i < count; i++) {
      const at = counts + (<usize>(((load<u32>(source + (<usize>i << 3)) >>> shift) & 255) + 1) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
    for (let digit: usize = 1; digit < 256; digit++) {
      const at = counts + (digit << 2);
      store<u32>(at, load<u32>(at) + load<u32>(at - 4));
    }
    for (let i: u32 = 0; i < count; i++) {
      const posting = load<u64>(source + (<usize>i << 3));
      const cursor = counts + (<usize>((<u32>posting >>> shift) & 255) << 2);
      const at = load<u32>(cursor);
      store<u32>(cursor, at + 1);
      store<u64>(to + (<usize>at << 3), posting);
    }
    const other = source;
    source = to;
    to = other;
  }
  if (source != postings) memory.copy(postings, source, <usize>count << 3);
}

function insertionSort(postings: usize, count: u32): void {
  for (let i: u32 = 1; i < count; i++) {
    const posting = load<u64>(postings + (<usize>i << 3));
    let at = i;
    while (at > 0 && load<u32>(postings + (<usize>(at - 1) << 3)) > <u32>posting) {
      store<u64>(postings + (<usize>at << 3), load<u64>(postings + (<usize>(at - 1) << 3)));
      at--;
    }
    store<u64>(postings + (<usize>at << 3), posting);
  }
}

/** Sorts buckets, each between two of `starts`. */
export function sortBuckets(postings: usize, starts: usize, buckets: u32, bits: u32, spare: usize): void {
  for (let bucket: u32 = 0; bucket < buckets; bucket++) {
    const start = load<u32>(starts + (<usize>bucket << 2));
    const end = load<u32>(starts + (<usize>(bucket + 1) << 2));
    sort(postings + (<usize>start << 3), end - start, 0, bits, spare);
  }
}

/**
 * Packs a sorted bucket: how many there are and the steps from item to item as variable-length numbers, seven bits a
 * byte, then all places with `placeBits` each. Items lose what is above their lower `bits`. Returns the end; up to
 * seven bytes behind it are overwritten with zeros. An empty bucket takes no room.
 */
export function pack(postings: usize, count: u32, bits: u32, placeBits: u32, out: usize): usize {
  if (count == 0) return out;
  const mask: u32 = bits == 32 ? 0xffffffff : (1 << bits) - 1;
  let at = putNumber(out, count);
  let before: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const item = load<u32>(postings + (<usize>i << 3)) & mask;
    at = putNumber(at, item - before);
    before = item;
  }
  let held: u64 = 0;
  let heldBits: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    held |= <u64>load<u32>(postings + (<usize>i << 3) + 4) << heldBits;
    heldBits += placeBits;
    if (heldBits >= 32) {
      store<u32>(at, <u32>held);
      at += 4;
      held >>= 32;
      heldBits -= 32;
    }
  }
  store<u64>(at, held);
  return at + <usize>((heldBits + 7) >>> 3);
}

function putNumber(at: usize, value: u32): usize {
  while (value > 127) {
    store<u8>(at++, (value & 127) | 128);
    value >>>= 7;
  }
  store<u8>(at, value);
  return at + 1;
}

/** Packs buckets one after the other; leaves in `ends` where each ends, counted from `out`. Returns the bytes written. */
export function packBuckets(
  postings: usize,
  starts: usize,
  buckets: u32,
  bits: u32,
  placeBits: u32,
  out: usize,
  ends: usize,
): u32 {
  let at = out;
  for (let bucket: u32 = 0; bucket < buckets; bucket++) {
    const start = load<u32>(starts + (<usize>bucket << 2));
    const end = load<u32>(starts + (<usize>(bucket + 1) << 2));
    at = pack(postings + (<usize>start << 3), end - start, bits, placeBits, at);
    store<u32>(ends + (<usize>bucket << 2), <u32>(at - out));
  }
  return <u32>(at - out);
}

/**
 * Undoes `pack`: writes postings whose items start with `bucket` and whose places are raised by `base`. Returns how
 * many, or −1 where the bytes up to `end` are no bucket or hold more than `room`. Eight bytes beyond `end` are read.
 */
export function unpack(
  from: usize,
  end: usize,
  bucket: u32,
  bits: u32,
  placeBits: u32,
  base: u32,
  out: usize,
  room: u32,
): i32 {
  if (from == end) return 0;
  let at = from;
  let count: u32 = 0;
  for (let shift: u32 = 0; ; shift += 7) {
    if (at >= end || shift > 28) return -1;
    const byte = load<u8>(at++);
    count |= <u32>(byte & 127) << shift;
    if (byte < 128) break;
  }
  if (count == 0 || count > room) return -1;
  let item: u32 = bits == 32 ? 0 : bucket << bits;
  for (let i: u32 = 0; i < count; i++) {
    let step: u32 = 0;
    for (let shift: u32 = 0; ; shift += 7) {
      if (at >= end || shift > 28) return -1;
      const byte = load<u8>(at++);
      step |= <u32>(byte & 127) << shift;
      if (byte < 128) break;
    }
    item += step;
    store<u32>(out + (<usize>i << 3), item);
  }
  if (at + <usize>((<u64>count * placeBits + 7) >> 3) != end) return -1;
  const mask: u64 = ((<u64>1) << placeBits) - 1;
  let bit: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const place = <u32>((load<u64>(at + <usize>(bit >> 3)) >> (bit & 7)) & mask);
    store<u32>(out + (<usize>i << 3) + 4, place + base);
    bit += placeBits;
  }
  return <i32>count;
}

/** Unpacks successive buckets from `first` on, which lie from `from` on; `ends` says where each ends, counted from there. */
export function unpackBuckets(
  from: usize,
  ends: usize,
  first: u32,
  buckets: u32,
  bits: u32,
  placeBits: u32,
  base: u32,
  out: usize,
  room: u32,
): i32 {
  let written: u32 = 0;
  let at = from;
  for (let i: u32 = 0; i < buckets; i++) {
    const end = from + <usize>load<u32>(ends + (<usize>i << 2));
    if (end < at) return -1;
    const count = unpack(at, end, first + i, bits, placeBits, base, out + (<usize>written << 3), room - written);
    if (count < 0) return -1;
    written += count;
    at = end;
  }
  return <i32>written;
}

/** Keeps the postings with places from `first` on and below `end`, and counts these from `base` on. Returns how many. */
export function choose(postings: usize, count: u32, first: u32, end: u32, base: u32): u32 {
  let kept: usize = 0;
  for (let i: u32 = 0; i < count; i++) {
    const item = load<u32>(postings + (<usize>i << 3));
    const place = load<u32>(postings + (<usize>i << 3) + 4);
    if (place < first || place >= end) continue;
    store<u32>(postings + (kept << 3), item);
    store<u32>(postings + (kept << 3) + 4, place - first + base);
    kept++;
  }
  return <u32>kept;
}

/**
 * Lays sorted postings out behind the `at` ones that are there: places, and of each item the eight bits below its slot
 * (`item` >>> `slotShift`). `slots` holds where each slot starts; `slot` is the first one that is not yet started.
 * Returns the next such one.
 */
export function layOut(
  postings: usize,
  count: u32,
  slotShift: u32,
  slots: usize,
  slot: u32,
  rests: usize,
  places: usize,
  at: u32,
): u32 {
  const restShift = slotShift - 8;
  let open = slot;
  for (let i: u32 = 0; i < count; i++) {
    const item = load<u32>(postings + (<usize>i << 3));
    const own = item >>> slotShift;
    for (; open <= own; open++) store<u32>(slots + (<usize>open << 2), at + i);
    store<u8>(rests + <usize>(at + i), item >>> restShift);
    store<u32>(places + (<usize>(at + i) << 2), load<u32>(postings + (<usize>i << 3) + 4));
  }
  return open;
}

/** Starts the slots from `slot` on up to number `count` at `at`: there are no more postings. */
export function closeSlots(slots: usize, slot: u32, count: u32, at: u32): void {
  for (let open = slot; open <= count; open++) store<u32>(slots + (<usize>open << 2), at);
}

/** Is the code in the table of stop codes? Open addressing; 0xffffffff is an empty cell. */
@inline
function isStop(code: u32, stops: usize, mask: u32): bool {
  let cell = (code * 0x9e3779b1) & mask;
  let found = load<u32>(stops + (<usize>cell << 2));
  while (found != code && found != 0xffffffff) {
    cell = (cell + 1) & mask;
    found = load<u32>(stops + (<usize>cell << 2));
  }
  return found == code;
}

/** Successive items that one of an index's can stand for: it has every fourth quarter hop. */
const SPAN: i32 = 4;

/**
 * Writes what a question asks for: a mixed item for every run of one code (the upper `codeBits`, all else nought) but silence
 * and stop codes, also for those that differ from it by a `probe`, and beside it `tag` + the time. Of mixed items only those
 * up to `last` are asked for. Items are `step` quarter hops apart. The time of a run is the middle of its first hop: an
 * index has the first item of the run that its own grid meets. Returns how many.
 */
export function codes(
  items: usize,
  count: i32,
  step: u32,
  tag: u32,
  codeBits: u32,
  last: u32,
  silence: u32,
  probes: usize,
  probeCount: u32,
  stops: usize,
  stopMask: u32,
  out: usize,
): u32 {
  const codeShift: u32 = 32 - codeBits;
  const silent = silence >>> codeShift;
  const span = SPAN / <i32>step;
  let previous = silent;
  let written: usize = 0;
  for (let i = 0; i < count; i++) {
    const own = load<u32>(items + (<usize>i << 2)) >>> codeShift;
    if (own != previous && own != silent) {
      let length = 1;
      while (length < span && i + length < count && load<u32>(items + (<usize>(i + length) << 2)) >>> codeShift == own) length++;
      const time = tag + step * (i + ((length - 1) >>> 1));
      for (let p: u32 = 0; p < probeCount; p++) {
        const code = own ^ load<u32>(probes + (<usize>p << 2));
        const item = mixed(code << codeShift);
        if (item > last || isStop(code, stops, stopMask)) continue;
        store<u32>(out + (written << 3), item);
        store<u32>(out + (written << 3) + 4, time);
        written++;
      }
    }
    previous = own;
  }
  return <u32>written;
}

/** Codes whose part of the index is brought into the cache at a time: three lines of 64 bytes each, some 50 KB. */
const AHEAD: u32 = 256;
let touched: u32 = 0;

/**
 * Reads where the lists of some codes begin. Nothing depends on what is read, so the processor waits for many of them at
 * once; where it must go through each list before it knows the next one, it waits for each.
 */
function touch(asked: usize, count: u32, slotShift: u32, slots: usize, rests: usize, places: usize): void {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    sum += load<u32>(slots + (<usize>(load<u32>(asked + (<usize>i << 3)) >>> slotShift) << 2));
  }
  for (let i: u32 = 0; i < count; i++) {
    const start = load<u32>(slots + (<usize>(load<u32>(asked + (<usize>i << 3)) >>> slotShift) << 2));
    sum += <u32>load<u8>(rests + <usize>start) + load<u32>(places + (<usize>start << 2));
  }
  touched = sum;
}

/**
 * Finds the places of codes. Writes hits of eight bytes, the place and what stood beside the code; returns how many, or −1
 * where there is no `room`. Codes should come in the order of their upper bits, so that the index, which is larger than
 * any cache, is read from front to back. The places of the track that asks are left out: of question q, whose number is
 * above the lower `questionShift` bits of what stands beside the code, `excepts` has the first one and how many.
 */
export function gather(
  asked: usize,
  count: u32,
  codeBits: u32,
  questionShift: u32,
  excepts: usize,
  slotShift: u32,
  slots: usize,
  rests: usize,
  places: usize,
  out: usize,
  room: u32,
): i32 {
  const restShift: u32 = slotShift - 8;
  // The bits of the code that are below the slot must agree, too.
  const restMask: u32 = (0xff << (32 - codeBits - restShift)) & 0xff;
  const masks = i8x16.splat(<i8>restMask);
  let written: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (i % AHEAD == 0) touch(asked + (<usize>i << 3), min(AHEAD, count - i), slotShift, slots, rests, places);
    const item = load<u32>(asked + (<usize>i << 3));
    const slot = slots + (<usize>(item >>> slotShift) << 2);
    const start = load<u32>(slot);
    const end = load<u32>(slot + 4);
    if (start == end) continue;
    const tag = load<u32>(asked + (<usize>i << 3) + 4);
    const except = excepts + (<usize>(tag >>> questionShift) << 3);
    const first = load<u32>(except);
    const length = load<u32>(except + 4);
    const rest = i8x16.splat(<i8>((item >>> restShift) & restMask));
    // Sixteen at a time: a slot holds the lists of up to 256 codes. What is read beyond its end is cut off.
    for (let at = start; at < end; at += 16) {
      const own = v128.and(v128.load(rests + <usize>at), masks);
      let equal = <u32>i8x16.bitmask(i8x16.eq(own, rest));
      if (end - at < 16) equal &= (1 << (end - at)) - 1;
      for (; equal != 0; equal &= equal - 1) {
        const place = load<u32>(places + (<usize>(at + ctz(equal)) << 2));
        if (place - first < length) continue;
        if (written == room) return -1;
        store<u32>(out + (<usize>written << 3), place);
        store<u32>(out + (<usize>written << 3) + 4, tag);
        written++;
      }
    }
  }
  return <i32>written;
}

/**
 * Finds the places of one code, the upper bits of `item` from `codeShift` on, among sorted postings. Writes hits as
 * {@link gather} does, with `tag` beside each place; returns how many, or −1 where there is no `room`.
 */
export function pick(postings: usize, count: u32, item: u32, codeShift: u32, tag: u32, out: usize, room: u32): i32 {
  const code = item >>> codeShift;
  let written: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const posting = postings + (<usize>i << 3);
    const own = load<u32>(posting) >>> codeShift;
    if (own < code) continue;
    if (own > code) break;
    if (written == room) return -1;
    store<u32>(out + (<usize>written << 3), load<u32>(posting + 4));
    store<u32>(out + (<usize>written << 3) + 4, tag);
    written++;
  }
  return <i32>written;
}

/** Adds the hits of each question to `counts`, or copies each hit to where `cursors` says and moves the cursor. */
export function tallyQuestions(hits: usize, count: u32, questionShift: u32, counts: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = counts + (<usize>(load<u32>(hits + (<usize>i << 3) + 4) >>> questionShift) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** See {@link tallyQuestions}. What is copied keeps the lower `questionShift` bits of what stands beside the place. */
export function scatterQuestions(hits: usize, count: u32, questionShift: u32, cursors: usize, out: usize): void {
  const mask: u32 = (1 << questionShift) - 1;
  for (let i: u32 = 0; i < count; i++) {
    const place = load<u32>(hits + (<usize>i << 3));
    const tag = load<u32>(hits + (<usize>i << 3) + 4);
    const cursor = cursors + (<usize>(tag >>> questionShift) << 2);
    const at = load<u32>(cursor);
    store<u32>(cursor, at + 1);
    store<u32>(out + (<usize>at << 3), place);
    store<u32>(out + (<usize>at << 3) + 4, tag & mask);
  }
}

/**
 * Copies to `out` those hits that have `least` or more, themselves included, within three successive offsets; returns how
 * many. Offsets in items are counted by a table of `mask` + 1 bytes, which is nought before and after; others that share
 * a cell count, too. `length`: of the question.
 */
export function sift(hits: usize, count: u32, length: u32, table: usize, mask: u32, least: u32, out: usize): u32 {
  for (let i: u32 = 0; i < count; i++) {
    const cell = table + <usize>cellOf(hits + (<usize>i << 3), length, mask);
    const votes = load<u8>(cell);
    if (votes < 255) store<u8>(cell, votes + 1);
  }
  let kept: usize = 0;
  for (let i: u32 = 0; i < count; i++) {
    const hit = hits + (<usize>i << 3);
    const cell = cellOf(hit, length, mask);
    const own = <u32>load<u8>(table + <usize>cell);
    const before = <u32>load<u8>(table + <usize>((cell - 1) & mask));
    const after = <u32>load<u8>(table + <usize>((cell + 1) & mask));
    const early = <u32>load<u8>(table + <usize>((cell - 2) & mask));
    const late = <u32>load<u8>(table + <usize>((cell + 2) & mask));
    const most = own + max(before + after, max(early + before, after + late));
    if (most < least) continue;
    store<u64>(out + (kept << 3), load<u64>(hit));
    kept++;
  }
  if (count > mask >>> 3) memory.fill(table, 0, <usize>mask + 1);
  else for (let i: u32 = 0; i < count; i++) store<u8>(table + <usize>cellOf(hits + (<usize>i << 3), length, mask), 0);
  return <u32>kept;
}

@inline
function cellOf(hit: usize, length: u32, mask: u32): u32 {
  return (load<u32>(hit) - (load<u32>(hit + 4) >>> 2) + length) & mask;
}
