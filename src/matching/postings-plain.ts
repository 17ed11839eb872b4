/** What the kernel of postings does, in plain TypeScript, for the tests to hold it against. Nothing here is fast. */

/** An item, and where it stands. */
export interface PlainPosting {
  readonly item: number;
  readonly place: number;
}

/** A code that is asked for, and what stands beside it. */
export interface PlainCode {
  /** The code in the upper bits, all else nought, mixed. */
  readonly item: number;
  readonly tag: number;
}

/** An item as it is indexed: its code, the upper 24 bits, multiplied by an odd number. */
export function plainMixed(item: number): number {
  const code = (BigInt(item >>> 8) * 0x9e37_79b1n) % 2n ** 24n;
  return Number(code) * 256 + (item & 255);
}

/** The first item of every run of one 24-bit code but `silence`, mixed, the first one of them at place `base`. */
export function plainRuns(items: Uint32Array, base: number, silence: number): PlainPosting[] {
  return Array.from(items, (item, i) => ({ item, place: base + i }))
    .filter(({ item }, i) => {
      const code = item >>> 8;
      return code !== silence && (i === 0 || items[i - 1]! >>> 8 !== code);
    })
    .map(({ item, place }) => ({ item: plainMixed(item), place }));
}

/** Sorted by item, without its lower `from` bits; what is alike keeps its order. */
export function plainSorted(postings: readonly PlainPosting[], from: number): PlainPosting[] {
  return postings.toSorted((one, other) => (one.item >>> from) - (other.item >>> from));
}

/** A packed bucket of postings, of whose items only the lower `bits` are kept. */
export function plainPack(postings: readonly PlainPosting[], bits: number, placeBits: number): number[] {
  if (postings.length === 0) return [];
  const items = postings.map(({ item }) => item % 2 ** bits);
  const steps = items.map((item, i) => item - (items[i - 1] ?? 0));
  return [...[postings.length, ...steps].flatMap(plainNumber), ...plainPlaces(postings, placeBits)];
}

/** Seven bits a byte, the lowest first; all bytes but the last are marked. */
function plainNumber(value: number): number[] {
  return value > 127 ? [(value & 127) | 128, ...plainNumber(value >>> 7)] : [value];
}

/** Places one after the other, the lowest bits first. */
function plainPlaces(postings: readonly PlainPosting[], placeBits: number): number[] {
  const all = postings.reduce((sum, { place }, i) => sum | (BigInt(place) << BigInt(i * placeBits)), 0n);
  const bytes = Math.ceil((postings.length * placeBits) / 8);
  return Array.from({ length: bytes }, (_, i) => Number((all >> BigInt(8 * i)) & 255n));
}

/** The postings with places from `first` on and below `end`, counted from `base` on. */
export function plainChoose(
  postings: readonly PlainPosting[],
  first: number,
  end: number,
  base: number,
): PlainPosting[] {
  return postings
    .filter(({ place }) => place >= first && place < end)
    .map(({ item, place }) => ({ item, place: place - first + base }));
}

/** How questions are written. */
export interface PlainAsking {
  readonly codeBits: number;
  /** The last mixed item that is asked for. */
  readonly last: number;
  readonly silence: number;
  /** Differences from a code that are asked for, too. */
  readonly probes: readonly number[];
  readonly stops: ReadonlySet<number>;
}

/** Marks an empty cell in the kernel's table of stop codes: with codes of 32 bits this one counts as one of them. */
const EMPTY_CELL = 0xffff_ffff;

/** What items, `step` quarter hops apart, ask for: every run at the middle of its first hop. `tag` is raised by the time. */
export function plainCodes(items: Uint32Array, step: number, tag: number, asking: PlainAsking): PlainCode[] {
  const { codeBits, last, silence, probes, stops } = asking;
  const shift = 32 - codeBits;
  const codes = Array.from(items, (item) => item >>> shift);
  const middleOf = (start: number): number => {
    const end = codes.findIndex((code, i) => i > start && code !== codes[start]);
    const length = Math.min(4 / step, (end < 0 ? codes.length : end) - start);
    return step * (start + Math.floor((length - 1) / 2));
  };
  return codes
    .map((code, i) => ({ code, i }))
    .filter(({ code, i }) => code !== silence >>> shift && (i === 0 || codes[i - 1] !== code))
    .flatMap(({ code, i }) => probes.map((probe) => ({ code: (code ^ probe) >>> 0, i })))
    .filter(({ code }) => code !== EMPTY_CELL && !stops.has(code))
    .map(({ code, i }) => ({ item: plainMixed(code * 2 ** shift), tag: tag + middleOf(i) }))
    .filter(({ item }) => item <= last);
}

/** The places of codes among sorted postings, beside each what stood beside the code. `excepts`: the first place and the number of places that each question leaves out. */
export function plainGather(
  asked: readonly PlainCode[],
  postings: readonly PlainPosting[],
  codeBits: number,
  questionShift: number,
  excepts: readonly (readonly [number, number])[],
): { readonly place: number; readonly tag: number }[] {
  const shift = 32 - codeBits;
  return asked.flatMap(({ item, tag }) => {
    const [first, length] = excepts[tag >>> questionShift] ?? [0, 0];
    return postings
      .filter((posting) => posting.item >>> shift === item >>> shift)
      .filter(({ place }) => place < first || place >= first + length)
      .map(({ place }) => ({ place, tag }));
  });
}
