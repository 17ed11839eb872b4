/** What a watched inbox needs of the outside, beside the catalogue's `FileTree`. */
import type { AppError, BytePath } from '#kernel';

/** Where an inbox's folder really is. */
export interface InboxRoot {
  /** Without symlinks. */
  readonly path: BytePath;
  /** Which folder lies there: another one after its volume was unmounted, or another one mounted. */
  readonly key: string;
  /** Does it lie where others change it without the system knowing: on a server, in a FUSE file system? */
  readonly isRemote: boolean;
}

/** Finds inboxes. Fulfilled by `adapters/files`. */
export interface RootFinder {
  /** `undefined` where no folder lies. @throws AppError `files/denied`, `files/unreadable` */
  rootAt(path: BytePath): InboxRoot | undefined;
}

/** Knows who writes. Fulfilled by `adapters/files`. */
export interface WriterProbe {
  /** Those of the files that somebody has open for writing, as far as the system tells. Opens them, reads nothing. */
  openForWriting(paths: readonly BytePath[]): ReadonlySet<BytePath>;
}

/** Tells of changes below a folder. Fulfilled by `adapters/watch`. */
export interface FolderWatcher {
  /**
   * Resolves when it listens. What it tells is a hint: it may miss changes and tell of what has not changed.
   * @throws AppError `inbox/unwatchable`
   */
  watch(root: BytePath, listener: ChangeListener): Promise<FolderWatch>;
}

export interface ChangeListener {
  readonly onChange: (changes: readonly FolderChange[]) => void;
  /** It does not listen any more. */
  readonly onTrouble: (error: AppError) => void;
}

export interface FolderChange {
  /** What came, went or was written. */
  readonly path: BytePath;
  /** Not set where the watcher cannot spell the name: then something somewhere below `path` has changed. */
  readonly isExact: boolean;
}

export interface FolderWatch extends AsyncDisposable {
  /**
   * Listens to a folder that came with folders in it too: those are not listened to by themselves.
   * @throws AppError `inbox/unwatchable`
   */
  add(folder: BytePath): Promise<void>;
  /** Is there still room to listen to a folder that has just come? Nobody says so by themselves. @throws AppError `inbox/unwatchable` */
  check(folder: BytePath): void;
}
