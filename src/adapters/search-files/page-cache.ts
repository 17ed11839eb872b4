/**
 * Pages of files that were read and checked. Where there is no more room, the next page in turn goes that was not asked
 * for since its last turn: as good as the one that was longest not asked for, and found at once.
 * @see Corbató, "A Paging Experiment with the Multics System", 1968
 */

export const PAGE_BYTES = 4096;

export interface PageCache {
  /** A number for one more file. */
  addFile(): number;
  /** A page that is there. Valid until the next {@link PageCache.add}. */
  get(file: number, page: number): Buffer | undefined;
  /** Room for a page that is not there, which the caller fills at once. */
  add(file: number, page: number): Buffer;
}

/** Room for one number beside another. */
const PAGE_SPAN = 2 ** 32;

/** Takes so many bytes at most, as they are needed. */
export function createPageCache(bytes: number): PageCache {
  const most = Math.max(1, Math.floor(bytes / PAGE_BYTES));
  const slots = new Map<number, number>();
  const keys = new Float64Array(most);
  const isAsked = new Uint8Array(most);
  // Memory that nothing was written to costs nothing.
  const all = Buffer.allocUnsafeSlow(most * PAGE_BYTES);
  const pages: Buffer[] = [];
  let turn = 0;
  let files = 0;
  const freeSlot = (): number => {
    if (pages.length < most)
      return pages.push(all.subarray(pages.length * PAGE_BYTES, (pages.length + 1) * PAGE_BYTES)) - 1;
    for (; isAsked[turn] === 1; turn = (turn + 1) % most) isAsked[turn] = 0;
    const slot = turn;
    turn = (turn + 1) % most;
    slots.delete(keys[slot]!);
    return slot;
  };
  return {
    addFile: () => files++,
    get(file, page) {
      const slot = slots.get(file * PAGE_SPAN + page);
      if (slot === undefined) return undefined;
      isAsked[slot] = 1;
      return pages[slot];
    },
    add(file, page) {
      const slot = freeSlot();
      keys[slot] = file * PAGE_SPAN + page;
      slots.set(keys[slot]!, slot);
      return pages[slot] as Buffer;
    },
  };
}
