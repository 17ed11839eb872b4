/** What the store needs of the outside: files, a database, an index and a lock. All of it synchronous: see the design. */
import type { Anchor, ChunkSizes, Place } from '#chunking';

/**
 * The files of one store, by names relative to its folder: `packs/00000001`. Each call is one act upon the disk.
 * @throws AppError `store/missing-piece`, `store/disk-full`, `store/denied`, `store/disk-error`
 */
export interface StoreFiles extends Disposable {
  /** Names in a folder, in no order; none where there is no such folder. */
  names(folder: string): readonly string[];
  /** In bytes; undefined where there is no such file. */
  size(name: string): number | undefined;
  /** Bytes that the disk has set aside for it: fewer than its size where it has holes. */
  sizeOnDisk(name: string): number | undefined;
  /** @returns how many bytes were there; fewer than fit only at the end of the file */
  read(name: string, at: number, into: Uint8Array): number;
  /** Makes the file and its folder where they are not there. */
  write(name: string, at: number, bytes: Uint8Array): void;
  /** Shortens or lengthens a file, with zeros; makes it where it is not there. */
  truncate(name: string, length: number): void;
  /** What was written to the file survives a power cut from here on. */
  sync(name: string): void;
  /** The same for the names in a folder. */
  syncFolder(folder: string): void;
  /** Nothing where it is not there. */
  remove(name: string): void;
  /** Lets go of files that are kept open and were removed, so that the disk can have their room. */
  closeRemoved(): void;
  /** Of the disk that the store lies on. */
  space(): DiskSpace;
}

export interface DiskSpace {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** To those who are not root. */
  readonly availableBytes: number;
}

export type NodeKind = 'file' | 'folder' | 'symlink' | 'fifo' | 'socket' | 'character-device' | 'block-device';

/** A node of the tree. Its number is never given again. */
export interface Node {
  readonly id: number;
  readonly kind: NodeKind;
  /** Permission bits, with set-user-id, set-group-id and sticky: 12 bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Names of it; of a folder also its own `.` and each `..` below it. */
  readonly links: number;
  /** Bytes of a file, or of what a symlink says; 0 otherwise. */
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly atimeNs: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  /** As `makedev` puts it together; 0 where the node is no device. */
  readonly device: number;
  /** Of a folder: the one it lies in; the root's is the root. 0 otherwise. */
  readonly parent: number;
  /** What a symlink says. */
  readonly target: Uint8Array | null;
  /** What a file holds, where it has been shared; null where it is raw or empty. */
  readonly content: number | null;
  /** The file's bytes lie in `raw/ID`, as they were written. */
  readonly isRaw: boolean;
  /**
   * A raw file that is being written to: its size, and when its bytes were changed, are those of `raw/ID`, so that not
   * every write is a transaction. Whoever sets one of them ends that.
   */
  readonly isLive: boolean;
  /** Extended attributes, packed. */
  readonly attributes: Uint8Array | null;
}

/** A name in a folder. */
export interface Entry {
  readonly name: Uint8Array;
  readonly node: number;
  /** Orders the entries of a folder, and stays while others come and go: 52 bits, above 0. */
  readonly cookie: number;
}

/** What a file holds: its recipe is kept in pages beside it. */
export interface Content {
  readonly id: number;
  readonly size: number;
  /** SHA-256 of the bytes. */
  readonly hash: Uint8Array;
  /** The container whose fields are set aside, '' where there is none. */
  readonly container: string;
  /** How they are put back; null without container. */
  readonly record: Uint8Array | null;
}

/** A part of a recipe: packed extents that cover the content from `start` on. */
export interface RecipePage {
  readonly content: number;
  readonly start: number;
  readonly length: number;
  readonly extents: Uint8Array;
}

/** Stored bytes. */
export interface Blob {
  readonly id: number;
  readonly pack: number;
  /** Where its header begins in the pack. */
  readonly offset: number;
  /** Bytes that it holds. */
  readonly length: number;
}

/** A file of blobs. */
export interface Pack {
  readonly id: number;
  /** Bytes that are committed; what lies beyond was never acknowledged. */
  readonly length: number;
}

/** What was set when the store was made. */
export interface StoreSettings {
  readonly version: number;
  readonly chunks: ChunkSizes;
}

/**
 * The tables of a store. Several processes may have it open; what one commits the others see.
 * @throws AppError `store/damaged` where a row contradicts its checksum or the file is no database any more
 */
export interface StoreDatabase extends Disposable {
  readonly settings: StoreSettings;
  /** All of `work` or nothing, alone among writers. Survives the death of the process. May not be nested. */
  transact<T>(work: () => T): T;
  /** Reads of `work` see one state. */
  view<T>(work: () => T): T;
  /** What was committed survives a power cut from here on. */
  sync(): void;

  node(id: number): Node | undefined;
  /** The same for less, without what its raw file says: of a live one, size and times are old. */
  storedNode(id: number): Node | undefined;
  addNode(node: Omit<Node, 'id'>): number;
  changeNode(id: number, change: Partial<Omit<Node, 'id'>>): void;
  dropNode(id: number): void;
  /** Numbers of nodes without a name. */
  orphans(): readonly number[];
  /** In order of their numbers, from `after` on, `most` at most. */
  nodesAfter(after: number, most: number): readonly Node[];

  /** Finding nothing counts only where the folder's entries are all there, so that is checked, once for each folder. */
  entry(folder: number, name: Uint8Array): Entry | undefined;
  /** In order of their cookies. The last of them is checked against what the folder ought to hold. */
  entriesAfter(folder: number, cookie: number, most: number): readonly Entry[];
  /** Those of a folder's entries that are sound, whether or not some are missing. */
  soundEntries(folder: number): readonly Entry[];
  /** How many entries the folder has. */
  countEntries(folder: number): number;
  addEntry(folder: number, name: Uint8Array, node: number): void;
  dropEntry(folder: number, name: Uint8Array): void;

  content(id: number): Content | undefined;
  addContent(content: Omit<Content, 'id'>): number;
  /** With its recipe. */
  dropContent(id: number): void;
  contentsAfter(after: number, most: number): readonly Content[];
  /** The numbers of all rows; where the table cannot be read to its end, all that were ever given. */
  numbersOf(table: 'nodes' | 'contents' | 'blobs'): readonly number[];
  addPage(page: RecipePage): void;
  /** The page that holds the byte at `offset`. */
  pageAt(content: number, offset: number): RecipePage | undefined;
  pagesOf(content: number): readonly RecipePage[];

  blob(id: number): Blob | undefined;
  addBlob(blob: Blob): void;
  dropBlob(id: number): void;
  /** Above every number that was ever given. */
  nextBlob(): number;
  blobsAfter(after: number, most: number): readonly Blob[];
  blobsOfPack(pack: number): readonly Blob[];

  packs(): readonly Pack[];
  putPack(pack: Pack): void;
  dropPack(id: number): void;
  /** Above every number that was ever given. */
  nextPack(): number;

  /**
   * Says which request a server of the tree has done last, in the transaction that does it: who takes over from one that
   * has died knows what was done. Servers have small numbers.
   */
  mark(server: number, request: number): void;
  /** Of all servers, the requests that they did last. */
  marks(): readonly number[];
  clearMarks(): void;

  /** Sums over everything, for figures. */
  totals(): StoreTotals;
  /**
   * Every row that contradicts its checksum, every folder whose entries are not all there, and whatever else the tables
   * are not as they ought to be in; in sentences.
   */
  damages(): readonly string[];
  /**
   * What is wrong with the second copy of the tables, in sentences.
   * @param damages of the tables themselves: what is lost for good is lost in the copy of what is left, too
   */
  examineCopy(damages: readonly string[]): readonly string[];
  /** Makes the second copy anew where that is due: when there is time, outside transactions. Closing does it, too. */
  tidy(): void;
}

export interface StoreTotals {
  readonly files: number;
  readonly folders: number;
  readonly logicalBytes: number;
  readonly rawFiles: number;
  readonly rawBytes: number;
  readonly blobs: number;
  readonly blobBytes: number;
  readonly packs: number;
}

/**
 * By which keys blobs are found. Derived from the blobs and never believed: lost, it costs sharing until it is made anew.
 */
export interface AnchorIndex extends Disposable {
  find(key: number): Place | undefined;
  /**
   * Adds all anchors of the blobs [first, last]. A key that is there already gets the new place. What the index lacks
   * before `first` it still lacks.
   */
  add(anchors: readonly (Anchor & { readonly blob: number })[], first: number, last: number): void;
  /** The highest blob whose anchors are all in; 0 at first, or where the index was lost. */
  through(): number;
  /** Forgets what leads to other blobs. */
  keep(isKept: (blob: number) => boolean): void;
  /** Forgets everything. */
  clear(): void;
}

/** Held by whoever adds to packs or removes them. Ends with the process that holds it, however that ends. */
export interface StoreLock extends Disposable {
  /**
   * Waits until nobody holds it, while other work goes on: who takes it then need hardly wait.
   * @throws AppError `store/locked` after waiting in vain, `cancelled`
   */
  whenFree(signal: AbortSignal): Promise<void>;
  /** @throws AppError `store/locked` after waiting in vain */
  hold<T>(work: () => T): T;
  take(): Disposable;
}

/** What it takes to read a store. */
export interface ReadableParts {
  readonly files: StoreFiles;
  readonly database: StoreDatabase;
}

/** Everything that an open store stands on. */
export interface StoreParts extends ReadableParts {
  readonly anchors: AnchorIndex;
  readonly lock: StoreLock;
  /** Nanoseconds since 1970. */
  readonly nowNs: () => bigint;
}

/** The files of a store as they are made, and made anew, while nobody has it open. */
export interface StoreTables {
  /** A new store in a folder that is empty or not there; it is one when `begin` has put in what every store has. @throws AppError `store/exists`, `store/not-empty` */
  make(settings: StoreSettings, begin: (database: StoreDatabase) => void): void;
  /** Is there a store? @throws AppError `store/missing`, `store/damaged`, `store/too-new` */
  check(): void;
  /**
   * For locks that are none any more to hold nobody back.
   * @throws AppError `store/missing` where there neither is nor was a store
   */
  prepareRepair(): void;
  /**
   * Makes the tables whole again, as far as they and their second copy allow.
   * @param spare settings for where they are lost
   */
  repair(spare: StoreSettings): TableRepair;
  copiedNames(): CopiedNames;
  /** Bytes of all files of the store, and what the disk sets aside for them. */
  sizes(): { readonly storedBytes: number; readonly diskBytes: number };
}

/** Names as the second copy of the tables has them. */
export interface CopiedNames extends Disposable {
  soundEntries(folder: number): readonly Entry[];
  /** The numbers of all files. */
  files(): readonly number[];
}

/** What became of the tables when they were repaired. */
export interface TableRepair {
  /** The tables were damaged and made anew. */
  readonly isRebuilt: boolean;
  /** Rows and names that are lost for good. */
  readonly lostRows: number;
  readonly isCopyRenewed: boolean;
}
