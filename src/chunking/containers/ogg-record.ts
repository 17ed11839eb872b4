/**
 * The record of a masked Ogg file: which pages are masked, and what their fields were. Pages that follow each other, are
 * of one stream and are numbered without a gap form a group, which takes pages until it has 64 KiB; so any page is found
 * from the start of its group. About 4 bytes a group, 0.006 % of a file.
 *
 * The record is empty where no page is masked. Else it is the byte 1, the version of this layout, and groups in the order
 * of the file until its end. A number is written in LEB128: 7 bits a byte, the lowest first, the highest bit of a byte set
 * where another follows. A group is:
 *
 *   number      pages × 8 + flags
 *   number      with flag 1: bytes that are not masked between the group before, or the start of the file, and this one
 *   byte        with flag 2: which stream: 0 for one that is none of the latest 16; n for the n-th latest, the latest one
 *               being the 0th. Without the flag it is the latest
 *   4 bytes     with 0 in that byte: its serial number, the lowest byte first
 *   4 bytes     with flag 4: the sequence number of the first page, the lowest byte first. Without the flag it is the one
 *               behind the stream's last masked page, and 0 in a stream that is none of the latest 16
 *   number      bytes of all pages together
 *
 * The latest streams are ordered by their last group. Sequence numbers go on from 2^32 - 1 to 0.
 */
import { AppError } from '#kernel';
import { HEADER_BYTES, MOST_PAGE_BYTES, uint32At } from './ogg-page.ts';

export const VERSION = 1;
export const AFTER_GAP = 1;
export const OTHER_STREAM = 2;
export const OTHER_SEQUENCE = 4;
export const FLAGS = 8;

/** A group that has so many bytes takes no more pages: what a read at random reads too much. Chosen. */
export const GROUP_BYTES = 65_536;
const MOST_GROUP_BYTES = GROUP_BYTES - 1 + MOST_PAGE_BYTES;
/** Multiplexed streams are few, and a byte tells apart many more. Chosen. */
const LATEST_STREAMS = 16;

/** By group, in the order of the file. */
export interface Groups {
  /** Offset of the first page in the file. */
  readonly starts: Float64Array;
  readonly lengths: Uint32Array;
  readonly pages: Uint32Array;
  readonly serials: Uint32Array;
  /** Of the first page. */
  readonly sequences: Uint32Array;
}

/** What a record says is not what a masked file has. */
export function damagedRecord(why: string): AppError {
  return new AppError('store/bad-container-record', `The record of a masked Ogg file is damaged: ${why}.`, {
    kind: 'corrupt',
  });
}

interface Stream {
  readonly serial: number;
  /** The sequence number to be expected. */
  next: number;
}

/** The latest streams, the latest one first. */
export interface Streams {
  at(place: number): Stream | undefined;
  /** The place of the stream with that serial number; -1 if it is none of the latest. */
  placeOf(serial: number): number;
  /** Puts the stream at a place first. */
  recall(place: number): void;
  /** Puts a new stream first. */
  enter(serial: number): void;
}

export function createStreams(): Streams {
  const latest: Stream[] = [];
  return {
    at: (place) => latest[place],
    placeOf: (serial) => latest.findIndex((stream) => stream.serial === serial),
    recall: (place) => latest.unshift(...latest.splice(place, 1)),
    enter(serial) {
      latest.unshift({ serial, next: 0 });
      latest.length = Math.min(latest.length, LATEST_STREAMS);
    },
  };
}

/** @throws AppError `store/bad-container-record` */
export function readRecord(record: Uint8Array): Groups {
  // A group takes two bytes or more.
  const most = record.length >> 1;
  const [lengths, pages, serials, sequences] = Array.from({ length: 4 }, () => new Uint32Array(most)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  const starts = new Float64Array(most);
  const streams = createStreams();
  const source = createSource(record);
  let end = 0;
  let count = 0;

  if (record.length > 0 && source.byte() !== VERSION) throw damagedRecord('its version is not known');
  if (record.length === 1) throw damagedRecord('it names no page');
  for (; !source.isAtEnd(); count++) {
    const head = source.number();
    const flags = head % FLAGS;
    pages[count] = Math.floor(head / FLAGS);
    starts[count] = end + (flags & AFTER_GAP ? source.number() : 0);
    if (flags & OTHER_STREAM) readStream(source, streams);
    const stream = streams.at(0);
    if (stream === undefined) throw damagedRecord('its first stream has no serial number');
    serials[count] = stream.serial;
    sequences[count] = flags & OTHER_SEQUENCE ? source.uint32() : stream.next;
    lengths[count] = lengthFor(head, source.number());
    stream.next = (sequences[count]! + pages[count]!) >>> 0;
    end = starts[count]! + lengths[count]!;
    if (!Number.isSafeInteger(end)) throw damagedRecord('it names places that no file has');
  }
  return {
    starts: starts.slice(0, count),
    lengths: lengths.slice(0, count),
    pages: pages.slice(0, count),
    serials: serials.slice(0, count),
    sequences: sequences.slice(0, count),
  };
}

function readStream(source: Source, streams: Streams): void {
  const place = source.byte();
  if (place === 0) streams.enter(source.uint32());
  else if (streams.at(place) !== undefined) streams.recall(place);
  else throw damagedRecord('it names a stream that it has not');
}

/** The length given, if the pages that `head` counts can have it. */
function lengthFor(head: number, length: number): number {
  const pages = Math.floor(head / FLAGS);
  const isPossible =
    pages > 0 && length >= pages * HEADER_BYTES && length <= pages * MOST_PAGE_BYTES && length <= MOST_GROUP_BYTES;
  if (!isPossible) throw damagedRecord('pages have lengths that none can have');
  return length;
}

/** Reads a record from its start to its end, beyond which nothing is. */
interface Source {
  isAtEnd(): boolean;
  byte(): number;
  uint32(): number;
  number(): number;
}

function createSource(record: Uint8Array): Source {
  let at = 0;

  /** Passes so many bytes and gives where they begin. */
  function pass(bytes: number): number {
    if (at + bytes > record.length) throw damagedRecord('it is cut off');
    at += bytes;
    return at - bytes;
  }

  const byte = (): number => record[pass(1)]!;
  return {
    isAtEnd: () => at === record.length,
    byte,
    uint32: () => uint32At(record, pass(4)),
    number() {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        const next = byte();
        value += (next % 128) * scale;
        if (!Number.isSafeInteger(value)) throw damagedRecord('a number is too large');
        if (next < 128) return value;
      }
    },
  };
}
