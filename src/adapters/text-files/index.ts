/** Text files that are written at their end: logs and exports. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import type { TextFile } from '#cli';
import { AppError, type BytePath, bytesOfPath, displayPath, type ErrorKind } from '#kernel';

/** @throws AppError `output/…` */
export async function openTextFile(path: BytePath, mode: 'append' | 'exclusive'): Promise<TextFile> {
  const fd = attempt(path, () => openSync(Buffer.from(bytesOfPath(path)), mode === 'append' ? 'a' : 'ax'));
  return {
    // One call is one write at the end of the file (unless the disk is full), not mixed with those of others.
    write: (text) => {
      attempt(path, () => writeFileSync(fd, text));
    },
    close: () => closeSync(fd),
  };
}

const KINDS: Readonly<Record<string, readonly [kind: ErrorKind, code: string, hint: string]>> = {
  EEXIST: ['conflict', 'output/exists', 'Name another file; none is overwritten.'],
  ENOENT: ['missing', 'output/no-folder', 'Make the folder first.'],
  ENOSPC: ['exhausted', 'output/disk-full', 'Make room, or name a file on another disk.'],
};

function attempt<T>(path: BytePath, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const name = String((cause as { code?: unknown }).code);
    const [kind, code, hint] = KINDS[name] ?? ['denied', 'output/denied', 'Check who may write there.'];
    throw new AppError(code, `${displayPath(path)} cannot be written (${name}).`, { kind, hint, cause });
  }
}
