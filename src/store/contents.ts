/** What files hold, rebuilt from recipes: any range of it, in any order. */
import { containerNamed, type Restorer } from '#chunking';
import type { BlobReader } from './blob-reader.ts';
import type { Content, RecipePage, StoreDatabase } from './ports.ts';
import { damagedStore, type Extent, unpackExtents } from './recipe.ts';

export interface ContentReader {
  /**
   * Fills `into` with the content's bytes from `offset` on.
   * @returns how many there were; fewer than fit only at the end
   * @throws AppError `store/damaged`, `store/missing-piece`
   */
  read(content: number, offset: number, into: Uint8Array): number;
}

/** A content that can be read: from the database, or just being made. */
export interface Readable {
  readonly content: Content;
  readonly pageAt: (offset: number) => RecipePage | undefined;
}

interface OpenPage {
  readonly start: number;
  readonly end: number;
  readonly extents: readonly Extent[];
  /** Where each extent begins in the content. */
  readonly starts: readonly number[];
}

interface Opened extends Readable {
  readonly restorer: Restorer | undefined;
  /** Pages of the recipe that were used lately, the latest first. */
  readonly pages: OpenPage[];
}

/** So far at most a container's units reach beyond what is asked for. */
const REACH_BYTES = 128 << 10;
const KEPT_OPEN = 64;
/** Of a content: some 16,000 extents, a megabyte of memory. Chosen. */
const KEPT_PAGES = 64;

export function createContentReader(database: StoreDatabase, blobs: BlobReader): ContentReader {
  const opened = new Map<number, Opened>();
  return {
    read(id, offset, into) {
      let content = opened.get(id);
      if (content === undefined) {
        const row = database.content(id);
        if (row === undefined) throw damagedStore(`Content ${id} is not there.`);
        content = openContent({ content: row, pageAt: (at) => database.pageAt(id, at) });
        opened.set(id, content);
        const [oldest] = opened.keys();
        if (opened.size > KEPT_OPEN && oldest !== undefined) opened.delete(oldest);
      }
      try {
        return readContent(content, blobs, offset, into);
      } catch (error) {
        // Its recipe may have been written anew by a collection of garbage.
        if (content.pages.length === 0) throw error;
        content.pages.length = 0;
        return readContent(content, blobs, offset, into);
      }
    },
  };
}

/** @throws AppError `store/damaged` */
export function openContent(readable: Readable): Opened {
  const { container, record, id } = readable.content;
  if (container === '') return { ...readable, restorer: undefined, pages: [] };
  const known = containerNamed(container);
  if (known === undefined || record === null) throw damagedStore(`Content ${id} is of a container "${container}".`);
  return { ...readable, restorer: known.restorer(record), pages: [] };
}

function readContent(opened: Opened, blobs: BlobReader, offset: number, into: Uint8Array): number {
  const { size } = opened.content;
  const length = Math.max(0, Math.min(into.length, size - offset));
  if (length === 0) return 0;
  if (opened.restorer === undefined) {
    readPlain(opened, blobs, offset, into.subarray(0, length));
    return length;
  }
  const { from, to } = opened.restorer.reach(offset, offset + length);
  const wide = new Uint8Array(to - from);
  readPlain(opened, blobs, from, wide);
  opened.restorer.restore(wide, from);
  into.set(wide.subarray(offset - from, offset - from + length));
  return length;
}

/**
 * All of a content, piece by piece, each cut where units of its container end, so that none is restored twice.
 * @param into takes one piece after the other; more than {@link REACH_BYTES}
 */
export function* piecesOf(opened: Opened, blobs: BlobReader, into: Uint8Array): Generator<Uint8Array, void> {
  const { restorer, content } = opened;
  const most = into.length - REACH_BYTES;
  for (let at = 0; at < content.size; ) {
    const end = Math.min(content.size, at + most);
    const to = restorer?.reach(at, end).to ?? end;
    const piece = into.subarray(0, to - at);
    if (piece.length !== to - at) throw damagedStore(`A unit of content ${content.id} is too long.`);
    readPlain(opened, blobs, at, piece);
    restorer?.restore(piece, at);
    yield piece;
    at = to;
  }
}

function readPlain(opened: Opened, blobs: BlobReader, offset: number, into: Uint8Array): void {
  for (let done = 0; done < into.length; ) {
    const at = offset + done;
    const page = pageAt(opened, at);
    let n = extentAt(page, at);
    while (done < into.length && n < page.extents.length) {
      const { blob, offset: start, length } = page.extents[n]!;
      const skipped = offset + done - page.starts[n]!;
      const part = into.subarray(done, done + length - skipped);
      if (blob === 0) part.fill(0);
      else blobs.read(blob, start + skipped, part);
      done += part.length;
      n++;
    }
  }
}

function pageAt(opened: Opened, at: number): OpenPage {
  const { pages } = opened;
  const [latest] = pages;
  if (latest !== undefined && latest.start <= at && at < latest.end) return latest;
  const n = pages.findIndex(({ start, end }) => start <= at && at < end);
  const page = n < 0 ? readPage(opened, at) : (pages.splice(n, 1)[0] as OpenPage);
  pages.unshift(page);
  if (pages.length > KEPT_PAGES) pages.pop();
  return page;
}

function readPage({ content, pageAt: find }: Opened, at: number): OpenPage {
  const row = find(at);
  if (row === undefined || row.start + row.length <= at)
    throw damagedStore(`The recipe of content ${content.id} does not say what byte ${at} is.`);
  const extents = unpackExtents(row);
  const starts: number[] = [];
  let start = row.start;
  for (const { length } of extents) {
    starts.push(start);
    start += length;
  }
  return { start: row.start, end: start, extents, starts };
}

/** The extent that holds byte `at`, by bisection. */
function extentAt({ starts }: OpenPage, at: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle;
  }
  return low;
}
