/** Puts the fields of masked Ogg pages back, group by group; a page's checksum is reckoned from the rest of it. */
import { invariant } from '#kernel';
import type { Restorer } from './container.ts';
import { CHECKSUM_AT, FIELDS_END, pageLength, SEQUENCE_AT, SERIAL_AT, setUint32 } from './ogg-page.ts';
import { damagedRecord, type Groups, readRecord } from './ogg-record.ts';
import type { OggWindow, SpareWindow } from './ogg-window.ts';

/**
 * @param spare where work space comes from, for as long as a call takes
 * @throws AppError `store/bad-container-record`
 */
export function createOggRestorer(record: Uint8Array, spare: SpareWindow): Restorer {
  const groups = readRecord(record);
  const { starts, lengths } = groups;
  const startOf = (group: number): number => starts[group] ?? Number.POSITIVE_INFINITY;
  const endOf = (group: number): number => (group < 0 ? 0 : starts[group]! + lengths[group]!);

  return {
    reach(start, end) {
      if (start >= end) return { from: start, to: start };
      const first = lastAt(starts, start);
      const last = lastAt(starts, end - 1);
      return { from: start < endOf(first) ? starts[first]! : start, to: Math.max(end, endOf(last)) };
    },
    restore(bytes, from) {
      if (bytes.length === 0) return;
      const end = from + bytes.length;
      let group = lastAt(starts, from - 1) + 1;
      invariant(from >= endOf(group - 1), 'bytes to restore begin at a border');
      const window = spare.take();
      try {
        for (; startOf(group) < end; group++) {
          if (endOf(group) > end) throw damagedRecord('the file ends before its pages do');
          const at = starts[group]! - from;
          restoreGroup(bytes.subarray(at, at + lengths[group]!), groups, group, window);
        }
      } finally {
        spare.giveBack(window);
      }
    },
  };
}

/** The last of ascending places that is not behind the one given; -1 if all are. */
function lastAt(places: Float64Array, place: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]! <= place) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function restoreGroup(bytes: Uint8Array, groups: Groups, group: number, window: OggWindow): void {
  window.makeRoom(bytes.length);
  const pages = window.bytes;
  pages.set(bytes);
  let at = 0;
  for (let page = 0; page < groups.pages[group]!; page++) {
    const length = pageLength(pages, at, bytes.length);
    if (length === 0 || at + length > bytes.length || !isMasked(pages, at))
      throw damagedRecord('a page is not where it says');
    setUint32(pages, at + SERIAL_AT, groups.serials[group]!);
    setUint32(pages, at + SEQUENCE_AT, groups.sequences[group]! + page);
    setUint32(pages, at + CHECKSUM_AT, window.checksum(at, at + length));
    for (let i = at + SERIAL_AT; i < at + FIELDS_END; i++) bytes[i] = pages[i]!;
    at += length;
  }
  if (at !== bytes.length) throw damagedRecord('a page is longer than it says');
}

function isMasked(bytes: Uint8Array, at: number): boolean {
  for (let i = at + SERIAL_AT; i < at + FIELDS_END; i++) if (bytes[i] !== 0) return false;
  return true;
}
