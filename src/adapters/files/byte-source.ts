/** A file that is open for reading at any place, by its byte name. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '#filing';
import { AppError, type BytePath, displayPath } from '#kernel';
import { actError } from './act-errors.ts';
import { systemPath } from './system-path.ts';

/** Never waits for a pipe to be written to, and follows no link at its end. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** @see FileActs.open */
export function openBytes(path: BytePath): ByteSource & Disposable {
  const fd = named(path, () => openSync(systemPath(path), FLAGS));
  try {
    const stats = named(path, () => fstatSync(fd));
    if (!stats.isFile()) throw notRegular(path);
    return {
      ...{ path, sizeBytes: stats.size },
      read: (start, end) => named(path, () => bytesBetween(fd, start, end)),
      [Symbol.dispose]: () => closeSync(fd),
    };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function bytesBetween(fd: number, start: number, end: number): Uint8Array {
  const bytes = Buffer.alloc(Math.max(0, end - start));
  let filled = 0;
  while (filled < bytes.length) {
    const got = readSync(fd, bytes, filled, bytes.length - filled, start + filled);
    if (got === 0) break;
    filled += got;
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, filled);
}

function named<T>(path: BytePath, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw actError(error, path);
  }
}

function notRegular(path: BytePath): AppError {
  return new AppError('files/not-regular', `${displayPath(path)} is not a regular file.`, { kind: 'conflict' });
}
