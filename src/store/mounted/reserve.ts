/**
 * Room that is kept free on the store's disk, so that what is full can still be emptied: to remove a file takes a little
 * room, for the tables say so before it goes.
 */
import type { StoreFiles } from '../ports.ts';
import { PosixError } from '../tree/posix-error.ts';

/** Bytes. Chosen: the log of the tables before it is brought over, twice. */
export const RESERVED_BYTES: number = 8 << 20;
/** So much, or a part of what there is, is written before it is looked at again. Chosen. */
const [MOST_AHEAD, PART_AHEAD] = [64 << 20, 8];

/** @param isThere have these bytes a place on the disk already? Asked where there is little room. */
type Reserve = (bytes: number, isThere?: () => boolean) => void;

/**
 * @param makeRoom gives back what can be given back
 * @returns to be called before bytes are written. @throws PosixError ENOSPC
 */
export function createReserve(files: StoreFiles, makeRoom: () => void): Reserve {
  let ahead = 0;
  const room = (): number => files.space().availableBytes - RESERVED_BYTES;
  return (bytes, isThere = () => false) => {
    ahead -= bytes;
    if (ahead >= 0) return;
    let left = room();
    if (left < bytes) {
      if (isThere()) return;
      makeRoom();
      left = room();
    }
    if (left < bytes) throw new PosixError('ENOSPC');
    ahead = Math.min(MOST_AHEAD, left / PART_AHEAD) - bytes;
  };
}
