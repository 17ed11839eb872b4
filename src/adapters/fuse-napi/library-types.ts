/**
 * What is used of fuse-napi 2.3, as its own declarations have it. The package is optional, and not even there where a host's
 * Node is older than it wants, so nothing may need its declarations to be built.
 */

/** 0, or an error's number below. */
export type Result = number | null | undefined;
export type Int64 = number | bigint;
export type FileHandle = number | bigint;
/** Null where the library asks by a handle alone. */
export type HandlePath = string | null;

export interface Timespec {
  readonly seconds: Int64;
  readonly nanoseconds: number;
}

export interface Stats {
  mode?: number;
  uid?: number;
  gid?: number;
  size?: Int64;
  nlink?: Int64;
  ino?: Int64;
  rdev?: Int64;
  blksize?: Int64;
  blocks?: Int64;
  atime?: Timespec;
  mtime?: Timespec;
  ctime?: Timespec;
}

export interface Statfs {
  bsize?: Int64;
  frsize?: Int64;
  blocks?: Int64;
  bfree?: Int64;
  bavail?: Int64;
  files?: Int64;
  ffree?: Int64;
  favail?: Int64;
  namemax?: Int64;
}

type Done = (error: Result) => void;
type Answered<T> = (error: Result, value?: T) => void;
type Opened = Answered<FileHandle>;

export interface Operations {
  getattr(path: HandlePath, done: Answered<Stats>): void;
  fgetattr(path: HandlePath, handle: FileHandle, done: Answered<Stats>): void;
  readlink(path: string, done: Answered<string>): void;
  statfs(path: string, done: Answered<Statfs>): void;
  mknod(path: string, mode: number, device: Int64, done: Done): void;
  mkdir(path: string, mode: number, done: Done): void;
  symlink(target: string, path: string, done: Done): void;
  link(source: string, path: string, done: Done): void;
  unlink(path: string, done: Done): void;
  rmdir(path: string, done: Done): void;
  renameWithFlags(source: string, path: string, flags: number, done: Done): void;
  open(path: string, flags: number, done: Opened): void;
  createWithFlags(path: string, mode: number, flags: number, done: Opened): void;
  read(
    path: HandlePath,
    handle: FileHandle,
    buffer: Buffer,
    length: number,
    position: Int64,
    done: (result: number) => void,
  ): void;
  write(
    path: HandlePath,
    handle: FileHandle,
    buffer: Buffer,
    length: number,
    position: Int64,
    done: (result: number) => void,
  ): void;
  release(path: HandlePath, handle: FileHandle, done: Done): void;
  fsync(path: HandlePath, isDataOnly: boolean, handle: FileHandle, done: Done): void;
  flush(path: HandlePath, handle: FileHandle, done: Done): void;
  opendir(path: string, flags: number, done: Opened): void;
  readdir(path: HandlePath, done: (error: Result, names?: string[], stats?: Stats[]) => void): void;
  readdirPaged(
    path: HandlePath,
    handle: FileHandle,
    offset: Int64,
    done: (error: Result, names?: string[], stats?: Stats[], nextOffsets?: Int64[]) => void,
  ): void;
  releasedir(path: HandlePath, handle: FileHandle, done: Done): void;
  fsyncdir(path: HandlePath, isDataOnly: boolean, handle: FileHandle, done: Done): void;
  truncate(path: HandlePath, size: Int64, done: Done): void;
  ftruncate(path: HandlePath, handle: FileHandle, size: Int64, done: Done): void;
  chmod(path: HandlePath, mode: number, done: Done): void;
  chmodWithHandle(path: HandlePath, handle: FileHandle, mode: number, done: Done): void;
  chown(path: HandlePath, uid: number, gid: number, done: Done): void;
  chownWithHandle(path: HandlePath, handle: FileHandle, uid: number, gid: number, done: Done): void;
  utimensWithTimespec(path: HandlePath, atime: Timespec, mtime: Timespec, done: Done): void;
  utimensWithHandle(path: HandlePath, handle: FileHandle, atime: Timespec, mtime: Timespec, done: Done): void;
  getxattr(path: string, name: string, position: number, done: Answered<Buffer | null>): void;
  setxattr(path: string, name: string, value: Buffer, position: number, flags: number, done: Done): void;
  listxattr(path: string, done: Answered<string[]>): void;
  removexattr(path: string, name: string, done: Done): void;
  fallocate(path: HandlePath, handle: FileHandle, mode: number, offset: Int64, length: Int64, done: Done): void;
  init(done: Done): void;
  destroy(done: Done): void;
}

/** What a mount is, before it is mounted. */
export interface Mount {
  mount(done: (error?: Error | null) => void): void;
  unmount(done: (error?: Error | null) => void): void;
  /** Who asks what is being answered; null between two answers. */
  context(): { readonly uid: number; readonly gid: number; readonly pid: number; readonly umask: number } | null;
}

export interface Options {
  readonly fsname?: string;
  readonly subtype?: string;
  readonly defaultPermissions?: boolean;
  readonly allowOther?: boolean;
  readonly entryTimeout?: number;
  readonly attrTimeout?: number;
  readonly maxConcurrency?: number;
  readonly nullPathOk?: boolean;
  readonly timeout?: { readonly default: false; readonly init: number };
  readonly displayFolder?: boolean;
  readonly name?: string;
  /** With `lifecycle` as operation: it is unmounted. */
  readonly onError?: (error: unknown, operation: string) => void;
}

export interface Library {
  new (folder: string, operations: Partial<Operations>, options: Options): Mount;
  unmount(folder: string, done: (error: Error | null) => void): void;
}
