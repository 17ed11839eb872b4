import type { FileStamp } from '#catalogue';
import type { BytePath, Failure, Progress } from '#kernel';

/** Where a folder really lies. */
export interface FolderPlace {
  /** Real path, symlinks resolved; what is not there yet is appended as it was named. */
  readonly path: BytePath;
  readonly kind: 'folder' | 'nothing' | 'other';
  /** `device:inode` of it (where it is there) and of every folder above it, the nearest first. */
  readonly keys: readonly string[];
}

/** Tells where folders lie. Fulfilled by `adapters/files`. */
export type PlaceOf = (path: BytePath) => FolderPlace;

/** Lists and reads in threads of its own. Fulfilled by `adapters/twins`. */
export interface TwinReader extends AsyncDisposable {
  /** How many calls are worth having in hand at once. */
  readonly width: number;
  /** What lies directly in these folders. Trouble is told in the answer. */
  list(folders: readonly FolderToList[], filter: ListFilter): Promise<ListedFolders>;
  /** Hashes a part of each file. */
  read(files: FilesToRead, how: ReadOptions): Promise<Readings>;
}

export interface FolderToList {
  readonly path: BytePath;
  /** `device:inode` of the folders above, to notice a folder that was mounted inside itself. */
  readonly above: readonly string[];
}

/** Which files and folders are shown, as in `FilterSettings`. */
export interface ListFilter {
  readonly extensions: readonly string[] | null;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly ignoreFiles: readonly string[];
}

export interface ListedFolders {
  readonly folders: readonly ListedFolder[];
  /** Of the folders' files in turn: device, inode, size, mtime and ctime in nanoseconds, five figures a file. */
  readonly stamps: BigInt64Array;
  readonly below: readonly FolderToList[];
  /** Links and folders that were left out, with the reason. */
  readonly skipped: readonly SkippedPath[];
  readonly troubles: readonly FailedPath[];
}

export interface ListedFolder {
  readonly path: BytePath;
  /** `device:inode`. */
  readonly key: string;
  readonly count: number;
  /** Of its wanted files, NUL between them. */
  readonly names: string;
}

export interface SkippedPath {
  readonly path: BytePath;
  readonly reason: string;
}

export interface FailedPath extends Failure {
  readonly path: BytePath;
}

export interface FilesToRead {
  readonly paths: readonly BytePath[];
  /** Of each in bytes, as listed; a file that has another length now is a failure. */
  readonly sizes: Float64Array;
  /** Files of one number are of one size and probably equal, which a reader may find out by comparing them. */
  readonly classes: Uint32Array;
}

export interface ReadOptions {
  readonly part: Part;
  /** As `node:crypto` calls it. */
  readonly algorithm: string;
  /** Length of its digests. */
  readonly digestBytes: number;
  /** How many bytes are read at a time. */
  readonly blockBytes: number;
}

/**
 * Bytes of a file that are hashed: its first, its last, or from the first on as many as are wanted of it as a whole;
 * less where it is shorter.
 */
export interface Part {
  readonly kind: 'head' | 'tail' | 'whole';
  readonly bytes: number;
}

export interface Readings {
  /** One {@link Digests} entry a file; unknown for a failure. */
  readonly digests: Uint8Array;
  readonly failures: readonly ReadFailure[];
}

export interface ReadFailure extends Failure {
  /** Place of the file. */
  readonly index: number;
  /** May it work a moment later? */
  readonly isTransient: boolean;
}

/**
 * What was hashed once. Fulfilled by `adapters/hash-memory`. Nothing irrevocable may rest on it: before each act bytes
 * are compared.
 */
export interface HashMemory {
  /**
   * Copies the entry of file `at` to `place` in `digests` where a part of this kind is known of a file with its stamp.
   * `kind` names algorithm and part; entries have `entryBytes`.
   */
  recall(kind: HashKind, stamps: StampTable, at: number, digests: Uint8Array, place: number): boolean;
  /** The other way round. It is recalled once the memory is opened anew. */
  learn(kind: HashKind, stamps: StampTable, at: number, digests: Uint8Array, place: number): void;
  /** Puts what was learned where the next run finds it. A failure costs time later, so it is told and not thrown. */
  keep(): void;
}

export interface HashKind {
  /** Without blanks. */
  readonly name: string;
  /** Length of an entry of {@link Digests}. */
  readonly entryBytes: number;
}

/** The stamps of many files as words of 32 bits, ten a file: the figures of {@link ListedFolders.stamps}. */
export type StampTable = Uint32Array;

/** Sets of files that are one by their sound. Fulfilled by the catalogue, joined in `main`. */
export interface SoundSets {
  /**
   * Brings the catalogue up to date with these folders, and gives every set of their files that have equal audio, or
   * that are one recording. @throws AppError as scan and match
   */
  find(
    folders: readonly BytePath[],
    by: 'audio' | 'recording',
    options: { readonly signal: AbortSignal; readonly progress: Progress },
  ): Promise<FoundSets>;
}

export interface FoundSets {
  readonly sets: readonly SoundSet[];
  readonly failures: readonly FailedPath[];
}

/** Files that are one, the best copy first. */
export interface SoundSet {
  readonly files: readonly SoundSetFile[];
}

export interface SoundSetFile {
  readonly path: BytePath;
  readonly stamp: FileStamp;
  /** `sha256:…` of all bytes. */
  readonly contentHash: string | null;
  /** How it is coded, in words: "FLAC 44.1 kHz, 16 bit". */
  readonly about: string;
}
