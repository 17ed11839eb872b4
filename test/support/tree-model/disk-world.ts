/** A plain directory, by real system calls. */
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { NodeKind } from '#store';
import { DEVICE, filling, type Operation, type Path, SLOTS } from './operations.ts';
import type { SystemCalls } from './system-calls.ts';
import { ABOVE, attributesAsText, type Seen, type World, WorldError } from './world.ts';

const { O_RDWR, O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY, O_TRUNC } = constants;
const TYPES: readonly (readonly [NodeKind, number])[] = [
  ['file', constants.S_IFREG],
  ['folder', constants.S_IFDIR],
  ['symlink', constants.S_IFLNK],
  ['fifo', constants.S_IFIFO],
  ['socket', constants.S_IFSOCK],
  ['character-device', constants.S_IFCHR],
  ['block-device', constants.S_IFBLK],
];

interface Handle {
  readonly fd: number;
  readonly isFolder: boolean;
}

export function createDiskWorld(root: string, calls: SystemCalls): World {
  const handles: (Handle | undefined)[] = Array.from({ length: SLOTS });
  const at = (names: Path): string => path.join(root, ...ABOVE) + names.map((name) => `/${name}`).join('');
  mkdirSync(at([]), { recursive: true });

  function close(slot: number): void {
    const handle = handles[slot];
    handles[slot] = undefined;
    if (handle !== undefined) closeSync(handle.fd);
  }
  function opened(slot: number, file: string, flags: number): void {
    close(slot);
    handles[slot] = { fd: openSync(file, flags), isFolder: (flags & O_DIRECTORY) !== 0 };
  }
  function fdOf(slot: number, isFolder: boolean): number {
    const handle = handles[slot];
    if (handle?.isFolder !== isFolder) throw new WorldError('EBADF');
    return handle.fd;
  }

  function perform(operation: Operation): unknown {
    switch (operation.act) {
      case 'make': {
        const { kind, mode } = operation;
        const device = kind.endsWith('device') ? DEVICE : 0;
        return calls.mknod(at(operation.path), typeOf(kind) | mode, device);
      }
      case 'makeIn':
        return calls.mknod(
          `/proc/self/fd/${fdOf(operation.slot, true)}/${operation.name}`,
          constants.S_IFREG | 0o644,
          0,
        );
      case 'mkdir':
        return mkdirSync(at(operation.path), operation.mode);
      case 'symlink':
        return symlinkSync(operation.target, at(operation.path));
      case 'link':
        return linkSync(at(operation.from), at(operation.to));
      case 'unlink':
        return unlinkSync(at(operation.path));
      case 'rmdir':
        return rmdirSync(at(operation.path));
      case 'rename':
        return calls.rename(at(operation.from), at(operation.to), operation.flag);
      case 'open':
        return opened(
          operation.slot,
          at(operation.path),
          O_RDWR | O_NOFOLLOW | O_NONBLOCK | (operation.truncate ? O_TRUNC : 0),
        );
      case 'openFolder':
        return opened(operation.slot, at(operation.path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      case 'close':
        return close(operation.slot);
      case 'sync':
        return fsyncSync(fdOf(operation.slot, false));
      case 'listIn':
        return readdirSync(`/proc/self/fd/${fdOf(operation.slot, true)}`).sort();
      case 'read':
        return readFrom(fdOf(operation.slot, false), operation.offset, operation.length);
      case 'write':
        return writeSync(fdOf(operation.slot, false), filling(operation), 0, operation.length, operation.offset);
      case 'resize':
        return truncateSync(at(operation.path), operation.size);
      case 'resizeOpen':
        return ftruncateSync(fdOf(operation.slot, false), operation.size);
      case 'allocate': {
        const { offset, length, keepSize } = operation;
        return calls.allocate(fdOf(operation.slot, false), offset, length, keepSize);
      }
      case 'punch':
        return calls.punch(fdOf(operation.slot, false), operation.offset, operation.length);
      case 'chmod':
        return calls.chmod(at(operation.path), operation.mode);
      case 'chown':
        return calls.chown(at(operation.path), operation.uid, operation.gid);
      case 'utimes': {
        calls.utimes(at(operation.path), operation.atimeNs, operation.mtimeNs);
        const { atimeNs, mtimeNs } = lstatSync(at(operation.path), { bigint: true });
        return [operation.atimeNs && atimeNs, operation.mtimeNs && mtimeNs];
      }
      case 'readlink':
        return readlinkSync(at(operation.path));
      case 'list':
        return readdirSync(at(operation.path)).sort();
      case 'setAttribute': {
        const { name, value, flag } = operation;
        return calls.setAttribute(at(operation.path), name, Buffer.from(value), flag);
      }
      case 'getAttribute':
        return calls.getAttribute(at(operation.path), operation.name).toString('latin1');
      case 'removeAttribute':
        return calls.removeAttribute(at(operation.path), operation.name);
      case 'listAttributes':
        return calls.listAttributes(at(operation.path)).sort();
      case 'reopen':
        for (const slot of handles.keys()) close(slot);
        return undefined;
      case 'share':
      case 'settle':
        return undefined;
    }
  }

  function look(): ReadonlyMap<string, Seen> {
    const seen = new Map<string, Seen>();
    const visit = (name: string, file: string): void => {
      const stats = lstatSync(file, { bigint: true });
      seen.set(
        name,
        describe(stats, () => pathBytes(file, stats), attributesOf(file)),
      );
      if (stats.isDirectory())
        for (const child of readdirSync(file).sort()) visit(`${name}/${child}`, `${file}/${child}`);
    };
    visit('', path.join(root, ABOVE[0] as string));
    for (const [slot, handle] of handles.entries()) {
      if (handle === undefined) continue;
      const stats = fstatSync(handle.fd, { bigint: true });
      seen.set(
        `#${slot}`,
        describe(stats, () => readFrom(handle.fd, 0, Number(stats.size)), ''),
      );
    }
    return seen;
  }

  function attributesOf(file: string): string {
    return attributesAsText(calls.listAttributes(file).map((name) => [name, calls.getAttribute(file, name)]));
  }

  return {
    perform,
    look,
    [Symbol.dispose]() {
      for (const slot of handles.keys()) close(slot);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function typeOf(kind: NodeKind): number {
  return TYPES.find(([name]) => name === kind)?.[1] as number;
}

function kindOf({ mode }: BigIntStats): NodeKind {
  return TYPES.find(([, type]) => type === (Number(mode) & constants.S_IFMT))?.[0] as NodeKind;
}

function describe(stats: BigIntStats, bytes: () => string, attributes: string): Seen {
  const kind = kindOf(stats);
  return {
    ...{ kind, attributes, id: String(stats.ino) },
    mode: Number(stats.mode) & 0o7777,
    ...{ uid: Number(stats.uid), gid: Number(stats.gid), links: Number(stats.nlink), device: Number(stats.rdev) },
    size: kind === 'file' || kind === 'symlink' ? Number(stats.size) : 0,
    bytes: kind === 'file' || kind === 'symlink' ? bytes() : '',
    times: { atime: stats.atimeNs, mtime: stats.mtimeNs, ctime: stats.ctimeNs },
  };
}

function pathBytes(file: string, stats: BigIntStats): string {
  if (stats.isSymbolicLink()) return readlinkSync(file);
  const fd = openSync(file, O_RDONLY);
  try {
    return readFrom(fd, 0, Number(stats.size));
  } finally {
    closeSync(fd);
  }
}

function readFrom(fd: number, offset: number, length: number): string {
  const into = Buffer.alloc(length);
  return into.toString('latin1', 0, readSync(fd, into, 0, length, offset));
}
