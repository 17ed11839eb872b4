/**
 * Files that a person names: logs and exports that grow at their end, results that come whole, and exports that are
 * read again.
 */
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import type { TextFile } from '#cli';
import { AppError, type BytePath, bytesOfPath, displayPath, type ErrorKind } from '#kernel';
import { attempt } from './errors.ts';

export { prepareFile } from './new-file.ts';

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

/** All of a text file, or of standard input. @throws as {@link readBytes} */
export async function readText(path: BytePath | undefined): Promise<string> {
  return Buffer.from(await readBytes(path)).toString('utf8');
}

/** All of a file, or of standard input. @throws AppError `files/missing`, `files/denied`, `files/not-regular`, `files/unreadable` */
export async function readBytes(path: BytePath | undefined): Promise<Uint8Array> {
  try {
    // Not by its number: a pipe in which nothing is yet would be an error.
    if (path === undefined) return await buffer(process.stdin);
    return readFileSync(Buffer.from(bytesOfPath(path)));
  } catch (cause) {
    const name = String((cause as { code?: unknown }).code);
    const [kind, code, what] = READING[name] ?? ['unavailable', 'files/unreadable', 'cannot be read'];
    const who = path === undefined ? 'Standard input' : displayPath(path);
    throw new AppError(code, `${who} ${what} (${name}).`, { kind, hint: 'Check the name of the file.', cause });
  }
}

/** Standard input, line by line. */
export async function* readLines(): AsyncGenerator<string> {
  yield* createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
}

const READING: Readonly<Record<string, readonly [kind: ErrorKind, code: string, what: string]>> = {
  ENOENT: ['missing', 'files/missing', 'does not exist'],
  EACCES: ['denied', 'files/denied', 'may not be read'],
  EISDIR: ['usage', 'files/not-regular', 'is a folder'],
};
