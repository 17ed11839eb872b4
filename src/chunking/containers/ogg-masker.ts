/**
 * Masks pages of Ogg: those that are whole and have the right checksum. What else is in the file stays as it is. Pages
 * are looked for from the start on, behind each one, and where none is found, at every later "OggS".
 * Bytes are copied once, into the kernel's memory, and masked there. Takes the room of the largest piece and two pages.
 */
import type { Masker } from './container.ts';
import { CHECKSUM_AT, FIELDS_END, pageLength, SEQUENCE_AT, SERIAL_AT, setUint32, uint32At } from './ogg-page.ts';
import { createRecordWriter } from './ogg-record-writer.ts';
import type { SpareWindow } from './ogg-window.ts';

/**
 * Bytes that may be checksummed in vain: so many, and so many a byte of the file. Damage takes one page at a time; a file
 * made of nothing but beginnings of long pages would else take two thousand bytes for each of its own. Chosen.
 */
const VAIN_BYTES = 1_048_576;
const VAIN_BYTES_PER_BYTE = 8;

/** @param spare where the window comes from, and goes to at the end */
export function createOggMasker(spare: SpareWindow): Masker {
  const window = spare.take();
  const record = createRecordWriter();
  let origin = 0; // offset in the file of the window's first byte
  let at = 0; // in the window: all before is settled and given out
  let end = 0; // of the window's content
  let vain = 0;

  function append(bytes: Uint8Array): void {
    if (at === end || end + bytes.length > window.bytes.length) {
      window.bytes.copyWithin(0, at, end);
      origin += at;
      end -= at;
      at = 0;
      window.makeRoom(end + bytes.length);
    }
    window.bytes.set(bytes, end);
    end += bytes.length;
  }

  /** Masks the page of so many bytes that begins at `at`, if it is good. */
  function masks(length: number): boolean {
    const { bytes } = window;
    const start = origin + at;
    if (vain + length > VAIN_BYTES + start * VAIN_BYTES_PER_BYTE) return false;
    const checksum = uint32At(bytes, at + CHECKSUM_AT);
    setUint32(bytes, at + CHECKSUM_AT, 0);
    const serial = uint32At(bytes, at + SERIAL_AT);
    const sequence = uint32At(bytes, at + SEQUENCE_AT);
    if (window.checksum(at, at + length) === checksum && record.add({ start, length, serial, sequence })) {
      bytes.fill(0, at + SERIAL_AT, at + FIELDS_END);
      return true;
    }
    setUint32(bytes, at + CHECKSUM_AT, checksum);
    vain += length;
    return false;
  }

  /** Settles what can be, and gives it. */
  function settle(isEnd: boolean): Uint8Array {
    const from = at;
    while (at < end) {
      const length = pageLength(window.bytes, at, end);
      const isCut = length > end - at;
      if (isCut && !isEnd) break;
      at = length > 0 && !isCut && masks(length) ? at + length : window.find(at + 1, end);
    }
    return window.bytes.subarray(from, at);
  }

  return {
    push(bytes) {
      append(bytes);
      return settle(false);
    },
    end() {
      const rest = settle(true).slice();
      spare.giveBack(window);
      return { rest, record: record.finish() };
    },
  };
}
