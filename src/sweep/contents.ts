/** Files that may be twins, by size; of an inode with several names one. */
import { type BytePath, displayPath } from '#kernel';
import { type FileTable, inodeOf, isSameFile, pathAt, rootOf, sizeOf } from './file-table.ts';
import type { Run } from './run.ts';

/** Files, by place, of which no two are told apart so far. */
export type Class = readonly number[];

export interface Candidates {
  readonly classes: readonly Class[];
  /** Further names of a file that stands in a class. */
  readonly otherNames: ReadonlyMap<number, readonly number[]>;
}

/** Classes of equal size in which a sweep could find something to take away. */
export function candidatesBySize(table: FileTable, run: Run): Candidates {
  const bySize = new Map<number, number[]>();
  for (let file = 0; file < table.length; file++) {
    const size = sizeOf(table, file);
    run.tally.bytes += size;
    const own = bySize.get(size);
    if (own) own.push(file);
    else bySize.set(size, [file]);
  }
  skipEmpty(bySize.get(0) ?? [], table, run);
  bySize.delete(0);
  const otherNames = new Map<number, number[]>();
  const classes: Class[] = [];
  for (const own of bySize.values()) {
    if (own.length === 1) continue;
    const class_ = withoutOtherNames(own, table, otherNames);
    if (isOfUse(class_, table, otherNames)) classes.push(class_);
    else skipLinks(class_, table, otherNames, run);
  }
  return { classes, otherNames };
}

/** May a sweep take something of it away? */
export function isOfUse(class_: Class, table: FileTable, otherNames: Candidates['otherNames']): boolean {
  const isSource = (file: number): boolean => rootOf(table, file).role === 'source';
  return class_.length > 1 && class_.some((file) => isSource(file) || otherNames.get(file)?.some(isSource) === true);
}

/** All files without bytes are equal, and none is a copy of another. */
function skipEmpty(files: Class, table: FileTable, { tally }: Run): void {
  for (const file of files) {
    if (rootOf(table, file).role === 'source')
      tally.skipped.push({ path: pathAt(table, file), reason: 'it has no bytes' });
  }
}

/** Of each inode one name, so that no file is read twice. */
function withoutOtherNames(files: Class, table: FileTable, otherNames: Map<number, number[]>): number[] {
  const byInode = new Map<number, number>();
  const contents: number[] = [];
  for (const file of files) {
    const inode = inodeOf(table, file);
    const first = byInode.get(inode);
    if (first === undefined || !isSameFile(table, first, file)) {
      if (first === undefined) byInode.set(inode, file);
      contents.push(file);
    } else if (otherNames.has(first)) otherNames.get(first)?.push(file);
    else otherNames.set(first, [file]);
  }
  return contents;
}

function skipLinks(class_: Class, table: FileTable, otherNames: Map<number, number[]>, { tally }: Run): void {
  for (const file of class_) {
    for (const other of otherNames.get(file) ?? []) {
      if (rootOf(table, other).role !== 'source') continue;
      tally.skipped.push({ path: pathAt(table, other), reason: linkReason(pathAt(table, file)) });
    }
  }
}

export function linkReason(path: BytePath): string {
  return `a hard link to ${displayPath(path)}: one file under two names, nothing would be won`;
}
