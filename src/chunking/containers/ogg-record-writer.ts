/** Writes the record that `ogg-record.ts` describes, while pages are masked one after the other. */
import { setUint32 } from './ogg-page.ts';
import { AFTER_GAP, createStreams, FLAGS, GROUP_BYTES, OTHER_SEQUENCE, OTHER_STREAM, VERSION } from './ogg-record.ts';

/** The record of a file that changes its stream with every page takes 0.1 %; it may take so much, and some more. Chosen. */
const BYTES_PER_RECORD_BYTE = 256;
const MORE_RECORD_BYTES = 4096;

export interface MaskedPage {
  /** In the file. */
  readonly start: number;
  readonly length: number;
  readonly serial: number;
  readonly sequence: number;
}

/** Collects a record. */
export interface RecordWriter {
  /** Takes a page in, behind those before. False where the record would grow too large; then it must not be masked. */
  add(page: MaskedPage): boolean;
  /** The record. No page may follow. */
  finish(): Uint8Array;
}

interface OpenGroup {
  readonly head: readonly number[];
  readonly flags: number;
  pages: number;
  length: number;
  /** Offset in the file. */
  end: number;
}

export function createRecordWriter(): RecordWriter {
  const streams = createStreams();
  let bytes = Uint8Array.of(VERSION);
  let size = 1;
  let open: OpenGroup | undefined;

  function write(values: readonly number[]): void {
    if (size + values.length > bytes.length) {
      const wider = new Uint8Array(2 * (size + values.length));
      wider.set(bytes);
      bytes = wider;
    }
    bytes.set(values, size);
    size += values.length;
  }

  function close(): void {
    if (open === undefined) return;
    write([...numberBytes(open.pages * FLAGS + open.flags), ...open.head, ...numberBytes(open.length)]);
  }

  /** Makes the page's stream the latest and gives the bytes that say so. */
  function streamBytes(serial: number): number[] {
    const place = streams.placeOf(serial);
    if (place === -1) {
      streams.enter(serial);
      return [0, ...uint32Bytes(serial)];
    }
    streams.recall(place);
    return place === 0 ? [] : [place];
  }

  function begin({ start, serial, sequence }: MaskedPage): OpenGroup {
    const gap = start - (open?.end ?? 0);
    const gapBytes = gap > 0 ? numberBytes(gap) : [];
    const stream = streamBytes(serial);
    const jump = sequence === streams.at(0)!.next ? [] : uint32Bytes(sequence);
    const flags =
      (gap > 0 ? AFTER_GAP : 0) | (stream.length > 0 ? OTHER_STREAM : 0) | (jump.length > 0 ? OTHER_SEQUENCE : 0);
    return { head: [...gapBytes, ...stream, ...jump], flags, pages: 0, length: 0, end: start };
  }

  const goesOn = (page: MaskedPage): boolean =>
    open !== undefined &&
    page.start === open.end &&
    open.length < GROUP_BYTES &&
    page.serial === streams.at(0)!.serial &&
    page.sequence === streams.at(0)!.next;

  return {
    add(page) {
      if (!goesOn(page)) {
        if (size > MORE_RECORD_BYTES + page.start / BYTES_PER_RECORD_BYTE) return false;
        close();
        open = begin(page);
      }
      open!.pages++;
      open!.length += page.length;
      open!.end += page.length;
      streams.at(0)!.next = (page.sequence + 1) >>> 0;
      return true;
    },
    finish() {
      if (open === undefined) return new Uint8Array(0);
      close();
      return bytes.slice(0, size);
    },
  };
}

function numberBytes(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push(128 + (value % 128));
  return [...bytes, value];
}

function uint32Bytes(value: number): number[] {
  const bytes = new Uint8Array(4);
  setUint32(bytes, 0, value);
  return [...bytes];
}
