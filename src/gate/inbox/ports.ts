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

/** Tells of changes in folders. Fulfilled by `adapters/watch`. */
export interface FolderWatcher {
  /** Listens to no folder yet. */
  watch(listener: ChangeListener): FolderWatch;
}

export interface ChangeListener {
  /** What has this path may have come, gone or been written. A hint: it may be told when nothing of it has changed. */
  readonly onChange: (path: BytePath) => void;
  /** There was more than could be told: anything may have changed. */
  readonly onOverflow: () => void;
  /** A folder is not listened to any more. */
  readonly onTrouble: (error: AppError) => void;
}

export interface FolderWatch extends Disposable {
  /**
   * Listens to what lies directly in a folder. Anew where it did before, for another folder may have taken its place. What is
   * not there or may not be listed is passed over.
   * @throws AppError `inbox/unwatchable`
   */
  listen(folder: BytePath): void;
  /** Listens no more to a folder and those below it. */
  leave(folder: BytePath): void;
}
