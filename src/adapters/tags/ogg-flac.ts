/**
 * Tags of FLAC in Ogg, which the tag parser skips: the header packets, laid end to end, are the header of
 * a native FLAC file, and that is what the parser is given.
 * @see https://xiph.org/flac/ogg_mapping.html and RFC 3533 (Ogg pages)
 */

import { concatenated, type ReadAt } from './bytes.ts';

const PAGE_HEADER_BYTES = 27;
/** Header pages looked at: 16 MiB of picture is 250 pages. Chosen. */
const MOST_PAGES = 1024;
const FIRST_PACKET = [0x7f, 0x46, 0x4c, 0x41, 0x43];
const NATIVE_MARK_AT = 9;

/** The native FLAC header (mark and metadata blocks) of an Ogg FLAC file, or `undefined` where it is none. */
export function flacHeaderInOgg(readAt: ReadAt): Uint8Array<ArrayBuffer> | undefined {
  const parts: Uint8Array[] = [];
  let serial = -1;
  let position = 0;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = pageAt(readAt, position);
    if (page === undefined) break;
    position = page.end;
    if (serial < 0) {
      if (!FIRST_PACKET.every((byte, at) => page.data[at] === byte)) return undefined;
      serial = page.serial;
    }
    if (page.serial !== serial) continue;
    if (isAudio(page)) break;
    parts.push(parts.length === 0 ? page.data.subarray(NATIVE_MARK_AT) : page.data);
  }
  return parts.length > 0 ? concatenated(parts) : undefined;
}

interface Page {
  readonly serial: number;
  readonly granule: bigint;
  readonly isContinued: boolean;
  readonly data: Uint8Array;
  readonly end: number;
}

/** Audio frames begin with a sync code that no metadata block begins with. */
function isAudio(page: Page): boolean {
  return page.granule > 0n || (!page.isContinued && page.data[0] === 0xff && ((page.data[1] ?? 0) & 0xfc) === 0xf8);
}

function pageAt(readAt: ReadAt, position: number): Page | undefined {
  const header = readAt(position, PAGE_HEADER_BYTES);
  if (header.length < PAGE_HEADER_BYTES || String.fromCharCode(...header.subarray(0, 4)) !== 'OggS') return undefined;
  const view = new DataView(header.buffer, header.byteOffset, PAGE_HEADER_BYTES);
  const segments = readAt(position + PAGE_HEADER_BYTES, view.getUint8(26));
  const length = segments.reduce((sum, bytes) => sum + bytes, 0);
  const start = position + PAGE_HEADER_BYTES + segments.length;
  return {
    serial: view.getUint32(14, true),
    granule: view.getBigInt64(6, true),
    isContinued: (view.getUint8(5) & 1) === 1,
    data: readAt(start, length),
    end: start + length,
  };
}
