/**
 * Acts upon the machine's files, by byte names. Whatever makes a name fails where there is one: the system itself decides,
 * so two processes can never overwrite each other's files.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import type { FileActs, FileState } from '#filing';
import { AppError, type BytePath, displayPath, pathFromBytes } from '#kernel';
import { actError, libcError } from './act-errors.ts';
import { openBytes } from './byte-source.ts';
import { assemble, copyWhole, hashOf, sameBytes } from './copying.ts';
import { dress, setModified } from './dress.ts';
import { isAbsence, systemCode } from './errors.ts';
import { AT_FDCWD, libc, RENAME_EXCHANGE, RENAME_NOREPLACE } from './libc.ts';
import { systemPath, terminated } from './system-path.ts';

/** The files of this machine. Needs no closing. */
export function createFileActs(): FileActs {
  return {
    state: (path) => at(path, () => stateOf(path)),
    realPath: (path) => at(path, () => pathFromBytes(realpathSync.native(systemPath(path), { encoding: 'buffer' }))),
    list: (folder) => at(folder, () => namesIn(folder)),
    rename: (from, to) => rename(from, to),
    exchange: (a, b) => exchange(a, b),
    hardLink: (file, name) => at(name, () => linkSync(systemPath(file), systemPath(name))),
    symbolicLink: (target, name) => at(name, () => symlinkSync(systemPath(target), systemPath(name))),
    readLink: (name) => at(name, () => pathFromBytes(readlinkSync(systemPath(name), { encoding: 'buffer' }))),
    clone: async (file, copy) => clone(file, copy),
    copy: copyWhole,
    assemble,
    open: openBytes,
    write: (path, bytes) => at(path, () => write(path, bytes)),
    read: (path, maxBytes) => at(path, () => read(path, maxBytes)),
    dress: (path, like) => at(path, () => dress(path, like)),
    hash: hashOf,
    haveSameBytes: sameBytes,
    remove: (file) => at(file, () => unlinkSync(systemPath(file))),
    makeFolder: (folder) => at(folder, () => mkdirSync(systemPath(folder))),
    removeFolder: (folder) => at(folder, () => removeFolder(folder)),
    setModified: (folder, mtimeNs) => at(folder, () => setModified(folder, mtimeNs)),
    sync: (folder) => at(folder, () => sync(folder)),
  };
}

/** Is the C library there, without which names are exchanged in steps, and times lose nanoseconds and files their attributes? */
export function canDoAll(): boolean {
  return libc() !== undefined;
}

function at<T>(path: BytePath, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw actError(error, path);
  }
}

function stateOf(path: BytePath): FileState | undefined {
  try {
    const stats = lstatSync(systemPath(path), { bigint: true });
    const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : 'other';
    const { dev, ino, size, mtimeNs, nlink } = stats;
    return { kind, device: dev, inode: ino, sizeBytes: Number(size), mtimeNs, links: Number(nlink) };
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

function namesIn(folder: BytePath): readonly BytePath[] {
  return readdirSync(systemPath(folder), { encoding: 'buffer' }).sort(Buffer.compare).map(pathFromBytes);
}

/** File systems that do not know the flags of `renameat2` say so with these. */
const UNKNOWN_FLAG = new Set(['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

function rename(from: BytePath, to: BytePath): void {
  const failure = renameWith(from, to, RENAME_NOREPLACE);
  if (failure === undefined) return;
  if (!UNKNOWN_FLAG.has(failure)) throw renameError(failure, from, to);
  linkAndUnlink(from, to);
}

/** The system's code, or `undefined` where all went well. */
function renameWith(from: BytePath, to: BytePath, flag: number): string | undefined {
  const library = libc();
  if (library === undefined) return 'ENOSYS';
  if (library.renameat2(AT_FDCWD, terminated(from), AT_FDCWD, terminated(to), flag) === 0) return undefined;
  return systemCode(libcError(library.errno()));
}

/** Which of the two names an error is about. */
function renameError(code: string, from: BytePath, to: BytePath): AppError {
  const isAboutSource = code === 'ENOENT' && stateOf(from) === undefined;
  return actError(Object.assign(new Error(code), { code }), isAboutSource ? from : to);
}

/** Renaming without replacing where the file system has no word for it. Between the two calls the file has both names. */
function linkAndUnlink(from: BytePath, to: BytePath): void {
  try {
    linkSync(systemPath(from), systemPath(to));
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'EPERM' && !UNKNOWN_FLAG.has(code)) throw renameError(code, from, to);
    overOwnPlaceholder(from, to);
    return;
  }
  at(from, () => unlinkSync(systemPath(from)));
}

/** Where there are no hard links either: the name is taken first, so that the rename replaces nothing but our own empty file. */
function overOwnPlaceholder(from: BytePath, to: BytePath): void {
  at(to, () => closeSync(openSync(systemPath(to), 'wx')));
  try {
    renameSync(systemPath(from), systemPath(to));
  } catch (error) {
    unlinkSync(systemPath(to));
    throw renameError(systemCode(error), from, to);
  }
}

function exchange(a: BytePath, b: BytePath): boolean {
  const failure = renameWith(a, b, RENAME_EXCHANGE);
  if (failure !== undefined && !UNKNOWN_FLAG.has(failure)) throw renameError(failure, a, b);
  return failure === undefined;
}

const NO_CLONE = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EINVAL', 'ENOTTY']);

function clone(file: BytePath, copy: BytePath): void {
  try {
    const flags = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE;
    copyFileSync(systemPath(file), systemPath(copy), flags);
  } catch (error) {
    if (!NO_CLONE.has(systemCode(error))) throw actError(error, copy);
    throw new AppError('files/no-reflink', `${displayPath(copy)} cannot share the blocks of ${displayPath(file)}.`, {
      kind: 'unsupported',
      hint: 'Reflinks need one file system of a kind that has them, such as Btrfs or XFS. Use hard links or copies.',
      cause: error,
    });
  }
}

function write(path: BytePath, bytes: Uint8Array): void {
  const descriptor = openSync(systemPath(path), 'wx', 0o600);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function read(path: BytePath, maxBytes: number): Uint8Array {
  const descriptor = openSync(systemPath(path), constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    if (fstatSync(descriptor).size <= maxBytes) return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  const message = `${displayPath(path)} is larger than the ${maxBytes} bytes that are read of such a file.`;
  throw new AppError('files/too-large', message, { kind: 'unsupported' });
}

function removeFolder(folder: BytePath): boolean {
  try {
    rmdirSync(systemPath(folder));
    return true;
  } catch (error) {
    if (isAbsence(error) || ['ENOTEMPTY', 'EEXIST', 'EBUSY'].includes(systemCode(error))) return false;
    throw error;
  }
}

function sync(folder: BytePath): void {
  const descriptor = openSync(systemPath(folder), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Some network and user-space file systems have no such call for folders: nothing more can be done there.
    if (!UNKNOWN_FLAG.has(systemCode(error)) && systemCode(error) !== 'EBADF') throw error;
  } finally {
    closeSync(descriptor);
  }
}
