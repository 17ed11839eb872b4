/**
 * Opens a file by its byte name, for reading alone. Pipes and devices are never opened for their content: the
 * call does not wait for a writer, and whatever is not a regular file is closed again at once.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { ReadableFile, StampKey } from '#catalogue';
import { AppError, type BytePath, displayPath, extensionOf } from '#kernel';
import { fileError } from './errors.ts';
import { systemPath } from './system-path.ts';

const BLOCK_BYTES = 1 << 20;

/** @throws AppError `files/missing`, `files/denied`, `files/not-regular`, `files/unreadable` */
export function openFile(path: BytePath): ReadableFile {
  const fd = openDescriptor(path);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw notRegular(path);
    return readable(fd, path, stat.size);
  } catch (error) {
    closeSync(fd);
    throw error instanceof AppError ? error : fileError(error, path);
  }
}

function openDescriptor(path: BytePath): number {
  try {
    return openSync(systemPath(path), constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    // A socket, or a device that nothing answers.
    if (['ENXIO', 'ENODEV', 'EOPNOTSUPP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw notRegular(path);
    throw fileError(error, path);
  }
}

function notRegular(path: BytePath): AppError {
  const message = `${displayPath(path)} is not a regular file but a folder, a pipe, a socket or a device.`;
  return new AppError('files/not-regular', message, { kind: 'unsupported' });
}

function readable(fd: number, path: BytePath, sizeBytes: number): ReadableFile {
  return {
    fd,
    // Opens the same file anew, whatever its name is made of.
    alias: process.platform === 'linux' ? `/proc/self/fd/${fd}` : `/dev/fd/${fd}`,
    sizeBytes,
    extension: extensionOf(path),
    blocks: () => blocksOf(fd, path),
    stamp: () => stampOf(fd),
    [Symbol.dispose]: () => closeSync(fd),
  };
}

function* blocksOf(fd: number, path: BytePath): Iterable<Uint8Array> {
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  for (let at = 0; ; ) {
    const got = readBlock(fd, buffer, at, path);
    if (got === 0) return;
    yield buffer.subarray(0, got);
    at += got;
  }
}

function readBlock(fd: number, buffer: Buffer, at: number, path: BytePath): number {
  try {
    return readSync(fd, buffer, 0, BLOCK_BYTES, at);
  } catch (error) {
    throw fileError(error, path);
  }
}

function stampOf(fd: number): StampKey {
  const { dev, ino, size, mtimeNs, ctimeNs } = fstatSync(fd, { bigint: true });
  return `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}` as StampKey;
}
