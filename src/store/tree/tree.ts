/**
 * The tree of a store: names, and the nodes that they stand for, with the meaning of POSIX as Linux has it. Whoever asks may
 * do everything: rights are checked before, by a kernel. Everything is in the database and in raw files; memory holds only
 * what is open, so several processes can work on one tree.
 */
import type { DiskSpace, Node } from '../ports.ts';
import type { AttributeFlag } from './attributes.ts';
import type { WriteOptions } from './bytes.ts';
import type { NodeChange } from './change.ts';
import type { Listed } from './find.ts';
import type { NewFile } from './import-acts.ts';
import type { NewFolder, NewNode, Owner } from './make.ts';
import type { Name } from './names.ts';
import type { RenameFlag } from './rename.ts';

/**
 * Acts upon names and nodes. Nodes are told by their numbers, which are never given again; one that is gone is ESTALE.
 * @throws PosixError with the code that Linux would give
 */
export interface TreeActs {
  /** Knows `.` and `..`, too. */
  lookup(folder: number, name: Name): Node;
  /** A new node that is neither folder nor symbolic link. EEXIST where the name is taken. */
  make(folder: number, name: Name, node: NewNode): Node;
  mkdir(folder: number, name: Name, options: NewFolder): Node;
  symlink(folder: number, name: Name, target: Name, owner: Owner): Node;
  link(node: number, folder: number, name: Name): Node;
  unlink(folder: number, name: Name): void;
  rmdir(folder: number, name: Name): void;
  rename(fromFolder: number, from: Name, toFolder: number, to: Name, flag?: RenameFlag): void;
  /** See {@link NodeChange}: what is not given stays. */
  change(node: number, change: Omit<NodeChange, 'size'>): Node;
  setAttribute(node: number, name: Name, value: Uint8Array, flag?: AttributeFlag): void;
  removeAttribute(node: number, name: Name): void;
  /** The folder of that name, made where there is none. ENOTDIR where the name stands for something else. */
  ensureFolder(folder: number, name: Name, options: NewFolder): Node;
  /** A new file, in place of what had its name. EISDIR where that is a folder. */
  addFile(folder: number, name: Name, file: NewFile): Node;
  /**
   * Gives a raw file the bytes of a content in place of its own, which the caller found equal; times stay.
   * @param seen the file before its bytes were read
   * @returns false, and nothing was done, where it has changed since
   */
  share(seen: Node, content: number): boolean;
  /** Has the row of a file that was written to say how long it is. @returns the file as it is then */
  calm(file: number): Node;
  /** Frees a node that has no name; any other stays. */
  forget(node: number): void;
}

/** As `open` of a system takes them. */
export interface OpenOptions {
  readonly write?: boolean;
  /** Makes a file empty. */
  readonly truncate?: boolean;
  /** With `truncate`, see {@link NodeChange}. */
  readonly losesSetBits?: boolean;
}

export interface TreeStatistics extends DiskSpace {
  /** Files and folders. */
  readonly nodes: number;
  /** Of all files, as long as they are. */
  readonly logicalBytes: number;
  /** What they take: blobs and raw files. */
  readonly storedBytes: number;
}

/** Each act is one transaction, done as a whole or not at all; {@link punch} in a long range is several. */
export interface Tree extends TreeActs {
  /** The same acts for a transaction of the caller's. What they spare is given back by {@link settle}. */
  readonly acts: TreeActs;

  /** `getattr`. */
  node(id: number): Node;
  /** `setattr`, size included. */
  change(node: number, change: NodeChange): Node;
  readlink(node: number): Uint8Array;
  /** The entries after a cookie, 0 to begin with, `most` at most; `.` and `..` are the caller's to add. */
  list(folder: number, cookie: number, most: number): readonly Listed[];
  /** From the root; symbolic links are followed, save in the last part. `/` at the end asks for a folder. */
  resolve(path: Name): Node;
  /** The paths of each of these nodes that has one, from the root. Goes through all names of the store. */
  pathsOf(nodes: ReadonlySet<number>): ReadonlyMap<number, readonly Uint8Array[]>;

  /** From now on until {@link release}, the node lives on though its last name goes. Once for each use. */
  open(node: number, options?: OpenOptions): Node;
  release(node: number): void;
  /**
   * Fills `into` from `offset` on. Does not move the time of access.
   * @returns how many bytes there were; fewer than fit only at the end
   */
  read(file: number, offset: number, into: Uint8Array): number;
  /** All of `bytes`, or an error. @returns their number */
  write(file: number, offset: number, bytes: Uint8Array, options?: WriteOptions): number;
  /** `fallocate`; makes the file longer unless told to keep its size. Sets no room aside. */
  allocate(file: number, offset: number, length: number, options?: { readonly keepSize?: boolean }): void;
  /** Zeros in a range, as far as the file goes: `fallocate` that punches a hole. */
  punch(file: number, offset: number, length: number): void;
  /** What was done to the node and in the folder survives a power cut from here on. */
  sync(node: number): void;

  getAttribute(node: number, name: Name): Uint8Array;
  listAttributes(node: number): readonly Uint8Array[];
  /** For `statfs`. */
  statistics(): TreeStatistics;

  /**
   * Gives back the room of files that are gone, which happens by itself, too, now and then; and ends that files are live.
   * Wanted when the tree is left.
   */
  settle(): void;
  /** Frees what a crash left: nodes without name, raw files without node. Only for who has the store alone, at the start. */
  recover(): void;
}
