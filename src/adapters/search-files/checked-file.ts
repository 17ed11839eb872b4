/**
 * A file that is written once, whole or not at all, and notices when a bit of it has changed: a body, then tables, in
 * pages of 4 KiB of which each has a checksum (CRC-32) at the end. What is read has been checked.
 */
import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { AppError } from '#kernel';
import { corrupt, readError, writeError } from './errors.ts';
import { PAGE_BYTES as PAGE, type PageCache } from './page-cache.ts';

/** Lengths of body and tables, checksum of all page checksums and these lengths, mark. */
const FOOTER = 8 + 8 + 4 + 8;
const MARK = Buffer.from('RPRSIDX1');

/** Writes a body and gives what comes after it. */
export type BodyWriter = (write: (bytes: Uint8Array) => void) => Uint8Array;

/** Writes the file. It appears when it is on the disk. @throws AppError `index/disk-full`, `index/denied` */
export function writeCheckedFile(file: string, write: BodyWriter): void {
  const part = `${file}.part`;
  try {
    const fd = openSync(part, 'w');
    try {
      fill(fd, write);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(part, file);
    syncFolder(path.dirname(file));
  } catch (error) {
    rmSync(part, { force: true });
    throw writeError(error, file);
  }
}

function fill(fd: number, write: BodyWriter): void {
  const pages = createPages(fd);
  const tables = write(pages.add);
  const bodyBytes = pages.length();
  pages.add(tables);
  const sums = pages.finish();
  const footer = Buffer.alloc(FOOTER);
  footer.writeBigUInt64LE(BigInt(bodyBytes), 0);
  footer.writeBigUInt64LE(BigInt(tables.length), 8);
  footer.writeUInt32LE(crc32(footer.subarray(0, 16), crc32(sums)), 16);
  MARK.copy(footer, 20);
  writeAll(fd, sums);
  writeAll(fd, footer);
}

/** Writes bytes by whole pages and sums each up. */
function createPages(fd: number): { add(bytes: Uint8Array): void; length(): number; finish(): Buffer } {
  const buffer = Buffer.alloc(256 * PAGE);
  const sums: number[] = [];
  let held = 0;
  let written = 0;
  const flush = (): void => {
    for (let at = 0; at < held; at += PAGE) sums.push(crc32(buffer.subarray(at, Math.min(held, at + PAGE))));
    writeAll(fd, buffer.subarray(0, held));
    written += held;
    held = 0;
  };
  return {
    add(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const part = bytes.subarray(at, at + buffer.length - held);
        buffer.set(part, held);
        held += part.length;
        at += part.length;
        if (held === buffer.length) flush();
      }
    },
    length: () => written + held,
    finish() {
      flush();
      return Buffer.from(Uint32Array.from(sums).buffer);
    },
  };
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/** A rename is on the disk when its folder is. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Such a file, open. What is read has been checked, now or when it came into the cache that the file was opened with. */
export interface CheckedFile extends Disposable {
  readonly bodyBytes: number;
  /** @throws AppError `index/corrupt` */
  tables(): Uint8Array;
  /** Bytes of the body, valid until the next call. @throws AppError `index/corrupt` */
  read(offset: number, length: number): Uint8Array;
}

/**
 * @param cache keeps pages, for small reads all over the file; without it every read checks anew
 * @throws AppError `index/corrupt` where it is none, has gone, or its end is damaged; `index/denied`
 */
export function openCheckedFile(file: string, cache?: PageCache): CheckedFile {
  const fd = openToRead(file);
  try {
    return checkedFile(file, fd, cache);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function openToRead(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    throw readError(error, file);
  }
}

function checkedFile(file: string, fd: number, cache: PageCache | undefined): CheckedFile {
  const { size } = fstatSync(fd);
  const damaged = (): AppError => corrupt(file);
  if (size < FOOTER) throw damaged();
  const footer = readAt(file, fd, Buffer.alloc(FOOTER), size - FOOTER);
  const bodyBytes = Number(footer.readBigUInt64LE(0));
  const tableBytes = Number(footer.readBigUInt64LE(8));
  const pageCount = Math.ceil((bodyBytes + tableBytes) / PAGE);
  const sumsAt = bodyBytes + tableBytes;
  if (!footer.subarray(20).equals(MARK) || sumsAt + 4 * pageCount + FOOTER !== size) throw damaged();
  const sumBytes = readAt(file, fd, Buffer.alloc(4 * pageCount), sumsAt);
  if (footer.readUInt32LE(16) !== crc32(footer.subarray(0, 16), crc32(sumBytes))) throw damaged();
  const sums = new Uint32Array(sumBytes.buffer, sumBytes.byteOffset, pageCount);
  let buffer = Buffer.alloc(0);
  const read = (offset: number, length: number): Uint8Array => {
    const first = Math.floor(offset / PAGE);
    const end = Math.min(sumsAt, Math.ceil((offset + length) / PAGE) * PAGE);
    const bytes = Math.max(0, end - first * PAGE);
    if (buffer.length < bytes) buffer = Buffer.alloc(bytes);
    const pages = readAt(file, fd, buffer.subarray(0, bytes), first * PAGE);
    for (let at = 0; at < bytes; at += PAGE) {
      if (crc32(pages.subarray(at, at + PAGE)) !== sums[first + at / PAGE]) throw damaged();
    }
    return pages.subarray(offset - first * PAGE, offset - first * PAGE + length);
  };
  return {
    bodyBytes,
    tables: () => read(bodyBytes, tableBytes),
    read: cache ? readThrough(cache, read) : read,
    [Symbol.dispose]: () => closeSync(fd),
  };
}

/** Reads page by page what is not in the cache. */
function readThrough(cache: PageCache, read: CheckedFile['read']): CheckedFile['read'] {
  const file = cache.addFile();
  const pageOf = (page: number): Buffer => {
    const known = cache.get(file, page);
    if (known) return known;
    const checked = read(page * PAGE, PAGE);
    const kept = cache.add(file, page);
    kept.set(checked);
    return kept;
  };
  let joined = Buffer.alloc(0);
  return (offset, length) => {
    const at = offset % PAGE;
    const first = (offset - at) / PAGE;
    if (at + length <= PAGE) return pageOf(first).subarray(at, at + length);
    const pages = Math.ceil((at + length) / PAGE);
    if (joined.length < pages * PAGE) joined = Buffer.alloc(pages * PAGE);
    for (let i = 0; i < pages; i++) joined.set(pageOf(first + i), i * PAGE);
    return joined.subarray(at, at + length);
  };
}

function readAt(file: string, fd: number, into: Buffer, position: number): Buffer {
  for (let at = 0; at < into.length; ) {
    const count = readSome(file, fd, into, at, position + at);
    if (count === 0) return into.fill(0, at);
    at += count;
  }
  return into;
}

function readSome(file: string, fd: number, into: Buffer, at: number, position: number): number {
  try {
    return readSync(fd, into, at, into.length - at, position);
  } catch (error) {
    throw readError(error, file);
  }
}
