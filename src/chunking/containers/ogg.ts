/**
 * Ogg as a container: of every good page, the serial number, sequence number and checksum are masked, 12 bytes that a
 * station which multiplexes each play anew writes anew. Flags, granule position, segments and payload are the same.
 */
import type { Container } from './container.ts';
import { createOggMasker } from './ogg-masker.ts';
import { looksLikePage } from './ogg-page.ts';
import { createOggRestorer } from './ogg-restorer.ts';
import { createSpareWindow } from './ogg-window.ts';

/** Room for pieces of up to 128 KiB beside a page that waits for its end, and for a group of pages. */
const ROOM = 262_144;
const CAPITAL_O = 0x4f;

/** Makes the container, which keeps work space in reserve for its maskers and restorers. */
export function createOgg(): Container {
  const spare = createSpareWindow(ROOM);
  return {
    name: 'ogg',
    recognises(head) {
      for (let at = head.indexOf(CAPITAL_O); at !== -1; at = head.indexOf(CAPITAL_O, at + 1))
        if (looksLikePage(head, at)) return true;
      return false;
    },
    mask: () => createOggMasker(spare),
    restorer: (record) => createOggRestorer(record, spare),
  };
}
