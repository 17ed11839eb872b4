/** What of the held back changes is on the disk when the power goes before anybody synced: a part that chance decides. */
import { type HeldFile, type Landing, PAGE_BYTES } from './held-file.ts';

/** Disks write sectors whole or not at all. */
export const SECTOR_BYTES = 512;
const SECTORS = PAGE_BYTES / SECTOR_BYTES;

/**
 * Chance lets each page and each new length land or not, and tears at most one of the pages between two sectors.
 * @param random from 0 to below 1
 */
export function chooseLandings(files: readonly HeldFile[], random: () => number): Landing[] {
  const chosen = files.map(({ dirtyPages }) => ({
    resized: random() < 0.5,
    pages: new Map<number, readonly [number, number]>(
      dirtyPages.filter(() => random() < 0.5).map((index) => [index, [0, PAGE_BYTES]]),
    ),
  }));
  tearOne(
    chosen.flatMap(({ pages }) => [...pages.keys()].map((index) => ({ pages, index }))),
    random,
  );
  return chosen;
}

function tearOne(
  landed: readonly { readonly pages: Map<number, readonly [number, number]>; readonly index: number }[],
  random: () => number,
): void {
  const torn = landed[Math.floor(random() * landed.length * 2)];
  const border = SECTOR_BYTES * (1 + Math.floor(random() * (SECTORS - 1)));
  torn?.pages.set(torn.index, random() < 0.5 ? [0, border] : [border, PAGE_BYTES]);
}
