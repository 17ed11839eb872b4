/**
 * A file whose changes are held back in memory, page by page, until they are flushed. Lengths are held back too: cutting a
 * file short destroys nothing on the disk before a flush. Knows no operating system, so that laws can be held against it.
 */

export const PAGE_BYTES = 4096;

/** The file as it is on the disk. */
export interface Platter {
  size(): number;
  /** Fills the buffer, which does not reach beyond the end. */
  read(into: Buffer, position: number): void;
  write(bytes: Buffer, position: number): void;
  resize(size: number): void;
}

/** What of the held back changes reaches the disk. */
export interface Landing {
  readonly resized: boolean;
  /** By the number of a page, the range of its bytes. */
  readonly pages: ReadonlyMap<number, readonly [start: number, end: number]>;
}

export interface HeldFile {
  readonly size: number;
  /** Is there anything that a flush would write? */
  readonly isDirty: boolean;
  /** Numbers of the pages that a flush would write, ascending. */
  readonly dirtyPages: readonly number[];
  /** A copy; shorter where the file ends. */
  read(position: number, length: number): Buffer;
  write(bytes: Buffer, position: number): void;
  resize(size: number): void;
  flush(): void;
  /** As Linux after a failed flush: what was written is still seen, but counts as clean, so that no later flush writes it. */
  failToFlush(): void;
  /** The power is gone; the object is of no use after that. */
  land(landing: Landing): void;
}

interface Page {
  /** Zero beyond the end of the file. */
  readonly bytes: Buffer;
  isDirty: boolean;
}

export function createHeldFile(platter: Platter): HeldFile {
  const pages = new Map<number, Page>();
  let sizeOnDisk = platter.size();
  let size = sizeOnDisk;
  /** So much of what is on the disk is still part of the file. */
  let kept = sizeOnDisk;

  function read(position: number, length: number): Buffer {
    const out = Buffer.alloc(Math.max(0, Math.min(length, size - position)));
    const old = out.subarray(0, Math.max(0, kept - position));
    if (old.length > 0) platter.read(old, position);
    for (const [index, start, end] of piecesOf(position, out.length)) {
      const page = pages.get(index);
      page?.bytes.copy(out, index * PAGE_BYTES + start - position, start, end);
    }
    return out;
  }

  function dirtyPage(index: number): Buffer {
    const page = pages.get(index) ?? { bytes: Buffer.alloc(PAGE_BYTES), isDirty: true };
    if (!pages.has(index)) read(index * PAGE_BYTES, PAGE_BYTES).copy(page.bytes);
    page.isDirty = true;
    pages.set(index, page);
    return page.bytes;
  }

  function shorten(to: number): void {
    kept = Math.min(kept, to);
    for (const index of pages.keys()) if (index * PAGE_BYTES >= to) pages.delete(index);
    pages.get(Math.floor(to / PAGE_BYTES))?.bytes.fill(0, to % PAGE_BYTES);
  }

  const isResized = (): boolean => size !== sizeOnDisk || kept !== sizeOnDisk;
  const dirtyPages = (): number[] => {
    const dirty = [...pages].filter(([, page]) => page.isDirty);
    return dirty.map(([index]) => index).sort((a, b) => a - b);
  };

  function land({ resized, pages: landed }: Landing): void {
    if (resized && isResized()) {
      if (kept < sizeOnDisk) platter.resize(kept);
      platter.resize(size);
      sizeOnDisk = size;
      kept = size;
    }
    for (const [index, [start, end]] of landed) {
      const reached = Math.min(end, sizeOnDisk - index * PAGE_BYTES);
      const bytes = pages.get(index)?.bytes.subarray(start, reached);
      if (bytes !== undefined && reached > start) platter.write(bytes, index * PAGE_BYTES + start);
    }
  }

  return {
    get size() {
      return size;
    },
    get isDirty() {
      return isResized() || dirtyPages().length > 0;
    },
    get dirtyPages() {
      return dirtyPages();
    },
    read,
    write(bytes, position) {
      size = Math.max(size, position + bytes.length);
      for (const [index, start, end] of piecesOf(position, bytes.length)) {
        bytes.copy(dirtyPage(index), start, index * PAGE_BYTES + start - position, index * PAGE_BYTES + end - position);
      }
    },
    resize(to) {
      if (to < size) shorten(to);
      size = to;
    },
    flush() {
      const dirty = dirtyPages();
      land({ resized: true, pages: new Map(dirty.map((index) => [index, [0, PAGE_BYTES]])) });
      for (const index of dirty) pages.delete(index);
    },
    failToFlush() {
      for (const page of pages.values()) page.isDirty = false;
    },
    land,
  };
}

/** The pages that a range of the file touches, each with the range within it. */
function* piecesOf(position: number, length: number): Generator<[index: number, start: number, end: number]> {
  for (let at = position; at < position + length; ) {
    const index = Math.floor(at / PAGE_BYTES);
    const start = at % PAGE_BYTES;
    const end = Math.min(PAGE_BYTES, start + position + length - at);
    yield [index, start, end];
    at += end - start;
  }
}
