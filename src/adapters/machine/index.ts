/** What the machine has room and rights for. */
import { accessSync, constants, mkdirSync, opendirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { AppError, type BytePath, bytesOfPath, displayPath } from '#kernel';

/** Makes the folder, and those above it, where there is none. @throws AppError `files/denied`, `files/disk-full` */
export function ensureFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    throw new AppError(isFull ? 'files/disk-full' : 'files/denied', `The folder ${folder} cannot be made (${code}).`, {
      kind: isFull ? 'exhausted' : 'denied',
      hint: 'Name another data folder with --data.',
      cause,
    });
  }
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Whatever stands in the way, it is no folder for us.
    return false;
  }
}

/** May this process write in the folder, or make it where it is not there yet? */
export function isWritable(folder: string): boolean {
  const standing = nearestStanding(folder);
  try {
    accessSync(standing, constants.W_OK);
    return statSync(standing).isDirectory();
  } catch {
    // Whatever stands in the way, it cannot be written.
    return false;
  }
}

/** Bytes that this process may still write where the folder lies, or would lie. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(nearestStanding(folder));
  return bavail * bsize;
}

/** Is there nothing in the folder? @throws AppError `files/denied` where it cannot be listed */
export function isEmptyFolder(folder: BytePath): boolean {
  try {
    const handle = opendirSync(Buffer.from(bytesOfPath(folder)) as unknown as string);
    const first = handle.readSync();
    handle.closeSync();
    return first === null;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    const message = `${displayPath(folder)} cannot be listed (${code}).`;
    throw new AppError('files/denied', message, { kind: 'denied', hint: 'Check who may read there.', cause });
  }
}

/** Can a server listen there now? `false` where somebody else does, or it may not. */
export async function isPortFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  server.once('error', () => resolve(false));
  server.listen(port, host, () => server.close(() => resolve(true)));
  return promise;
}

/** Size of a file in bytes; 0 where there is none. */
export function fileBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** How many files this process may hold open, or `undefined` where the system does not tell. */
export function openFileLimit(): number | undefined {
  try {
    const line = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'));
    return line ? Number(line[1]) : undefined;
  } catch {
    // Not Linux.
    return undefined;
  }
}

function nearestStanding(folder: string): string {
  let at = folder;
  while (statSync(at, { throwIfNoEntry: false }) === undefined && dirname(at) !== at) at = dirname(at);
  return at;
}
