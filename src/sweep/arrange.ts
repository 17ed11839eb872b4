/** Sets of equal files → what is to happen to each of them. */
import type { PlanItem, PlannedFile } from '#filing';
import { type BytePath, displayPath } from '#kernel';
import { linkReason } from './contents.ts';
import { createDestinations } from './destinations.ts';
import type { SweptFile } from './file-table.ts';
import type { Roots } from './guard.ts';
import { VERB_OF } from './request.ts';
import type { Run } from './run.ts';

/** Files of which all but one can go. */
export interface StayingSet {
  readonly keeper: SweptFile;
  readonly others: readonly SweptFile[];
  /** What the others have in common with the keeper, and why that one stays. */
  readonly reasonsOf: (other: SweptFile) => readonly string[];
  /** `sha256:…` of all bytes. */
  readonly contentHashOf: (file: SweptFile) => string | null;
  /** Are bytes to be compared before the act? */
  readonly sameBytes: boolean;
}

export interface Arrangement {
  readonly items: readonly PlanItem[];
  /** Bytes of distinct files all of whose known names go. */
  readonly reclaimableBytes: number;
}

/** The items in the order of the keepers' paths, then of their own. No item is ever about a file of the reference. */
export function arrange(sets: readonly StayingSet[], roots: Roots, run: Run): Arrangement {
  const destinationOf = createDestinations(roots, run.request);
  const verb = VERB_OF[run.request.mode];
  const items: PlanItem[] = [];
  const freed = new Map<string, number>();
  for (const set of sets.toSorted((a, b) => compareTexts(a.keeper.path, b.keeper.path))) {
    const staying = [set.keeper, ...set.others.filter(({ root }) => root.role === 'reference')];
    const keeper = planned(set.keeper, set);
    for (const other of set.others.toSorted((a, b) => compareTexts(a.path, b.path))) {
      if (other.root.role !== 'source') continue;
      const reason = reasonToLeave(other, staying, run);
      if (reason !== undefined) {
        run.tally.skipped.push({ path: other.path, reason });
        continue;
      }
      freed.set(`${other.device}:${other.inode}`, other.sizeBytes);
      items.push({
        n: items.length + 1,
        verb,
        source: planned(other, set),
        destination: destinationOf(other),
        keeper,
        sameBytes: set.sameBytes,
        follows: [],
        edits: [],
        reasons: set.reasonsOf(other),
      });
    }
  }
  return { items, reclaimableBytes: [...freed.values()].reduce((sum, bytes) => sum + bytes, 0) };
}

/** `staying` are the keeper and everything in the reference: another name of one of them is no copy. */
function reasonToLeave(file: SweptFile, staying: readonly SweptFile[], { request }: Run): string | undefined {
  const same = staying.find((each) => isSameInode(each, file));
  if (same) return linkReason(same.path);
  const twice = staying.find((each) => isSeenTwice(each, file));
  if (twice) return `the same file as ${displayPath(twice.path)}, seen through another mount`;
  const [keeper] = staying as [SweptFile];
  const sharesBlocks = request.mode === 'hardlink' || request.mode === 'reflink';
  if (!sharesBlocks || file.device === keeper.device) return undefined;
  return `on another file system than ${displayPath(keeper.path)}, so a ${request.mode} cannot reach it`;
}

function isSameInode(a: SweptFile, b: SweptFile): boolean {
  return a.inode === b.inode && a.device === b.device;
}

/**
 * Inode, size and both times to the nanosecond: a copy that was made has none of them all. A share or a volume that is
 * mounted twice shows one file under two device numbers, and to move one name would move the other.
 */
function isSeenTwice(a: SweptFile, b: SweptFile): boolean {
  return a.inode === b.inode && a.sizeBytes === b.sizeBytes && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}

function planned(file: SweptFile, { contentHashOf }: StayingSet): PlannedFile {
  const { path, sizeBytes, mtimeNs, inode } = file;
  return { path, sizeBytes, mtimeNs, inode, contentHash: contentHashOf(file) };
}

function compareTexts(a: BytePath, b: BytePath): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
