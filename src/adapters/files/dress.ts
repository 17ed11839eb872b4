/** Makes a file look like another: mode, owner, extended attributes (access lists are among them), times. */
import { type BigIntStats, chmodSync, chownSync, lchownSync, lstatSync, lutimesSync } from 'node:fs';
import type { BytePath } from '#kernel';
import { libcError } from './act-errors.ts';
import { systemCode } from './errors.ts';
import { AT_FDCWD, AT_SYMLINK_NOFOLLOW, type Libc, libc } from './libc.ts';
import { systemPath, terminated } from './system-path.ts';

/** @returns what could not be taken along, in words */
export function dress(path: BytePath, like: BytePath): readonly string[] {
  const wanted = lstatSync(systemPath(like), { bigint: true });
  const lacks = [...takeOwner(path, wanted), ...takeAttributes(path, like)];
  // After the owner, whose change takes away some bits of the mode.
  lacks.push(...takeMode(path, wanted));
  setTimes(path, wanted.atimeNs, wanted.mtimeNs);
  return lacks;
}

/** Mode, owner (where allowed) and times as they are given; a link has no mode of its own. */
export function dressIn(
  path: BytePath,
  { mode, uid, gid, atimeNs, mtimeNs }: { mode: number; uid: number; gid: number; atimeNs: bigint; mtimeNs: bigint },
  hasMode: boolean,
): void {
  whereAllowed('its owner', () => lchownSync(systemPath(path), uid, gid));
  if (hasMode) whereAllowed('its mode', () => chmodSync(systemPath(path), mode));
  setTimes(path, atimeNs, mtimeNs);
}

/** The time of the last change, to the nanosecond where the C library is there; the time of the last access stays. */
export function setModified(path: BytePath, mtimeNs: bigint): void {
  setTimes(path, lstatSync(systemPath(path), { bigint: true }).atimeNs, mtimeNs);
}

function setTimes(path: BytePath, atimeNs: bigint, mtimeNs: bigint): void {
  const library = libc();
  if (library === undefined) {
    lutimesSync(systemPath(path), nodeTime(atimeNs), nodeTime(mtimeNs));
    return;
  }
  const times = BigInt64Array.from(
    [atimeNs, mtimeNs].flatMap((ns) => [floorDivide(ns), ns - floorDivide(ns) * SECOND]),
  );
  check(library, library.utimensat(AT_FDCWD, terminated(path), times, AT_SYMLINK_NOFOLLOW));
}

/** Node takes a negative number for "now", so what lies before 1970 is a date, in milliseconds. */
function nodeTime(ns: bigint): number | Date {
  return ns < 0n ? new Date(Math.floor(Number(ns) / 1e6)) : Number(ns) / 1e9;
}

const SECOND = 1_000_000_000n;

/** Whole seconds before or at a time, which may lie before 1970. */
function floorDivide(ns: bigint): bigint {
  const seconds = ns / SECOND;
  return seconds * SECOND > ns ? seconds - 1n : seconds;
}

function takeOwner(path: BytePath, wanted: BigIntStats): readonly string[] {
  const own = lstatSync(systemPath(path), { bigint: true });
  if (own.uid === wanted.uid && own.gid === wanted.gid) return [];
  return whereAllowed('its owner', () => chownSync(systemPath(path), Number(wanted.uid), Number(wanted.gid)));
}

/** Some file systems of others, as of a camera or a server, know no modes. */
function takeMode(path: BytePath, wanted: BigIntStats): readonly string[] {
  return whereAllowed('its mode', () => chmodSync(systemPath(path), Number(wanted.mode & 0o7777n)));
}

function whereAllowed(what: string, act: () => void): readonly string[] {
  try {
    act();
    return [];
  } catch (error) {
    if (!['EPERM', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP'].includes(systemCode(error))) throw error;
    return [what];
  }
}

function takeAttributes(path: BytePath, like: BytePath): readonly string[] {
  const library = libc();
  if (library === undefined) return ['its extended attributes'];
  const lacks = namesOf(library, like).filter((name) => !takeAttribute(library, path, like, name));
  return lacks.map((name) => `the attribute ${name.toString('latin1', 0, name.length - 1)}`);
}

/** Of all extended attributes, each with the zero at its end; none where the file system has no such thing. */
function namesOf(library: Libc, path: BytePath): readonly Buffer[] {
  const size = library.llistxattr(terminated(path), null, 0);
  if (size <= 0) return [];
  const list = Buffer.alloc(size);
  const got = library.llistxattr(terminated(path), list, size);
  const names: Buffer[] = [];
  for (let start = 0; start < got; ) {
    const end = list.indexOf(0, start) + 1;
    names.push(list.subarray(start, end));
    start = end;
  }
  return names;
}

/** `false` where it cannot be read or not be set there. */
function takeAttribute(library: Libc, path: BytePath, like: BytePath, name: Buffer): boolean {
  const size = library.lgetxattr(terminated(like), name, null, 0);
  if (size < 0) return false;
  const value = Buffer.alloc(Math.max(1, size));
  if (library.lgetxattr(terminated(like), name, value, size) !== size) return false;
  return library.lsetxattr(terminated(path), name, value, size, 0) === 0;
}

function check(library: Libc, result: number): void {
  if (result !== 0) throw libcError(library.errno());
}
