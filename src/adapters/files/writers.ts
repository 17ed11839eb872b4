/**
 * Who has a file open for writing? A lease for reading is asked for and given back at once: the kernel refuses it while
 * anybody writes, whoever it is, also in another container. Not all file systems have leases, servers know more than we
 * do, and a lease on another user's file takes a privilege; then the open files of those processes are looked through
 * that may be looked at, and what is not found there counts as closed.
 * While a lease is held, which takes microseconds, who opens the file for writing waits for it; with `O_NONBLOCK` it is
 * told to try again.
 * @see https://man7.org/linux/man-pages/man2/F_SETLEASE.2const.html
 */
import { closeSync, constants, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { WriterProbe } from '#gate';
import type { BytePath } from '#kernel';
import { systemCode } from './errors.ts';
import { libc } from './libc.ts';
import { isRemote } from './mounts.ts';
import { rawOf } from './names.ts';
import { systemPath } from './system-path.ts';

const [F_SETSIG, F_SETLEASE] = [10, 1024];
const [F_RDLCK, F_UNLCK] = [0, 2];
const EAGAIN = 11;

/** A lease that is broken sends a signal, and the usual one ends the process; this one is ignored unless asked for. */
const SIGURG = 23;

/** Looks through what the system tells of open files. */
export function createWriterProbe(): WriterProbe {
  return { openForWriting: (paths) => openForWriting(paths) };
}

/** What a lease says: `undefined` where none can be had. */
type LeaseProbe = (path: BytePath) => boolean | undefined;

/** @param leaseSays for tests */
export function openForWriting(
  paths: readonly BytePath[],
  leaseSays: LeaseProbe = isOpenByLease,
): ReadonlySet<BytePath> {
  const open = new Set<BytePath>();
  const unknown: BytePath[] = [];
  for (const path of paths) {
    const isOpen = leaseSays(path);
    if (isOpen) open.add(path);
    else if (isOpen === undefined) unknown.push(path);
  }
  if (unknown.length > 0) for (const path of openByProcesses(unknown)) open.add(path);
  return open;
}

function isOpenByLease(path: BytePath): boolean | undefined {
  const system = libc();
  // A client of a server may refuse leases for reasons of its own, with the same words.
  if (system === undefined || isRemote(rawOf(path))) return undefined;
  let fd: number;
  try {
    fd = openSync(
      systemPath(path),
      constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY,
    );
  } catch (error) {
    // Somebody has a lease for writing; anything else shows when the file is read.
    return systemCode(error) === 'EAGAIN' ? true : undefined;
  }
  try {
    if (system.fcntl(fd, F_SETSIG, SIGURG) !== 0) return undefined;
    if (system.fcntl(fd, F_SETLEASE, F_RDLCK) !== 0) return system.errno() === EAGAIN ? true : undefined;
    system.fcntl(fd, F_SETLEASE, F_UNLCK);
    return false;
  } finally {
    closeSync(fd);
  }
}

/** Those of the files that a process has open for writing that this one may look at. */
function openByProcesses(paths: readonly BytePath[]): BytePath[] {
  const wanted = new Map<string, BytePath[]>();
  for (const path of paths) {
    const key = keyAt(systemPath(path));
    if (key !== undefined) wanted.set(key, [...(wanted.get(key) ?? []), path]);
  }
  const open: BytePath[] = [];
  for (const descriptor of openDescriptors()) {
    const found = wanted.get(keyAt(descriptor.file) ?? '');
    if (found && isForWriting(descriptor.facts)) open.push(...found);
  }
  return open;
}

function keyAt(path: Buffer | string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    // It has gone, or is not ours to look at.
    return undefined;
  }
}

function* openDescriptors(): Generator<{ readonly file: string; readonly facts: string }> {
  for (const process of namesIn('/proc')) {
    if (!/^\d+$/.test(process)) continue;
    for (const fd of namesIn(`/proc/${process}/fd`)) {
      yield { file: `/proc/${process}/fd/${fd}`, facts: `/proc/${process}/fdinfo/${fd}` };
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Another user's process, one that has ended, or not Linux.
    return [];
  }
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html */
function isForWriting(facts: string): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(facts, 'latin1'))?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & (constants.O_WRONLY | constants.O_RDWR)) !== 0;
  } catch {
    // Closed meanwhile.
    return false;
  }
}
