/** What filing needs of the outside: acts upon files, and a journal that survives whatever happens. */
import type { TagReading } from '#audio';
import type { BytePath } from '#kernel';
import type { Entry, EntryChange, NewEntry } from './entry.ts';

/** What a name stands for; symbolic links are not followed. */
export interface FileState {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly device: bigint;
  readonly inode: bigint;
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  /** How many names the bytes have. */
  readonly links: number;
}

/**
 * Acts upon files and folders by their byte names. None replaces or follows what stands at a name: what makes a name
 * fails with `files/exists` where there is one. Every error is an AppError that names the file; kind `unavailable` means
 * that it may pass (busy, timed out, an error of the disk), `exhausted` that there is no room.
 */
export interface FileActs {
  /** `undefined` where there is nothing. @throws AppError `files/denied` … */
  state(path: BytePath): FileState | undefined;
  /** Without symbolic links and in one spelling. @throws AppError `files/missing` … */
  realPath(path: BytePath): BytePath;
  /** Names in the folder, in the order of their bytes. */
  list(folder: BytePath): readonly BytePath[];
  /** Gives the file another name on its file system. @throws AppError `files/exists`, `files/elsewhere` (another file system) … */
  rename(from: BytePath, to: BytePath): void;
  /** Swaps two names at once, so that there is no moment without either; `false` where the file system cannot. */
  exchange(a: BytePath, b: BytePath): boolean;
  /** Another name for the same bytes. @throws AppError `files/exists`, `files/elsewhere` … */
  hardLink(file: BytePath, name: BytePath): void;
  /** A name that points at `target`. */
  symbolicLink(target: BytePath, name: BytePath): void;
  /** What a symbolic link says, as it stands in it. @throws AppError `files/missing` … */
  readLink(name: BytePath): BytePath;
  /** A file of its own that shares the blocks of another. @throws AppError `files/no-reflink` where the file system cannot */
  clone(file: BytePath, copy: BytePath): Promise<void>;
  /**
   * A copy with the mode, owner (where allowed), times and extended attributes of the original, read back and found equal
   * before the promise resolves. Both sync'd. Rejects and leaves no copy where it cannot be made whole.
   * @returns the content hash, and what could not be taken along, in words
   */
  copy(
    file: BytePath,
    copy: BytePath,
    signal: AbortSignal,
  ): Promise<{ readonly hash: string; readonly lacks: readonly string[] }>;
  /** A new file of these bytes, synced. */
  write(path: BytePath, bytes: Uint8Array): void;
  /** A new file of these pieces, one after the other, synced. Rejects and leaves no file where it cannot be made whole. */
  assemble(path: BytePath, pieces: Iterable<Uint8Array>, signal: AbortSignal): Promise<void>;
  /** @throws AppError `files/missing`, `files/not-regular` … */
  open(path: BytePath): ByteSource & Disposable;
  /** All bytes. @throws AppError `files/too-large` beyond `maxBytes` */
  read(path: BytePath, maxBytes: number): Uint8Array;
  /** Mode, owner (where allowed), times and extended attributes of `like`. @returns what could not be taken along, in words */
  dress(path: BytePath, like: BytePath): readonly string[];
  /** `sha256:` and 64 digits, of all bytes. */
  hash(path: BytePath, signal: AbortSignal): Promise<string>;
  haveSameBytes(a: BytePath, b: BytePath, signal: AbortSignal): Promise<boolean>;
  /** Takes a name away; the bytes go with their last one. */
  remove(file: BytePath): void;
  /** One folder, in one that is there. @throws AppError `files/exists` … */
  makeFolder(folder: BytePath): void;
  /** `false` where it is not empty or not there. */
  removeFolder(folder: BytePath): boolean;
  setModified(folder: BytePath, mtimeNs: bigint): void;
  /** Makes the names in the folder as durable as the disk can. */
  sync(folder: BytePath): void;
}

/** A file that is open for reading, at any place. */
export interface ByteSource {
  readonly path: BytePath;
  readonly sizeBytes: number;
  /** A copy of the bytes in [start, end), fewer where the file ends before. */
  read(start: number, end: number): Uint8Array;
}

/**
 * Joins the sound of one file with the tags of another of the same container, byte for byte. Pieces are read from the
 * files as they are asked for. @throws AppError `swap/other-container`, `swap/unsupported`, `swap/damaged`
 */
export interface TagWriter {
  /** A whole file with the sound of one and the tags and pictures of the other. */
  graft(sound: ByteSource, tags: ByteSource): Iterable<Uint8Array>;
  /** All that is heard of a file and how it is to be read: the same whatever tags stand around it. */
  soundOf(file: ByteSource): Iterable<Uint8Array>;
  /** All tags and pictures of a file: the same whatever sound they stand beside. */
  tagsOf(file: ByteSource): Iterable<Uint8Array>;
}

/** Tags, written and read by two who do not know each other, so that the one shows what the other did. */
export interface TagParts {
  readonly writer: TagWriter;
  read(path: BytePath): Promise<TagReading>;
}

/** Which entries; all where nothing is said. */
export interface EntryFilter {
  readonly plan?: string;
  readonly states?: readonly Entry['state'][];
  readonly verbs?: readonly Entry['verb'][];
  /** Made at or after, milliseconds since 1970. */
  readonly since?: number;
  readonly numbers?: readonly number[];
}

/** What this process is at, among all who have the journal from one opening. */
export interface InHand {
  /** Entries whose acts are under way: recovery leaves them alone. */
  readonly entries: Set<number>;
  /** Plans that are being applied, by their ids: nobody else applies them meanwhile. */
  readonly plans: Set<string>;
}

/**
 * One entry an act. What a method wrote is durable when it returns, so that no act is without an entry, whatever dies.
 * One process at a time has the journal. @throws AppError `journal/…`
 */
export interface Journal extends Disposable {
  /** Writes the entries, all or none. @returns them with their numbers, in order */
  add(entries: readonly NewEntry[]): readonly Entry[];
  /** Changes entries, all or none. */
  change(changes: readonly EntryChange[]): void;
  readonly inHand: InHand;
  /** In the order of their numbers. */
  entries(filter: EntryFilter): readonly Entry[];
}
