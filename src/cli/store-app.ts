/** What the command line asks about recording stores. Apart from the {@link App}: a store needs no catalogue. */
import type { ChunkSizeName } from '#chunking';
import type { Plan } from '#filing';
import type { BytePath, Progress } from '#kernel';
import type {
  CollectReport,
  DedupOn,
  ExportReport,
  ImportedFile,
  ImportReport,
  RepairReport,
  StoredEntry,
  StoreUsage,
  VerifyReport,
} from '#store';

export interface StoreRunOptions {
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

export interface StoreImportOptions extends StoreRunOptions {
  /** Only estimates what would be saved; writes nothing. */
  readonly dryRun: boolean;
  /**
   * Reads and compares also what is in already by size and time: before a source may go. Such a file is `done`, with nothing
   * new; one that is damaged in the store is mended.
   */
  readonly isThorough: boolean;
  /** Told about each file as it ends: committed, skipped or failed. */
  readonly onFile: (file: ImportedFile) => void;
}

export interface StoreWatchOptions extends StoreImportOptions {
  /** A file must be left alone for so long. */
  readonly quietSeconds: number;
}

/** A request to mount, as `-o` has it. */
export interface StoreMountRequest {
  /** The kernel gathers what is written, and brings it to the store when it is synced, or after a while. */
  readonly isWriteback: boolean;
  /** As `mount` takes them. */
  readonly kernelOptions: readonly string[];
  readonly dedupOn: DedupOn;
  /** A file is shared after nobody has had it open for writing for so long. */
  readonly quietSeconds: number;
}

export interface StoreMountOptions extends StoreMountRequest {
  /** Fires when it is to be unmounted. */
  readonly signal: AbortSignal;
  /** The file system can be used. */
  readonly onReady: () => void;
  /** What a person should know of, and the mount outlives. */
  readonly onTrouble: (message: string) => void;
}

export interface StoreServeOptions {
  /** An address of this machine. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Asked of everybody; undefined: of nobody, which only this machine may be offered. */
  readonly password: string | undefined;
  /** Fires when it is to end. */
  readonly signal: AbortSignal;
  /** It listens there. */
  readonly onReady: (url: string) => void;
  /** What a person should know of, and the server outlives. */
  readonly onTrouble: (message: string) => void;
}

export interface StoreApp {
  /** Makes a store in a folder that is empty or not there. @throws AppError `store/exists`, `store/not-empty` */
  init(store: BytePath, chunks: ChunkSizeName): Promise<void>;
  /** Folders keep their names; nothing that is in the store is ever replaced. */
  import(store: BytePath, sources: readonly BytePath[], options: StoreImportOptions): Promise<ImportReport>;
  /** Goes on until the signal fires, which is its usual end. */
  watch(store: BytePath, folder: BytePath, options: StoreWatchOptions): Promise<ImportReport>;
  /** All files of a store of ripfs. */
  importRipfs(store: BytePath, old: BytePath, options: StoreImportOptions): Promise<ImportReport>;
  /** A file, or what a folder holds, in the order of names; of everything below it with `isDeep`. @throws AppError `store/missing-path` */
  list(store: BytePath, path: BytePath, isDeep: boolean): AsyncIterable<StoredEntry>;
  /** A file's bytes, piece by piece; a piece is valid until the next is asked for. @throws AppError `store/missing-path`, `store/not-a-file` */
  cat(store: BytePath, path: BytePath): AsyncIterable<Uint8Array>;
  /** Writes files and folders below `folder`, replacing nothing. All of the store where no path is given. */
  export(
    store: BytePath,
    folder: BytePath,
    paths: readonly BytePath[],
    options: StoreRunOptions & { readonly onFile: (file: ImportedFile) => void },
  ): Promise<ExportReport>;
  /**
   * A plan that puts sources into the trash which a thorough import found or took in. Changes nothing.
   * @param sources what the person named: folders among them are where the trash lies
   * @param files those whose outcome is not `done` are left out
   */
  planTrash(
    store: BytePath,
    sources: readonly BytePath[],
    files: readonly ImportedFile[],
    command: string,
  ): Promise<Plan>;
  usage(store: BytePath, options: StoreRunOptions): Promise<StoreUsage>;
  verify(store: BytePath, options: StoreRunOptions & { readonly readData: boolean }): Promise<VerifyReport>;
  repair(store: BytePath, options: StoreRunOptions & { readonly dryRun: boolean }): Promise<RepairReport>;
  collect(store: BytePath, options: StoreRunOptions & { readonly dryRun: boolean }): Promise<CollectReport>;
  /**
   * Mounts the store on a folder, and ends when it is unmounted.
   * @throws AppError `store/no-fuse`, `store/mount-failed`, `store/mount-point`, `store/served`, `store/mount-lost`
   */
  mount(store: BytePath, folder: BytePath, options: StoreMountOptions): Promise<void>;
  /** Has the same command done by a process that goes on after this one, with `--foreground`. Ends when it is mounted. */
  mountApart(options: Pick<StoreMountOptions, 'signal'>): Promise<void>;
  /**
   * Serves the store over WebDAV until the signal fires, which is its usual end.
   * @throws AppError `store/no-password`, `store/served`, `http/port-taken`, `http/cannot-listen`
   */
  serveWebdav(store: BytePath, options: StoreServeOptions): Promise<void>;
}
