/**
 * Which of several equal files stays: one of the reference before all others, then the one that was written first,
 * then the one with the shortest path, then the first by the bytes of its path. A total order, so that the answer
 * depends on nothing else.
 */
import { bytesOfPath } from '#kernel';
import type { SweptFile } from './file-table.ts';

export interface Choice {
  readonly keeper: SweptFile;
  readonly others: readonly SweptFile[];
  /** Why it stays. */
  readonly reason: string;
}

/** Chooses among at least one file. */
export function chooseStaying(files: readonly SweptFile[]): Choice {
  const [keeper, ...others] = files.toSorted(compareForStay);
  if (keeper === undefined) throw new RangeError('A file that stays is chosen among at least one.');
  return { keeper, others, reason: reasonOf(keeper, others[0]) };
}

/** Negative where `a` is the one to stay. */
function compareForStay(a: SweptFile, b: SweptFile): number {
  if (isReference(a) !== isReference(b)) return isReference(a) ? -1 : 1;
  if (a.mtimeNs !== b.mtimeNs) return a.mtimeNs < b.mtimeNs ? -1 : 1;
  const [one, other] = [bytesOfPath(a.path), bytesOfPath(b.path)];
  return one.length - other.length || compareBytes(one, other);
}

function isReference({ root }: SweptFile): boolean {
  return root.role === 'reference';
}

function reasonOf(keeper: SweptFile, next: SweptFile | undefined): string {
  if (isReference(keeper)) return 'the copy in the reference stays';
  if (next === undefined || keeper.mtimeNs !== next.mtimeNs) return 'the oldest copy in the source stays';
  return bytesOfPath(keeper.path).length === bytesOfPath(next.path).length
    ? 'of equally old copies the first by name stays'
    : 'of equally old copies the one with the shortest path stays';
}

/** Of equally long ones. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
}
