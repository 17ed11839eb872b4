/** A file system mounted through `/dev/fuse`: as root by `mount`, as anybody by `fusermount3`. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { AppError, type MountEntry, parseMountTable } from '#kernel';
import { receiveDescriptor } from './receive-descriptor.ts';
import { type Agreed, type InitOptions, putHeader, putInit } from './reply.ts';
import { readInit, readRequest } from './request.ts';
import { MAX_REQUEST, OP } from './words.ts';

const DEVICE = '/dev/fuse';
/** By which a mount is known for ours. */
export const MOUNT_TYPE = 'fuse.reprise';
/** The kernel's usual 128 KiB ask eight times for what it could get at once. */
const READ_AHEAD_KB = 1024;

export interface MountOptions extends InitOptions {
  /** What is mounted, as people will read it. */
  readonly source: string;
  /** Without symbolic links. */
  readonly folder: string;
  /** For `mount`: `ro`, `noatime`, `allow_other`, … */
  readonly options: readonly string[];
}

/** A mount among those of the system, though others may come to lie at the same place. */
export interface MountedPlace {
  readonly folder: string;
  /** `major:minor`, which no other mount has at the same time. */
  readonly device: string;
}

export interface MountedDevice extends MountedPlace {
  readonly descriptor: number;
  readonly agreed: Agreed;
}

/** Mounts, and comes to an agreement with the kernel. @throws AppError `store/no-fuse`, `store/mount-failed` */
export function mountDevice(options: MountOptions): MountedDevice {
  const isRoot = process.geteuid?.() === 0;
  const descriptor = isRoot ? mountAsRoot(options) : mountAsUser(options);
  try {
    const agreed = agree(descriptor, options);
    const { folder } = options;
    const device = mountAt(folder)?.device ?? '';
    if (isRoot) readFarAhead(device);
    return { descriptor, agreed, folder, device };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function mountAsRoot({ source, folder, options }: MountOptions): number {
  const descriptor = openDevice();
  const { uid, gid, mode } = {
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    mode: statSync(folder).mode,
  };
  // Whom root mounts for, decides who may do what; without this, nobody but root would see it.
  const own = [`fd=3,rootmode=${mode.toString(8)},user_id=${uid},group_id=${gid}`, 'default_permissions,allow_other'];
  // Who owns the store can write into its tables what he likes: a program that runs as root, or a disk.
  if (statSync(source).uid !== uid) own.push('nosuid,nodev');
  const { status, stderr, error } = spawnSync(
    'mount',
    ['-i', '-t', MOUNT_TYPE, '-o', [...own, ...options].join(','), source, folder],
    { stdio: ['ignore', 'ignore', 'pipe', descriptor], encoding: 'utf8' },
  );
  if (status === 0) return descriptor;
  closeSync(descriptor);
  throw mountFailed(folder, error?.message ?? stderr.trim());
}

function openDevice(): number {
  try {
    return openSync(DEVICE, 'r+');
  } catch (cause) {
    throw noFuse((cause as NodeJS.ErrnoException).code ?? '', cause);
  }
}

function mountAsUser({ source, folder, options }: MountOptions): number {
  const subtype = MOUNT_TYPE.replace(/^fuse\./, '');
  const all = [
    `fsname=${source.replaceAll(/[\\,]/g, '\\$&')}`,
    `subtype=${subtype}`,
    'default_permissions',
    ...options,
  ];
  return receiveDescriptor((socket) => {
    const { status, stderr, error } = spawnSync('fusermount3', ['-o', all.join(','), '--', folder], {
      stdio: ['ignore', 'ignore', 'pipe', socket],
      env: { ...process.env, _FUSE_COMMFD: '3' },
      encoding: 'utf8',
    });
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') throw noFusermount();
    if (status !== 0) throw mountFailed(folder, error?.message ?? stderr.trim());
  });
}

/** The first request says what the kernel can. */
function agree(descriptor: number, options: InitOptions): Agreed {
  const buffer = Buffer.alloc(MAX_REQUEST);
  const bytes = buffer.subarray(0, readSync(descriptor, buffer));
  const request = readRequest(bytes);
  if (request.opcode !== OP.init) throw new Error(`The kernel began with request ${request.opcode}.`);
  const reply = Buffer.alloc(128);
  const [length, agreed] = putInit(reply, readInit(request.body), options);
  writeSync(descriptor, reply, 0, putHeader(reply, bytes, length));
  return agreed;
}

/** Where that may not be said, reading is only slower. */
function readFarAhead(device: string): void {
  try {
    writeFileSync(`/sys/class/bdi/${device}/read_ahead_kb`, String(READ_AHEAD_KB));
  } catch {
    // As in a container, where /sys cannot be written.
  }
}

/** The topmost mount at this very place; undefined where there is none. */
export function mountAt(point: string): MountEntry | undefined {
  return parseMountTable(readFileSync('/proc/self/mountinfo', 'utf8')).findLast((entry) => entry.point === point);
}

/**
 * Takes a mount away. Another one at its place stays.
 * @param isLazy at once, though somebody uses it: who does goes on until he is done
 * @returns whether it is gone; false where it is in use
 */
export async function unmount(
  { folder, device }: MountedPlace,
  { isLazy = false }: { readonly isLazy?: boolean } = {},
): Promise<boolean> {
  if (mountAt(folder)?.device !== device) return true;
  const isRoot = process.geteuid?.() === 0;
  const [program, ...args] = isRoot
    ? ['umount', ...(isLazy ? ['--lazy'] : []), folder]
    : ['fusermount3', '-u', ...(isLazy ? ['-z'] : []), '--', folder];
  const child = spawn(program as string, args, { stdio: 'ignore', cwd: '/' });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  child.once('error', () => resolve(false));
  child.once('exit', (status) => resolve(status === 0));
  return promise;
}

function mountFailed(folder: string, why: string): AppError {
  return new AppError('store/mount-failed', `Nothing could be mounted on ${folder}: ${why || 'no reason was given'}.`, {
    kind: 'denied',
    hint: 'Run "reprise doctor" to see what is missing for mounts.',
  });
}

function noFuse(code: string, cause: unknown): AppError {
  return new AppError('store/no-fuse', `${DEVICE} cannot be opened (${code}), so nothing can be mounted.`, {
    kind: 'unavailable',
    hint: 'Load the module "fuse"; in a container, pass on the device and the right to mount. Or use "reprise store serve-webdav".',
    cause,
  });
}

function noFusermount(): AppError {
  return new AppError('store/no-fuse', 'The program fusermount3 is not there, and who is not root needs it to mount.', {
    kind: 'unavailable',
    hint: 'Install the package "fuse3".',
  });
}
