/** Whole contents: copied, put together, hashed, compared, a megabyte at a time. */
import { createHash } from 'node:crypto';
import { constants, fstatSync } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { AppError, type BytePath, cancelled, displayPath } from '#kernel';
import { actError } from './act-errors.ts';
import { dress } from './dress.ts';
import { systemPath } from './system-path.ts';

const BLOCK_BYTES = 1 << 20;

const READ = constants.O_RDONLY | constants.O_NOFOLLOW;

/** @see FileActs.copy */
export async function copyWhole(
  file: BytePath,
  copy: BytePath,
  signal: AbortSignal,
): Promise<{ readonly hash: string; readonly lacks: readonly string[] }> {
  let made = false;
  try {
    await using source = await openAt(file, READ);
    await using target = await openAt(copy, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    made = true;
    const hash = await pour(source.handle, target.handle, file, copy, signal);
    const lacks = dress(copy, file);
    await target.handle.sync();
    if ((await hashOf(copy, signal)) !== hash) throw unlike(file, copy);
    return { hash, lacks };
  } catch (error) {
    if (made) await unlink(systemPath(copy)).catch(() => undefined);
    throw actError(error, copy);
  }
}

/** @see FileActs.assemble */
export async function assemble(path: BytePath, pieces: Iterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  let made = false;
  try {
    await using target = await openAt(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    made = true;
    for (const piece of pieces) {
      if (signal.aborted) throw cancelled();
      for (let done = 0; done < piece.length; ) done += (await target.handle.write(piece, done)).bytesWritten;
    }
    await target.handle.sync();
  } catch (error) {
    if (made) await unlink(systemPath(path)).catch(() => undefined);
    throw actError(error, path);
  }
}

function unlike(file: BytePath, copy: BytePath): AppError {
  const message = `The copy of ${displayPath(file)} at ${displayPath(copy)} does not read back as it was written.`;
  return new AppError('files/bad-copy', message, {
    kind: 'unavailable',
    hint: 'The original is untouched. Check the disk, its cable and the system log before trying again.',
  });
}

async function pour(
  source: FileHandle,
  target: FileHandle,
  file: BytePath,
  copy: BytePath,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  for await (const block of blocksOf(source, file, signal)) {
    hash.update(block);
    try {
      for (let done = 0; done < block.length; ) done += (await target.write(block, done)).bytesWritten;
    } catch (error) {
      throw actError(error, copy);
    }
  }
  return `sha256:${hash.digest('hex')}`;
}

/** @see FileActs.hash */
export async function hashOf(path: BytePath, signal: AbortSignal): Promise<string> {
  await using opened = await openAt(path, READ);
  const hash = createHash('sha256');
  for await (const block of blocksOf(opened.handle, path, signal)) hash.update(block);
  return `sha256:${hash.digest('hex')}`;
}

/** @see FileActs.haveSameBytes */
export async function sameBytes(a: BytePath, b: BytePath, signal: AbortSignal): Promise<boolean> {
  await using one = await openAt(a, READ);
  await using other = await openAt(b, READ);
  const others = blocksOf(other.handle, b, signal);
  for await (const block of blocksOf(one.handle, a, signal)) {
    const { value } = await others.next();
    if (value === undefined || !block.equals(value)) return false;
  }
  return (await others.next()).done === true;
}

/** Blocks, of equal size for files of equal size, but for the last; each is overwritten by the next. */
async function* blocksOf(handle: FileHandle, path: BytePath, signal: AbortSignal): AsyncGenerator<Buffer> {
  // A byte more than the file has, so that one reading shows its end; not a whole block for each of many small files.
  const buffer = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, fstatSync(handle.fd).size + 1));
  for (;;) {
    if (signal.aborted) throw cancelled();
    const filled = await fill(handle, buffer, path);
    if (filled > 0) yield buffer.subarray(0, filled);
    if (filled < buffer.length) return;
  }
}

async function fill(handle: FileHandle, buffer: Buffer, path: BytePath): Promise<number> {
  let filled = 0;
  try {
    while (filled < buffer.length) {
      const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
  } catch (error) {
    throw actError(error, path);
  }
  return filled;
}

interface Opened extends AsyncDisposable {
  readonly handle: FileHandle;
}

async function openAt(path: BytePath, flags: number, mode?: number): Promise<Opened> {
  try {
    const handle = await open(systemPath(path), flags, mode);
    return { handle, [Symbol.asyncDispose]: () => handle.close() };
  } catch (error) {
    throw actError(error, path);
  }
}
