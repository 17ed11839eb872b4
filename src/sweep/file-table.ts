/**
 * All files of a sweep in a few long arrays: a million of them take 50 MB and their names, and are told apart without
 * an object each. Files are known by place; those of interest become a {@link SweptFile}.
 */
import { type BytePath, joinPath } from '#kernel';
import type { Root } from './guard.ts';
import type { ListedFolders, StampTable } from './ports.ts';

/** Words of 32 bits a stamp has: five figures of 64. */
const WORDS = 10;
/** Places of its figures, in words. */
const DEVICE = 0;
const INODE = 2;
const SIZE = 4;
const MTIME = 6;
const CTIME = 8;

/** What one job found, and of which root. */
export interface Finding {
  readonly root: Root;
  readonly listed: Pick<ListedFolders, 'folders' | 'stamps'>;
}

export interface FileTable {
  readonly length: number;
  readonly stamps: StampTable;
  /** The same as figures of 64 bits. */
  readonly figures: BigInt64Array;
  /** Of each file, a place in `folders`. */
  readonly folderOf: Uint32Array;
  readonly folders: readonly TableFolder[];
}

interface TableFolder {
  readonly root: Root;
  readonly path: BytePath;
  /** Place of its first file. */
  readonly first: number;
  /** NUL between them. */
  readonly names: string;
  /** The names one by one, once they were asked for. */
  split: readonly string[] | undefined;
}

/** A file of the table by itself. */
export interface SweptFile {
  readonly root: Root;
  readonly path: BytePath;
  readonly device: bigint;
  readonly inode: bigint;
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

export function createFileTable(findings: readonly Finding[]): FileTable {
  const length = findings.reduce((sum, { listed }) => sum + listed.stamps.length, 0) / (WORDS / 2);
  const figures = new BigInt64Array(length * (WORDS / 2));
  const folderOf = new Uint32Array(length);
  const folders: TableFolder[] = [];
  let at = 0;
  for (const { root, listed } of findings) {
    figures.set(listed.stamps, at * (WORDS / 2));
    for (const { path, names, count } of listed.folders) {
      folderOf.fill(folders.length, at, at + count);
      folders.push({ root, path, names, first: at, split: undefined });
      at += count;
    }
  }
  return { length, figures, stamps: new Uint32Array(figures.buffer), folderOf, folders };
}

export function sizeOf({ stamps }: FileTable, file: number): number {
  return wordAt(stamps, file, SIZE);
}

/** Tells most inodes apart; beyond 2⁵³ not all. */
export function inodeOf({ stamps }: FileTable, file: number): number {
  return wordAt(stamps, file, INODE);
}

export function deviceOf(table: FileTable, file: number): bigint {
  return figureAt(table, file, DEVICE);
}

/** Milliseconds since 1970. */
export function ctimeMs({ stamps }: FileTable, file: number): number {
  return wordAt(stamps, file, CTIME) / 1e6;
}

export function rootOf({ folders, folderOf }: FileTable, file: number): Root {
  return (folders[folderOf[file]!] as TableFolder).root;
}

/** Names of one inode. */
export function isSameFile({ stamps }: FileTable, a: number, b: number): boolean {
  for (let word = 0; word < SIZE; word++) if (stamps[a * WORDS + word] !== stamps[b * WORDS + word]) return false;
  return true;
}

/** Are both on one device? */
export function isSameDevice({ stamps }: FileTable, a: number, b: number): boolean {
  return stamps[a * WORDS] === stamps[b * WORDS] && stamps[a * WORDS + 1] === stamps[b * WORDS + 1];
}

export function pathAt(table: FileTable, file: number): BytePath {
  const folder = table.folders[table.folderOf[file]!] as TableFolder;
  return joinPath(folder.path, nameIn(folder, file));
}

export function fileAt(table: FileTable, file: number): SweptFile {
  return {
    root: rootOf(table, file),
    path: pathAt(table, file),
    device: figureAt(table, file, DEVICE),
    inode: figureAt(table, file, INODE),
    sizeBytes: sizeOf(table, file),
    mtimeNs: figureAt(table, file, MTIME),
    ctimeNs: figureAt(table, file, CTIME),
  };
}

function nameIn(folder: TableFolder, file: number): BytePath {
  folder.split ??= folder.names.split('\0');
  return folder.split[file - folder.first] as BytePath;
}

/** A figure as a number. The machine stores the lower half first. */
function wordAt(stamps: StampTable, file: number, word: number): number {
  return stamps[file * WORDS + word]! + stamps[file * WORDS + word + 1]! * 2 ** 32;
}

function figureAt({ figures }: FileTable, file: number, word: number): bigint {
  return figures[(file * WORDS + word) / 2]!;
}
