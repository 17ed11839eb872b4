/** Pages of Ogg. @see https://www.rfc-editor.org/rfc/rfc3533 */
import type { ByteSource } from '#filing';
import { bytesAt, damaged, joined, markAt, markOf, uint32, viewOf } from './parted.ts';

export interface Page {
  /** Whole, header and all. */
  readonly bytes: Uint8Array;
  readonly flags: number;
  readonly serial: number;
  readonly number: number;
  readonly lacing: Uint8Array;
  readonly body: Uint8Array;
}

/** This page goes on with a packet; is the first of its stream. */
export const CONTINUED = 1;
export const FIRST = 2;

const HEADER_BYTES = 27;

/** The page that begins there. @throws AppError `swap/damaged` */
export function pageAt(file: ByteSource, start: number): Page {
  const head = file.read(start, start + HEADER_BYTES + 255);
  if (head.length < HEADER_BYTES || markAt(head, 0) !== 'OggS' || head[4] !== 0) {
    throw damaged(file, 'its pages do not follow each other');
  }
  const lacing = head.subarray(HEADER_BYTES, HEADER_BYTES + (head[26] as number));
  const bodyStart = HEADER_BYTES + lacing.length;
  const bytes = bytesAt(file, start, bodyStart + lacing.reduce((sum, each) => sum + each, 0));
  const view = viewOf(head);
  return {
    ...{ bytes, flags: head[5] as number, lacing, body: bytes.subarray(bodyStart) },
    ...{ serial: view.getUint32(14, true), number: view.getUint32(18, true) },
  };
}

/** The same page with another number. */
export function renumbered({ bytes }: Page, number: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  viewOf(copy).setUint32(18, number, true);
  return sealed(copy);
}

/** Whole packets on pages of their own, the first of which has the number given. */
export function* pagesOf(packets: readonly Uint8Array[], serial: number, first: number): Iterable<Uint8Array> {
  const segments = packets.flatMap(segmentsOf);
  for (let at = 0; at < segments.length; at += 255) {
    const own = segments.slice(at, at + 255);
    const before = segments[at - 1];
    // What ends no packet has no place in the sound: all bits set; headers lie at its start.
    const place = own.some(({ isEnd }) => isEnd) ? new Uint8Array(8) : new Uint8Array(8).fill(0xff);
    const flags = before !== undefined && !before.isEnd ? CONTINUED : 0;
    yield sealed(
      joined(
        ...[markOf('OggS'), Uint8Array.of(0, flags), place, uint32(serial, true)],
        ...[uint32(first + at / 255, true), new Uint8Array(4), Uint8Array.of(own.length)],
        ...[Uint8Array.from(own, ({ bytes }) => bytes.length), ...own.map(({ bytes }) => bytes)],
      ),
    );
  }
}

interface Segment {
  readonly bytes: Uint8Array;
  readonly isEnd: boolean;
}

/** Pieces of 255 bytes, and a shorter one, which may be empty, at the end. */
function segmentsOf(packet: Uint8Array): Segment[] {
  const count = Math.floor(packet.length / 255) + 1;
  return Array.from({ length: count }, (_, at) => ({
    bytes: packet.subarray(at * 255, at * 255 + 255),
    isEnd: at === count - 1,
  }));
}

/** Sets the checksum of a page, in place. */
function sealed(page: Uint8Array): Uint8Array {
  const view = viewOf(page);
  view.setUint32(22, 0, true);
  let sum = 0;
  for (let at = 0; at < page.length; at++) {
    sum = ((sum << 8) ^ (SUMS[(sum >>> 24) ^ (page[at] as number)] as number)) >>> 0;
  }
  view.setUint32(22, sum, true);
  return page;
}

/** CRC with the polynomial 0x04c11db7, neither reflected nor inverted. */
const SUMS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit++) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  return sum >>> 0;
});
