/**
 * Recipes: the extents that rebuild a content, in order, in pages, so that a read at any place needs one page. An extent
 * is three LEB128 numbers: length, blob, offset in the blob; blob 0 is a hole, which reads as zeros. Hostile input is
 * refused: a page must give exactly the length that its row says.
 */
import { AppError } from '#kernel';
import type { RecipePage } from './ports.ts';

/** `length` bytes from `offset` of a blob. */
export interface Extent {
  readonly blob: number;
  readonly offset: number;
  readonly length: number;
}

/** Extents of a page at most. Chosen: some 2 kB. */
export const PAGE_EXTENTS = 256;
/** 53 bits, in groups of seven. */
const MOST_BYTES = 8;

/** Joins what lies together, and packs it into pages. */
export function packRecipe(extents: Iterable<Extent>): Omit<RecipePage, 'content'>[] {
  const pages: Omit<RecipePage, 'content'>[] = [];
  const joined = [...joinExtents(extents)];
  let start = 0;
  for (let from = 0; from < joined.length; from += PAGE_EXTENTS) {
    const page = joined.slice(from, from + PAGE_EXTENTS);
    const length = page.reduce((sum, extent) => sum + extent.length, 0);
    pages.push({ start, length, extents: packExtents(page) });
    start += length;
  }
  return pages;
}

function* joinExtents(extents: Iterable<Extent>): Generator<Extent> {
  let last: Extent | undefined;
  for (const extent of extents) {
    if (last !== undefined && last.blob === extent.blob && last.offset + last.length === extent.offset) {
      last = { ...last, length: last.length + extent.length };
      continue;
    }
    if (last !== undefined) yield last;
    last = extent;
  }
  if (last !== undefined) yield last;
}

/** As they lie in a page. */
export function packExtents(extents: readonly Extent[]): Uint8Array {
  const bytes: number[] = [];
  for (const { length, blob, offset } of extents) {
    for (const value of [length, blob, offset]) {
      let rest = value;
      for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
      bytes.push(rest);
    }
  }
  return Uint8Array.from(bytes);
}

/** @throws AppError `store/damaged` where the bytes are no extents of the page's length */
export function unpackExtents(page: RecipePage): Extent[] {
  const { extents: bytes, length: expected } = page;
  const extents: Extent[] = [];
  let at = 0;
  let sum = 0;
  const next = (): number => {
    let value = 0;
    for (let n = 0, scale = 1; n < MOST_BYTES; n++, scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw refused(page);
  };
  while (at < bytes.length) {
    const length = next();
    const extent = { length, blob: next(), offset: next() };
    if (length === 0) throw refused(page);
    sum += length;
    extents.push(extent);
  }
  if (sum !== expected) throw refused(page);
  return extents;
}

function refused({ content, start }: RecipePage): AppError {
  return damagedStore(`The recipe of content ${content} is damaged from byte ${start} on.`);
}

/** @param what a sentence that says what is damaged */
export function damagedStore(what: string, cause?: unknown): AppError {
  return new AppError('store/damaged', what, {
    kind: 'corrupt',
    hint: 'Run "reprise store verify" to see what is hit, and "reprise store repair" to keep all that is whole.',
    cause,
  });
}
